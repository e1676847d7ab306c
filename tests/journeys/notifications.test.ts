/** Somebody is told in the app at once and by mail, chooses how, and stops a mail without signing in. */
import { request } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { signIn } from '../../scripts/replay/visitor.ts';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { phone, soonMs, toMendEverywhere, visit } from './visit.ts';

const { rosa, idris } = cast.people;
const meetings = `/pairs/${cast.pairs.rosaIdris.id}/meetings`;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

/** Rosa proposes a meeting in so many days, of which Idris is told. */
async function propose(days: number): Promise<void> {
	const { cookie } = await signIn(product.base, rosa.email);
	const day = new Date(Date.now() + days * 24 * 3600_000).toISOString().slice(0, 10);
	const answer = await fetch(`${product.base}${meetings}?/propose`, {
		method: 'POST',
		headers: { cookie, accept: 'text/html', origin: product.base },
		body: new URLSearchParams({ kind: 'meeting', day, clock: '15:15', minutes: '45' }),
		redirect: 'manual'
	});
	expect(answer.status).toBe(303);
}
const outbox = async () => (await fetch(`${product.base}/outbox`)).text();
const links = async () => [...(await outbox()).matchAll(/\/unsubscribe\/([\w-]{43})/g)].map(([, token]) => token!);
const patience = { timeout: soonMs, interval: 500 };

test('it stands in the app at once, is read by following it, and is muted and heard again', async () => {
	const page = await visit(browser, product.base, idris);
	await page.goto('/notifications');
	await page.getByText('Nothing yet.').waitFor();
	expect(await toMendEverywhere(page, { name: 'notifications-none' })).toEqual([]);
	await propose(9);
	await expect
		.poll(async () => (await page.goto('/notifications'), page.getByText('1 unread').count()), patience)
		.toBe(1);
	expect(await toMendEverywhere(page, { name: 'notifications' })).toEqual([]);
	await page.getByRole('link', { name: /^Notifications\s*1 unread$/ }).waitFor();
	await page.getByRole('heading', { name: 'Today' }).waitFor();
	const notice = page.getByRole('link', { name: /^Proposed: Meeting with Rosa/ });
	await notice.click();
	await page.waitForURL(`**${meetings}`);
	await page.goto('/notifications');
	await page.getByText('You have read everything.').waitFor();
	await page.getByRole('button', { name: /^Mute your pair with Rosa/ }).click();
	await page.getByText('You will not be told of it any more, unless').waitFor();
	expect(await toMendEverywhere(page, { name: 'notifications-muted' })).toEqual([]);
	await page.getByRole('button', { name: /^Tell me again of your pair/ }).click();
	await page.getByText('You will be told of it again.').waitFor();
});

test('how somebody is told is chosen without script, on a phone', async () => {
	const page = await visit(browser, product.base, idris, { viewport: phone, javaScriptEnabled: false });
	await page.goto('/account');
	await page.getByRole('link', { name: 'How you are told' }).click();
	await page.getByLabel('Your cohort').selectOption('digest');
	await page.getByLabel('How often').selectOption('daily');
	await page.getByLabel('Send me nothing between these hours').uncheck();
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Saved. What waits').waitFor();
	expect(await page.getByLabel('Your cohort').inputValue()).toBe('digest');
	expect(await page.getByLabel('How often').inputValue()).toBe('daily');
	expect(await page.getByLabel('Send me nothing between these hours').isChecked()).toBe(false);
});

