/**
 * What a page weighs, gzipped, at its first visit. Weighed from what the production server sends, never timed: a time
 * on a busy machine says nothing, a byte is a byte.
 */
import { gzipSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import type { Browser, Page, Request, Response } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPostgres } from '#lib/server/postgres.ts';
import { cast } from '../../src/seed/cast.ts';
import { castId } from '../../src/seed/ids.ts';
import { plantLoad } from '../../src/seed/load.server.ts';
import { openBrowser } from '../browser.ts';
import { plantLongThread } from '../long-thread.ts';
import { freshDatabase } from '../postgres-server.ts';
import { startProduct, type Product } from '../product.ts';
import { editor, soonMs, visit } from './visit.ts';

let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

/** KiB, from the table in the design; `total` counts fonts and pictures too. */
type Budget = { js: number; css: number; html: number; total: number };

const pages: [what: string, who: { email: string }, path: string, budget: Budget][] = [
	['the teacher’s home', cast.people.rosa, '/', { js: 50, css: 8, html: 8, total: 130 }],
	['the mentor’s home', cast.people.idris, '/', { js: 50, css: 8, html: 8, total: 130 }],
	['the coach’s home', cast.people.claire, '/', { js: 55, css: 8, html: 8, total: 130 }],
	[
		'a reflection',
		cast.people.rosa,
		`/reflections/${cast.reflections.rosaSecond.id}`,
		{ js: 150, css: 8, html: 10, total: 250 }
	],
	[
		'a reflection with comments',
		cast.people.rosa,
		`/reflections/${cast.reflections.rosaFirst.id}`,
		{ js: 150, css: 8, html: 10, total: 250 }
	],
	// What makes suggestions is there before anybody who suggests can type, and with the first one.
	[
		'a reflection, as its mentor opens it',
		cast.people.idris,
		`/reflections/${cast.reflections.rosaSecond.id}`,
		{ js: 150, css: 8, html: 10, total: 250 }
	],
	[
		'a reflection with suggestions',
		cast.people.sam,
		`/reflections/${cast.reflections.samOnly.id}`,
		{ js: 150, css: 8, html: 10, total: 250 }
	],
	// Forms, links and tables: they work without script, so they send none.
	['a cohort', cast.people.rosa, `/cohorts/${cast.cohorts.cohortA.id}`, { js: 0, css: 8, html: 10, total: 80 }],
	['the catalogue', cast.people.rosa, '/catalogue', { js: 0, css: 8, html: 10, total: 80 }],
	['a search in it', cast.people.rosa, '/catalogue?q=wait+time&grade=3', { js: 0, css: 8, html: 10, total: 80 }],
	[
		'a microcredential',
		cast.people.rosa,
		`/catalogue/${cast.microcredentials.waitTime.id}`,
		{ js: 0, css: 8, html: 10, total: 100 }
	],
	['the desk of whoever writes them', cast.people.pat, '/catalogue/edit', { js: 0, css: 8, html: 10, total: 80 }],
	[
		'the draft of a next version',
		cast.people.pat,
		`draft after ${cast.microcredentials.waitTime.id}`,
		{ js: 0, css: 8, html: 10, total: 80 }
	]
];

const kib = (bytes: number) => Math.round((bytes / 1024) * 10) / 10;

/** Begins the next version of a microcredential, in a browser of its own. @returns where its draft is */
async function draftAfter(who: { email: string }, microcredential: string): Promise<string> {
	const page = await visit(browser, product.base, who);
	await page.goto('/catalogue/edit');
	await page.locator(`form:has([value="${microcredential}"]) button`).click();
	await page.locator('#draft').waitFor();
	const { pathname } = new URL(page.url());
	await page.context().close();
	return pathname;
}

test.for(pages)('%s stays within its budget', async ([, who, where, budget]) => {
	const [, microcredential] = /^draft after (.*)$/.exec(where) ?? [];
	const page = await weigh(product, who, microcredential ? await draftAfter(who, microcredential) : where, budget);
	// Whoever still has a reflection open brings more script to the partner's page.
	await page.context().close();
});

