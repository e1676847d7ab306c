/** The past of a reflection in a real browser: with script and without, alone and while the partner has it open. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import {
	editor,
	freshReflection,
	goToEnd,
	openReflection,
	phone,
	says,
	toMendEverywhere,
	visit,
	words
} from './visit.ts';

const { rosa, idris, ben } = cast.people;
const seeded = cast.reflections.rosaSecond.id;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

async function write(page: Page, text: string): Promise<void> {
	await goToEnd(page);
	await page.keyboard.type(text);
	await says(page, /^Saved$/);
}
const main = (page: Page) => page.locator('main').innerText();

test('an older version is named, read, compared and brought back, live for the partner and by whoever wrote it', async () => {
	const id = await freshReflection(product, rosa, idris, 'What the pause did');
	const [teacher, mentor] = [await visit(browser, product.base, rosa), await visit(browser, product.base, idris)];
	await openReflection(teacher, id);
	await write(teacher, 'I waited for three seconds.');
	await openReflection(mentor, id);
	// Words of the text, and no suggestion.
	await mentor.getByRole('button', { name: 'Suggest', exact: true }).click();
	await write(mentor, ' And then?');

	await teacher.getByRole('link', { name: 'History' }).click();
	await teacher.getByLabel('Name the text as it is now').fill('Before I rework it');
	await teacher.getByRole('button', { name: 'Name it' }).click();
	await teacher.getByRole('link', { name: 'Before I rework it' }).waitFor();
	expect(await main(teacher)).toMatch(/5 words added by you and 2 by Idris/);

	await openReflection(teacher, id);
	await teacher.keyboard.press('Control+A');
	await editor(teacher).focus();
	await teacher.keyboard.press('Control+A');
	await teacher.keyboard.type('Something else.');
	await says(teacher, /^Saved$/);

	await teacher.getByRole('link', { name: 'History' }).click();
	await teacher.getByRole('link', { name: 'Before I rework it' }).click();
	await teacher.getByRole('heading', { name: '“Before I rework it”' }).waitFor();
	expect(await teacher.getByRole('article').innerText()).toBe('I waited for three seconds. And then?');
	await teacher.getByRole('link', { name: 'What changed since then' }).click();
	await teacher.getByRole('heading', { name: 'What changed' }).waitFor();
	expect(await teacher.locator('del').allInnerTexts()).not.toEqual([]);
	expect(await main(teacher)).toMatch(/2 words added by you, 7 taken out\./);

	await teacher.goBack();
	await teacher.getByRole('button', { name: 'Bring it back' }).click();
	await editor(teacher).waitFor();
	expect(await words(teacher)).toBe('I waited for three seconds. And then?');
	// The partner, who never left, has it too.
	await mentor.getByText('I waited for three seconds. And then?').waitFor();
	await write(mentor, ' Go on.');
	await teacher.getByText('And then? Go on.').waitFor();

	await teacher.goto(`/reflections/${id}/history/authors`);
	expect(await main(teacher)).toMatch(/Rosa Medina \(you\)\s*teacher\s*5 56 %/);
	expect(await teacher.getByRole('textbox').inputValue()).toMatch(/a teacher wrote 56 % and a mentor 44 %/);
});

test('one key shows what is new since one last looked', async () => {
	const page = await visit(browser, product.base, idris);
	await openReflection(page, seeded);
	await editor(page).focus();
	await page.keyboard.press('Control+Alt+U');
	await page.getByRole('heading', { name: 'What changed since you last looked' }).waitFor();
	expect(await page.getByRole('status').first().innerText()).toMatch(/words added by Rosa Medina/);
	expect(await page.title()).toMatch(/^\d+ words added by Rosa Medina/);
	await page.getByRole('button', { name: 'I have read this' }).click();
	await editor(page).waitFor();
	await page.keyboard.press('Control+Alt+U');
	await page.getByText('Nothing is different.', { exact: true }).waitFor();
});

test('all of it works without script, on a phone', async () => {
	const page = await visit(browser, product.base, rosa, { viewport: phone, javaScriptEnabled: false });
	await page.goto(`/reflections/${seeded}`);
	await page.getByRole('link', { name: 'History' }).click();
	await page.getByLabel('Name the text as it is now').fill('As it was at noon');
	await page.getByRole('button', { name: 'Name it' }).click();
	await page.getByLabel('From').selectOption('0');
	await page.getByRole('button', { name: 'Compare' }).click();
	expect(await main(page)).toMatch(/words added by you and \d+ by Idris Okafor/);
	await page.goto(`/reflections/${seeded}/history/2`);
	await page.getByRole('button', { name: 'Bring it back' }).click();
	await page.waitForURL(`**/reflections/${seeded}`);
	const short = await main(page);
	// And back again: what was there is in the history.
	await page.goto(`/reflections/${seeded}/history`);
	await page.getByRole('link', { name: 'As it was at noon' }).click();
	await page.getByRole('button', { name: 'Bring it back' }).click();
	await page.waitForURL(`**/reflections/${seeded}`);
	expect((await main(page)).length).toBeGreaterThan(short.length);
});

test('somebody who may only read brings nothing back', async () => {
	const page = await visit(browser, product.base, ben);
	const id = cast.reflections.benOnly.id;
	await page.goto(`/reflections/${id}/history`);
	expect(await page.getByLabel('Name the text as it is now').count()).toBe(0);
	await page.goto(`/reflections/${id}/history/1`);
	await page.getByRole('article').waitFor();
	expect(await page.getByRole('button', { name: /Bring it back/ }).count()).toBe(0);
	const refused = await page.context().request.post(`${product.base}/reflections/${id}/history/1?/bringBack`, {
		form: { seen: '1' },
		headers: { origin: product.base }
	});
	expect(await refused.text()).toContain('can only be read now');
});

test.for([
	['the history', '/history'],
	['an older version', '/history/3'],
	['a difference', '/history/difference?from=2&to=5'],
	['what is new', '/history/difference?from=last'],
	['who wrote what', '/history/authors']
])('%s has nothing that axe would mend', async ([, path]) => {
	const page = await visit(browser, product.base, rosa, { reducedMotion: 'reduce' });
	await page.goto(`/reflections/${seeded}${path}`);
	await page.waitForLoadState('networkidle');
	const name = path!.replace(/\W+/g, '-');
	expect(await toMendEverywhere(page, { name })).toEqual([]);
});
