/** What stays on a device, for how long, and how it leaves: docs/decisions/0012. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { get, signIn } from '../../scripts/replay/visitor.ts';
import { closed } from '../../src/lib/reflection/closed.ts';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { freshReflection, goToEnd, openReflection, says, signOut, soonMs, visit, words } from './visit.ts';

const { rosa, idris } = cast.people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

/** Names of the copies, and addresses of the pages with words, that this browser keeps. */
const kept = (page: Page) =>
	page.evaluate(async () => {
		const copies = (await indexedDB.databases()).map(({ name }) => name ?? '');
		const pages = (await caches.has('pages')) ? (await (await caches.open('pages')).keys()).map(({ url }) => url) : [];
		return [...copies, ...pages.filter((url) => /\/reflections\/./.test(url)), ...Object.keys(localStorage)];
	});
const keeps = (page: Page, count: number) => expect.poll(() => kept(page), { timeout: soonMs }).toHaveLength(count);

/** Keeps this browser from the live door, while pages go on. */
async function doorOf(context: BrowserContext) {
	const door = { shut: false, codes: [] as (number | undefined)[] };
	const open = new Set<() => void>();
	await context.routeWebSocket(/\/live\//, (line) => {
		if (door.shut) return void line.close({ code: 1013 });
		const server = line.connectToServer();
		server.onClose((code, reason) => {
			door.codes.push(code);
			void line.close({ code: code ?? 1006, reason: reason ?? '' });
		});
		open.add(() => void line.close({ code: 1013 }));
	});
	return Object.assign(door, {
		close() {
			door.shut = true;
			for (const shut of open) shut();
			open.clear();
		}
	});
}

async function leave(page: Page) {
	await page.goto('/');
	await signOut(page);
}

async function comeInAs(page: Page, person: { name: string }) {
	await page.getByRole('button', { name: `Come in as ${person.name}` }).click();
}

/** What the server has, as the partner reads it. */
const stored = async (id: string) => (await get(await signIn(product.base, idris.email), `/reflections/${id}`)).text();

/** Rosa types these words in a fresh reflection while the live door is shut, and closes the page. */
async function leavesUnsent(text: string, title: string) {
	const id = await freshReflection(product, rosa, idris, title);
	const page = await visit(browser, product.base, rosa);
	const door = await doorOf(page.context());
	await openReflection(page, id);
	await says(page, /^Saved$/);
	await keeps(page, 2);
	door.close();
	await goToEnd(page);
	await page.keyboard.type(text);
	await says(page, /^Offline \(kept on this device\)$/);
	return { id, page, door };
}

test('a device is signed out from another: its reflection closes at once, and no word stays on it', async () => {
	const id = await freshReflection(product, rosa, idris, 'Lost phone');
	const here = await visit(browser, product.base, rosa);
	const lost = await (await browser.newContext({ baseURL: product.base })).newPage();
	await lost.goto('/sign-in');
	await comeInAs(lost, rosa);
	const { codes } = await doorOf(lost.context());
	await openReflection(lost, id);
	await goToEnd(lost);
	await lost.keyboard.type('Words on the lost phone.');
	await says(lost, /^Saved$/);
	await keeps(lost, 2);

	await here.goto('/account');
	await here.getByRole('link', { name: 'Where you are signed in' }).click();
	await here.getByRole('heading', { name: 'Where you are signed in' }).waitFor();
	// Those that scripts signed in are named as such.
	const others = here.getByRole('button', { name: /^Sign out Chrome/ });
	expect(await others.count()).toBe(1);
	await others.click();
	await expect.poll(() => codes, { timeout: 5_000 }).toEqual([closed.notSignedIn[0]]);
	await lost.waitForURL('**/sign-in?next=**');
	expect(await lost.locator('body').innerText()).not.toContain('lost phone');
	await keeps(lost, 0);
	expect(await lost.evaluate(async () => (await (await caches.open('pages')).keys()).length)).toBe(0);
	await expect.poll(() => others.count(), { timeout: soonMs }).toBe(0);
	expect(await stored(id)).toContain('Words on the lost phone.');
});

