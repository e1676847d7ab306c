/** What the page makes of the two things that a live server rarely says: come back in a moment, and this grows too long. */
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { signIn } from '../../scripts/replay/visitor.ts';
import { closed, comeBackAfter, goingAwayFor } from '../../src/lib/reflection/closed.ts';
import { frame } from '../../src/lib/reflection/frames.ts';
import { limits } from '../../src/lib/reflection/live/limits.ts';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { freshReflection, goToEnd, openReflection, says, soonMs, visit, words } from './visit.ts';

const { rosa, idris } = cast.people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

/** Stands between the page and the server, hands everything on, and can speak for the server. */
async function between(page: Page) {
	const lines: WebSocketRoute[] = [];
	const at: number[] = [];
	/** How the server ended lines, and when. */
	const endings: { code: number | undefined; reason: string; at: number }[] = [];
	await page.routeWebSocket(/\/live\//, (line) => {
		lines.push(line);
		at.push(performance.now());
		line.connectToServer().onClose((code, reason = '') => {
			endings.push({ code, reason, at: performance.now() });
			void line.close({ code, reason });
		});
	});
	return { lines, at, endings };
}

/** Every save state that the page shows from here on. */
async function watched(page: Page): Promise<() => Promise<string[]>> {
	await page.evaluate(() => {
		const shown: string[] = [];
		(globalThis as unknown as { shown: string[] }).shown = shown;
		new MutationObserver(() => {
			const state = document.querySelector<HTMLElement>('[data-save]')!.dataset.save!;
			if (shown.at(-1) !== state) shown.push(state);
		}).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
	});
	return () => page.evaluate(() => (globalThis as unknown as { shown: string[] }).shown);
}

test('a server that restarts is waited for as long as it asked, and nobody is troubled', async () => {
	const page = await visit(browser, product.base, rosa);
	const { lines, at } = await between(page);
	await openReflection(page, await freshReflection(product, rosa, idris, 'Restart'));
	await goToEnd(page);
	await page.keyboard.type('Before. ');
	await says(page, /^Saved$/);
	const shown = await watched(page);

	const [code, reason] = goingAwayFor(2.5);
	const gone = performance.now();
	await lines[0]!.close({ code, reason });
	await page.keyboard.type('Meanwhile.');
	await says(page, /^Saving$/);
	await says(page, /^Saved$/);
	expect(lines).toHaveLength(2);
	// Its own first try would have come after a fifth of a second.
	expect(at[1]! - gone).toBeGreaterThan(2_300);
	expect(await shown()).not.toContain('offline');
	expect(await shown()).not.toContain('cant-save');
	expect(await words(page)).toBe('Before. Meanwhile.');
});

test('the server really restarted while two type: both come back when they were told to, no page says a word of it, and nothing is lost', async () => {
	const id = await freshReflection(product, rosa, idris, 'Rolling');
	const pages = await Promise.all([visit(browser, product.base, rosa), visit(browser, product.base, idris)]);
	const [hers, his] = pages as [Page, Page];
	const lines = await Promise.all(pages.map(between));
	await Promise.all(pages.map((page) => openReflection(page, id)));
	await goToEnd(hers);
	await hers.keyboard.type('Hers: ');
	await expect.poll(() => words(his), { timeout: soonMs }).toBe('Hers: ');
	await goToEnd(his);
	await his.keyboard.press('Enter');
	await his.keyboard.type('His: ');
	await expect.poll(() => words(hers), { timeout: soonMs }).toBe('Hers: \nHis: ');
	await Promise.all(pages.map((page) => says(page, /^Saved$/)));
	const shown = await Promise.all(pages.map(watched));

	const sentences = ['what she typed through the restart.', 'what he typed through the restart.'] as const;
	const typing = Promise.all(pages.map((page, i) => page.keyboard.type(sentences[i]!, { delay: 50 })));
	await hers.waitForTimeout(300);
	expect(await product.terminate()).toBe(0);
	await product.start();
	await typing;
	await Promise.all(pages.map((page) => says(page, /^Saved$/)));
	const all = `Hers: ${sentences[0]}\nHis: ${sentences[1]}`;
	for (const page of pages) await expect.poll(() => words(page), { timeout: soonMs }).toBe(all);

	for (const [i, { at, endings }] of lines.entries()) {
		const [{ code, reason, at: ended }] = endings as [(typeof endings)[0]];
		expect(code).toBe(closed.goingAway[0]);
		expect(comeBackAfter(reason)).toBeGreaterThan(0);
		expect(at[1]! - ended).toBeGreaterThan(comeBackAfter(reason) - 50);
		// Ten seconds pages wait in silence; a restart that takes longer is an absence, and they say so.
		const quiet = at.at(-1)! - ended < 8_000 ? ['saving', 'saved'] : ['saving', 'saved', 'offline'];
		for (const state of await shown[i]!()) expect(quiet).toContain(state);
	}
	for (const page of pages) expect(await page.locator('.notice, [role=alert]').allInnerTexts()).toEqual([]);

	// And the database has it all: somebody who knows nothing reads it.
	const fresh = await visit(browser, product.base, idris);
	await openReflection(fresh, id);
	await expect.poll(() => words(fresh), { timeout: soonMs }).toBe(all);
});

