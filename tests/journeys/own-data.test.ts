/** Taking a copy, leaving a program, deleting an account and taking that back: as a person does it in a browser. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openReflection as openLive, until } from '../../scripts/replay/client.ts';
import { signIn } from '../../scripts/replay/visitor.ts';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { unzipped } from '../unzipped.ts';
import { desktop, phone, small, toMendEverywhere, visit } from './visit.ts';

const { people, programs, reflections } = cast;
const { rosa, idris, sam, grace, noor, ben, pat } = people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

const at = (page: Page, path: string) => page.waitForURL(`${product.base}${path}`);
const said = (page: Page) => page.locator('main').innerText();

/** Walks on with Tab until what has focus is called so. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
	for (let i = 0; i < 40; i++) {
		await page.keyboard.press('Tab');
		const here = await page.evaluate(() => {
			const on = document.activeElement as HTMLInputElement | null;
			return (on?.labels?.[0] ?? on)?.textContent?.trim() ?? '';
		});
		if (name.test(here)) return;
	}
	throw new Error(`Tab never came to ${name}.`);
}

/** Somebody's socket on a reflection, and the code it is closed with. */
async function holding(person: { email: string }, reflection: string) {
	const { cookie } = await signIn(product.base, person.email);
	const codes: number[] = [];
	const live = openLive({ base: product.base, email: person.email, cookie }, reflection, {
		closed: (code) => codes.push(code)
	});
	expect(await until(() => live.provider.synced, 20_000)).toBe(true);
	return { codes, leave: () => live.leave() };
}

test('each page has nothing that axe would mend, in both themes and widths', async () => {
	const page = await visit(browser, product.base, ben, { reducedMotion: 'reduce' });
	for (const path of [
		'/account/data',
		`/account/data/leave/${programs.tennessee.id}`,
		'/account/data/delete',
		'/sign-in/back?closed=yes',
		'/sign-in/back'
	]) {
		await page.goto(path);
		expect(await toMendEverywhere(page, { viewports: [desktop, phone, small] })).toEqual([]);
	}
});

test.for([true, false])('a copy is taken from the page, with script: %s', async (javaScriptEnabled) => {
	const page = await visit(browser, product.base, rosa, { viewport: phone, javaScriptEnabled, acceptDownloads: true });
	await page.goto('/account/data');
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('button', { name: 'Take a copy' }).click()
	]);
	expect(download.suggestedFilename()).toMatch(/^wayfellow-copy-\d{4}-\d\d-\d\d\.zip$/);
	const copy = await unzipped(readFileSync(await download.path()));
	expect([...copy.keys()]).toContain('README.txt');
	expect([...copy].find(([name]) => name.endsWith('What changed when I waited.md'))![1]).toContain(idris.name);
	await page.reload();
	expect(await said(page)).toContain('Taken before');
});

test('leaving a program by keyboard alone, on a phone, closes the partner’s live connection', async () => {
	const partner = await holding(grace, reflections.samOnly.id);
	try {
		const page = await visit(browser, product.base, sam, { viewport: phone });
		await page.goto('/account/data');
		await page.waitForLoadState('networkidle');
		await tabTo(page, /^Leave/);
		await page.keyboard.press('Enter');
		await at(page, `/account/data/leave/${programs.tennessee.id}`);
		expect(await said(page)).toContain(`with ${grace.name}`);
		await page.waitForLoadState('networkidle');
		await tabTo(page, /^I am sure/);
		await page.keyboard.press('Space');
		await tabTo(page, /^Leave the program$/);
		const since = Date.now();
		await page.keyboard.press('Enter');
		expect(await until(() => partner.codes.length > 0, 10_000)).toBe(true);
		expect(partner.codes).toEqual([4403]);
		expect(Date.now() - since).toBeLessThan(10_000);
		await at(page, '/account/data');
		expect(await said(page)).toContain('You are in no program now.');
		// The teacher keeps the words.
		await page.goto(`/reflections/${reflections.samOnly.id}`);
		expect(await said(page)).toContain('Only you can see this.');
	} finally {
		partner.leave();
	}
});

test('a last manager is told why they can not leave yet', async () => {
	const page = await visit(browser, product.base, pat);
	for (const path of [`/account/data/leave/${programs.tennessee.id}`, '/account/data/delete']) {
		await page.goto(path);
		expect(await said(page)).toContain('You are the last manager of');
		expect(await page.getByRole('button', { name: /^(Leave the program|Delete my account)$/ }).count()).toBe(0);
	}
});

test('an account is deleted by keyboard, is out everywhere at once, and is taken back by the link in the mail', async () => {
	const elsewhere = await visit(browser, product.base, noor);
	await elsewhere.goto('/');
	const page = await visit(browser, product.base, noor, { viewport: phone });
	await page.goto('/account/data/delete');
	await page.waitForLoadState('networkidle');
	await tabTo(page, /^To go on, type/);
	await page.keyboard.type('no');
	await page.keyboard.press('Enter');
	await page.getByRole('alert').waitFor();
	expect(await said(page)).toContain('Nothing has changed yet.');
	await page.getByLabel('To go on, type').fill('delete my account');
	await page.keyboard.press('Enter');
	await page.waitForURL('**/sign-in/back?closed=yes');
	expect(await said(page)).toContain('Your account is closed');
	await elsewhere.goto('/reflections');
	await elsewhere.waitForURL('**/sign-in?next=**');

	await elsewhere.goto('/outbox');
	await elsewhere
		.getByRole('link', { name: /\/sign-in\/back/ })
		.first()
		.click();
	await elsewhere.getByRole('button', { name: 'Keep my account' }).click();
	await at(elsewhere, '/');
	await elsewhere.goto('/account/data');
	expect(await said(elsewhere)).toContain('You are in no program now.');
	// Once.
	await elsewhere.goto('/outbox');
	await elsewhere
		.getByRole('link', { name: /\/sign-in\/back/ })
		.first()
		.click();
	expect(await said(elsewhere)).toContain('This link brings no account back');
});
