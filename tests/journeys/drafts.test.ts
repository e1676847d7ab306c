/** Comments that were begun and not sent: they survive, and are said once. */
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
	signOut,
	soonMs,
	toMendEverywhere,
	visit
} from './visit.ts';

const { rosa, idris } = cast.people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

const card = (page: Page, text: string) => page.locator('article[id^=comment-]', { hasText: text });
const said = (page: Page, text: string) => page.locator('article .words', { hasText: text });

async function written(options = {}) {
	const id = await freshReflection(product, rosa, idris);
	const page = await visit(browser, product.base, rosa, options);
	await openReflection(page, id);
	await goToEnd(page);
	await page.keyboard.type('Three hands went up in the back row.');
	await says(page, /^Saved$/);
	await expect
		.poll(
			() => page.evaluate(async (path) => !!(await (await caches.open('pages')).match(path)), `/reflections/${id}`),
			{
				timeout: soonMs
			}
		)
		.toBe(true);
	return { id, page };
}

async function begins(page: Page, text: string) {
	await editor(page).click();
	await page.keyboard.press('Control+End');
	await page.keyboard.press('Home');
	await page.waitForTimeout(300);
	for (let i = 0; i < 11; i++) await page.keyboard.press('Shift+ArrowRight');
	await page.waitForTimeout(100);
	await page.keyboard.press('Control+Alt+KeyM');
	await page.getByLabel('Your comment').fill(text);
}

test('a comment that was begun is there after a reload without a network, on its words, and is sent once', async () => {
	const { id, page } = await written();
	await begins(page, 'Whose hands?');
	// Some seconds after it opened, the page has what brings it back.
	await page.waitForTimeout(7_000);
	await page.context().setOffline(true);
	await says(page, /^Offline/);
	await page.reload();
	await page.getByRole('button', { name: 'Comments a draft' }).waitFor();
	await page.getByRole('button', { name: 'Comments a draft' }).click();
	expect(await page.getByLabel('Your comment').inputValue()).toBe('Whose hands?');
	expect(await page.locator('.compose blockquote').innerText()).toBe('Three hands');
	expect(await toMendEverywhere(page, { name: 'draft' })).toEqual([]);

	// The other writes before the place that it was begun about.
	const his = await visit(browser, product.base, idris);
	await openReflection(his, id);
	await page.context().setOffline(false);
	await says(page, /^Saved$/);
	await page.getByLabel('Your comment').press('Control+Enter');
	await said(page, 'Whose hands?').waitFor();
	await says(page, /^Saved$/);
	await his.getByRole('button', { name: 'Comments 1' }).click();
	await card(his, 'Whose hands?').getByText('Three hands').first().waitFor();

	await page.reload();
	await says(page, /^Saved$/);
	await page.getByRole('button', { name: 'Comments 1', exact: true }).click();
	await said(page, 'Whose hands?').waitFor();
	await page.waitForTimeout(6_000);
	expect(await said(page, 'Whose hands?').count()).toBe(1);
	expect(await page.getByLabel('Your comment').count()).toBe(0);
});

test('an answer and a change that were begun come back to their comments; sent in one tab, they are not sent in another', async () => {
	const { id, page } = await written();
	await begins(page, 'Whose hands?');
	await page.keyboard.press('Control+Enter');
	await card(page, 'Whose hands?').click();
	await page.getByLabel('Your answer').fill('Ana’s, for o');
	await page.reload();
	await page.getByRole('button', { name: 'Comments 1, a draft' }).click();
	expect(await page.getByLabel('Your answer').inputValue()).toBe('Ana’s, for o');
	await page.getByLabel('Your answer').pressSequentially('ne.');

	const other = await page.context().newPage();
	await openReflection(other, id);
	await other.getByRole('button', { name: 'Comments 1, a draft' }).click();
	expect(await other.getByLabel('Your answer').inputValue()).toBe('Ana’s, for one.');
	await other.getByRole('button', { name: 'Answer', exact: true }).click();
	await said(page, 'Ana’s, for one.').waitFor();
	await page.getByLabel('Your answer').press('Control+Enter');
	await expect.poll(() => page.getByLabel('Your answer').inputValue()).toBe('');
	await says(page, /^Saved$/);
	expect(await said(page, 'Ana’s, for one.').count()).toBe(1);
	expect(await said(other, 'Ana’s, for one.').count()).toBe(1);
	await other.close();

	await page.getByRole('button', { name: 'Change what you said' }).first().click();
	await page.getByLabel('What you said').fill('Whose three hands');
	await page.reload();
	await page.getByRole('button', { name: 'Comments 1, a draft' }).click();
	expect(await page.getByLabel('What you said').inputValue()).toBe('Whose three hands');
	await page.getByRole('button', { name: 'Save', exact: true }).click();
	await said(page, 'Whose three hands').waitFor();
	await says(page, /^Saved$/);
	await page.reload();
	await page.getByRole('button', { name: 'Comments 1', exact: true }).waitFor();
});

test('drafts go with sign-out and with their cancelling, and old ones are not brought back', async () => {
	const { id, page } = await written({ viewport: phone, hasTouch: true });
	const drafts = () =>
		page.evaluate(async (id) => {
			const name = (await indexedDB.databases()).find(({ name }) => name?.endsWith(id))?.name;
			if (!name) return [];
			return new Promise<unknown[]>((resolve) => {
				const opening = indexedDB.open(name);
				opening.onsuccess = () => {
					const all = opening.result.transaction('custom').objectStore('custom').getAllKeys();
					all.onsuccess = () => {
						opening.result.close();
						resolve(all.result.filter((key) => String(key).startsWith('draft ')));
					};
				};
			});
		}, id);
	await begins(page, 'Not now.');
	await expect.poll(drafts).toEqual(['draft new']);
	await page.getByRole('button', { name: 'Cancel' }).tap();
	await expect.poll(drafts).toEqual([]);

	await begins(page, 'Later.');
	await expect.poll(drafts).toEqual(['draft new']);
	await page.clock.setSystemTime(new Date(Date.now() + 15 * 24 * 3_600_000));
	await page.reload();
	await says(page, /^Saved$/);
	await page.getByRole('button', { name: 'Comments', exact: true }).tap();
	await page.getByText('No open comments.').waitFor();
	expect(await page.getByLabel('Your comment').count()).toBe(0);

	await page.goto('/');
	await signOut(page);
	await page.waitForURL('**/sign-in');
	expect(await drafts()).toEqual([]);
	expect(await page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('drafts')))).toEqual([]);
});
