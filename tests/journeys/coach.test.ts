/** A coach puts a pair aside for now and keeps a day to look again, without any script; nobody else finds a word of it. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { toMendEverywhere, visit } from './visit.ts';

const { claire, rosa, idris } = cast.people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

const inDays = (days: number) => new Date(Date.now() + days * 24 * 3600_000).toISOString().slice(0, 10);

test('not now puts a pair aside with why, until it is taken back', async () => {
	const page = await visit(browser, product.base, claire, { javaScriptEnabled: false });
	await page.goto('/');
	const heading = await page.getByRole('heading', { level: 1 }).innerText();
	const first = page.getByRole('link', { name: /^Notes on/ }).first();
	const pair = (await first.getAttribute('href'))!;
	await first.click();
	const keep = page.getByRole('button', { name: 'Keep it' });
	await page.getByRole('radio', { name: /^Not now/ }).check();
	await page.getByLabel('Words, or why not now').fill('Report cards are due.');
	await page.getByLabel(/^Day/).fill(inDays(200));
	await keep.click();
	expect(await page.getByRole('alert').textContent()).toContain('at most 60 days');
	expect(await page.getByLabel('Words, or why not now').inputValue()).toBe('Report cards are due.');
	await page.getByLabel(/^Day/).fill(inDays(20));
	await keep.click();
	await page.getByText('Kept.', { exact: true }).waitFor();

	await page.goto('/');
	expect(await page.getByRole('heading', { level: 1 }).innerText()).not.toBe(heading);
	await page.locator('summary', { hasText: 'Not now' }).click();
	await page.getByText('Report cards are due.').waitFor();

	for (const who of [rosa, idris]) {
		const other = await visit(browser, product.base, who, { javaScriptEnabled: false });
		expect((await other.goto(pair))!.status()).toBe(404);
		await other.goto('/');
		expect(await other.content()).not.toContain('Report cards');
	}
	await page.goto(pair);
	await page.getByRole('button', { name: /^Show it again/ }).click();
	await page.goto('/');
	expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(heading);
});

test('the notes are accessible in both themes, at a desk and on a phone', async () => {
	const page = await visit(browser, product.base, claire);
	await page.goto('/');
	expect(await toMendEverywhere(page, { name: 'board' })).toEqual([]);
	await page
		.getByRole('link', { name: /^Notes on/ })
		.first()
		.click();
	await page.getByRole('radio', { name: /^Look again/ }).check();
	await page.getByLabel('Words, or why not now').fill('How did the visit go?');
	await page.getByLabel(/^Day/).fill(inDays(3));
	await page.getByRole('button', { name: 'Keep it' }).click();
	await page.getByText('Kept.', { exact: true }).waitFor();
	expect(await toMendEverywhere(page, { name: 'notes' })).toEqual([]);
});
