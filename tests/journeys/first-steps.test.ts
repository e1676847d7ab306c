/** The first steps, as somebody takes them who has just been let in: on a phone, by keyboard, without script. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { desktop, phone, small, toMendEverywhere, visit } from './visit.ts';

const { jonah, idris, claire, rosa } = cast.people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const at = (page: Page, path: string) => page.waitForURL(`${product.base}${path}`);

/** Walks on with Tab until what has focus is called so, as somebody does who has only a keyboard. */
async function tabTo(page: Page, name: RegExp, atMost = 40): Promise<void> {
	for (let i = 0; i < atMost; i++) {
		await page.keyboard.press('Tab');
		const here = await page.evaluate(() => {
			const on = document.activeElement as HTMLInputElement | null;
			return (on?.labels?.[0] ?? on)?.textContent?.trim() ?? '';
		});
		if (name.test(here)) return;
	}
	throw new Error(`Tab never came to ${name}.`);
}

test('each step has nothing that axe would mend, in both themes and widths', async () => {
	const page = await visit(browser, product.base, jonah, { reducedMotion: 'reduce' });
	for (const path of ['/welcome/stack', '/welcome/time', '/welcome/who', '/account/plan']) {
		await page.goto(path);
		for (const summary of await page.locator('summary').all()) await summary.click();
		expect(await toMendEverywhere(page, { viewports: [desktop, phone, small] })).toEqual([]);
	}
});

test('without script they can be left, found again, gone back in, and passed over', async () => {
	const page = await visit(browser, product.base, jonah, { viewport: phone, javaScriptEnabled: false });
	await page.goto('/');
	await at(page, '/welcome/stack');
	await page.getByRole('link', { name: /^Later/ }).click();
	await at(page, '/welcome/time');
	await page.getByLabel('Before school').check();
	await page.getByLabel('A weekday').selectOption('Wednesday');
	await page.getByLabel('Remind me').selectOption('never');
	await page.getByRole('button', { name: 'Keep this and go on' }).click();
	await at(page, '/welcome/who');

	// Home is open to whoever goes there from here; nobody is held.
	await page.goto('/');
	await at(page, '/');
	// And home is not an empty room: it says what comes first.
	await page.getByRole('link', { name: 'Begin' }).click();
	await at(page, '/welcome/who');
	// Whoever comes back finds the step where nothing was said yet.
	await page.goto('/welcome');
	await at(page, '/welcome/who');
	await page.getByRole('link', { name: 'Back to: When do you have time?' }).click();
	expect(await page.getByLabel('Before school').isChecked()).toBe(true);
	expect(await page.getByLabel('In the evening').isChecked()).toBe(false);
	expect(await page.getByLabel('A weekday').inputValue()).toBe('3');
	expect(await page.getByLabel('Remind me').inputValue()).toBe('never');
	await page.context().close();

	// A browser that was closed in between leads there once more.
	const again = await visit(browser, product.base, jonah, { viewport: phone, javaScriptEnabled: false });
	await again.goto('/');
	await at(again, '/welcome/who');

	// Whoever passed over the stack finds it from home.
	await again.getByRole('button', { name: 'Start' }).click();
	await at(again, '/');
	await again.getByRole('link', { name: 'Choose a stack' }).click();
	await at(again, '/account/plan');
});

test('by keyboard alone, on a phone, from the first page to Start', async () => {
	const page = await visit(browser, product.base, jonah, { viewport: phone });
	await page.goto('/welcome/stack');
	await page.waitForLoadState('networkidle');
	const { title } = cast.stacks.tennessee;
	await tabTo(page, new RegExp(title));
	await page.keyboard.press('Space');
	await tabTo(page, /^Choose and go on$/);
	await page.keyboard.press('Enter');
	await at(page, '/welcome/time');
	await tabTo(page, /^In the evening$/);
	await page.keyboard.press('Space');
	await tabTo(page, /^Keep this and go on$/);
	await page.keyboard.press('Enter');
	await at(page, '/welcome/who');
	expect(await page.locator('main').innerText()).toMatch(
		/Dates and counts, and of the text only passages that you show/
	);
	await tabTo(page, /^Start$/);
	await page.keyboard.press('Enter');
	await at(page, '/');
	expect(await page.locator('main').innerText()).toContain(`Your stack: ${title}`);

	// Taken: nobody leads there any more, and what was said can be changed on any day.
	await page.context().clearCookies({ name: 'first-steps' });
	await page.goto('/');
	await at(page, '/');
	await page.goto('/account/plan');
	expect(await page.getByLabel('In the evening').isChecked()).toBe(true);
	await page.getByLabel('In the evening').uncheck();
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Saved.').waitFor();
	await page.reload();
	expect(await page.getByLabel('In the evening').isChecked()).toBe(false);
	await page.goto('/welcome/stack');
	expect(await page.locator('main').innerText()).toContain(`Your stack: ${title}`);
	await page.getByRole('link', { name: 'Go on' }).click();
	await at(page, '/welcome/time');
});

test.for([
	['a mentor', idris, ['/welcome/time', '/welcome/who']],
	['a coach', claire, ['/welcome/who']]
] as const)('%s takes the steps that make sense for them', async ([, who, steps]) => {
	const page = await visit(browser, product.base, who, { viewport: phone });
	for (const path of ['/welcome/stack', '/welcome/time', '/welcome/who']) {
		await page.goto(path);
		const there = new URL(page.url()).pathname;
		const step = (steps as readonly string[]).indexOf(there);
		expect(step, `${path} leads to ${there}`).toBeGreaterThanOrEqual(0);
		expect(there === path).toBe((steps as readonly string[]).includes(path));
		expect(await page.locator('main').innerText()).toContain(`${step + 1} of ${steps.length}`);
	}
	expect(await heading(page).innerText()).toBe('Who sees what');
});

test('whoever has been here for long is led nowhere', async () => {
	const page = await visit(browser, product.base, rosa);
	await page.goto('/');
	await at(page, '/');
});
