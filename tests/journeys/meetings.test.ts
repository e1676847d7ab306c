/** Two find a time, meet, and write down what they agreed; their coach sees when, and no word of it. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { phone, toMendEverywhere, visit } from './visit.ts';

const { rosa, idris, claire } = cast.people;
const pair = `/pairs/${cast.pairs.rosaIdris.id}`;
const meetings = `${pair}/meetings`;
const canary = 'CANARY a sentence of the two';
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

async function sayTimetable(page: Page, from: string, to: string) {
	await page.goto('/account/calendar');
	await page.getByLabel('From').first().fill(from);
	await page.getByLabel('Until').first().fill(to);
	await page.getByRole('button', { name: 'Save the timetable' }).click();
	await page.waitForURL(/done=timetable/);
}
const press = async (page: Page, name: string | RegExp, done: RegExp) => {
	await page.getByRole('button', { name }).first().click();
	await page.waitForURL(done);
};

test('one proposes a time that both have, the other says yes on a phone, and without script both keep what they agreed', async () => {
	const teacher = await visit(browser, product.base, rosa, { javaScriptEnabled: false });
	const mentor = await visit(browser, product.base, idris, { viewport: phone, hasTouch: true });
	await sayTimetable(mentor, '08:00', '12:00');
	await sayTimetable(teacher, '08:00', '11:00');
	await teacher.getByLabel(/calendar file/).setInputFiles(join(import.meta.dirname, '../data/calendar/mentor.ics'));
	await press(teacher, 'Add the file', /done=file/);
	await teacher.getByLabel(/Secret address/).fill('https://127.0.0.1/mine.ics');
	await teacher.getByRole('button', { name: 'Add the calendar' }).click();
	expect(await teacher.getByRole('alert').innerText()).toContain('lies inside a network');

	await teacher.goto(meetings);
	expect(await teacher.content()).not.toContain('mentor.ics');
	await press(teacher, 'Propose this time', /done=proposed/);
	await teacher.getByLabel('Add what you want to talk about').fill(canary);
	await press(teacher, 'Add to the agenda', /done=added/);

	await mentor.goto('/');
	expect(await mentor.locator('body').innerText()).toContain('Proposed to you:');
	await mentor.goto(meetings);
	const says = mentor.getByRole('button', { name: /^Say yes/ });
	await says.focus();
	await mentor.keyboard.press('Enter');
	await mentor.waitForURL(/done=accepted/);
	expect(await mentor.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
	await teacher.goto('/');
	expect(await teacher.locator('body').innerText()).toContain('Next:');

	// Both open the same text; whoever saves later loses nothing.
	await teacher.goto(meetings);
	await teacher.locator('h3 a').first().click();
	const place = teacher.url();
	await mentor.goto(place);
	await teacher.locator('#agreed').fill(`${canary}, from one`);
	await press(teacher, /^Save$/, /done=saved/);
	await mentor.locator('#agreed').fill(`${canary}, from the other`);
	await press(mentor, /^Save$/, /done=beside/);
	const both = await mentor.locator('main').innerText();
	expect(both).toContain('Both texts are kept');
	expect(both).toContain(`${canary}, from the other`);
	expect(await mentor.locator('#agreed').inputValue()).toBe(`${canary}, from one`);
	await mentor.locator('#agreed').fill(`${canary}, from both`);
	await press(mentor, /^Save$/, /done=saved/);
	await press(mentor, /^It is in the text above/, /done=settled/);

	// Met last week: written down by one, confirmed by the other, and only then contact time.
	await teacher.goto(meetings);
	await teacher.locator('summary').click();
	await teacher.locator('#day').fill(new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10));
	await teacher.locator('#clock').fill('14:00');
	await press(teacher, /^Propose, or write down/, /done=proposed/);
	await mentor.goto(meetings);
	expect(await mentor.locator('main').innerText()).toContain('Not yet confirmed by you');
	await press(mentor, /^It took place/, /done=confirmed/);
	expect(await mentor.locator('main').innerText()).toContain('Confirmed by you both');

	// The coach: when, and how long, on the page and in what it is made of; and no page for a single meeting.
	const coach = await visit(browser, product.base, claire);
	for (const path of [meetings, pair, '/', `${meetings}/__data.json`, `${pair}/__data.json`]) {
		const answer = await coach.request.get(`${product.base}${path}`);
		expect(await answer.text(), path).not.toContain('CANARY');
	}
	await coach.goto(meetings);
	expect(await coach.locator('main').innerText()).toContain('Confirmed by both');
	expect((await coach.goto(place))!.status()).toBe(404);
});

test('the feed of a person can be made, read without a cookie, and stopped', async () => {
	const mentor = await visit(browser, product.base, idris);
	await mentor.goto('/account/calendar');
	await mentor.getByRole('button', { name: 'Make an address' }).click();
	const address = await mentor.getByLabel('Address of your feed').inputValue();
	const path = new URL(address).pathname;
	const read = () => fetch(`${product.base}${path}`);
	const feed = await read();
	expect(feed.headers.get('content-type')).toContain('text/calendar');
	const text = await feed.text();
	expect(text).toContain('BEGIN:VCALENDAR');
	expect(text).not.toContain('CANARY');
	await mentor.goto('/account/calendar');
	expect(await mentor.content()).not.toContain(path);
	await press(mentor, 'Stop it', /done=revoked/);
	expect((await read()).status).toBe(404);
});

test('its pages are accessible in both themes, on a desk and on a phone', async () => {
	const page = await visit(browser, product.base, rosa);
	for (const path of [meetings, '/account/calendar']) {
		await page.goto(path);
		expect(await toMendEverywhere(page)).toEqual([]);
	}
});