test('asked to come back much later, it looks earlier, and says in the end that it is offline', async () => {
	const page = await visit(browser, product.base, rosa);
	const { lines } = await between(page);
	await openReflection(page, await freshReflection(product, rosa, idris, 'Long restart'));
	await says(page, /^Saved$/);
	await page.routeWebSocket(/\/live\//, (line) => void line.close({ code: 1006 }));
	const gone = performance.now();
	const [code, reason] = goingAwayFor(3_600);
	await lines[0]!.close({ code, reason });
	await says(page, /^Saving$/);
	await says(page, /^Offline/);
	expect(performance.now() - gone).toBeGreaterThan(9_000);
});

test('a document that really is nearly too long says so, until what was deleted from it is folded away', async () => {
	const id = await freshReflection(product, rosa, idris, 'Very long');
	const page = await visit(browser, product.base, rosa);
	await openReflection(page, id);
	await says(page, /^Saved$/);
	const notice = page.locator('.notice').filter({ hasText: 'nearly as long as it can be' });
	expect(await notice.count()).toBe(0);
	await page.evaluate(() => {
		const notices: string[] = [];
		(globalThis as unknown as { notices: string[] }).notices = notices;
		new MutationObserver(() =>
			notices.push(...[...document.querySelectorAll('.notice')].map((element) => element.textContent))
		).observe(document.body, { subtree: true, childList: true });
	});
	const notices = () => page.evaluate(() => (globalThis as unknown as { notices: string[] }).notices);

	// His tool writes a great deal where the editor does not show it, and deletes it again.
	const { cookie } = await signIn(product.base, idris.email);
	class WithCookie extends WebSocket {
		constructor(url: string | URL) {
			super(url, { headers: { cookie } });
		}
	}
	const attic = new Y.Doc().getText('attic');
	const tool = new WebsocketProvider(`${product.base.replace('http', 'ws')}/live`, id, attic.doc!, {
		WebSocketPolyfill: WithCookie as unknown as typeof globalThis.WebSocket,
		disableBc: true
	});
	try {
		await expect.poll(() => tool.synced, { timeout: soonMs }).toBe(true);
		const piece = limits.frameBytes - 1_000;
		for (let bytes = 0; bytes < limits.documentWarnBytes; bytes += piece) {
			attic.insert(0, 'x'.repeat(piece));
		}
		await expect
			.poll(notices, { timeout: soonMs })
			.toContainEqual(expect.stringMatching(/: (7[5-9]|[89]\d) % of its room/));
		attic.delete(0, attic.length);
		await notice.waitFor({ state: 'detached' });
	} finally {
		tool.destroy();
	}
	await goToEnd(page);
	await page.keyboard.type('Still writing.');
	await says(page, /^Saved$/);
});

test('a document that is nearly too long says so in a sentence, until it is shorter', async () => {
	const page = await visit(browser, product.base, rosa);
	const { lines } = await between(page);
	await openReflection(page, await freshReflection(product, rosa, idris, 'Long'));
	await says(page, /^Saved$/);
	const notice = page.locator('.notice').filter({ hasText: 'nearly as long as it can be' });
	expect(await notice.count()).toBe(0);
	lines[0]!.send(Buffer.from([frame.large, 81]));
	await notice.filter({ hasText: '81 %' }).waitFor();
	await page.getByRole('status').filter({ hasText: '81 %' }).waitFor({ state: 'attached' });
	await goToEnd(page);
	await page.keyboard.type('Still writing.');
	await says(page, /^Saved$/);
	lines[0]!.send(Buffer.from([frame.large, 0]));
	await notice.waitFor({ state: 'detached' });
	expect(lines[0]!.url()).toContain('durable=1');
});
