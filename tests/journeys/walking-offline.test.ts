/** Going from page to page without a network: what was opened before opens, what was not says so. */
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
	says,
	signOut,
	soonMs,
	toMendEverywhere,
	visit,
	words,
	sayWhy
} from './visit.ts';

const { rosa, idris, claire } = cast.people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

/** Paths of the pages that this browser keeps. */
const kept = (page: Page) =>
	page.evaluate(async () =>
		(await caches.has('pages'))
			? (await (await caches.open('pages')).keys()).map(({ url }) => new URL(url).pathname).sort()
			: []
	);
const keeps = (page: Page, path: string) =>
	expect.poll(async () => (await kept(page)).includes(path), { timeout: soonMs }).toBe(true);

/** Opens a page whole and waits until the worker has it. */
async function opens(page: Page, path: string) {
	await page.goto(path);
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
	// The first page of all was there before the worker.
	if (!(await kept(page)).includes(path)) await page.reload();
	await keeps(page, path);
}

async function opensReflection(page: Page, id: string) {
	await openReflection(page, id);
	await says(page, /^Saved$/);
	await keeps(page, `/reflections/${id}`);
}

test(
	'from home and the list to a reflection and on to another, all without a network, and everything written arrives',
	{ timeout: 240_000 },
	async () => {
		const [first, second, never] = await Promise.all(
			['Opened first', 'Opened second', 'Never opened'].map((title) => freshReflection(product, rosa, idris, title))
		);
		const page = await visit(browser, product.base, rosa);
		await opensReflection(page, first!);
		await opensReflection(page, second!);
		for (const path of ['/', '/reflections', `/pairs/${cast.pairs.rosaIdris.id}`]) await opens(page, path);
		await page.goto('/reflections');
		await page.waitForLoadState('networkidle');
		await page.context().setOffline(true);

		// The page stands there with its script: links ask for data and routes that nobody answers.
		await page.getByRole('link', { name: 'Opened first' }).click();
		await editor(page).waitFor();
		expect(new URL(page.url()).pathname).toBe(`/reflections/${first}`);
		await says(page, /^Offline \(kept on this device\)$/);
		await goToEnd(page);
		await page.keyboard.type('Written in a tunnel.');

		// To the pair's page, and from there to another.
		await page.locator('.where a').click();
		await page.getByText('You are offline. This page is as it was on ').waitFor();
		expect(new URL(page.url()).pathname).toBe(`/pairs/${cast.pairs.rosaIdris.id}`);
		expect(await toMendEverywhere(page, { name: 'pair-as-it-was' })).toEqual([]);
		await page.getByRole('link', { name: 'Opened second' }).click();
		await editor(page).waitFor();
		await goToEnd(page);
		await page.keyboard.type('In the same tunnel.');
		await says(page, /^Offline \(kept on this device\)$/);

		// Home, the list, and one that was never opened here.
		await page.getByRole('link', { name: 'Home', exact: true }).click();
		await page.getByText('You are offline. This page is as it was on ').waitFor();
		await page.getByRole('link', { name: 'Write', exact: true }).click();
		await page.getByRole('link', { name: 'Never opened' }).click();
		await page.getByRole('heading', { name: 'This reflection is not on this device' }).waitFor();
		await page.getByText('was not opened in this browser in the last 14 days').waitFor();
		expect(await toMendEverywhere(page, { name: 'not-here' })).toEqual([]);
		await page.getByRole('link', { name: 'Opened first' }).click();
		await expect.poll(() => words(page), { timeout: soonMs }).toBe('Written in a tunnel.');

		// A page that was never asked for, and one that only the server can make.
		await page.getByRole('link', { name: 'History' }).click();
		await page.getByRole('heading', { name: 'This page is not on this device' }).waitFor();
		await page.getByRole('link', { name: 'Opened second' }).click();
		await expect.poll(() => words(page), { timeout: soonMs }).toBe('In the same tunnel.');

		// A form says that nothing was sent, and keeps what was filled in, to be sent again.
		await page.goto(`/pairs/${cast.pairs.rosaIdris.id}`);
		await page.getByLabel('Title').fill('Begun in a tunnel');
		await sayWhy(page);
		await page.getByRole('button', { name: 'Start writing' }).click();
		await page.getByRole('heading', { name: 'That was not sent' }).waitFor();
		expect(await toMendEverywhere(page, { name: 'not-sent' })).toEqual([]);
		await page.getByRole('button', { name: 'Send it again' }).click();
		await page.getByRole('heading', { name: 'That was not sent' }).waitFor();
		await page.context().setOffline(false);
		await page.getByRole('button', { name: 'Send it again' }).click();
		await page.getByRole('heading', { name: 'Begun in a tunnel' }).waitFor();
		await editor(page).waitFor();
		for (const [id, text] of [
			[first, 'Written in a tunnel.'],
			[second, 'In the same tunnel.']
		] as const) {
			await openReflection(page, id!);
			await says(page, /^Saved$/);
			const his = await visit(browser, product.base, idris);
			await openReflection(his, id!);
			await expect.poll(() => words(his), { timeout: soonMs }).toBe(text);
		}
		await openReflection(page, never!);
	}
);

