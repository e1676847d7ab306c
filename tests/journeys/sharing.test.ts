/** A teacher begins alone, lets the mentor in, takes it back, shows the coach a paragraph, and freezes a version. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { editor, goToEnd, openReflection, says, visit, sayWhy } from './visit.ts';

const { rosa, idris, claire } = cast.people;
const pair = `/pairs/${cast.pairs.rosaIdris.id}`;
const title = 'What I would not say aloud';
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

/** Starts a reflection by the form, and answers with its id. */
async function begin(page: Page, alone: boolean): Promise<string> {
	await page.goto(pair);
	await page.getByLabel('Title').fill(title);
	if (alone) await page.getByText('On my own first; I share it later').click();
	await sayWhy(page);
	await page.getByRole('button', { name: 'Start writing' }).click();
	await page.waitForURL('**/reflections/*');
	return page.url().split('/').at(-1)!;
}
async function type(page: Page, text: string): Promise<void> {
	await goToEnd(page);
	await page.keyboard.type(text);
	await says(page, /^Saved$/);
}
const body = (page: Page) => page.locator('body').innerText();
const statusOf = async (page: Page, path: string) => (await page.goto(path))!.status();

test('what a teacher begins alone is theirs until they share it, and theirs again when they take it back', async () => {
	const [teacher, mentor] = [await visit(browser, product.base, rosa), await visit(browser, product.base, idris)];
	const id = await begin(teacher, true);
	const [text, sharing] = [`/reflections/${id}`, `/reflections/${id}/sharing`];
	await editor(teacher).waitFor();
	await type(teacher, 'I was afraid of the back row.');
	expect(await body(teacher)).toContain('Only you can see this');
	for (const path of ['/', '/reflections', pair]) {
		await mentor.goto(path);
		expect(await mentor.content()).not.toContain(title);
		expect(await mentor.content()).not.toContain(id);
	}
	for (const path of [text, sharing]) expect(await statusOf(mentor, path)).toBe(404);
	await teacher.goto(pair);
	expect(await body(teacher)).toContain('Only you see it.');

	// From the reflection to its page, and back.
	await teacher.goto(text);
	await teacher.getByRole('navigation', { name: 'About this reflection' }).getByText('Who can see this').click();
	await teacher.getByRole('heading', { name: 'Who can see this' }).waitFor();
	expect(await body(teacher)).toContain('does not see it, neither its title nor that it is there');
	await teacher.getByRole('button', { name: `Share with ${idris.name}` }).click();
	await teacher.getByText(`${idris.name} can read this now, and write in it.`).waitFor();

	await openReflection(mentor, id);
	expect(await body(mentor)).toContain('I was afraid of the back row.');
	await type(mentor, ' So was I.');
	await teacher.goto(text);
	await editor(teacher).getByText('So was I.').waitFor();
	expect(await body(teacher)).toContain(`You and ${idris.name} can see this`);

	// Taken back in another tab, while both have it open.
	const space = await teacher.context().newPage();
	await space.goto(sharing);
	await space.getByRole('button', { name: `Take back from ${idris.name}` }).click();
	await space.getByText('Only you can see this now.').waitFor();
	await mentor.waitForURL(`**${pair}`);
	expect(await body(mentor)).not.toContain('back row');
	expect(await mentor.content()).not.toContain(title);
	await teacher.getByText('Only you can see this').waitFor();
	await type(teacher, ' And now?');
	expect(await body(teacher)).toContain('So was I.');
	expect(await statusOf(mentor, text)).toBe(404);
});

test('the coach reads the paragraph that was chosen and no other word, until one of the two withdraws it', async () => {
	// Nothing of this needs script.
	const plain = { javaScriptEnabled: false };
	const [writer, teacher] = [await visit(browser, product.base, rosa), await visit(browser, product.base, rosa, plain)];
	const [mentor, coach] = [
		await visit(browser, product.base, idris, plain),
		await visit(browser, product.base, claire, plain)
	];
	const id = await begin(writer, false);
	const sharing = `/reflections/${id}/sharing`;
	await editor(writer).waitFor();
	await type(writer, 'Three hands went up.');
	await writer.keyboard.press('Enter');
	await type(writer, 'This stays between us.');

	await teacher.goto(sharing);
	await teacher.getByText(`Show something to ${claire.name}`).click();
	await teacher.getByRole('checkbox', { name: 'Three hands went up.' }).check();
	await teacher.getByRole('button', { name: `Show to ${claire.name}` }).click();
	await teacher.getByText(`${claire.name} can read what you chose, exactly as it is now.`).waitFor();

	await coach.goto(pair);
	expect(await body(coach)).toContain('Three hands went up.');
	expect(await body(coach)).toContain(`Shown to you by ${rosa.name}`);
	expect(await coach.content()).not.toContain('between us');
	expect(await coach.content()).not.toContain(title);
	expect(await statusOf(coach, sharing)).toBe(404);

	await mentor.goto(sharing);
	expect(await mentor.getByRole('button', { name: /Share|Take back|Freeze|Show to/ }).count()).toBe(0);
	await mentor.getByRole('button', { name: 'Withdraw passage 1' }).click();
	await mentor.getByText('the coach reads it no more').waitFor();
	await coach.goto(pair);
	expect(await coach.content()).not.toContain('Three hands');
	await teacher.goto(sharing);
	expect(await body(teacher)).toContain(`${idris.name} withdrew what ${rosa.name} had shown`);
});

test('a frozen version stays as it was, and from then on nothing is taken back', async () => {
	const teacher = await visit(browser, product.base, rosa);
	const id = await begin(teacher, false);
	const sharing = `/reflections/${id}/sharing`;
	await editor(teacher).waitFor();
	await type(teacher, 'Exactly this.');
	await teacher.goto(sharing);
	await teacher.getByLabel('Freeze a version to hand in').fill('First try');
	await teacher.keyboard.press('Enter');
	await teacher.getByText('“First try” is frozen.').waitFor();
	expect(await teacher.getByRole('button', { name: /Take back/ }).count()).toBe(0);
	expect(await body(teacher)).toContain('It can’t be taken back. A version of this is frozen');

	await teacher.goto(`/reflections/${id}`);
	await editor(teacher).waitFor();
	await type(teacher, ' And more.');
	await teacher.goto(sharing);
	await teacher.getByRole('link', { name: 'First try' }).click();
	await teacher.getByText('later writing never reaches it').waitFor();
	const page = await body(teacher);
	expect(page).toContain('Exactly this.');
	expect(page).not.toContain('And more.');
	expect(page).toMatch(/[0-9a-f]{64}/);
	// The mentor reads it too.
	const mentor = await visit(browser, product.base, idris, { javaScriptEnabled: false });
	await mentor.goto(teacher.url());
	expect(await body(mentor)).toContain('Exactly this.');
	// Freezing the same again says why not, and keeps the name.
	await teacher.goto(`/reflections/${id}`);
	await editor(teacher).waitFor();
	await goToEnd(teacher);
	for (let i = 0; i < ' And more.'.length; i++) await teacher.keyboard.press('Backspace');
	await says(teacher, /^Saved$/);
	await teacher.goto(sharing);
	await teacher.getByLabel('Freeze a version to hand in').fill('Again');
	await teacher.keyboard.press('Enter');
	await teacher.getByRole('alert').filter({ hasText: 'Not a letter has changed' }).waitFor();
	expect(await teacher.getByLabel('Freeze a version to hand in').inputValue()).toBe('Again');
});