test('on a shared computer nothing is kept, the page says so, and the cookie ends with the browser', async () => {
	const id = await freshReflection(product, rosa, idris, 'In the library');
	const context = await browser.newContext({ baseURL: product.base });
	const page = await context.newPage();
	await page.goto(`/sign-in?next=/reflections/${id}`);
	await page.getByLabel('Work email').fill(rosa.email);
	await page.getByRole('region', { name: 'Sign in', exact: true }).getByLabel('This is a shared computer').check();
	await page.getByRole('button', { name: 'Email me a link' }).click();
	// What was said once is ticked already, beside the code and beside the link.
	await page.waitForURL('**/sign-in/code**');
	expect(await page.getByLabel('This is a shared computer').isChecked()).toBe(true);
	await page.goto('/outbox');
	await page
		.getByRole('link', { name: /\/sign-in\/link/ })
		.first()
		.click();
	expect(await page.getByLabel('This is a shared computer').isChecked()).toBe(true);
	await page.getByRole('button', { name: `Sign in as ${rosa.name}` }).click();
	await page.waitForURL(`**/reflections/${id}`);
	expect((await context.cookies()).find(({ name }) => name === 'session')?.expires).toBe(-1);

	await says(page, /^Saved$/);
	await goToEnd(page);
	await page.keyboard.type('Written in the library. ');
	await says(page, /^Saved$/);
	await page.reload();
	await says(page, /^Saved$/);
	expect(await kept(page)).toEqual([]);

	await context.setOffline(true);
	await says(page, /^Offline \(nothing is kept on this device\)$/);
	await goToEnd(page);
	await page.keyboard.type('And this offline.');
	await says(page, /^Can’t save$/);
	await page.getByText('nothing is kept on this device. Leave this page open until you are back.').first().waitFor();
	expect(await kept(page)).toEqual([]);
	await context.setOffline(false);
	await says(page, /^Saved$/);
	expect(await stored(id)).toContain('And this offline.');
	expect(await kept(page)).toEqual([]);
});

test('signing out takes everything away from this browser', async () => {
	const page = await visit(browser, product.base, rosa);
	await openReflection(page, cast.reflections.rosaSecond.id);
	await says(page, /^Saved$/);
	await keeps(page, 2);
	const answers: (string | undefined)[] = [];
	page.on('response', (response) => {
		if (response.request().method() === 'POST') answers.push(response.headers()['clear-site-data']);
	});
	await leave(page);
	await page.waitForURL('**/sign-in');
	await keeps(page, 0);
	// The sign-in page has files of its own to keep, the same for everybody; whatever was somebody's is gone.
	const cached = await page.evaluate(async () =>
		(await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys())))
			.flat()
			.map(({ url }) => new URL(url).pathname)
	);
	expect(cached.filter((path) => !path.startsWith('/_app/immutable/') && path !== '/icons.svg')).toEqual([]);
	expect((await page.context().cookies()).filter(({ name }) => name === 'session')).toEqual([]);
	await page.goto('/reflections');
	await page.waitForURL('**/sign-in?next=**');
});

test('who signs out with words that can not be saved now is told, stays signed in, and decides', async () => {
	const { id, page, door } = await leavesUnsent('Not saved yet.', 'Hurry');
	await leave(page);
	await page.getByRole('heading', { name: 'Not everything you wrote is saved yet' }).waitFor();
	await page.getByText('Hurry').waitFor();
	expect(await kept(page)).not.toEqual([]);
	expect((await page.context().cookies()).some(({ name }) => name === 'session')).toBe(true);
	expect(await stored(id)).not.toContain('Not saved yet.');

	door.shut = false;
	await page.getByRole('button', { name: 'Try to save again' }).click();
	await page.waitForURL('**/sign-in');
	expect(await stored(id)).toContain('Not saved yet.');
	await keeps(page, 0);
});

test('unsaved words survive somebody else’s sign-out, and are sent when their person comes back to this browser', async () => {
	const { id, page, door } = await leavesUnsent('Waiting for Rosa.', 'Waiting');
	await page.context().clearCookies();
	await page.close();
	const next = await page.context().newPage();
	await next.goto('/sign-in');
	await comeInAs(next, idris);
	await next.getByText(rosa.name).first().waitFor();
	expect(new URL(next.url()).pathname).toBe('/');
	await leave(next);
	await next.waitForURL('**/sign-in');
	expect((await kept(next)).filter((name) => name.includes(rosa.id))).not.toEqual([]);
	expect(await stored(id)).not.toContain('Waiting for Rosa.');

	door.shut = false;
	const seen: string[] = [];
	next.on('framenavigated', (frame) => seen.push(new URL(frame.url()).pathname));
	await comeInAs(next, rosa);
	await next.waitForURL(`${product.base}/`);
	expect(seen).toContain('/account/this-device');
	expect(await stored(id)).toContain('Waiting for Rosa.');
	await keeps(next, 0);
});

