/** A device without room, and copies that are thrown away or taken away under a page: what is said, and that no word goes. */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { get, signIn } from '../../scripts/replay/visitor.ts';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import {
	editor,
	freshReflection,
	goToEnd,
	openReflection,
	saveState,
	says,
	soonMs,
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

const told = (page: Page, kind: 'risk' | 'warning' | 'note') => page.locator(`[data-on-device=${kind}]`);
/** What the server has, as the partner reads it. */
const stored = async (id: string) => (await get(await signIn(product.base, idris.email), `/reflections/${id}`)).text();

/** How much this browser may keep for the product, in bytes; null for what it has. */
const roomOf = (session: CDPSession, quotaSize: number | null) =>
	session.send('Storage.overrideQuotaForOrigin', {
		origin: product.base,
		...(quotaSize === null ? {} : { quotaSize })
	});
/** Chromium looks at the room for a database every 30 s at most; in ms. */
const noticedAfter = 31_000;
/** For tests that wait for that several times. */
const slowly = 300_000;
const usage = (page: Page) => page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);

async function writing(title: string) {
	const id = await freshReflection(product, rosa, idris, title);
	const page = await visit(browser, product.base, rosa);
	const session = await page.context().newCDPSession(page);
	await openReflection(page, id);
	await goToEnd(page);
	await page.keyboard.type('Before.');
	await says(page, /^Saved$/);
	await expect
		.poll(
			() => page.evaluate(async (path) => !!(await (await caches.open('pages')).match(path)), `/reflections/${id}`),
			{
				timeout: soonMs
			}
		)
		.toBe(true);
	return { id, page, session };
}

/** The words that this browser's copy would show after a reload without a network. */
async function afterReload(page: Page): Promise<string> {
	page.once('dialog', (dialog) => void dialog.accept());
	await page.reload();
	await editor(page).waitFor();
	return words(page);
}

test('little room is said while there still is some, and no more once there is', { timeout: slowly }, async () => {
	const { page, session } = await writing('Little room');
	await roomOf(session, (await usage(page)) + 2 * 2 ** 20);
	await page.waitForTimeout(noticedAfter);
	await page.reload();
	await told(page, 'warning').getByText('There is little room left on this device: less than 4 MB').waitFor();
	await goToEnd(page);
	await page.keyboard.type(' Still kept.');
	await says(page, /^Saved$/);
	await page.context().setOffline(true);
	await page.keyboard.type(' Offline too.');
	await says(page, /^Offline \(kept on this device\)$/);
	expect(await toMendEverywhere(page, { name: 'little-room' })).toEqual([]);
	expect(await afterReload(page)).toBe('Before. Still kept. Offline too.');
	await roomOf(session, null);
	await page.waitForTimeout(noticedAfter);
	await page.context().setOffline(false);
	await says(page, /^Saved$/);
	await page.reload();
	await says(page, /^Saved$/);
	await page.waitForTimeout(7_000);
	expect(await page.locator('[data-on-device]').count()).toBe(0);
});

test(
	'a full disk: the page never says that it keeps anything, every word stays on it and is sent, and a copy comes back',
	{ timeout: slowly },
	async () => {
		const { id, page, session } = await writing('Full');
		const context = page.context();
		await roomOf(session, 1);
		await page.waitForTimeout(noticedAfter);
		await context.setOffline(true);
		await says(page, /^Offline/);
		await goToEnd(page);
		await page.keyboard.type(' On a full device.');
		await says(page, /^Can’t save$/);
		await told(page, 'risk').getByText('This device is full, so what you write now can not be kept on it.').waitFor();
		await page.getByText('What you wrote is still here, and only here.').waitFor();
		await page.getByRole('button', { name: 'Copy text' }).waitFor();
		await page.keyboard.type(' More.');
		expect(await words(page)).toBe('Before. On a full device. More.');
		expect(await saveState(page)).toBe('Can’t save');
		expect(await toMendEverywhere(page, { name: 'full' })).toEqual([]);

		// Somebody makes room: the copy is whole again, also behind the gap.
		await roomOf(session, null);
		await says(page, /^Offline \(kept on this device\)$/, 60_000);
		await goToEnd(page);
		await page.keyboard.type(' And now kept.');
		expect(await afterReload(page)).toBe('Before. On a full device. More. And now kept.');

		// Full once more, and then the network comes back.
		await roomOf(session, 1);
		await page.waitForTimeout(noticedAfter);
		await goToEnd(page);
		await page.keyboard.type(' Full again.');
		await says(page, /^Can’t save$/);
		await context.setOffline(false);
		await says(page, /^Saved$/);
		await told(page, 'warning')
			.getByText('no copy is kept on it now. While you are online every word is saved.')
			.waitFor();
		await expect
			.poll(() => stored(id), { timeout: soonMs })
			.toContain('Before. On a full device. More. And now kept. Full again.');
	}
);

