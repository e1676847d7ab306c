/** A mentor and a teacher talk about words of a reflection, beside it. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { desktop, editor, freshReflection, openReflection, phone, says, visit, words } from './visit.ts';

const { rosa, idris } = cast.people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

const first = 'I asked how a seed knows which way is up, and waited.';
const second = 'Three hands went up in the back row.';

/** The teacher has written two paragraphs, and both are here. */
async function together(options = {}): Promise<{ id: string; teacher: Page; mentor: Page }> {
	const id = await freshReflection(product, rosa, idris);
	const teacher = await visit(browser, product.base, rosa, options);
	await (await openReflection(teacher, id)).click();
	await teacher.keyboard.type(first);
	await teacher.keyboard.press('Enter');
	await teacher.keyboard.type(second);
	await says(teacher, /^Saved/);
	const mentor = await visit(browser, product.base, idris, options);
	await openReflection(mentor, id);
	await says(mentor, /^Saved/);
	return { id, teacher, mentor };
}

const card = (page: Page, text: string | RegExp) => page.locator('article[id^=comment-]', { hasText: text });
const status = (page: Page) => page.getByRole('status');

/** Selects the first letters of the last paragraph, with the keyboard alone. */
async function selectInLast(page: Page, letters: number) {
	await editor(page).focus();
	await page.keyboard.press('Control+End');
	await page.keyboard.press('Home');
	await page.waitForTimeout(300);
	for (let i = 0; i < letters; i++) await page.keyboard.press('Shift+ArrowRight');
	await page.waitForTimeout(100);
}

