/** The way in and the way out, as a person walks it. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openReflection as openLive, until } from '../../scripts/replay/client.ts';
import { get, send, signIn } from '../../scripts/replay/visitor.ts';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { openReflection, says, visit } from './visit.ts';

const { rosa, idris } = cast.people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

test.for([true, false])('by a link in the mail, with script: %s', async (javaScriptEnabled) => {
	const page = await (await browser.newContext({ baseURL: product.base, javaScriptEnabled })).newPage();
	await page.goto('/reflections');
	await page.waitForURL('**/sign-in?next=**');
	await page.getByLabel('Work email').fill(rosa.email);
	await page.getByRole('button', { name: 'Email me a link' }).click();
	await page.waitForURL('**/sign-in/code**');
	await page.goto('/outbox');
	await page
		.getByRole('link', { name: /\/sign-in\/link/ })
		.first()
		.click();
	await page.getByRole('button', { name: `Sign in as ${rosa.name}` }).click();
	await page.waitForURL('**/reflections');

	// It worked once.
	await page.goto('/outbox');
	await page
		.getByRole('link', { name: /\/sign-in\/link/ })
		.first()
		.click();
	expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('does not work any more');
});

test('one click as somebody of the cast', async () => {
	const page = await (await browser.newContext({ baseURL: product.base })).newPage();
	await page.goto('/sign-in');
	await page.getByRole('button', { name: `Come in as ${idris.name}` }).click();
	await page.waitForURL(`${product.base}/`);
	expect(await page.locator('main').innerText()).toContain(rosa.name);
});

test('one click as somebody of the cast, on a shared computer: the cookie ends with the browser', async () => {
	const page = await (await browser.newContext({ baseURL: product.base })).newPage();
	await page.goto('/sign-in');
	const demo = page.getByRole('region', { name: /This is a demo/ });
	await demo.getByLabel('This is a shared computer').check();
	await demo.getByRole('button', { name: `Come in as ${idris.name}` }).click();
	await page.waitForURL(`${product.base}/`);
	expect((await page.context().cookies()).find(({ name }) => name.endsWith('session'))).toMatchObject({ expires: -1 });
});

test('signing out in one tab ends the live connection in the other at once', async () => {
	const page = await visit(browser, product.base, rosa);
	await openReflection(page, cast.reflections.rosaSecond.id);
	await says(page, /^Saved$/);
	const { cookie } = await sessionOf(page);
	const codes: number[] = [];
	const live = openLive({ base: product.base, email: rosa.email, cookie }, cast.reflections.rosaSecond.id, {
		closed: (code) => codes.push(code)
	});
	try {
		expect(await until(() => live.provider.synced, 20_000)).toBe(true);
		const other = await page.context().newPage();
		await other.goto('/');
		await other.getByRole('button', { name: 'your account' }).click();
		const since = Date.now();
		await other.getByRole('link', { name: 'Sign out' }).click();
		expect(await until(() => codes.length > 0, 5_000)).toBe(true);
		expect(codes).toEqual([4401]);
		expect(Date.now() - since).toBeLessThan(5_000);
		// Everything was saved, so no word stays on the screen, and signing in again leads back.
		await page.waitForURL(`**/sign-in?next=**${cast.reflections.rosaSecond.id}`);
		await other.waitForURL('**/sign-in');
		expect((await get({ base: product.base, email: '', cookie }, '/reflections')).status).toBe(303);
	} finally {
		live.leave();
	}
});

test('in production without DEMO=1 there is no demo door and no outbox', async () => {
	const plain = await startProduct({ DEMO: undefined });
	try {
		const nobody = { base: plain.base, email: '', cookie: '' };
		expect((await send(nobody, '/sign-in/demo', { email: rosa.email })).status).toBe(404);
		expect((await get(nobody, '/outbox')).status).toBe(404);
		const page = await (await get(nobody, '/sign-in')).text();
		expect(page).toContain('Email me a link');
		expect(page).not.toContain(rosa.name);
		await expect(signIn(plain.base, rosa.email)).rejects.toThrow('404');
	} finally {
		await plain.stop();
	}
});

async function sessionOf(page: Page): Promise<{ cookie: string }> {
	const cookies = await page.context().cookies();
	return { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') };
}