test('one press of a mail program stops a kind of mail, signed out and from nowhere; looking stops nothing', async () => {
	const before = (await links()).length;
	await propose(10);
	await expect.poll(async () => (await links()).length, patience).toBeGreaterThan(before);
	const token = (await links())[0]!;
	const address = `${product.base}/unsubscribe/${token}`;
	const { cookie } = await signIn(product.base, idris.email);
	const asIdris = async (path: string) =>
		(await fetch(`${product.base}${path}`, { headers: { cookie, accept: 'text/html' } })).text();
	const chosen = async () => {
		const [select] = /<select id="mail-pair"[\s\S]*?<\/select>/.exec(await asIdris('/account/notifications'))!;
		return /<option value="(\w*)" selected/.exec(select)![1];
	};
	const unread = async () =>
		Number(/(\d+)(?:<!--.*?-->)*<span[^>]*>\s*unread/.exec(await asIdris('/account'))?.[1] ?? 0);
	const press = (body: BodyInit, headers: Record<string, string> = {}, at = address) =>
		fetch(at, { method: 'POST', body, headers, redirect: 'manual' });
	const oneClick = () => new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });

	// What looks for harm opens every link, also with a picture's or a script's manners.
	for (const [method, accept] of [
		['GET', '*/*'],
		['GET', 'text/html'],
		['HEAD', '*/*']
	] as const)
		expect((await fetch(address, { method, headers: { accept } })).status).toBe(200);
	await press(new URLSearchParams({ something: 'else' }));
	expect(await chosen()).toBe('');

	const first = await press(oneClick());
	expect(first.status).toBe(200);
	expect(first.headers.get('set-cookie')).toBeNull();
	expect(await chosen()).toBe('off');
	// Again, as another program sends it, and from a webmail's own page.
	const form = new FormData();
	form.set('List-Unsubscribe', 'One-Click');
	expect((await press(form)).status).toBe(200);
	const foreign = { origin: 'https://mail.example', 'sec-fetch-site': 'cross-site', accept: 'text/html' };
	const fromWebmail = await press(oneClick(), foreign);
	expect(fromWebmail.status).toBe(200);
	expect(await fromWebmail.text()).toContain('You do not get mails about your pair any more.');
	expect(await chosen()).toBe('off');
	// That door and no other.
	expect((await press(oneClick(), foreign, `${product.base}/notifications?/readAll`)).status).toBe(403);

	// A notice comes all the same, and no mail.
	const [mails, told] = [(await links()).length, await unread()];
	await propose(11);
	await expect.poll(unread, patience).toBe(told + 1);
	expect((await links()).length).toBe(mails);

	const nobody = await (await browser.newContext({ baseURL: product.base })).newPage();
	// The page sends no script; axe brings its own.
	await nobody.goto(`/unsubscribe/${token}`);
	expect(await nobody.locator('script').count()).toBe(0);
	await nobody.getByRole('heading', { name: 'Stopped' }).waitFor();
	expect(await toMendEverywhere(nobody, { name: 'unsubscribe' })).toEqual([]);
	await nobody.getByRole('button', { name: 'Send them again after all' }).click();
	await nobody.getByRole('heading', { name: 'Stop mails about your pair?' }).waitFor();
	expect(await chosen()).toBe('');
	await nobody.getByRole('button', { name: 'Stop mails about your pair' }).click();
	await nobody.getByRole('heading', { name: 'Stopped' }).waitFor();
	expect(await chosen()).toBe('off');

	for (const wrong of ['x', 'A'.repeat(43), '%2e%2e%2f', 'a'.repeat(3000)]) {
		const at = `${product.base}/unsubscribe/${wrong}`;
		const shown = await fetch(at, { headers: { accept: 'text/html' } });
		expect(shown.status).toBe(404);
		expect(await shown.text()).toContain('There is no such link');
		expect((await press(oneClick(), { accept: 'text/html' }, at)).status).toBe(404);
	}
});

test('a press of a mail program that sends in pieces, and says no length, stops as any other; too much of it is not read', async () => {
	const before = (await links()).length;
	const { cookie } = await signIn(product.base, idris.email);
	await fetch(`${product.base}/account/notifications?/save`, {
		method: 'POST',
		headers: { cookie, origin: product.base },
		body: new URLSearchParams({ digest: 'weekly' }),
		redirect: 'manual'
	});
	await propose(12);
	await expect.poll(async () => (await links()).length, patience).toBeGreaterThan(before);
	const token = (await links())[0]!;
	// Its other face says the same, and how it stops.
	const [, mail] = /href="[^"]*\/outbox\/([\w-]{36})"/.exec(await outbox())!;
	const html = await fetch(`${product.base}/outbox/${mail}`);
	expect(html.headers.get('content-security-policy')).toContain("default-src 'none'");
	expect(await html.text()).toMatch(/^<!doctype html>[\s\S]*Rosa[\s\S]*\/unsubscribe\/[\w-]{43}"/);
	expect((await fetch(`${product.base}/outbox/x`)).status).toBe(404);
	const inPieces = (path: string, pieces: string[]) =>
		new Promise<{ status: number; text: string }>((done, fail) => {
			const asked = request(
				`${product.base}${path}`,
				{ method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' } },
				(answer) => {
					let text = '';
					answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
					answer.on('end', () => done({ status: answer.statusCode!, text }));
				}
			);
			asked.on('error', fail);
			for (const piece of pieces) asked.write(piece);
			asked.end();
		});
	const press = ['List-Unsubs', 'cribe=One', '-Click'];
	expect((await inPieces('/notifications?/readAll', press)).status).toBe(411);
	const much = await inPieces(`/unsubscribe/${token}`, [...press, '&x=', 'x'.repeat(100_000)]);
	expect(much.status).toBe(413);
	expect(much.text).toContain('Stop mails about your pair?');
	const done = await inPieces(`/unsubscribe/${token}`, press);
	expect(done.status).toBe(200);
	expect(done.text).toContain('You do not get mails about your pair any more.');
	expect((await inPieces('/unsubscribe/x', press)).status).toBe(404);
});
