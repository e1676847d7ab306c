/** What a microcredential is worth: a manager writes a rule down, a teacher reads it in their sheet. With script and without. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { phone, sideways, toMendEverywhere, visit } from './visit.ts';

const { pat, rosa } = cast.people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

test.for([
	['Mississippi', '1.5 CEU', true],
	['Alaska', '1 CEU', false]
] as const)('fifteen contact hours in %s are %s; with script: %s', async ([place, ceu, javaScriptEnabled]) => {
	const teacher = await visit(browser, product.base, rosa, { javaScriptEnabled, viewport: phone });
	await teacher.goto('/account');
	await teacher.getByRole('link', { name: 'Renewal sheet' }).click();
	const sums = teacher.getByRole('region', { name: /together/ });
	// Where her school is: nobody had to be asked.
	await sums.getByText('6 state points').waitFor();
	await teacher.getByLabel('Where your licence is renewed').selectOption(place);
	await teacher.getByRole('button', { name: 'Show' }).click();
	await sums.getByText('not known').waitFor();

	const manager = await visit(browser, product.base, pat, { javaScriptEnabled });
	await manager.goto('/credit/rules');
	await manager.getByLabel('Place').selectOption(place);
	await manager.getByRole('button', { name: 'Show' }).click();
	await manager.getByRole('link', { name: 'Add a rule' }).click();
	await manager.getByLabel('Value of one').fill('fifteen');
	await manager.getByLabel('Unit').selectOption('Contact hours');
	await manager.getByLabel('What the rule says').fill('Fifteen contact hours each. <b>Approved</b>');
	await manager.getByLabel('First day').fill('2020-01-01');
	await manager.getByLabel('Source').fill('javascript:alert(1)');
	await manager.getByLabel('As of').fill('2026');
	await manager.getByRole('button', { name: 'Write it down' }).click();
	// What is wrong is said, and nothing that was typed is gone.
	await manager.getByRole('alert').filter({ hasText: 'a number such as 15' }).waitFor();
	expect(await manager.getByLabel('What the rule says').inputValue()).toBe(
		'Fifteen contact hours each. <b>Approved</b>'
	);
	if (javaScriptEnabled) expect(await toMendEverywhere(manager)).toEqual([]);
	await manager.getByLabel('Value of one').fill('15');
	await manager.getByRole('button', { name: 'Write it down' }).click();
	await manager.getByText('It is written down').waitFor();

	await teacher.reload();
	await sums.getByText(ceu, { exact: true }).waitFor();
	await sums.getByText('15 contact hours', { exact: true }).waitFor();
	await teacher.getByText('Worked out').waitFor();
	await teacher.getByText('<b>Approved</b>').waitFor();
	expect(await teacher.locator('main a[href^="javascript"]').count()).toBe(0);
	if (javaScriptEnabled) {
		expect(await sideways(teacher)).toBe(0);
		expect(await toMendEverywhere(teacher)).toEqual([]);
	}
});