async function toMend(page: Page): Promise<string[]> {
	const { violations } = await new AxeBuilder({ page })
		.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
		.analyze();
	return violations.map(
		({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`
	);
}

/** In both themes and both widths. */
async function isFine(page: Page, state: string) {
	for (const colorScheme of ['light', 'dark'] as const)
		for (const viewport of [desktop, phone]) {
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			await page.setViewportSize(viewport);
			expect(await toMend(page), `${state}, ${colorScheme}, ${viewport.width}`).toEqual([]);
			const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
			expect(sideways, `${state}, ${viewport.width}`).toBe(0);
		}
	await page.setViewportSize(desktop);
}

test('what one has said can be taken back, and for ten seconds be put back, with the keyboard alone and without a network', async () => {
	const { teacher, mentor } = await together();
	await selectInLast(mentor, 'Three hands'.length);
	await mentor.keyboard.press('Control+Alt+KeyM');
	await mentor.getByLabel('Your comment').focus();
	await mentor.keyboard.type('Who were the three?');
	await mentor.keyboard.press('Control+Enter');
	await card(mentor, 'Who were the three?').waitFor();
	await says(mentor, /^Saved/);
	await teacher.getByRole('button', { name: 'Comments 1' }).waitFor();
	await teacher.keyboard.press('F8');
	await card(teacher, 'Who were the three?').getByLabel('Your answer').focus();
	expect(await teacher.getByRole('button', { name: /Take back/ }).count(), 'what another has said').toBe(0);
	await teacher.keyboard.type('Ana, Bo and Cy.');
	await teacher.keyboard.press('Control+Enter');
	await card(mentor, 'Ana, Bo and Cy.').waitFor();

	const back = (page: Page) => page.getByRole('button', { name: 'Take back what you said' });
	const undo = (page: Page) => page.getByRole('button', { name: 'Undo taking this back' });
	await back(teacher).press('Enter');
	await card(teacher, 'You took this back.').waitFor();
	await status(teacher).getByText('You took this back. Undo is here for ten seconds.').waitFor();
	await card(mentor, 'Rosa Medina took this back.').waitFor();
	await status(mentor).getByText('Rosa Medina has taken back what they said.').waitFor();
	expect(await mentor.locator('main').innerText()).not.toContain('Ana, Bo');
	expect(await undo(teacher).evaluate((button) => button === document.activeElement)).toBe(true);
	await isFine(teacher, 'taken back just now');
	if (process.env.SHOTS) await teacher.screenshot({ path: `${process.env.SHOTS}/taken-back.png` });
	await undo(teacher).press('Enter');
	await card(mentor, 'Ana, Bo and Cy.').waitFor();
	await card(teacher, 'Ana, Bo and Cy.').waitFor();
	expect(await card(teacher, 'Ana, Bo and Cy.').innerText()).not.toContain('changed');

	await teacher.context().setOffline(true);
	await says(teacher, /^Offline/);
	await back(teacher).press('Enter');
	await card(teacher, 'You took this back.').waitFor();
	await teacher.keyboard.press('Escape');
	await undo(teacher).waitFor({ state: 'detached', timeout: 20_000 });
	expect(await card(mentor, 'Who were').innerText()).toContain('Ana, Bo and Cy.');
	await teacher.context().setOffline(false);
	await card(mentor, 'Rosa Medina took this back.').waitFor({ timeout: 30_000 });
	await says(teacher, /^Saved/);
	for (const page of [teacher, mentor]) {
		await page.reload();
		await page.getByRole('button', { name: 'Comments 1' }).click();
		await card(page, 'took this back.').waitFor();
		expect(await page.locator('main').innerText()).not.toContain('Ana, Bo');
		expect(await undo(page).count()).toBe(0);
	}
});

test('a comment is made, answered, changed, resolved and opened again with the keyboard alone', async () => {
	const { teacher, mentor } = await together();
	await selectInLast(mentor, 'Three hands'.length);
	await mentor.keyboard.press('Control+Alt+KeyM');
	await mentor.getByLabel('Your comment').waitFor();
	await isFine(mentor, 'writing a comment');
	await mentor.getByLabel('Your comment').focus();
	await mentor.keyboard.type('Who were the three?');
	await mentor.keyboard.press('Control+Enter');
	await card(mentor, 'Who were the three?').waitFor();
	expect(await editor(mentor).evaluate((element) => element === document.activeElement)).toBe(true);
	await says(mentor, /^Saved/);

	await teacher.getByRole('button', { name: 'Comments 1' }).waitFor();
	await status(teacher).getByText('Idris Okafor has commented.').waitFor();
	await teacher.keyboard.press('F8');
	const seen = card(teacher, 'Who were the three?');
	await seen.waitFor();
	expect(await seen.evaluate((element) => element === document.activeElement)).toBe(true);
	expect(await seen.innerText()).toContain('Idris Okafor');
	expect(await seen.innerText()).toContain('Three hands');
	await isFine(teacher, 'a comment of the other');
	await seen.getByLabel('Your answer').focus();
	await teacher.keyboard.type('Ana, Bo and Cy.');
	await teacher.keyboard.press('Control+Enter');
	await card(mentor, 'Ana, Bo and Cy.').waitFor();
	await teacher.keyboard.press('Escape');
	expect(await teacher.evaluate(() => getSelection()!.toString())).toBe('Three hands');

	await mentor.keyboard.press('F8');
	await card(mentor, 'Who were').getByRole('button', { name: 'Change what you said' }).press('Enter');
	await mentor.keyboard.press('Control+A');
	await mentor.keyboard.type('Who are the three?');
	await mentor.keyboard.press('Control+Enter');
	await card(teacher, 'Who are the three?').getByText('changed').waitFor();
	expect(await card(teacher, 'Ana, Bo').getByRole('button', { name: 'Change what you said' }).count()).toBeLessThan(2);

	await card(mentor, 'Who are').getByRole('button', { name: 'Resolve' }).press('Enter');
	await teacher.getByRole('button', { name: /^Comments$/ }).waitFor();
	await teacher.getByRole('button', { name: 'Resolved 1' }).press('Enter');
	await card(teacher, 'Resolved by Idris Okafor').waitFor();
	await isFine(teacher, 'a resolved comment');
	await card(teacher, 'Who are').getByRole('button', { name: 'Open again' }).press('Enter');
	await mentor.getByRole('button', { name: 'Comments 1' }).waitFor();
	await teacher.getByRole('button', { name: 'Open 1' }).press('Enter');
	await isFine(teacher, 'an open comment');
	expect(await words(teacher), 'nothing of it is in the text').toBe(`${first}\n${second}`);
});

test('when its words are gone a comment says so, and undo brings it back to them', async () => {
	const { id, teacher, mentor } = await together();
	await selectInLast(mentor, 'Three hands'.length);
	await mentor.getByRole('button', { name: 'Comment', exact: true }).click();
	await mentor.getByLabel('Your comment').fill('Who?');
	await mentor.locator('.compose').getByRole('button', { name: 'Comment' }).click();
	await teacher.getByRole('button', { name: 'Comments 1' }).click();
	await selectInLast(teacher, second.length);
	await teacher.keyboard.press('Backspace');
	const gone = 'The words this was about are gone: “Three hands”';
	for (const page of [teacher, mentor]) await card(page, 'Who?').getByText(gone).waitFor();
	await isFine(teacher, 'a comment whose words are gone');
	await card(mentor, 'Who?').getByLabel('Your answer').fill('You have taken them out.');
	await card(mentor, 'Who?').getByRole('button', { name: 'Answer', exact: true }).click();
	await card(teacher, 'You have taken them out.').waitFor();

	await editor(teacher).focus();
	await teacher.keyboard.press('Control+Z');
	for (const page of [teacher, mentor])
		await card(page, 'Who?').getByRole('button', { name: 'Show in the text: Three hands' }).waitFor();

	// What is copied stays a copy; what is cut takes its comment along.
	await selectInLast(teacher, second.length);
	await teacher.keyboard.press('Control+C');
	await teacher.keyboard.press('Control+End');
	await teacher.keyboard.press('Enter');
	await teacher.keyboard.press('Control+V');
	await says(teacher, /^Saved/);
	const marked = (page: Page) => editor(page).locator('[data-comment]').allInnerTexts();
	expect(await words(teacher)).toBe(`${first}\n${second}\n${second}`);
	expect(await marked(teacher)).toEqual(['Three hands']);

	const reader = await visit(browser, product.base, rosa);
	const html = await (await reader.request.get(`/reflections/${id}`)).text();
	expect(html, 'the server draws the same').toMatch(/<span data-comment="\w+">Three hands<\/span>/);
});

test('on a phone: from a paragraph to its comment, and back to the words', async () => {
	const { teacher, mentor } = await together({ viewport: phone, hasTouch: true });
	await editor(teacher).locator('p').last().tap();
	await teacher.waitForTimeout(300);
	await teacher.getByRole('button', { name: 'Comment', exact: true }).tap();
	await teacher.getByLabel('Your comment').fill('I am not sure about this.');
	await teacher.locator('.compose').getByRole('button', { name: 'Comment' }).tap();
	expect(await editor(teacher).isVisible()).toBe(true);
	await mentor.getByRole('button', { name: 'Comments 1' }).tap();
	await card(mentor, 'I am not sure').waitFor();
	expect(await editor(mentor).isVisible()).toBe(false);
	await card(mentor, 'I am not sure')
		.getByRole('button', { name: /^Show in the text/ })
		.tap();
	expect(await editor(mentor).isVisible()).toBe(true);
	await editor(mentor).locator('[data-comment]').tap();
	await card(mentor, 'I am not sure').waitFor();
});

test('both comment without a network, and each finds both when they are back', async () => {
	const { teacher, mentor } = await together();
	for (const page of [teacher, mentor]) {
		await page.getByRole('button', { name: 'Comments', exact: true }).click();
		await page.getByText('No open comments.').waitFor();
		await page.context().setOffline(true);
	}
	for (const [page, what] of [
		[teacher, 'From her.'],
		[mentor, 'From him.']
	] as const) {
		await says(page, /^Offline/);
		await selectInLast(page, 5);
		await page.keyboard.press('Control+Alt+KeyM');
		await page.getByLabel('Your comment').fill(what);
		await page.keyboard.press('Control+Enter');
		await card(page, what).waitFor();
	}
	for (const page of [teacher, mentor]) await page.context().setOffline(false);
	for (const page of [teacher, mentor]) {
		await says(page, /^Saved/);
		await card(page, 'From her.').waitFor();
		await card(page, 'From him.').waitFor();
		expect(await card(page, /./).count()).toBe(2);
	}
	await teacher.reload();
	await teacher.getByRole('button', { name: 'Comments 2' }).click();
	expect(await card(teacher, 'From him.').innerText(), 'who said it is known after a reload').toContain('Idris Okafor');
	expect(await card(teacher, 'From her.').innerText()).toContain('You');
});

test('where nobody has commented, F8 says so', async () => {
	const { teacher } = await together();
	await editor(teacher).focus();
	await teacher.keyboard.press('F8');
	await teacher.getByText('No open comments.').waitFor();
	await status(teacher).getByText('There are no open comments.').waitFor();
	await isFine(teacher, 'no comments');
});
