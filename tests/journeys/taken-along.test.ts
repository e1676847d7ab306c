/** One changes what kind of block it is that the other writes in without having been heard: no word goes with the old block. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { editor, freshReflection, openReflection, says, visit, words } from './visit.ts';

const { rosa, idris } = cast.people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

/** Both have the same line, and the mentor writes directly. */
async function together(): Promise<{ id: string; teacher: Page; mentor: Page }> {
	const id = await freshReflection(product, rosa, idris);
	const teacher = await visit(browser, product.base, rosa);
	await (await openReflection(teacher, id)).click();
	await teacher.keyboard.type('Three hands went up.');
	await says(teacher, /^Saved/);
	const mentor = await visit(browser, product.base, idris);
	await (await openReflection(mentor, id)).click();
	await mentor.getByRole('button', { name: 'Suggest', exact: true }).click();
	await mentor.getByText('Three hands went up.').waitFor();
	return { id, teacher, mentor };
}

const cut = (page: Page, offline: boolean) => page.context().setOffline(offline);

async function write(page: Page) {
	await editor(page).click();
	await page.keyboard.press('End');
	await page.keyboard.type(' In the back row.');
}
async function makeHeading(page: Page) {
	await editor(page).click();
	await page.getByRole('button', { name: 'Heading', exact: true }).click();
	await page.locator('#reflection-text h2').waitFor();
}
const whole = 'Three hands went up. In the back row.';

/** Until it says so. */
async function reads(page: Page, text: string) {
	await expect.poll(() => words(page), { timeout: 30_000 }).toBe(text);
}

test('the writer was without a network, and puts the words back', async () => {
	const { teacher, mentor } = await together();
	await cut(teacher, true);
	await says(teacher, /^Offline/);
	await write(teacher);
	await makeHeading(mentor);
	await says(mentor, /^Saved/);
	await cut(teacher, false);
	for (const page of [teacher, mentor]) await reads(page, whole);
	expect(await teacher.locator('#reflection-text h2').innerText()).toContain('In the back row.');
	await says(teacher, /^Saved/);
});

test('and reloaded meanwhile, from what this device kept', async () => {
	const { id, teacher, mentor } = await together();
	// What the page is made of is kept for when there is no network.
	await teacher.reload();
	await openReflection(teacher, id);
	await teacher.waitForTimeout(6_000);
	await cut(teacher, true);
	await write(teacher);
	await teacher.reload();
	await editor(teacher).click();
	await makeHeading(mentor);
	await says(mentor, /^Saved/);
	await cut(teacher, false);
	for (const page of [teacher, mentor]) await reads(page, whole);
});

test('the writer is gone by then, and whoever made the heading puts the words back', async () => {
	const { teacher, mentor } = await together();
	await cut(mentor, true);
	await says(mentor, /^Offline/);
	await makeHeading(mentor);
	await write(teacher);
	await says(teacher, /^Saved/);
	await teacher.context().close();
	await cut(mentor, false);
	await reads(mentor, whole);
	await says(mentor, /^Saved/);
});

test('whoever made the heading reloaded meanwhile, and the writer is gone', async () => {
	const { id, teacher, mentor } = await together();
	await mentor.reload();
	await openReflection(mentor, id);
	await mentor.waitForTimeout(6_000);
	await cut(mentor, true);
	await makeHeading(mentor);
	await write(teacher);
	await says(teacher, /^Saved/);
	await teacher.context().close();
	await mentor.reload();
	await editor(mentor).waitFor();
	await cut(mentor, false);
	await says(mentor, /^Saved/);
	await expect.poll(() => words(mentor), { timeout: 30_000 }).toContain('In the back row.');
	await says(mentor, /^Saved/);
});

test('what one wrote in a heading stays when the other takes the heading back', async () => {
	const { teacher, mentor } = await together();
	await makeHeading(mentor);
	await teacher.locator('#reflection-text h2').waitFor();
	await write(teacher);
	for (const page of [teacher, mentor]) await reads(page, whole);
	await mentor.getByRole('button', { name: 'Undo', exact: true }).click();
	await mentor.locator('#reflection-text h2').waitFor({ state: 'detached' });
	for (const page of [teacher, mentor]) await reads(page, whole);
	await mentor.getByRole('button', { name: 'Redo', exact: true }).click();
	await mentor.locator('#reflection-text h2').waitFor();
	for (const page of [teacher, mentor]) await reads(page, whole);
});

test('whoever writes on is not torn apart when the other breaks the line before, or makes a heading of it', async () => {
	const { teacher, mentor } = await together();
	await editor(teacher).click();
	await teacher.keyboard.press('End');
	const sentence = ' Two of them were new, and one had never spoken before in all these weeks.';
	const writing = teacher.keyboard.type(sentence, { delay: 60 });
	await editor(mentor).click();
	await mentor.keyboard.press('Home');
	for (let i = 0; i < 6; i++) await mentor.keyboard.press('ArrowRight');
	await mentor.keyboard.press('Enter');
	await mentor.waitForTimeout(800);
	await mentor.getByRole('button', { name: 'Heading', exact: true }).click();
	await mentor.waitForTimeout(800);
	await mentor.getByRole('button', { name: 'Quote', exact: true }).click();
	await writing;
	for (const page of [teacher, mentor]) await reads(page, `Three \nhands went up.${sentence}`);
});
