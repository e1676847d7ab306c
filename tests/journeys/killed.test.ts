/** The server dies in the middle of a sentence, and nobody loses a word. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { editor, freshReflection, goToEnd, openReflection, saveState, says, soonMs, visit, words } from './visit.ts';

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
	await says(hers!, /^Saved$/);

	const typing = hers!.keyboard.type('Typed while the server dies. ', { delay: 30 });
	await new Promise((resolve) => setTimeout(resolve, 300));
	await product.kill();
	await typing;
	await says(hers!, /Offline \(kept on this device\)/);
	await hers!.keyboard.type('Typed while it is gone.');
	expect(await words(hers!)).toBe('Saved before. Typed while the server dies. Typed while it is gone.');
	expect(await saveState(hers!)).toMatch(/Offline/);

	await product.start();
	await says(hers!, /^Saved$/, 60_000);
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

test('offline: words typed without a network survive a reload without a network, and merge on return', async () => {
	const id = await freshReflection(product, rosa, idris, 'Offline');
	const [hers, his] = await Promise.all([visit(browser, product.base, rosa), visit(browser, product.base, idris)]);
	await Promise.all([openReflection(hers!, id), openReflection(his!, id)]);
	await goToEnd(hers!);
	await hers!.keyboard.type('Online.');
	await says(hers!, /^Saved$/);
	await expect.poll(() => words(his!), { timeout: soonMs }).toBe('Online.');
	// The page has handed the worker what it is made of.
	await expect
		.poll(
			() => hers!.evaluate(async (path) => !!(await (await caches.open('pages')).match(path)), `/reflections/${id}`),
			{
				timeout: soonMs
			}
		)
		.toBe(true);

	await hers!.context().setOffline(true);
	await says(hers!, /Offline/, 60_000);
	await goToEnd(hers!);
	await hers!.keyboard.type(' Offline words.');
	expect(await words(hers!)).toBe('Online. Offline words.');
	await goToEnd(his!);
	await his!.keyboard.press('Enter');
	await his!.keyboard.type('Meanwhile.');
	await says(his!, /^Saved$/);

	await hers!.reload();
	await editor(hers!).waitFor();
	await expect.poll(() => words(hers!), { timeout: soonMs }).toBe('Online. Offline words.');
	await says(hers!, /Offline/);
	await goToEnd(hers!);
	await hers!.keyboard.type(' And more.');

	await hers!.context().setOffline(false);
	await says(hers!, /^Saved$/, 60_000);
	const all = 'Online. Offline words. And more.\nMeanwhile.';
	await expect.poll(() => words(hers!), { timeout: soonMs }).toBe(all);
	await expect.poll(() => words(his!), { timeout: soonMs }).toBe(all);
});

test('the server gone and the page reloaded: the words are there before the server is', async () => {
	const id = await freshReflection(product, rosa, idris, 'Gone');
	const page = await visit(browser, product.base, rosa);
	await openReflection(page, id);
	await goToEnd(page);
	await page.keyboard.type('Before.');
	await says(page, /^Saved$/);
	await page.waitForTimeout(1_000);
	await product.kill();
	await page.keyboard.type(' After.');
	await says(page, /Offline/);
	await page.reload();
	await editor(page).waitFor();
	await expect.poll(() => words(page), { timeout: soonMs }).toBe('Before. After.');
	await product.start();
	await says(page, /^Saved$/, 60_000);
	const fresh = await visit(browser, product.base, idris);
	await openReflection(fresh, id);
	await expect.poll(() => words(fresh), { timeout: soonMs }).toBe('Before. After.');
});

test('a reload right after the last key: no key is lost, however quick the reload is', async () => {
	const id = await freshReflection(product, rosa, idris, 'Quick');
	const page = await visit(browser, product.base, rosa);
	await openReflection(page, id);
	await page.waitForTimeout(1_000);
	await product.kill();
	await says(page, /Offline/);
	let typed = '';
	for (let i = 1; i <= 15; i++) {
		await goToEnd(page);
		await page.keyboard.type(`${i}.`);
		typed += `${i}.`;
		await page.reload();
		await editor(page).waitFor();
		await expect.poll(() => words(page), { timeout: soonMs }).toBe(typed);
	}
	// Nothing is left lying in the store that is only for the moment between two pages.
	expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('wayfellow/')))).toEqual(
		[]
	);
	await product.start();
	await says(page, /^Saved$/, 60_000);
});
