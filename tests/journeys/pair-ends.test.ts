/** A pair ends while both have their reflection open: the teacher keeps the words to read, the mentor has none left. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { openReflection, says, soonMs, visit } from './visit.ts';

const { lena, idris } = cast.people;
const reflection = cast.reflections.lenaNew;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

/** Names of what this browser keeps of the reflection: its copy of the words, and its page. */
const keptOf = (page: Page, id: string) =>
	page.evaluate(async (id) => {
		const databases = (await indexedDB.databases()).map(({ name }) => name ?? '');
		const pages = (await (await caches.open('pages')).keys()).map(({ url }) => url);
		return [...databases, ...pages].filter((name) => name.includes(id));
	}, id);

async function eventually(ok: () => Promise<boolean>, what: string): Promise<void> {
	for (const end = Date.now() + soonMs; !(await ok()); await new Promise((resolve) => setTimeout(resolve, 100)))
		if (Date.now() > end) throw new Error(`${what}: not within ${soonMs / 1000} s.`);
}

test('after a rematch the words leave the mentor’s screen and device at once, and stay with the teacher to read', async () => {
	const [mentor, teacher] = [await visit(browser, product.base, idris), await visit(browser, product.base, lena)];
	for (const page of [mentor, teacher]) {
		await openReflection(page, reflection.id);
		await says(page, /^Saved$/);
	}
	const passage = 'Starting again with what I kept';
	expect(await mentor.locator('main').innerText()).toContain(passage);
	await eventually(async () => (await keptOf(mentor, reflection.id)).length === 2, 'a copy is kept for offline');

	const space = await teacher.context().newPage();
	await space.goto(`/pairs/${cast.pairs.lenaIdris.id}`);
	await space.getByText('End this pair').click();
	await space.getByText('Times no longer fit together').click();
	await space.getByText('I am sure.').click();
	await space.getByRole('button', { name: 'End the pair' }).click();
	await space.getByText('This pair has ended').waitFor();

	await mentor.waitForURL(`**/pairs/${cast.pairs.lenaIdris.id}`);
	await mentor.getByText('Thank you for what you gave').waitFor();
	expect(await mentor.locator('body').innerText()).not.toContain(passage);
	await eventually(async () => (await keptOf(mentor, reflection.id)).length === 0, 'nothing is kept on the device');

	await says(teacher, /^Read only$/);
	expect(await teacher.locator('main').innerText()).toContain(passage);
	expect(await teacher.locator('[contenteditable=true]').count()).toBe(0);
	await teacher.getByRole('status').filter({ hasText: 'has ended' }).waitFor({ state: 'attached' });
});
