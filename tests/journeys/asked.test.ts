/** What the microcredential asks, beside the text: parts and their words, rows of the rubric and their passages. */
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { reflections } from '#lib/reflection/schema.server.ts';
import { openEmbedded } from '#lib/server/embedded.ts';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { publishNewer, withAnotherFirstPrompt } from '../newer-version.ts';
import { startProduct, type Product } from '../product.ts';
import {
	editor,
	freshReflection,
	openReflection,
	phone,
	says,
	sideways,
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

const asked = (page: Page, prompt: string | RegExp) => page.locator('.asked li', { hasText: prompt });
const row = (page: Page, criterion: string) => page.locator('.looked-for > li', { hasText: criterion });
/** Presses. The next key may follow at once. */
async function go(page: Page, part: string, name: string) {
	await asked(page, part).getByRole('button', { name }).click();
	await page.locator('#reflection-text:focus').waitFor();
}

/** What this microcredential asks for words about, and the rows it is scored by. */
const prompts = (page: Page) => page.locator('.asked li:has(.count) > p:first-child').allInnerTexts();
const criteria = (page: Page) => page.locator('.looked-for .criterion').allInnerTexts();

test('a teacher answers part by part, and both see where each stands', async () => {
	const id = await freshReflection(product, rosa, idris);
	const teacher = await visit(browser, product.base, rosa);
	await openReflection(teacher, id);
	const mentor = await visit(browser, product.base, idris);
	await openReflection(mentor, id);
	const all = await prompts(teacher);
	const [prompt, later] = [all[0]!, all.at(-1)!];
	await asked(teacher, prompt).getByText('not begun').waitFor();

	await go(teacher, later, 'Begin this part');
	await teacher.keyboard.type('Three hands went up.');
	await go(teacher, prompt, 'Begin this part');
	await teacher.keyboard.type('Grade three, about seeds.');
	await asked(teacher, later).getByText('4 words', { exact: true }).waitFor();
	for (const page of [teacher, mentor]) {
		await asked(page, prompt).getByText('4 words', { exact: true }).waitFor();
		expect(await words(page)).toBe([prompt, 'Grade three, about seeds.', later, 'Three hands went up.'].join('\n'));
	}
	// The mentor's words are a suggestion, and do not count until the teacher accepts them.
	await go(mentor, later, 'Go to this part');
	await mentor.keyboard.type('Perhaps say whose? ');
	await teacher.getByText('Perhaps say whose?').waitFor();
	await teacher.getByRole('button', { name: 'Suggestions 1' }).waitFor();
	await asked(teacher, later).getByText('4 words', { exact: true }).waitFor();

	// More than was asked for is said, and stops nobody.
	await editor(teacher).getByText('Grade three, about seeds.').click();
	await teacher.keyboard.press('End');
	await teacher.keyboard.insertText(' more'.repeat(400));
	await asked(teacher, prompt)
		.getByText(/^404 words, \d+ too many for the guide$/)
		.waitFor();
	await says(teacher, /^Saved/);

	// And it stands there at once, without script too.
	const reader = await visit(browser, product.base, rosa, { javaScriptEnabled: false });
	await reader.goto(`/reflections/${id}`);
	await asked(reader, prompt)
		.getByText(/^404 words, \d+ too many for the guide$/)
		.waitFor();
	await asked(reader, later).getByText('4 words', { exact: true }).waitFor();
});

test('the two mark words for rows with the keyboard alone, and say when one is covered', async () => {
	const id = await freshReflection(product, rosa, idris);
	const teacher = await visit(browser, product.base, rosa);
	await (await openReflection(teacher, id)).focus();
	await teacher.keyboard.type('I counted to five in my head.');
	await says(teacher, /^Saved/);
	const mentor = await visit(browser, product.base, idris);
	await openReflection(mentor, id);

	const [first, second] = (await criteria(teacher)) as [string, string];
	await teacher.keyboard.press('Control+A');
	await row(teacher, first).locator('summary').focus();
	await teacher.keyboard.press('Enter');
	const use = row(teacher, first).getByRole('button', { name: 'Use the selected words' });
	await use.focus();
	await teacher.keyboard.press('Enter');
	await row(teacher, first).locator('summary', { hasText: 'started' }).waitFor();
	await row(mentor, first).locator('summary', { hasText: 'started, 1 passage' }).waitFor();
	await teacher.getByRole('status').getByText(`serves “${first}” now`).waitFor();

	// The same words serve another row; the mentor does that, directly.
	await row(mentor, second).locator('summary').click();
	await editor(mentor).getByText('I counted').dblclick();
	await row(mentor, second).getByRole('button', { name: 'Use the selected words' }).click();
	await row(teacher, second).locator('summary', { hasText: 'started' }).waitFor();

	await row(teacher, first).getByLabel('We hold this for covered').focus();
	await teacher.keyboard.press('Space');
	await row(mentor, first).locator('summary', { hasText: 'covered' }).waitFor();
	await row(mentor, first).locator('summary').click();
	await row(mentor, first).getByRole('button', { name: 'Show in the text: I counted to five' }).waitFor();
	expect(await toMendEverywhere(teacher)).toEqual([]);

	// What covered it goes: nobody can say any more that it is.
	await editor(teacher).focus();
	await teacher.keyboard.press('Control+A');
	await teacher.keyboard.press('Delete');
	await teacher.keyboard.type('Another text.');
	await row(mentor, first).locator('summary', { hasText: 'not yet' }).waitFor();
	await row(mentor, first).getByText('The words that covered this are gone').waitFor();
	await row(mentor, second).locator('summary', { hasText: 'not yet' }).waitFor();
});

test('on a phone one selects in the text and uses it beside the prompts, and is led back to the words', async () => {
	const id = await freshReflection(product, rosa, idris);
	const page = await visit(browser, product.base, rosa, { viewport: phone, hasTouch: true });
	await (await openReflection(page, id)).focus();
	await page.keyboard.type('I counted to five.');
	const [first] = (await criteria(page)) as [string];
	const [prompt] = (await prompts(page)) as [string];
	await page.keyboard.press('Control+A');
	await page.getByRole('link', { name: 'Prompts and rubric' }).click();
	await row(page, first).locator('summary').click();
	await row(page, first).getByRole('button', { name: 'Use the selected words' }).click();
	await row(page, first).locator('summary', { hasText: 'started' }).waitFor();
	expect(await sideways(page)).toBe(0);
	await row(page, first).getByRole('button', { name: 'Show in the text: I counted to five.' }).click();
	await editor(page).waitFor();
	await page.getByRole('link', { name: 'Prompts and rubric' }).click();
	await row(page, first).getByRole('button', { name: 'Remove' }).click();
	await row(page, first).locator('summary', { hasText: 'not yet' }).waitFor();
	await go(page, prompt, 'Begin this part');
	await page.keyboard.type('In grade three.');
	expect(await words(page)).toContain('In grade three.');
});

test('a reflection stays with the prompts it was begun with, and says what a newer version changed', async () => {
	const id = await freshReflection(product, rosa, idris);
	const page = await visit(browser, product.base, rosa);
	await page.goto(`/reflections/${id}`);
	await page.getByText(/^Version 1 of these prompts, of/).waitFor();
	expect(await page.getByRole('link', { name: 'What changed', exact: true }).count()).toBe(1); // that of the text

	await product.terminate();
	const db = await openEmbedded(join(product.dataDir, 'data'));
	try {
		const [bound] = await db.asOwner((tx) => tx.select().from(reflections).where(eq(reflections.id, id)));
		await publishNewer(db, bound!.microcredentialVersionId, withAnotherFirstPrompt);
	} finally {
		await db.close();
	}
	await product.start();

	await page.goto(`/reflections/${id}`);
	await page.locator('#prompts').getByRole('link', { name: 'What changed' }).click();
	await page.getByRole('heading', { name: 'What changed in the prompts' }).waitFor();
	await page.getByText('There is a version 2, of 2 November 2026.').waitFor();
	await page.locator('ins', { hasText: 'Say why.' }).waitFor();
	await page.getByText(/It asked for up to \d+ words, a guide; now for up to 100 words, a limit\./).waitFor();
	expect(await toMendEverywhere(page)).toEqual([]);
});
