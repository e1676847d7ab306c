/** Two days without a network, and longer, on three devices of one pair: what comes back, and in what order. */
import pg from 'pg';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { freshDatabase } from '../postgres-server.ts';
import { startProduct, type Product } from '../product.ts';
import { editor, freshReflection, goToEnd, openReflection, phone, says, soonMs, visit, words } from './visit.ts';

const { rosa, idris } = cast.people;
const hour = 3_600_000;
const kept = /^Offline \(kept on this device\)$/;

let product: Product;
let browser: Browser;
let database: Awaited<ReturnType<typeof freshDatabase>>;

beforeAll(async () => {
	database = await freshDatabase();
	[product, browser] = await Promise.all([startProduct({ DATABASE_URL: database.url }), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(async () => {
	await Promise.all([browser?.close(), product?.stop()]);
	await database?.drop();
});

/** For the server so much time has passed since anybody was last here. */
async function passes(hours: number) {
	const client = new pg.Client(database.url);
	await client.connect();
	const since = `interval '${hours} hours'`;
	await client.query(
		`update sessions set last_used_at = last_used_at - ${since}, created_at = created_at - ${since}, expires_at = expires_at - ${since}`
	);
	await client.end();
}

/** Opens the reflection on a device, with a line of its own there, and waits until it would survive a reload offline. */
async function device(id: string, person: { email: string }, line: string, options: BrowserContextOptions = {}) {
	const page = await visit(browser, product.base, person, options);
	await openReflection(page, id);
	await says(page, /^Saved$/);
	await goToEnd(page);
	if ((await words(page)) !== '') await page.keyboard.press('Enter');
	await page.keyboard.type(line);
	await says(page, /^Saved$/);
	const inCache = () =>
		page.evaluate(async (path) => !!(await (await caches.open('pages')).match(path)), `/reflections/${id}`);
	await expect.poll(inCache, { timeout: soonMs }).toBe(true);
	return page;
}

/** Writes behind the words of this device's own line, wherever that stands. */
async function writes(page: Page, line: string, text: string) {
	await editor(page).focus();
	await editor(page).evaluate((element, line) => {
		const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
		for (let text = texts.nextNode(); text; text = texts.nextNode())
			if (text.nodeValue!.includes(line)) getSelection()!.collapse(text, text.nodeValue!.indexOf(line) + line.length);
	}, line);
	await page.keyboard.type(text);
	expect(await words(page)).toContain(text);
}

const orders = [
	['mentor', 'laptop', 'phone'],
	['phone', 'laptop', 'mentor']
] as const;

test.for(orders)(
	'two days offline on three devices, back in this order: %s, %s, %s',
	{ timeout: 240_000 },
	async (order) => {
		const id = await freshReflection(product, rosa, idris, 'Two days');
		const lines = { laptop: 'At the desk.', phone: 'On the phone.', mentor: 'The mentor.' };
		const pages = {
			laptop: await device(id, rosa, lines.laptop),
			phone: await device(id, rosa, lines.phone, { viewport: phone, hasTouch: true, isMobile: true }),
			mentor: await device(id, idris, lines.mentor)
		};
		const names = Object.keys(pages) as (keyof typeof pages)[];
		const wholly = Object.values(lines).join('\n');
		for (const name of names) await expect.poll(() => words(pages[name]), { timeout: soonMs }).toBe(wholly);

		for (const name of names) await pages[name].context().setOffline(true);
		for (const name of names) await says(pages[name], /^Offline/);
		const start = Date.now();
		const written: string[] = [];
		for (const after of [1, 23, 47]) {
			for (const name of names) {
				const context = pages[name].context();
				await context.clock.setSystemTime(start + after * hour);
				const word = ` ${name} after ${after} h.`;
				await writes(pages[name], lines[name], word);
				written.push(word);
				await says(pages[name], kept);
				// A page is reloaded, and a phone closes tabs by itself.
				if (name === 'phone') {
					await pages[name].close();
					pages[name] = await context.newPage();
					await pages[name].goto(`/reflections/${id}`);
				} else await pages[name].reload();
				await editor(pages[name]).waitFor();
				await expect.poll(() => words(pages[name]), { timeout: soonMs }).toContain(word);
				await says(pages[name], kept);
			}
		}
		// Nobody had heard of anybody.
		for (const name of names)
			for (const other of names) if (other !== name) expect(await words(pages[name])).not.toContain(`${other} after`);

		// The server was started again meanwhile, and has seen nobody for two days.
		await product.kill();
		await product.start();
		await passes(48);
		for (const name of order) {
			await pages[name].context().clock.setSystemTime(start + 48 * hour);
			await pages[name].context().setOffline(false);
			await says(pages[name], /^Saved$/, 60_000);
		}
		const text = await words(pages.laptop);
		for (const name of names) {
			await expect.poll(() => words(pages[name]), { timeout: soonMs }).toBe(text);
			await says(pages[name], /^Saved$/);
		}
		for (const word of [...written, ...Object.values(lines)]) expect(text.split(word), word).toHaveLength(2);
		await product.kill();
		await product.start();
		const reader = await visit(browser, product.base, idris);
		await openReflection(reader, id);
		await expect.poll(() => words(reader), { timeout: soonMs }).toBe(text);
	}
);

test('twelve days offline, when the session is over: the words stay on screen until their writer has signed in', async () => {
	const id = await freshReflection(product, rosa, idris, 'Twelve days');
	const page = await device(id, rosa, 'Before the holidays.', { viewport: phone, hasTouch: true, isMobile: true });
	await page.context().setOffline(true);
	await says(page, /^Offline/);
	await writes(page, 'Before the holidays.', ' In the train.');
	await page.context().clock.setSystemTime(Date.now() + 12 * 24 * hour);
	await page.reload();
	await says(page, kept);
	expect(await words(page)).toBe('Before the holidays. In the train.');
	await passes(12 * 24);
	await page.context().setOffline(false);
	await says(page, /^Can’t save$/, 60_000);
	expect(await words(page)).toBe('Before the holidays. In the train.');
	await page.getByRole('link', { name: 'Sign in again' }).click();
	await page.getByRole('button', { name: `Come in as ${rosa.name}` }).click();
	await page.waitForURL(`**/reflections/${id}`);
	await says(page, /^Saved$/, 60_000);
	const reader = await visit(browser, product.base, idris);
	await openReflection(reader, id);
	await expect.poll(() => words(reader), { timeout: soonMs }).toBe('Before the holidays. In the train.');
});
