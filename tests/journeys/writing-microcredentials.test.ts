/** A manager writes a microcredential, in a real browser and without script. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import timeToThink from '../../src/seed/data/microcredentials-of-others/time-to-think.json' with { type: 'json' };
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { phone, sideways, toMend, visit } from './visit.ts';

const { people, microcredentials } = cast;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

const manager = () => visit(browser, product.base, people.pat, { javaScriptEnabled: false });
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click();

test('from a new draft over a preview with what is missing to what a teacher finds, without script', async () => {
	const page = await manager();
	await page.goto('/catalogue');
	await page.getByRole('link', { name: 'Write microcredentials' }).click();
	await press(page, /Begin a new one/);
	await page.getByLabel('Title').fill('Calm beginnings');
	// Enter in a field saves, and does nothing else.
	await page.keyboard.press('Enter');
	await page.getByRole('status').filter({ hasText: 'Saved.' }).waitFor();
	await press(page, 'Save and preview');
	await page.getByRole('heading', { name: 'Not ready to be published' }).waitFor();
	expect(await page.getByRole('button', { name: /^Publish/ }).count()).toBe(0);
	await page.getByRole('link', { name: /Mend it.*competency/ }).click();

	await page.getByLabel('The competency, in one sentence').fill('The teacher begins calmly.');
	await page.getByLabel('What a teacher says who needs it').fill('my class never settles down');
	await page.locator('#p0-prompt').fill('Which class?');
	await page.locator('#p1-prompt').fill('A recording of two beginnings');
	await page.locator('#p2-prompt').fill('What changed?');
	await page.locator('#p1').getByLabel('audio').check();
	await page.locator('#p1r0-criterion').fill('Calm');
	for (let k = 0; k < 4; k++) await page.locator(`#p1r0l${k}`).fill(`Level ${k} of calm.`);
	// A level goes, with its description in every row, and comes back by Undo; nothing that was typed is lost by either.
	await press(page, /^Remove ?: ?Exemplary/);
	await page.waitForURL(/did=removed/);
	expect(await page.locator('#p1r0l3').count()).toBe(0);
	await press(page, /^Undo/);
	await page.waitForURL(/did=undone/);
	expect(await page.locator('#p1r0l3').inputValue()).toBe('Level 3 of calm.');
	await page
		.getByLabel('Framework')
		.selectOption({ label: (await page.locator('#findFramework option', { hasText: 'InTASC' }).textContent())! });
	await page.getByLabel('Code', { exact: true }).fill('3');
	await press(page, 'Add statement');
	await page.locator('#proves li', { hasText: 'Learning Environments' }).waitFor();

	await press(page, 'Save and preview');
	await page.getByRole('row', { name: /Demonstrated passes.*Level 2 of calm/ }).waitFor();
	await press(page, 'Publish version 1');
	await page.getByRole('status').filter({ hasText: 'It is published' }).waitFor();

	const teacher = await visit(browser, product.base, people.rosa);
	await teacher.goto('/catalogue?q=class+never+settles');
	expect(await teacher.locator('.found > li').first().textContent()).toContain('Calm beginnings');
});

test('two managers who save one draft lose nothing', async () => {
	const [one, other] = [await manager(), await manager()];
	await one.goto('/catalogue/edit');
	await press(one, /New version.*Talk partners/);
	await other.goto(new URL(one.url()).pathname);
	await other.getByLabel('Key method').fill('The first to save.');
	await press(other, 'Save');
	await other.getByRole('status').waitFor();
	await one.getByLabel('Key method').fill('The second to save.');
	await press(one, 'Save');
	await one.getByText('Somebody saved this draft while you wrote. Nothing is lost').waitFor();
	expect(await one.getByLabel('Key method').inputValue()).toBe('The second to save.');
	await one.getByRole('link', { name: 'as it is' }).click();
	await one.waitForURL((url) => !url.search);
	expect(await one.getByLabel('Key method').inputValue()).toBe('The first to save.');
});

test('a file is looked at, said what does not come along, and kept as a draft', async () => {
	const page = await manager();
	await page.goto('/catalogue/edit');
	await page.getByRole('link', { name: /Bring in a file/ }).click();
	const { issuer: _, ...file } = timeToThink;
	await page.getByLabel('File').setInputFiles({
		name: 'time.json',
		mimeType: 'application/json',
		buffer: Buffer.from(JSON.stringify({ ...file, video: 'x' }))
	});
	await press(page, 'Look at it first');
	await page.getByText('There is no place here for “video”; it is left out.').waitFor();
	await press(page, 'Keep it as a draft');
	expect(await page.getByLabel('Title').inputValue()).toBe('Time to think');
	await page.goto('/catalogue/edit/import');
	await page.getByLabel('Or its text').fill('{"id":');
	await press(page, 'Look at it first');
	await page.getByRole('alert').filter({ hasText: 'This is no JSON' }).waitFor();
	expect(await page.getByLabel('Or its text').inputValue()).toBe('{"id":');
});

test('what is retired is no longer found, and its page says since when and why', async () => {
	const page = await manager();
	await page.goto(`/catalogue/edit/retire/${microcredentials.exitNotes.id}`);
	await page.getByLabel('Why?').fill('Replaced by a better one.');
	await press(page, 'Retire it');
	await page.getByRole('status').filter({ hasText: 'It is retired' }).waitFor();
	const teacher = await visit(browser, product.base, people.rosa);
	await teacher.goto('/catalogue?q=exit+notes');
	expect(await teacher.getByRole('link', { name: 'Exit notes that change tomorrow' }).count()).toBe(0);
	await teacher.goto(`/catalogue/${microcredentials.exitNotes.id}`);
	await teacher.getByText(/no longer offered, since .*: Replaced by a better one\./).waitFor();
});

test('nobody else writes: a teacher is refused with a sentence', async () => {
	const page = await visit(browser, product.base, people.rosa);
	const response = await page.goto('/catalogue/edit');
	expect(response!.status()).toBe(403);
	await page.getByText('Microcredentials are written by managers').waitFor();
	await page.goto('/catalogue');
	expect(await page.getByRole('link', { name: 'Write microcredentials' }).count()).toBe(0);
});

test('the editor, its preview and a removal have nothing that axe would mend, on a phone in both themes', async () => {
	const page = await visit(browser, product.base, people.pat, { viewport: phone, reducedMotion: 'reduce' });
	await page.goto('/catalogue/edit');
	const fine = async (where: string) => {
		for (const colorScheme of ['light', 'dark'] as const) {
			await page.emulateMedia({ colorScheme });
			expect(await toMend(page), `${where}, ${colorScheme}`).toEqual([]);
		}
		expect(await sideways(page), where).toBe(0);
	};
	await fine('the desk');
	await press(page, /New version.*Feedback that is used/);
	await page.getByLabel('Title').waitFor();
	await fine('the editor');
	await press(page, /^Remove row ?: ?Uptake/);
	await page.getByText('Removed, and everything else is saved.').waitFor();
	await page
		.getByText(/missing before|Removed/)
		.first()
		.waitFor();
	await fine('after a removal');
	await press(page, 'Save and preview');
	await page.getByText('What changes since version 1').click();
	await fine('the preview');
});
