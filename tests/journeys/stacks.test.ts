/** A manager gives more time and publishes a stack, without any script; teachers read it. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { toMendEverywhere, visit } from './visit.ts';

const { helen, david, elena, oscar } = cast.people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

const stacks = `/programs/${cast.programs.mineola.id}/stacks`;
const come = (who: { email: string }) => visit(browser, product.base, who, { javaScriptEnabled: false });

test('more time is given with a reason, which the teacher reads; an earlier day is refused beside the form', async () => {
	const page = await come(helen);
	await page.goto(stacks);
	// The form itself would not let an earlier day pass; a hand-made one does.
	await page.getByLabel('New last day').evaluate((field) => field.removeAttribute('min'));
	await page.getByLabel('New last day').fill('2026-01-01');
	await page.getByLabel('Why, as the teachers will read it').fill('Too early.');
	await page.getByRole('button', { name: 'Extend' }).click();
	expect(await page.getByRole('alert').textContent()).toContain('an extension gives time and never takes any');
	await page.getByLabel('New last day').evaluate((field) => field.removeAttribute('min'));
	await page.getByLabel('New last day').fill('2028-06-30');
	await page.getByLabel('Why, as the teachers will read it').fill('The river stood in the school for a month.');
	await page.getByRole('button', { name: 'Extend' }).click();
	await page.getByText('The last day has moved.').waitFor();

	const home = await come(david);
	await home.goto('/');
	await home.getByText('The river stood in the school for a month.').waitFor();
});

test('one teacher gets more time from their own page among the people, and nobody else’s day moves', async () => {
	const page = await come(helen);
	const person = `/programs/${cast.programs.mineola.id}/people/${david.id}`;
	await page.goto(person);
	await page.getByText('Give David').click();
	const give = page.getByRole('button', { name: 'Give more time' });
	await page.getByLabel('New last day').fill('2020-01-01');
	await page.getByLabel('Why', { exact: true }).fill('More time, as agreed.');
	await give.click();
	expect(await page.getByRole('alert').textContent()).toContain('never takes any');
	expect(await page.getByLabel('Why', { exact: true }).inputValue()).toBe('More time, as agreed.');
	await page.getByLabel('New last day').fill('2029-06-30');
	await give.click();
	await page.getByText('has more time, and reads your reason').waitFor();
	await page.goto(stacks);
	await page.getByText('Given on').waitFor();
	const seeing = await visit(browser, product.base, helen);
	for (const [name, path] of Object.entries({ 'more-time': person, stacks })) {
		await seeing.goto(path);
		if (name === 'more-time') await seeing.getByText('Give David').click();
		expect(await toMendEverywhere(seeing, { name })).toEqual([]);
	}

	const home = await come(david);
	await home.goto('/');
	await home.getByText('30 Jun 2029, extended in this one case').waitFor();
	const other = await come(elena);
	await other.goto('/');
	await other.getByText('The last day is').waitFor();
	expect(await other.content()).not.toContain('as agreed');
});

test('what a complete stack brought stands on the teacher’s home, and not before the mentor’s eyes', async () => {
	const page = await come(elena);
	await page.goto('/');
	await page
		.getByText(/^Granted when it was complete on .*500 dollars a year and the role of teacher leader\.$/)
		.waitFor();
	const mentor = await come(oscar);
	await mentor.goto(`/pairs/${cast.pairs.elenaOscar.id}`);
	expect(await mentor.content()).not.toContain('Granted');
});

test('a stack is written, tried and published, and stands among those of the program', async () => {
	const page = await come(helen);
	await page.goto(`${stacks}/new`);
	const field = page.getByLabel('The stack, as JSON');
	await field.fill('{');
	await page.getByRole('button', { name: 'Look at it' }).click();
	expect(await page.getByRole('alert').textContent()).toContain('It is not JSON');
	expect(await field.inputValue()).toBe('{');
	await field.fill((await page.locator('pre').textContent())!);
	await page.getByRole('button', { name: 'Look at it' }).click();
	for (const title of ['Wait time after questions', 'Questions worth answering', 'Talk partners who listen'])
		await page.getByLabel(title).selectOption('earned');
	await page.getByRole('button', { name: 'Say what it means' }).click();
	await page.getByText('Complete', { exact: true }).waitFor();
	await page.getByRole('button', { name: 'Publish version 1' }).click();
	await page.getByText('The stack is published').waitFor();
	await page.getByRole('heading', { name: 'Three for talk in class' }).waitFor();
});
