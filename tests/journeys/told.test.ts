/** What the page makes of the two things that a live server rarely says: come back in a moment, and this grows too long. */
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { goingAwayFor } from '../../src/lib/reflection/closed.ts';
import { frame } from '../../src/lib/reflection/frames.ts';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { freshReflection, goToEnd, openReflection, says, visit, words } from './visit.ts';

const { rosa, idris } = cast.people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

/** Stands between the page and the server, hands everything on, and can speak for the server. */
async function between(page: Page): Promise<{ lines: WebSocketRoute[]; at: number[] }> {
	const lines: WebSocketRoute[] = [];
	const at: number[] = [];
	await page.routeWebSocket(/\/live\//, (line) => {
		lines.push(line);
		at.push(performance.now());
		line.connectToServer();
	});
	return { lines, at };
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
