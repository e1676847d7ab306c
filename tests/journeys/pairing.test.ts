/** Managers match, the two answer, and a teacher chooses what a new mentor sees: all of it without any script. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { sideways, phone, toMendEverywhere, visit } from './visit.ts';

const { pat, rosa, idris, marta, noor } = cast.people;
const program = cast.programs.tennessee.id;
const mentors = `/programs/${program}/mentors`;
const matching = `/programs/${program}/matching`;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

const come = (who: { email: string }) => visit(browser, product.base, who, { javaScriptEnabled: false });

test('a teacher gets a new mentor in one step: both accept, and the teacher shows one line of before and no other', async () => {
	const manager = await come(pat);
	await manager.goto(mentors);
	await manager.getByText('Set the rule').first().click();
	await manager.getByLabel('Your own number').fill('8');
	await manager.getByLabel('Why, as the program may read it').fill('We have fewer mentors than we need.');
	await manager.getByRole('button', { name: 'Set the rule' }).click();
	await manager.getByText('The rule is set.').waitFor();
	await manager.goto(`/pairs/${cast.pairs.rosaIdris.id}`);
	await manager.getByRole('link', { name: 'Propose another mentor' }).click();
	await manager.getByLabel(marta.name).check();
	await manager.getByLabel('Times no longer fit together').check();
	await manager.getByRole('button', { name: 'End this pair and ask the new mentor' }).click();
	await manager.getByText('Proposed by Pat').waitFor();
	const pair = new URL(manager.url()).pathname;

	// The mentor of before is out at once.
	const before = await come(idris);
	await before.goto(`/pairs/${cast.pairs.rosaIdris.id}`);
	await before.getByText('This pair has ended.').waitFor();
	expect(await before.getByRole('link', { name: /^Read/ }).count()).toBe(0);

	const next = await come(marta);
	await next.goto(pair);
	await next.getByRole('button', { name: 'Accept' }).click();
	await next.getByText('You have accepted.').waitFor();
	const teacher = await come(rosa);
	await teacher.goto(pair);
	await teacher.getByRole('button', { name: 'Accept' }).click();
	await teacher.getByRole('button', { name: 'Begin' }).click();
	await teacher.getByText('Pause for a while').waitFor();

	await next.goto(`${pair}/earlier`);
	await next.getByText('Nothing is shown to you.').waitFor();
	await teacher.getByRole('link', { name: 'may see of before' }).click();
	const line = teacher.getByRole('checkbox').first();
	const words = ((await line.locator('xpath=..').textContent()) ?? '').trim();
	await line.check();
	await teacher
		.getByRole('button', { name: /^Keep this choice/ })
		.first()
		.click();
	await teacher.getByText('Your choice is kept.').waitFor();
	expect(await teacher.getByRole('checkbox', { checked: true }).count()).toBe(1);
	await next.reload();
	await next.getByText(words.slice(0, 40)).waitFor();
	expect(await next.locator('.words').count()).toBe(1);
	await teacher.getByRole('checkbox').first().uncheck();
	await teacher
		.getByRole('button', { name: /^Keep this choice/ })
		.first()
		.click();
	await teacher.getByText('Your choice is kept.').waitFor();
	await next.reload();
	await next.getByText('Nothing is shown to you.').waitFor();

	// A pause is asked by one and agreed by the other.
	await teacher.goto(pair);
	await teacher.getByText('Pause for a while').click();
	await teacher.getByRole('button', { name: 'Ask to pause' }).click();
	await teacher.getByText('You asked to pause').waitFor();
	await next.goto(pair);
	await next.getByRole('button', { name: 'Agree' }).click();
	await next.getByText('Paused, as agreed').first().waitFor();
});

test('everybody without a mentor is matched at once, looked at, changed by hand and proposed', async () => {
	// Noor's pair with Idris ended for another match.
	const teacher = await come(noor);
	await teacher.goto(`/pairs/${cast.pairs.noorIdris.id}`);
	await teacher.getByText('End this pair').click();
	await teacher.getByLabel('Times no longer fit together').check();
	await teacher.getByLabel('I am sure.').check();
	await teacher.getByRole('button', { name: 'End the pair' }).click();
	await teacher.getByText('This pair has ended.').waitFor();

	const page = await come(pat);
	await page.goto(mentors);
	await page.getByRole('link', { name: 'Match everybody at once' }).click();
	await page.getByRole('button', { name: 'Make a plan' }).click();
	await page.getByText('The plan is made.').waitFor();
	expect(await page.getByText(/places taken\./).count()).toBeGreaterThan(0);
	// What was planned is there on another day too.
	await page.goto(matching);
	await page
		.getByText(/^Change/)
		.first()
		.click();
	await page.getByRole('button', { name: 'Set by hand' }).first().click();
	await page.getByText('The plan is changed.').waitFor();
	expect(await page.getByText('Set by hand', { exact: true }).count()).toBeGreaterThan(0);
	await page.getByRole('button', { name: 'Make it anew' }).click();
	await page.getByText('The plan is made.').waitFor();
	await page.getByRole('button', { name: /^Propose/ }).click();
	await page.getByText('The pairs are proposed').waitFor();
	await page.getByRole('button', { name: 'Make a plan' }).waitFor();
});

test('the pages are for everybody: in both themes, with a phone, by keyboard', async () => {
	const page = await visit(browser, product.base, pat);
	await page.goto(matching);
	if (await page.getByRole('button', { name: 'Make a plan' }).isVisible()) {
		await page.getByRole('button', { name: 'Make a plan' }).click();
	}
	for (const [name, path] of Object.entries({ mentors, matching })) {
		await page.goto(path);
		expect(await toMendEverywhere(page, { name })).toEqual([]);
	}
	await page.setViewportSize(phone);
	for (const path of [mentors, matching]) {
		await page.goto(path);
		expect(await sideways(page)).toBeLessThanOrEqual(0);
	}
});