test('a session that ended elsewhere while words wait here: they stay on screen, and signing in again sends them', async () => {
	const { id, page, door } = await leavesUnsent('Still here.', 'Ended elsewhere');
	const other = await visit(browser, product.base, rosa);
	await other.goto('/sign-out?everywhere=yes');
	await other.getByRole('button', { name: 'Sign out everywhere' }).click();
	await other.waitForURL('**/sign-in');

	door.shut = false;
	await says(page, /^Can’t save$/);
	await page.getByText('You are not signed in any more. What you wrote is still here, and only here.').waitFor();
	expect(await words(page)).toContain('Still here.');
	await page.getByRole('link', { name: 'Sign in again' }).click();
	await page.waitForURL('**/sign-in?next=**');
	await comeInAs(page, rosa);
	await page.waitForURL(`**/reflections/${id}`);
	await says(page, /^Saved$/);
	await expect.poll(() => stored(id), { timeout: soonMs }).toContain('Still here.');
});

test('what nobody opened for a fortnight goes when the product is next opened, except words that are not saved', async () => {
	const context = (await visit(browser, product.base, rosa)).context();
	const door = await doorOf(context);
	const open = async (title: string, daysAgo: number) => {
		const id = await freshReflection(product, rosa, idris, title);
		const page = await context.newPage();
		await page.clock.setSystemTime(new Date(Date.now() - daysAgo * 24 * 3_600_000));
		await openReflection(page, id);
		await says(page, /^Saved$/);
		await expect.poll(async () => (await kept(page)).filter((name) => name.includes(id)).length).toBe(2);
		return { id, page };
	};
	const [recent, old, unsaved] = [await open('Recent', 13), await open('Old', 15), await open('Old, unsaved', 15)];
	door.close();
	await goToEnd(unsaved.page);
	await unsaved.page.keyboard.type('Never sent.');
	await says(unsaved.page, /^Offline/);
	for (const { page } of [recent, old, unsaved]) await page.close();

	const page = await context.newPage();
	await page.goto('/account');
	const copies = async () =>
		(await kept(page)).filter((name) => name.startsWith('wayfellow/')).map((name) => name.split('/')[2]);
	await expect.poll(copies, { timeout: soonMs }).not.toContain(old.id);
	expect((await copies()).sort()).toEqual([recent.id, unsaved.id].sort());
	door.shut = false;
	await page.goto('/account/this-device');
	await page.getByText('Everything that you wrote here is saved.').waitFor();
	expect(await stored(unsaved.id)).toContain('Never sent.');
	await page.getByRole('button', { name: 'Take them away now' }).click();
	await keeps(page, 0);
});

test('a page of one person sends nothing through the session of another', async () => {
	const { cookie } = await signIn(product.base, idris.email);
	const knock = (as: string) =>
		new Promise<number>((resolve) => {
			const path = `/live/${cast.reflections.rosaSecond.id}?durable=1&as=${as}`;
			const socket = new WebSocket(product.base.replace('http', 'ws') + path, { headers: { cookie } });
			socket.on('close', resolve);
			socket.on('message', () => (socket.terminate(), resolve(0)));
		});
	expect(await knock(rosa.id)).toBe(closed.notSignedIn[0]);
	expect(await knock(idris.id)).toBe(0);
});

test('a link from elsewhere to the sign-out page signs nobody out, and without script its button does', async () => {
	const page = await visit(browser, product.base, rosa);
	await page.goto('/sign-out');
	await page.getByRole('heading', { name: 'Sign out?' }).waitFor();
	await page.waitForLoadState('networkidle');
	expect(new URL(page.url()).pathname).toBe('/sign-out');

	const plain = await visit(browser, product.base, rosa, { javaScriptEnabled: false });
	await plain.goto('/account/devices');
	await plain.getByText('This device').waitFor();
	await plain.getByRole('link', { name: 'Sign out here' }).click();
	await plain.getByRole('button', { name: 'Sign out' }).click();
	await plain.waitForURL('**/sign-in');
	await plain.goto('/account');
	await plain.waitForURL('**/sign-in?next=**');
});
