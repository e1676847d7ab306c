/** A teacher says how it goes in a minute on a phone; the mentor reads it, and the coach what the teacher allows. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { phone, toMendEverywhere, visit } from './visit.ts';

const { rosa, idris, claire } = cast.people;
const pair = `/pairs/${cast.pairs.rosaIdris.id}`;
const checkIns = `${pair}/check-ins`;
const canary = 'CANARY a sentence of the two';
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

test('by keyboard alone and without script, on one screen of a phone, and the coach sees what is allowed until it is taken back', async () => {
	const teacher = await visit(browser, product.base, rosa, { viewport: phone, javaScriptEnabled: false });
	await teacher.goto('/');
	await teacher.getByRole('link', { name: /^Check in/ }).click();
	const send = teacher.getByRole('button', { name: 'Send' });
	const box = (await send.boundingBox())!;
	expect(box.y + box.height, 'all of it is on one screen').toBeLessThan(phone.height - 50);
	expect(await teacher.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);

	await teacher.getByLabel('It goes well').focus();
	await teacher.keyboard.press('ArrowDown');
	await teacher.keyboard.press('Tab');
	await teacher.keyboard.type(canary);
	const seen = teacher.locator('.coach > summary');
	expect(await seen.innerText()).toContain('sees the day and how it goes');
	await seen.focus();
	await teacher.keyboard.press('Enter');
	await teacher.keyboard.press('Tab');
	await teacher.keyboard.press('ArrowDown');
	expect(await seen.innerText()).toContain('and your wish to talk');
	await send.focus();
	await teacher.keyboard.press('Enter');
	await teacher.waitForURL(/done=sent/);
	const own = await teacher.locator('main').innerText();
	expect(own).toContain('Some of it is hard');
	expect(own).toContain(canary);

	const mentor = await visit(browser, product.base, idris);
	await mentor.goto('/');
	await mentor.getByRole('link', { name: /^Rosa checked in/ }).click();
	await mentor.getByText(canary).waitFor();
	expect(await mentor.getByRole('button', { name: 'Send' }).count()).toBe(0);

	// The coach: that there was one, how it goes and the wish; no word, on no page and in nothing that it is made of.
	const coach = await visit(browser, product.base, claire);
	for (const path of ['/', pair, '/__data.json', `${pair}/__data.json`]) {
		const text = await (await coach.request.get(`${product.base}${path}`)).text();
		expect(text, path).not.toContain('CANARY');
		expect(text, path).toContain('Some of it is hard');
	}
	for (const path of [checkIns, `${checkIns}/__data.json`])
		expect(await (await coach.request.get(`${product.base}${path}`)).text()).not.toContain('CANARY');
	await coach.goto('/');
	expect(await coach.locator('.board h2').first().innerText()).toContain('Asked for a word');

	await teacher
		.getByRole('button', { name: /^Show only the day/ })
		.first()
		.click();
	await teacher.waitForURL(/done=taken-back/);
	const after = await (await coach.request.get(`${product.base}/`)).text();
	expect(after).not.toContain('Asked for a word');
	expect(after).not.toContain('Some of it is hard');

	// Without an answer nothing is sent, and what was typed is still there.
	await teacher.goto(checkIns);
	const kept = await teacher.request.post(`${product.base}${checkIns}?/send`, {
		form: { stuck: 'Typed and kept', form: '0', on: '1', shows: 'day' },
		headers: { origin: product.base }
	});
	expect(kept.status()).toBe(422);
	expect(await kept.text()).toContain('Typed and kept');
});

test('is accessible in both themes', async () => {
	for (const person of [rosa, idris]) {
		const page = await visit(browser, product.base, person, { viewport: phone });
		await page.goto(checkIns);
		for (const details of await page.locator('main summary').all()) await details.click();
		expect(await toMendEverywhere(page, { name: `check-ins ${person.initials}` })).toEqual([]);
	}
});
