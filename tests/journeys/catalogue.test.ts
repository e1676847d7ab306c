/** Looking for something in the catalogue, in a real browser: without script, with the keyboard, on a phone. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { phone, sideways, visit } from './visit.ts';

const { people, microcredentials, timeToThink } = cast;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

test('a teacher goes from home to what she needs and compares two offers, without script and without a mouse', async () => {
	const page = await visit(browser, product.base, people.rosa, { javaScriptEnabled: false });
	await page.goto('/');
	await page.getByRole('link', { name: 'in the catalogue' }).focus();
	await page.keyboard.press('Enter');
	await page.getByLabel('What do you need?').fill('kids shout out');
	await page.keyboard.press('Enter');
	await page.waitForURL(/q=kids/);
	const found = page.locator('.found > li');
	expect(await found.first().textContent()).toMatch(/Wait time after questions|Time to think/);

	// What was typed and chosen stays, and each choice can be taken away again.
	await page.getByLabel('Grade').selectOption('4');
	await page.getByRole('button', { name: 'Search' }).click();
	expect(await page.getByLabel('What do you need?').inputValue()).toBe('kids shout out');
	expect(await page.getByLabel('Grade').inputValue()).toBe('4');
	await page.getByRole('link', { name: 'Grade 4' }).click();
	expect(new URL(page.url()).search).toBe('?q=kids+shout+out');

	await page.getByRole('link', { name: 'Wait time after questions' }).click();
	await page.getByRole('heading', { name: 'Wait time after questions', level: 1 }).waitFor();
	expect(await page.getByText('not known yet (').textContent()).toContain('of 10 teachers');
	expect(await page.getByRole('row', { name: /^Demonstrated passes/ }).count()).toBe(3);
	await page.getByRole('link', { name: 'Compare with Time to think' }).click();
	expect(await page.getByRole('columnheader').allTextContents()).toEqual([
		expect.stringContaining('Wait time after questions'),
		expect.stringContaining('Time to think')
	]);
	expect(await page.getByRole('row').nth(1).textContent()).toMatch(/Time, as the issuer says.*about 6 hours/s);
});

test('a slip is understood and said, and a search that finds nothing says what to do', async () => {
	const page = await visit(browser, product.base, people.rosa);
	await page.goto('/catalogue?q=wait+tiem');
	expect(await page.locator('.notice').textContent()).toContain(
		'Nothing in the catalogue says “tiem”. Shown is what fits “time”.'
	);
	await page.goto('/catalogue?q=zzxqy&grade=3');
	await page.getByRole('heading', { name: 'Nothing fits' }).waitFor();
	await page.getByText('Take one of the choices above away').waitFor();
	await page.getByRole('link', { name: 'Grade 3' }).click();
	await page.getByRole('link', { name: 'See all 19 microcredentials' }).click();
	expect(await page.locator('.found > li').count()).toBe(19);
});

test('the competencies of a framework are there once it is chosen', async () => {
	const page = await visit(browser, product.base, people.rosa);
	await page.goto('/catalogue');
	const framework = page.getByLabel('Framework');
	const name = await framework.locator('option', { hasText: 'InTASC' }).textContent();
	await framework.selectOption({ label: name! });
	await page.getByRole('button', { name: 'Search' }).click();
	const option = await page.getByLabel('Competency').locator('option', { hasText: /^8 / }).textContent();
	await page.getByLabel('Competency').selectOption({ label: option! });
	await page.getByRole('button', { name: 'Search' }).click();
	const count = /\((\d+)\)$/.exec(option!)![1];
	await page.getByRole('heading', { name: `${count} microcredentials fit` }).waitFor();
});

test('on a phone a comparison stands row over row, each line under whose it is, and is a table all the same', async () => {
	const page = await visit(browser, product.base, people.rosa, { viewport: phone });
	await page.goto(`/catalogue/compare?a=${microcredentials.waitTime.id}&b=${timeToThink.id}`);
	const [a, b] = await page.getByRole('row').nth(1).getByRole('cell').all();
	const [above, below] = [await a!.boundingBox(), await b!.boundingBox()];
	expect(below!.y).toBeGreaterThan(above!.y + above!.height - 1);
	expect(await page.getByRole('rowheader').count()).toBeGreaterThan(10);
	expect(await sideways(page)).toBe(0);
});

test('two that prove different things are said to, and can be seen side by side all the same', async () => {
	const page = await visit(browser, product.base, people.rosa);
	await page.goto(`/catalogue/compare?a=${microcredentials.waitTime.id}&b=${microcredentials.firstCallHome.id}`);
	await page.getByText('do not prove the same competency').waitFor();
	expect(await page.getByRole('table').count()).toBe(0);
	await page.getByRole('link', { name: 'side by side all the same' }).click();
	await page.getByRole('table').waitFor();
});