test('a region’s board of 500 pairs stays within its budget, and is read the less often', async () => {
	const database = await freshDatabase();
	const region = await startProduct({ DATABASE_URL: database.url });
	try {
		const db = await openPostgres(database.url);
		await plantLoad(db, { teachers: 520 });
		await db.asOwner((tx) =>
			tx.execute(sql`update caseloads set coach_id = ${cast.people.claire.id} where id in (
				select c.id from caseloads c join pairs p on p.id = c.pair_id and p.status <> 'ended'
				where c.until_at is null and c.coach_id <> ${cast.people.claire.id} limit 475)`)
		);
		await db.close();
		const page = await weigh(region, cast.people.claire, '/', { js: 55, css: 8, html: 25, total: 130 });
		expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(/of (49|50)\d pairs could use you/);
		const rows = page.locator('.board li');
		const before = await rows.count();
		await page
			.getByRole('link', { name: /^Show all/ })
			.first()
			.click();
		await expect.poll(() => rows.count()).toBeGreaterThan(before);
		expect(before).toBeLessThan(200);
		await page.context().close();
	} finally {
		await region.stop();
		await database.drop();
	}
});

test('a thread of fifty posts stays within its budget, and one of 2,000 is no heavier and stays usable', async () => {
	const database = await freshDatabase();
	const talking = await startProduct({ DATABASE_URL: database.url });
	try {
		const db = await openPostgres(database.url);
		const now = new Date();
		await db.asOwner(async (tx) => {
			await plantLongThread(tx, 90, 50, now);
			await plantLongThread(tx, 91, 2_000, now, 700);
		});
		await db.close();
		const budget = { js: 50, css: 8, html: 15, total: 140 };
		const fifty = await weigh(talking, cast.people.rosa, `/threads/${castId('thread', 90)}`, budget);
		expect(await fifty.locator('.posts article').count()).toBe(50);
		await fifty.context().close();

		const long = `/threads/${castId('thread', 91)}`;
		const page = await weigh(talking, cast.people.rosa, long, budget);
		const numbers = () => page.locator('.posts article').evaluateAll((all) => all.map(({ id }) => Number(id.slice(5))));
		// It opens where somebody left off, with a little of what they know.
		expect(await page.locator('#new + article').getAttribute('id')).toBe('post-701');
		expect((await numbers()).length).toBe(50);
		await page.getByRole('link', { name: 'Later posts' }).click();
		await expect.poll(async () => (await numbers())[0]).toBe(748);
		await page.getByRole('link', { name: 'Go to the first new one' }).click();
		await page.locator('#new').waitFor();
		await page.getByRole('link', { name: 'Earlier posts' }).click();
		await expect.poll(async () => (await numbers())[0]).toBe(648);
		// An answer goes to the end of it, and says where that is.
		await page.getByRole('textbox', { name: 'Your reply' }).fill('Breathe.');
		await page.getByRole('button', { name: 'Reply', exact: true }).click();
		await page.getByRole('link', { name: 'Posted as number 2001: read it there' }).click();
		await page.locator('#post-2001').getByText('Breathe.').waitFor();
		expect((await numbers()).length).toBe(50);
		await page.goto(`${long}?at=1`);
		expect((await numbers())[0]).toBe(1);

		// Whoever came far down by a link has not read what lies between.
		await page.goto(`${long}?at=1500#post-1500`);
		// Long enough to be noted, if it were.
		await page.waitForTimeout(2_500);
		await page.goto(long);
		const first = await page.locator('#new + article').getAttribute('id');
		expect(Number(first!.slice(5))).toBeLessThan(800);
		// Who comes back, comes back to where they were, also when they have read on meanwhile.
		const shown = await numbers();
		const read = page.waitForRequest(/\?\/read/);
		await page.locator('.posts article').nth(20).scrollIntoViewIfNeeded();
		await read;
		const where = await page.evaluate(() => scrollY);
		await page.evaluate(() => document.querySelector<HTMLAnchorElement>('.where a')!.click());
		await page.waitForURL(/cohorts/);
		await page.goBack();
		await expect.poll(numbers).toEqual(shown);
		await expect.poll(() => page.evaluate(() => scrollY)).toBe(where);
		// What is said at the end of it is told of here, and a link leads there.
		const other = await visit(browser, talking.base, cast.people.luis);
		await other.goto(`${long}?at=1990`);
		await other.getByRole('textbox', { name: 'Your reply' }).fill('Far away.');
		await other.getByRole('button', { name: 'Reply', exact: true }).click();
		await page.getByRole('link', { name: '1 new post further on' }).click();
		await page.locator('#post-2002').getByText('Far away.').waitFor();
		await page.getByRole('button', { name: 'Mark all as read' }).click();
		await page.getByRole('button', { name: 'Mark all as read' }).waitFor({ state: 'detached' });
		await page.goto(long);
		expect(await page.locator('#new').count()).toBe(0);
		await other.context().close();
		await page.context().close();
	} finally {
		await talking.stop();
		await database.drop();
	}
});

