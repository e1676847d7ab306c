/** A coach puts a pair aside for now and keeps a day to look again, without any script; nobody else finds a word of it. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { soonMs, toMendEverywhere, visit } from './visit.ts';

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

test('the board finds pairs without network, and shows by itself what has changed', async () => {
	const page = await visit(browser, product.base, claire);
	await page.goto('/');
	const names = page.locator('.who a:first-child');
	const all = await names.count();
	const first = await names.first().innerText();
	await page.context().setOffline(true);
	await page.getByLabel('Find').pressSequentially(first.toUpperCase().slice(0, 5));
	await expect.poll(() => names.count()).toBeLessThan(all);
	expect(await names.first().innerText()).toBe(first);
	await page.getByLabel('Find').fill('nobody at all');
	await page.getByText('No pair here is called “nobody at all”.').waitFor();
	await page.getByLabel('Find').fill('');
	await page.getByLabel('Only pairs that could use you').check();
	await expect.poll(() => page.getByText('On track').count()).toBe(0);
	await page.getByLabel('Only pairs that could use you').uncheck();
	await page.context().setOffline(false);

	const heading = page.getByRole('heading', { level: 1 });
	const before = await heading.innerText();
	await page.evaluate(() => ((window as { kept?: boolean }).kept = true));
	const desk = await visit(browser, product.base, claire, { javaScriptEnabled: false });
	await desk.goto('/');
	await desk
		.getByRole('link', { name: /^Notes on/ })
		.first()
		.click();
	await desk.getByRole('radio', { name: /^Not now/ }).check();
	await desk.getByLabel('Words, or why not now').fill('After the break.');
	await desk.getByLabel(/^Day/).fill(inDays(9));
	await desk.getByRole('button', { name: 'Keep it' }).click();
	await expect.poll(() => heading.innerText(), { timeout: soonMs }).not.toBe(before);
	expect(await page.evaluate(() => (window as { kept?: boolean }).kept)).toBe(true);
	await desk.getByRole('button', { name: /^Show it again/ }).click();
	await expect.poll(() => heading.innerText(), { timeout: soonMs }).toBe(before);
});

test('a time that the coach offers is proposed by one of the two with one button, without script', async () => {
	const page = await visit(browser, product.base, claire, { javaScriptEnabled: false });
	const pair = `/pairs/${cast.pairs.rosaIdris.id}`;
	await page.goto(`${pair}/reach-out?kind=slot`);
	await page.getByLabel('Day').fill(inDays(5));
	await page.getByLabel('Time', { exact: true }).fill('15:15');
	await page.getByRole('textbox', { name: 'Your words' }).fill('Shall we three sit down?');
	await page.getByRole('button', { name: 'Send' }).click();
	await page.getByText('Sent.', { exact: true }).waitFor();

	const teacher = await visit(browser, product.base, rosa, { javaScriptEnabled: false });
	await teacher.goto('/');
	await teacher.getByRole('link', { name: /^Claire Dubois wrote to you/ }).click();
	await teacher.getByText('Shall we three sit down?').waitFor();
	await teacher.getByRole('button', { name: `Propose it to ${idris.name}` }).click();
	await teacher.waitForURL(/done=proposed/);
	const mentor = await visit(browser, product.base, idris, { javaScriptEnabled: false });
	await mentor.goto('/');
	await mentor
		.getByRole('link', { name: /^Proposed to you/ })
		.first()
		.waitFor();
});

test('reaching out is accessible in both themes, at a desk and on a phone', async () => {
	const page = await visit(browser, product.base, claire);
	await page.goto(`/pairs/${cast.pairs.rosaIdris.id}/reach-out?kind=slot`);
	expect(await toMendEverywhere(page, { name: 'reach-out' })).toEqual([]);
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
