/** A newcomer chooses a stack, plans by week around breaks, pauses and goes on; a second one asks why; a manager sets breaks. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { phone, sideways, toMendEverywhere, visit } from './visit.ts';

const { jonah, noor, rosa, idris, claire, pat } = cast.people;
const pair = `/pairs/${cast.pairs.noorIdris.id}`;
const second = `/pairs/${cast.pairs.rosaIdris.id}`;
const breaks = `/programs/${cast.programs.tennessee.id}/breaks`;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

const plain = (who: { email: string }) => visit(browser, product.base, who, { javaScriptEnabled: false });

test('a newcomer on a phone reads what a stack costs, chooses it without script, and finds a plan', async () => {
	const page = await visit(browser, product.base, jonah, { javaScriptEnabled: false, viewport: phone });
	await page.goto('/account/plan');
	await page.getByText(/About \d+ hours in all/).waitFor();
	await page.getByText('You sit in no cohort yet').waitFor();
	await page.getByText('You have no mentor yet.').waitFor();
	await page.getByRole('button', { name: 'Choose this stack' }).click();
	await page.getByText('This is your stack now.').waitFor();
	await page.goto('/plan');
	await page.getByRole('heading', { name: cast.stacks.tennessee.title }).waitFor();
	await page.getByText('Your own date').waitFor();
	await page.getByText('The program’s last day', { exact: true }).waitFor();
	await page.getByText('Please say yours.').waitFor();
	expect(await sideways(page)).toBeLessThanOrEqual(0);
	const hours = page.getByLabel('Hours a week that you have for it');
	await hours.fill('none');
	await page.getByRole('button', { name: 'Make this my plan' }).click();
	expect(await page.getByRole('alert').textContent()).toContain('Nothing has changed yet.');
	expect(await hours.inputValue()).toBe('none');
	await hours.fill('3');
	await page.getByRole('button', { name: 'Make this my plan' }).click();
	await page.getByText('Your plan is arranged anew').waitFor();
});

test('with the keyboard alone one is moved later, everything is paused and goes on; the coach reads no reason', async () => {
	const page = await visit(browser, product.base, noor);
	await page.goto('/plan');
	const titles = () => page.locator('ol.rows > li strong').allTextContents();
	const before = await titles();
	expect(before.length).toBeGreaterThan(1);
	const later = page.getByRole('button', { name: /^Later/ }).first();
	await later.focus();
	await page.keyboard.press('Enter');
	await page.getByText('Your plan is arranged anew').waitFor();
	expect((await titles()).slice(0, 2)).toEqual([before[1], before[0]]);

	const rest = page.getByText('Pause everything for a while');
	await rest.focus();
	await page.keyboard.press('Enter');
	await page.getByLabel('Why, if you like to say it').last().fill('Report cards are due.');
	await page.keyboard.press('Enter');
	await page.getByText('You rest from everything').waitFor();
	expect(await toMendEverywhere(page, { name: 'plan-paused' })).toEqual([]);

	const coach = await plain(claire);
	await coach.goto(pair);
	await coach.getByText('paused since').waitFor();
	expect(await coach.content()).not.toContain('Report cards');
	expect((await coach.goto(`${pair}/plan`))!.status()).toBe(404);
	const mentor = await plain(idris);
	await mentor.goto(`${pair}/plan`);
	await mentor.getByText('Report cards are due.').waitFor();
	expect(await mentor.getByRole('button', { name: 'Go on' }).count()).toBe(0);

	await page.getByRole('button', { name: 'Go on with everything' }).focus();
	await page.keyboard.press('Enter');
	await page.getByText('Welcome back.').waitFor();
	expect(await toMendEverywhere(page, { name: 'plan' })).toEqual([]);
});

test('a second one asks why, keeps the form, and begins it with an answer that the mentor reads', async () => {
	const page = await plain(rosa);
	await page.goto(second);
	await page.getByText('Why another one now?').waitFor();
	const start = page.getByRole('button', { name: 'Start writing' });
	await page.getByLabel('Title').fill('Beside the other');
	await start.click();
	expect(await page.getByRole('alert').textContent()).toContain('Nothing has been begun yet.');
	await page.getByLabel('Title').fill('Beside the other');
	await page.getByLabel('In your own words, if you like').fill('My class asks for it now.');
	await start.click();
	await page.waitForURL('**/reflections/*');
	const mentor = await plain(idris);
	await mentor.goto(second);
	await mentor.getByText('Begun beside another: My class asks for it now.').waitFor();
	const coach = await plain(claire);
	await coach.goto(second);
	expect(await coach.content()).not.toContain('My class asks');
});

test('a manager sets a break without script, takes it away and puts it back', async () => {
	const page = await plain(pat);
	await page.goto(breaks);
	await page.getByLabel('Name, as teachers know it').fill('State tests');
	await page.getByLabel('First day').fill('2027-04-12');
	await page.getByLabel('Last day').fill('2027-04-09');
	await page.getByRole('button', { name: 'Add the break' }).click();
	expect(await page.getByRole('alert').textContent()).toContain('before the first one');
	await page.getByLabel('Last day').fill('2027-04-16');
	await page.getByRole('button', { name: 'Add the break' }).click();
	await page.getByText('The break is in the calendar.').waitFor();
	await page.getByRole('button', { name: /State tests/ }).click();
	await page.getByText('is out of the calendar').waitFor();
	await page.getByRole('button', { name: 'Put it back' }).click();
	await page.getByText('The break is in the calendar.').waitFor();
	const seeing = await visit(browser, product.base, pat);
	await seeing.goto(breaks);
	expect(await toMendEverywhere(seeing, { name: 'breaks' })).toEqual([]);
	const choosing = await visit(browser, product.base, noor);
	await choosing.goto('/account/plan');
	expect(await toMendEverywhere(choosing, { name: 'choosing' })).toEqual([]);
});