/** Weighs a page as a person opens it for the first time. @returns the page, still open */
async function weigh(from: Product, who: { email: string }, path: string, budget: Budget): Promise<Page> {
	const page = await visit(browser, from.base, who);
	const weighed = { js: 0, css: 0, html: 0, rest: 0 };
	const bodies: Promise<void>[] = [];
	const parts: string[] = [];
	// What is said live never ends, and weighs nothing that is known beforehand.
	const isStream = (request: Request) => request.url().endsWith('/live');
	const open = new Set<Request>();
	page.on('request', (request) => void (isStream(request) || open.add(request)));
	page.on('requestfinished', (request) => void open.delete(request));
	page.on('requestfailed', (request) => void open.delete(request));
	const weighing = (response: Response) => {
		if (response.status() >= 300 || isStream(response.request())) return; // a redirect has no body
		bodies.push(
			response.body().then((body) => {
				const type = response.headers()['content-type'] ?? '';
				const kind = /javascript/.test(type) ? 'js' : /css/.test(type) ? 'css' : /html/.test(type) ? 'html' : 'rest';
				// Fonts and pictures are compressed in themselves.
				const bytes = /font|image\/(png|webp|jpeg)/.test(type) ? body.length : gzipSync(body, { level: 9 }).length;
				weighed[kind] += bytes;
				parts.push(`${kib(bytes)} ${new URL(response.url()).pathname}`);
			})
		);
	};
	page.on('response', weighing);
	await page.goto(path);
	if (path.startsWith('/reflections')) await editor(page).waitFor();
	await page.waitForLoadState();
	let quiet = 0;
	await expect
		.poll(() => (quiet = open.size === 0 ? quiet + 1 : 0), { timeout: soonMs, interval: 100 })
		.toBeGreaterThan(5);
	page.off('response', weighing);
	await Promise.all(bodies);

	const js = kib(weighed.js);
	const css = kib(weighed.css);
	const html = kib(weighed.html);
	const total = kib(weighed.js + weighed.css + weighed.html + weighed.rest);
	console.log(`${path}: JS ${js}, CSS ${css}, HTML ${html}, total ${total} KiB\n  ${parts.join('\n  ')}`);
	if (budget.js > 0) expect(js, 'there is script, and it was weighed').toBeGreaterThan(1);
	expect(html, 'and the page was').toBeGreaterThan(1);
	expect.soft(js, 'JS').toBeLessThanOrEqual(budget.js);
	expect.soft(css, 'CSS').toBeLessThanOrEqual(budget.css);
	expect.soft(html, 'HTML').toBeLessThanOrEqual(budget.html);
	expect.soft(total, 'total').toBeLessThanOrEqual(budget.total);
	return page;
}

test('the server compresses pages for those who can read that', async () => {
	const response = await fetch(`${product.base}/sign-in`, { headers: { 'accept-encoding': 'gzip' } });
	expect(response.headers.get('content-encoding')).toBe('gzip');
	expect(await response.text()).toContain('Email me a link');
});
