/** Two browsers have one thread open: what one says, the other sees, without a reload and in its order. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { threads } from '../../src/seed/talk.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { visit } from './visit.ts';

const { rosa, luis } = cast.people;
const at = `/threads/${threads.hands.id}`;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

/** Opens the thread, and would notice if the page were loaded once more. */
async function open(person: { email: string }): Promise<Page> {
	const page = await visit(browser, product.base, person);
	await page.goto(at);
	await page.locator('#reply[data-ready]').waitFor();
	await page.evaluate(() => void ((window as { isStillThis?: boolean }).isStillThis = true));
	return page;
}
const isStillThis = (page: Page) => page.evaluate(() => (window as { isStillThis?: boolean }).isStillThis === true);
/** Types into a field, which is a plain one until somebody comes near it. */
const type = async (within: Locator, words: string) => {
	await within.getByRole('textbox').first().focus();
	const field = within.locator('[contenteditable=true]');
	await field.fill(words);
};
const reply = async (page: Page, words: string) => {
	await type(page.locator('#reply'), words);
	await page.getByRole('button', { name: 'Reply', exact: true }).click();
};
/** How often these words stand on the page, outside of the field. */
const times = (page: Page, words: string) => page.locator('article').getByText(words, { exact: true }).count();
const settled = (page: Page, words: string) =>
	page.locator('article[id^="post-"]').getByText(words, { exact: true }).waitFor();

test('a post, an edit and who is here arrive live, one’s own is there at once and stands once', async () => {
	const [one, two] = [await open(rosa), await open(luis)];
	for (const page of [one, two]) await page.getByText('2 here now').waitFor();

	const words = 'I hold a pencil in each hand now';
	await reply(two, words);
	await two.locator('article').getByText(words, { exact: true }).first().waitFor();
	await settled(two, words);
	expect(await times(two, words)).toBe(1);
	await settled(one, words);
	expect(await times(one, words)).toBe(1);
	expect(await one.locator('article').last().innerText()).toContain('Luis');

	const post = two.locator('article', { hasText: words });
	await post.getByRole('link', { name: 'Edit', exact: true }).click();
	const changed = `${words}, and it works`;
	await type(two.locator('article form'), changed);
	await two.getByRole('button', { name: 'Save' }).click();
	await settled(one, changed);
	await one.locator('article', { hasText: changed }).getByText('edited').waitFor();
	expect(await isStillThis(one)).toBe(true);
});

test('new posts below never move what is read, and say that they are there', async () => {
	const [one, two] = [await open(rosa), await open(luis)];
	await one.setViewportSize({ width: 1280, height: 500 });
	await one.evaluate(() => scrollTo(0, 0));
	const before = await one.locator('article').first().boundingBox();
	await reply(two, 'Far below the fold');
	const below = one.getByRole('link', { name: '1 new post' });
	await below.waitFor();
	expect(await one.locator('article').first().boundingBox()).toEqual(before);
	await below.click();
	await one.waitForFunction(() => scrollY > 0);
	await below.waitFor({ state: 'detached' });
	expect(await isStillThis(one)).toBe(true);
});

test('after an act the keyboard is where the act was, and what is new is still said', async () => {
	const [one, two] = [await open(rosa), await open(luis)];
	const words = 'Written by keyboard alone';
	await reply(one, words);
	await settled(one, words);
	const mine = one.locator('article[id^="post-"]', { hasText: words });
	const focused = async (what: RegExp) => {
		for (let tries = 0; tries < 100; tries++) {
			const there = await one.evaluate(() => document.activeElement?.textContent ?? '');
			if (what.test(there)) return;
			await one.waitForTimeout(100);
		}
		throw new Error(`The keyboard is not at ${what}.`);
	};
	await mine.getByRole('button', { name: 'Take back' }).press('Enter');
	await focused(/^Undo$/);
	await one.keyboard.press('Enter');
	await focused(/^Take back$/);
	const heard = one.getByRole('status').filter({ hasText: /^1 new post$/ });
	await reply(two, 'Said right after it');
	await heard.waitFor({ state: 'attached' });
	await mine.getByRole('link', { name: 'Edit', exact: true }).press('Enter');
	await focused(new RegExp(`^${words}$`));
});