test('the server is gone and the network is not: links lead to what is here all the same', async () => {
	const id = await freshReflection(product, rosa, idris, 'Server gone');
	const page = await visit(browser, product.base, rosa);
	await opensReflection(page, id);
	await opens(page, '/reflections');
	await page.waitForLoadState('networkidle');
	await product.kill();
	await page.getByRole('link', { name: 'Server gone' }).click();
	await editor(page).waitFor();
	await says(page, /^Offline \(kept on this device\)$/);
	await product.start();
	await says(page, /^Saved$/, 60_000);
});

test('what the other wrote since is there without a network, for what was opened before', async () => {
	const id = await freshReflection(product, rosa, idris, 'Read anew');
	const page = await visit(browser, product.base, rosa);
	await opensReflection(page, id);
	await goToEnd(page);
	await page.keyboard.type('Hers.');
	await says(page, /^Saved$/);
	await page.goto('/account');
	const his = await visit(browser, product.base, idris);
	await openReflection(his, id);
	await his.keyboard.press('Control+End');
	await editor(his).click();
	await goToEnd(his);
	await his.keyboard.type(' Not seen yet.');
	await says(his, /^Saved$/);

	// As if it had been read some time ago.
	await page.evaluate(async (path) => {
		const cache = await caches.open('pages');
		const response = (await cache.match(path))!;
		const headers = new Headers(response.headers);
		headers.set('date', new Date(Date.now() - 11 * 60_000).toUTCString());
		await cache.put(path, new Response(await response.text(), { headers }));
	}, `/reflections/${id}`);
	await page.goto('/');
	const cached = () =>
		page.evaluate(async (path) => (await (await caches.open('pages')).match(path))!.text(), `/reflections/${id}`);
	await expect.poll(cached, { timeout: soonMs }).toContain('Not seen yet.');
	await page.context().setOffline(true);
	await page.goto(`/reflections/${id}`);
	await editor(page).waitFor();
	await expect.poll(() => words(page), { timeout: soonMs }).toContain('Not seen yet.');
});

test('pages that lead there go at sign-out, are never kept on a shared computer, and never for a coach', async () => {
	const page = await visit(browser, product.base, rosa);
	await opens(page, '/reflections');
	await opens(page, '/');
	await signOut(page);
	await page.waitForURL('**/sign-in');
	await expect.poll(() => kept(page), { timeout: soonMs }).toEqual([]);
	// Signing out takes the worker away too; the page that follows brings another.
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
	await page.context().setOffline(true);
	await page.goto('/reflections');
	await page.getByText('No reflection is kept in this browser').waitFor();
	expect(await page.locator('body').innerText()).not.toContain(idris.name);

	const coach = await visit(browser, product.base, claire);
	for (const path of ['/', `/pairs/${cast.pairs.rosaIdris.id}`, '/']) {
		await coach.goto(path);
		await coach.evaluate(() => navigator.serviceWorker.ready.then(() => true));
		await coach.waitForLoadState('networkidle');
	}
	expect((await kept(coach)).filter((path) => path !== '/reflections')).toEqual([]);

	const shared = await (await browser.newContext({ baseURL: product.base })).newPage();
	await shared.goto('/sign-in');
	await shared.getByLabel('Work email').fill(rosa.email);
	await shared.getByRole('region', { name: 'Sign in', exact: true }).getByLabel('This is a shared computer').check();
	await shared.getByRole('button', { name: 'Email me a link' }).click();
	await shared.waitForURL('**/sign-in/code**');
	await shared.goto('/outbox');
	await shared
		.getByRole('link', { name: /\/sign-in\/link/ })
		.first()
		.click();
	await shared.getByRole('button', { name: `Sign in as ${rosa.name}` }).click();
	await shared.waitForURL(`${product.base}/`);
	for (const path of ['/reflections', `/pairs/${cast.pairs.rosaIdris.id}`, '/']) {
		await shared.goto(path);
		await shared.waitForLoadState('networkidle');
	}
	expect(await kept(shared)).toEqual([]);
});
