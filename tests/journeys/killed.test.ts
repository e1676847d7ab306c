/** The server dies in the middle of a sentence, and nobody loses a word. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { editor, freshReflection, goToEnd, openReflection, says, soonMs, visit, words } from './visit.ts';

const { rosa, idris } = cast.people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

test('killed while both type: the page says so, words go on, and all is there after the restart', async () => {
	const id = await freshReflection(product, rosa, idris, 'Killed');
	const [hers, his] = await Promise.all([visit(browser, product.base, rosa), visit(browser, product.base, idris)]);
	await Promise.all([openReflection(hers!, id), openReflection(his!, id)]);
	await goToEnd(hers!);
	await hers!.keyboard.type('Saved before. ');
	await says(hers!, /\bSaved\b/);

	const typing = hers!.keyboard.type('Typed while the server dies. ', { delay: 30 });
	await new Promise((resolve) => setTimeout(resolve, 300));
	await product.kill();
	await typing;
	await says(hers!, /Offline/);
	await says(hers!, /kept on this device/i);
	await hers!.keyboard.type('Typed while it is gone.');
	expect(await words(hers!)).toBe('Saved before. Typed while the server dies. Typed while it is gone.');
	expect(await hers!.locator('main').innerText()).not.toMatch(/\bSaved\b(?! before)/);

	await product.start();
	await says(hers!, /\bSaved\b(?! before)/, 60_000);
	const all = 'Saved before. Typed while the server dies. Typed while it is gone.';
	expect(await words(hers!)).toBe(all);
	await expect.poll(() => words(his!), { timeout: soonMs }).toBe(all);

	// And the database has them: killed once more, somebody who knows nothing reads them.
	await product.kill();
	await product.start();
	const fresh = await visit(browser, product.base, idris);
	await openReflection(fresh, id);
	await expect.poll(() => words(fresh), { timeout: soonMs }).toBe(all);
});

test('offline: what was typed survives a reload without a network, and merges with what the other wrote', async () => {
	const id = await freshReflection(product, rosa, idris, 'Offline');
	const [hers, his] = await Promise.all([visit(browser, product.base, rosa), visit(browser, product.base, idris)]);
	await Promise.all([openReflection(hers!, id), openReflection(his!, id)]);
	await goToEnd(hers!);
	await hers!.keyboard.type('Online.');
	await says(hers!, /\bSaved\b/);
	await expect.poll(() => words(his!), { timeout: soonMs }).toBe('Online.');

	// Only her live connection is cut: the page itself can still be fetched, as when a tunnel or a proxy drops sockets.
	await hers!.routeWebSocket(/\/live\//, (socket) => socket.close({ code: 1013 }));
	await hers!.reload();
	await editor(hers!).waitFor();
	await says(hers!, /Offline/);
	await goToEnd(hers!);
	await hers!.keyboard.type(' Offline words.');
	await expect.poll(() => words(hers!)).toBe('Online. Offline words.');
	await goToEnd(his!);
	await his!.keyboard.press('Enter');
	await his!.keyboard.type('Meanwhile.');
	await says(his!, /\bSaved\b/);
	await hers!.waitForTimeout(1_000);

	await hers!.reload();
	await editor(hers!).waitFor();
	await expect.poll(() => words(hers!), { timeout: soonMs }).toContain('Offline words.');
	await hers!.unrouteAll();
	const page = await hers!.context().newPage();
	await hers!.close();
	await openReflection(page, id);
	await says(page, /\bSaved\b/);
	await expect.poll(() => words(page), { timeout: soonMs }).toBe('Online. Offline words.\nMeanwhile.');
	await expect.poll(() => words(his!), { timeout: soonMs }).toBe('Online. Offline words.\nMeanwhile.');
});
