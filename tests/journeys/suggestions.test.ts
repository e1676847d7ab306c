/** A mentor suggests, and the teacher decides, in the reflection that both have open. */
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
	toMendEverywhere,
	visit,
	words
} from './visit.ts';

const { rosa, idris } = cast.people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

const first = 'I waited three seconds and looked down.';

async function together(options = {}): Promise<{ teacher: Page; mentor: Page; id: string }> {
	const id = await freshReflection(product, rosa, idris);
	const teacher = await visit(browser, product.base, rosa, options);
	await (await openReflection(teacher, id)).click();
	await teacher.keyboard.type(first);
	await says(teacher, /^Saved/);
	const mentor = await visit(browser, product.base, idris, options);
	await openReflection(mentor, id);
	await says(mentor, /^Saved/);
	return { teacher, mentor, id };
}

/** What is drawn as to come and to go. */
const proposed = (page: Page) =>
	editor(page).evaluate((element) => {
		const copy = element.cloneNode(true) as HTMLElement;
		for (const caret of copy.querySelectorAll('.caret')) caret.remove();
		const texts = (tag: string) => [...copy.querySelectorAll(tag)].map((found) => found.textContent).filter(Boolean);
		return { come: texts('ins'), go: texts('del') };
	});
const tab = (page: Page) => page.getByRole('button', { name: /^Suggestions/ });
const item = (page: Page, what: string | RegExp) => page.locator('#suggestions li', { hasText: what });

test('a mentor’s typing is a suggestion; the teacher accepts one, declines one, and the words are the mentor’s', async () => {
	const { teacher, mentor } = await together();
	await goToEnd(mentor);
	await mentor.keyboard.press('Backspace');
	await mentor.keyboard.type(', and nobody spoke.');
	await says(mentor, /^Saved/);
	expect(await proposed(mentor)).toEqual({ come: [', and nobody spoke.'], go: ['.'] });
	await mentor.keyboard.press('Enter');
	await mentor.keyboard.type('What did you feel?');
	await says(mentor, /^Saved/);

	await tab(teacher).waitFor();
	await tab(teacher).press('Enter');
	await item(teacher, 'nobody spoke').waitFor();
	expect(await item(teacher, 'nobody spoke').innerText()).toContain('Idris Okafor');
	expect(await toMendEverywhere(teacher, { name: 'suggestions-teacher' })).toEqual([]);

	// What the teacher writes inside it is hers.
	await item(teacher, 'nobody spoke')
		.getByRole('button', { name: /^Accept/ })
		.press('Enter');
	await says(teacher, /^Saved/);
	await expect
		.poll(() => words(mentor))
		.toBe('I waited three seconds and looked down, and nobody spoke.\nWhat did you feel?');
	await teacher.getByText('Nothing is suggested now.').waitFor();
});

test('what a teacher writes inside a suggestion stays when that is declined', async () => {
	const { teacher, mentor } = await together();
	await goToEnd(mentor);
	await mentor.keyboard.type(' Slowly.');
	await says(mentor, /^Saved/);
	await tab(teacher).waitFor();
	await goToEnd(teacher);
	for (let i = 0; i < 4; i++) await teacher.keyboard.press('ArrowLeft');
	await teacher.waitForTimeout(300);
	await teacher.keyboard.type('MINE');
	await says(teacher, /^Saved/);
	expect(await proposed(teacher)).toEqual({ come: [' Slo', 'wly.'], go: [] });
	await tab(teacher).press('Enter');
	await item(teacher, 'Slo')
		.getByRole('button', { name: /^Decline/ })
		.press('Enter');
	await expect.poll(() => words(mentor)).toBe(`${first}MINE`);
	await says(teacher, /^Saved/);
	// And it can be undone.
	await editor(teacher).focus();
	await teacher.keyboard.press('Control+z');
	await expect.poll(() => words(mentor)).toBe(`${first} SloMINEwly.`);
});

test('a mentor takes back, or writes directly, and sees which of the two it is', async () => {
	const { teacher, mentor } = await together({ viewport: phone });
	const suggest = mentor.getByRole('button', { name: 'Suggest', exact: true });
	expect(await suggest.getAttribute('aria-pressed')).toBe('true');
	await goToEnd(mentor);
	await mentor.keyboard.type(' Why?');
	await says(mentor, /^Saved/);
	await tab(mentor).press('Enter');
	expect(await toMendEverywhere(mentor, { name: 'suggestions-mentor' })).toEqual([]);
	await item(mentor, 'Why')
		.getByRole('button', { name: /^Take back/ })
		.press('Enter');
	await expect.poll(() => words(teacher)).toBe(first);
	await mentor.getByRole('navigation', { name: 'This reflection' }).getByRole('link', { name: 'Write' }).click();
	await suggest.press('Enter');
	expect(await suggest.getAttribute('aria-pressed')).toBe('false');
	await goToEnd(mentor);
	await mentor.keyboard.type(' Why?');
	await expect.poll(() => words(teacher)).toBe(`${first} Why?`);
	expect(await proposed(teacher)).toEqual({ come: [], go: [] });
	expect(await teacher.getByRole('button', { name: 'Suggest', exact: true }).getAttribute('aria-pressed')).toBe(
		'false'
	);
});

test('headings, lists and looks are suggestions, and all are accepted at once', async () => {
	const { teacher, mentor } = await together();
	await goToEnd(mentor);
	await mentor.getByRole('button', { name: 'Heading' }).click();
	await mentor.keyboard.press('Control+A');
	await mentor.keyboard.press('Control+B');
	await says(mentor, /^Saved/);
	await tab(teacher).waitFor();
	await tab(teacher).press('Enter');
	await item(teacher, 'heading').waitFor();
	await teacher.getByRole('button', { name: /^Accept all/ }).press('Enter');
	await expect.poll(() => editor(mentor).locator('h2 strong').count()).toBe(1);
	await expect.poll(() => editor(mentor).locator('.was, .restyled').count()).toBe(0);
});