test('what was said while a laptop had no network is there when it comes back, in order', async () => {
	const [one, two] = [await open(rosa), await open(luis)];
	await one.getByText('2 here now').waitFor();
	await one.context().setOffline(true);
	const said = ['First in the tunnel', 'Second in the tunnel', 'Third in the tunnel'];
	for (const words of said) {
		await reply(two, words);
		await settled(two, words);
	}
	await one.context().setOffline(false);
	for (const words of said) await settled(one, words);
	const all = await one.locator('article[id^="post-"]').allInnerTexts();
	const places = said.map((words) => all.findIndex((text) => text.includes(words)));
	expect(places).toEqual([...places].sort((a, b) => a - b));
	expect(await isStillThis(one)).toBe(true);
});

test('whoever signs out in another tab sees the thread leave the page, and it does not come back', async () => {
	const one = await open(rosa);
	const first = threads.hands.posts[1]!.text;
	await settled(one, first);
	const other = await one.context().newPage();
	await other.goto('/sign-out');
	await other.getByRole('button', { name: 'Sign out', exact: true }).click();
	await other.waitForURL(/sign-in/);
	await one.getByRole('alert').waitFor();
	expect(await times(one, first)).toBe(0);
	await one.reload();
	await one.waitForURL(/sign-in/);
});

test('more tabs of threads than a browser has lines freeze nothing, and each of them stays true', async () => {
	// A browser without windows takes all of its tabs for ones that are looked at: the worst case.
	const first = await visit(browser, product.base, rosa);
	const tabs = [first];
	for (let n = 1; n < 8; n++) tabs.push(await first.context().newPage());
	for (const [n, tab] of tabs.entries()) await tab.goto(n % 2 ? at : `/threads/${threads.fridayNotes.id}`);
	const words = 'Read in every one of them';
	const two = await open(luis);
	await reply(two, words);
	await Promise.all(tabs.filter((_, n) => n % 2).map((tab) => settled(tab, words)));
	await tabs[7]!.goto('/');
	await tabs[7]!.getByRole('heading', { level: 1 }).waitFor();
});

test('what is read on one device is not new on the other any more, while both are open', async () => {
	const [desk, phoneOfHers, two] = [await open(rosa), await open(rosa), await open(luis)];
	for (const page of [desk, phoneOfHers]) {
		await page.setViewportSize({ width: 390, height: 500 });
		await page.evaluate(() => scrollTo(0, 0));
	}
	await reply(two, 'To be read twice, and new once');
	const below = (page: Page) => page.getByRole('link', { name: '1 new post' });
	for (const page of [desk, phoneOfHers]) await below(page).waitFor();
	await below(desk).click();
	await below(phoneOfHers).waitFor({ state: 'detached' });
	expect(await phoneOfHers.evaluate(() => scrollY)).toBe(0);
	expect(await isStillThis(phoneOfHers)).toBe(true);
});

test('a thread that is closed under somebody’s hands leaves them their words', async () => {
	const one = await open(rosa);
	const words = 'I had just begun to say something';
	await type(one.locator('#reply'), words);
	const moderator = await visit(browser, product.base, cast.people.claire);
	await moderator.goto(`${at}/moderation`);
	await moderator.getByText('Lock it', { exact: true }).click();
	const form = moderator.locator('details[open] form');
	await form.getByRole('textbox').fill('We go on in the other thread.');
	await form.getByRole('button', { name: 'Lock this thread' }).click();
	await one.getByText('This thread takes no new posts any more.').waitFor();
	expect(await one.locator('#reply [contenteditable=true]').innerText()).toContain(words);
	await one.getByRole('button', { name: 'Reply', exact: true }).click();
	await one.getByRole('alert').filter({ hasText: 'locked this thread' }).waitFor();
	expect(await one.locator('#reply [contenteditable=true]').innerText()).toContain(words);
	expect(await times(one, words)).toBe(0);
});