test('with a full disk from the start, pages open and every word is saved', async () => {
	const id = await freshReflection(product, rosa, idris, 'Full from the start');
	const page = await visit(browser, product.base, rosa);
	const session = await page.context().newCDPSession(page);
	await page.goto('/');
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
	await roomOf(session, 1);
	await openReflection(page, id);
	await told(page, 'warning').getByText('This device is full').waitFor();
	await goToEnd(page);
	await page.keyboard.type('Written without room.');
	await says(page, /^Saved$/);
	await page.reload();
	await editor(page).waitFor();
	await expect.poll(() => words(page), { timeout: soonMs }).toBe('Written without room.');
});

test('a copy that the browser throws away: said at once, nothing lost, and made anew for words that are nowhere else', async () => {
	const { id, page, session } = await writing('Thrown away');
	const clear = () => session.send('Storage.clearDataForOrigin', { origin: product.base, storageTypes: 'indexeddb' });
	await page.waitForTimeout(6_000);
	await clear();
	await told(page, 'warning').getByText('Nothing is lost: all of it is saved.').waitFor();
	await says(page, /^Saved$/);

	await page.context().setOffline(true);
	await says(page, /^Offline \(nothing is kept on this device\)$/);
	await goToEnd(page);
	await page.keyboard.type(' Offline.');
	await says(page, /^Can’t save$/);
	await says(page, /^Offline \(kept on this device\)$/);
	await told(page, 'note').getByText('on this device only').waitFor();

	await clear();
	await says(page, /^Offline \(kept on this device\)$/);
	await goToEnd(page);
	await page.keyboard.type(' Still.');
	await expect.poll(() => afterReload(page), { timeout: soonMs }).toBe('Before. Offline. Still.');
	await page.context().setOffline(false);
	await says(page, /^Saved$/);
	await expect.poll(() => stored(id), { timeout: soonMs }).toContain('Before. Offline. Still.');
});

test('a copy that somebody takes away in another tab stays away until its person asks, and the page says what that means', async () => {
	const { id, page } = await writing('Taken away');
	const other = await page.context().newPage();
	await other.goto('/account/this-device');
	await other.getByRole('button', { name: 'Take them away now' }).click();
	await other.getByText('Nothing is kept on this device any more that the server has.').waitFor();
	await told(page, 'warning').getByText('was taken away in another tab').waitFor();
	await page.context().setOffline(true);
	await says(page, /^Offline \(nothing is kept on this device\)$/);
	await goToEnd(page);
	await page.keyboard.type(' Only here.');
	await says(page, /^Can’t save$/);
	await told(page, 'risk').getByText('All of it is still on this page, and only here.').waitFor();
	const names = () => other.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
	await page.waitForTimeout(12_000);
	expect((await names()).filter((name) => name?.includes(id))).toEqual([]);
	await page.getByRole('button', { name: 'Keep a copy here again' }).click();
	await says(page, /^Offline \(kept on this device\)$/);
	await page.context().setOffline(false);
	await says(page, /^Saved$/);
	await expect.poll(() => stored(id), { timeout: soonMs }).toContain('Before. Only here.');
});

test('a browser that keeps nothing: the editor opens, says so, and every word is saved', async () => {
	const id = await freshReflection(product, rosa, idris, 'Private window');
	const page = await visit(browser, product.base, rosa);
	await page.addInitScript(() => {
		IDBFactory.prototype.open = () => {
			throw new DOMException('The operation is insecure.', 'SecurityError');
		};
		Object.defineProperty(window, 'localStorage', {
			get() {
				throw new DOMException('Access is denied.', 'SecurityError');
			}
		});
	});
	await openReflection(page, id);
	await told(page, 'warning').getByText('This browser keeps nothing for Wayfellow').waitFor();
	await goToEnd(page);
	await page.keyboard.type('From a private window.');
	await says(page, /^Saved$/);
	await page.context().setOffline(true);
	await page.keyboard.type(' Offline.');
	await says(page, /^Can’t save$/);
	expect(await words(page)).toBe('From a private window. Offline.');
	await page.context().setOffline(false);
	await says(page, /^Saved$/);
	await expect.poll(() => stored(id), { timeout: soonMs }).toContain('From a private window. Offline.');
});
