/** A pair ends while both have their reflection open: the teacher keeps the words to read, the mentor has none left. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { editor, freshReflection, openReflection, says, soonMs, toMendEverywhere, visit } from './visit.ts';

const { lena, idris, amara, tomas } = cast.people;
const reflection = cast.reflections.lenaNew;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

/** Names of what this browser keeps of the reflection: its copy of the words, and its page. */
const keptOf = (page: Page, id: string) =>
	page.evaluate(async (id) => {
		const databases = (await indexedDB.databases()).map(({ name }) => name ?? '');
		const pages = (await (await caches.open('pages')).keys()).map(({ url }) => url);
		return [...databases, ...pages].filter((name) => name.includes(id));
	}, id);

async function eventually(ok: () => Promise<boolean>, what: string): Promise<void> {
	for (const end = Date.now() + soonMs; !(await ok()); await new Promise((resolve) => setTimeout(resolve, 100)))
		if (Date.now() > end) throw new Error(`${what}: not within ${soonMs / 1000} s.`);
}

test('after a rematch the words leave the mentor’s screen and device at once, and stay with the teacher to read', async () => {
	const [mentor, teacher] = [await visit(browser, product.base, idris), await visit(browser, product.base, lena)];
	for (const page of [mentor, teacher]) {
		await openReflection(page, reflection.id);
		await says(page, /^Saved$/);
	}
	const passage = 'Starting again with what I kept';
	expect(await mentor.locator('main').innerText()).toContain(passage);
	await eventually(async () => (await keptOf(mentor, reflection.id)).length === 2, 'a copy is kept for offline');

	const space = await teacher.context().newPage();
	await space.goto(`/pairs/${cast.pairs.lenaIdris.id}`);
	await space.getByText('End this pair').click();
	await space.getByText('Times no longer fit together').click();
	await space.getByText('I am sure.').click();
	await space.getByRole('button', { name: 'End the pair' }).click();
	await space.getByText('This pair has ended').waitFor();

	await mentor.waitForURL(`**/pairs/${cast.pairs.lenaIdris.id}`);
	await mentor.getByText('Thank you for what you gave').waitFor();
	expect(await mentor.locator('body').innerText()).not.toContain(passage);
	await eventually(async () => (await keptOf(mentor, reflection.id)).length === 0, 'nothing is kept on the device');

	await says(teacher, /^Read only$/);
	expect(await teacher.locator('main').innerText()).toContain(passage);
	expect(await teacher.locator('[contenteditable=true]').count()).toBe(0);
	await teacher.getByRole('status').filter({ hasText: 'has ended' }).waitFor({ state: 'attached' });
});

const asked = 'Whose question was that?';
const answered = 'A girl in the second row.';

test.for([
	['rematched', amara, cast.pairs.amaraIdris, 'Times no longer fit together'],
	['completed', tomas, cast.pairs.tomasIdris, 'What the two set out to do is done']
] as const)(
	'what was said about the words stays to be read and nobody can say more, where the pair is %s',
	async ([ending, person, pair, reason]) => {
		const id = await freshReflection(product, person, idris, 'Three questions');
		const [teacher, mentor] = [await visit(browser, product.base, person), await visit(browser, product.base, idris)];
		await (await openReflection(teacher, id)).click();
		await teacher.keyboard.type('I could not answer one of them.');
		await says(teacher, /^Saved$/);
		await openReflection(mentor, id);
		await editor(mentor).getByText('I could not answer').waitFor();
		await editor(mentor).click();
		await mentor.getByRole('button', { name: 'Comment', exact: true }).click();
		await mentor.getByLabel('Your comment').fill(asked);
		await mentor.locator('.compose').getByRole('button', { name: 'Comment' }).click();
		const card = (page: Page) => page.locator('article[id^=comment-]', { hasText: asked });
		await teacher.getByRole('button', { name: 'Comments 1' }).click();
		await card(teacher).getByRole('button', { name: 'Answer or resolve' }).click();
		await card(teacher).getByLabel('Your answer').fill(answered);
		await card(teacher).getByRole('button', { name: 'Answer', exact: true }).click();
		await card(mentor).getByText(answered).waitFor();
		await says(teacher, /^Saved$/);
		await teacher.getByRole('button', { name: 'Take back what you said' }).waitFor();

		const space = await teacher.context().newPage();
		await space.goto(`/pairs/${pair.id}`);
		await space.getByText('End this pair').click();
		await space.getByText(reason).click();
		await space.getByText('I am sure.').click();
		await space.getByRole('button', { name: 'End the pair' }).click();
		await space.getByText('This pair has ended').waitFor();

		const readers = ending === 'completed' ? [teacher, mentor] : [teacher];
		for (const page of readers) {
			await says(page, /^Read only$/);
			for (const fresh of [false, true]) {
				if (fresh) {
					await page.reload();
					await page.getByRole('button', { name: 'Comments 1' }).click();
				}
				await card(page).getByText(answered).waitFor();
				await card(page).click();
				await page.keyboard.press('F8');
				await expect
					.poll(() => page.getByRole('button', { name: /Take back|Change|^Answer|Resolve$/ }).count())
					.toBe(0);
				expect(await page.locator('.comments textarea').count()).toBe(0);
			}
			await page.keyboard.press('Control+Alt+KeyM');
			expect(await page.getByLabel('Your comment').count()).toBe(0);
			expect(await toMendEverywhere(page, { name: `comments-${ending}` })).toEqual([]);
			await page.goto(`/reflections/${id}/copy?comments`);
			await page.getByText(answered).waitFor();
		}
		if (ending === 'completed') return;
		await mentor.waitForURL(`**/pairs/${pair.id}`);
		expect(await mentor.locator('body').innerText()).not.toContain(asked);
		for (const path of ['', '/copy?comments', '/history']) {
			const answer = await mentor.request.get(`/reflections/${id}${path}`);
			expect(answer.status(), path).toBe(404);
			expect(await answer.text(), path).not.toMatch(/Whose question|second row/);
		}
		expect(await keptOf(mentor, id)).toEqual([]);
	}
);
