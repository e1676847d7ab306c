/**
 * Notices of a real browser. No browser's maker is reached from here, so we stand for it: what the server sealed is opened
 * with the keys of a browser, and handed to the worker as the maker would.
 */
import { createECDH } from 'node:crypto';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { send, signIn } from '../../scripts/replay/visitor.ts';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { openPushEndpoint, type PushEndpoint } from '../push-endpoint.ts';
import { signOut, soonMs, toMendEverywhere, visit } from './visit.ts';

const { rosa, idris } = cast.people;
const meetings = `/pairs/${cast.pairs.rosaIdris.id}/meetings`;
const withoutWords = 'There is something new in Wayfellow';
const canary = 'Zitronenfalter weint';
/** A notice of nobody, and the tag of what is shown only to see that the way to the worker is open. */
const nobodys = '01900000-0000-7000-8000-000000000000';
const probe = 'probe';
let product: Product;
let browser: Browser;
let maker: PushEndpoint;

const key = createECDH('prime256v1');
key.generateKeys();
beforeAll(async () => {
	maker = await openPushEndpoint();
	[product, browser] = await Promise.all([
		startProduct({
			VAPID_PUBLIC: key.getPublicKey('base64url'),
			VAPID_PRIVATE: Buffer.from(key.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url'),
			VAPID_SUBJECT: 'mailto:post@w.example',
			FETCH_HOSTS: maker.host
		}),
		openBrowser()
	]);
});
beforeEach(() => void (maker.came.length = 0));
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop(), maker?.close()]));

/** Idris, in a browser that may show notices, told by it, at any hour. */
async function told(): Promise<{ page: Page; deliver: (message: unknown) => Promise<void> }> {
	const idrisHere = await signIn(product.base, idris.email);
	await send(idrisHere, '/account/notifications?/save', { digest: 'weekly' });
	const added = await send(idrisHere, '/account/notifications?/addBrowser', { subscription: maker.subscription() });
	expect(added.status).toBe(303);
	const page = await visit(browser, product.base, idris, { permissions: ['notifications'] });
	const cdp = await page.context().newCDPSession(page);
	const registration = registered(cdp);
	await page.goto('/account/notifications');
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
	const registrationId = await registration;
	const deliver = async (message: unknown) => {
		const data = typeof message === 'string' ? message : JSON.stringify(message);
		await cdp.send('ServiceWorker.deliverPushMessage', { origin: product.base, registrationId, data });
	};
	// While a new worker is still being written down, the debugging door drops what it is given, and says nothing.
	await expect
		.poll(
			async () => {
				await deliver({ id: nobodys, tag: probe });
				return page.evaluate(
					async (tag) =>
						((await (await navigator.serviceWorker.getRegistration())?.getNotifications({ tag })) ?? []).length,
					probe
				);
			},
			{ timeout: soonMs, interval: 500 }
		)
		.toBe(1);
	return { page, deliver };
}

const registered = async (cdp: CDPSession) => {
	const there = new Promise<string>((found) =>
		cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
			if (registrations[0]) found(registrations[0].registrationId);
		})
	);
	await cdp.send('ServiceWorker.enable');
	return there;
};

/** What the browser shows now. */
const shown = (page: Page) =>
	page.evaluate(async (probe) => {
		const all = (await (await navigator.serviceWorker.getRegistration())?.getNotifications()) ?? [];
		return all.filter(({ tag }) => tag !== probe).map(({ title, body, data }) => ({ title, body, data: String(data) }));
	}, probe);

async function propose(days: number): Promise<void> {
	const day = new Date(Date.now() + days * 24 * 3600_000).toISOString().slice(0, 10);
	const answer = await send(await signIn(product.base, rosa.email), `${meetings}?/propose`, {
		kind: 'meeting',
		day,
		clock: '15:15',
		minutes: '45',
		agenda: canary
	});
	expect(answer.status).toBe(303);
}
const patience = { timeout: soonMs, interval: 200 };

test('what the server sends is shown in a line without private text; a second one of the same takes its place; a press leads there', async () => {
	const { page, deliver } = await told();
	await propose(9);
	await expect.poll(() => maker.came.length, patience).toBe(1);
	expect(JSON.stringify(maker.came)).not.toMatch(/Rosa|Zitronenfalter/);
	await deliver(maker.came[0]!.message);
	await expect.poll(() => shown(page), patience).toHaveLength(1);
	const [first] = await shown(page);
	expect(first).toMatchObject({ title: expect.stringMatching(/^Proposed: Meeting with Rosa/), body: '' });
	// Showing it is not reading it.
	const page2 = await page.context().newPage();
	await page2.goto('/notifications');
	await page2.getByText('1 unread').first().waitFor();

	await propose(10);
	await expect.poll(() => maker.came.length, patience).toBe(2);
	await deliver(maker.came[1]!.message);
	await expect
		.poll(async () => (await shown(page))[0]?.data, patience)
		.toBe(`/notifications/${maker.came[1]!.message.id}`);
	const now = await shown(page);
	expect(now).toHaveLength(1);
	expect(now[0]!.title).not.toBe(first!.title);
	expect(JSON.stringify(now)).not.toContain(canary);

	// A browser without a window has nobody who presses; what the press asks for is what counts.
	const opened = await page
		.context()
		.serviceWorkers()[0]!
		.evaluate(async (probe) => {
			// What the types of pages do not have.
			const self = globalThis as unknown as {
				clients: object;
				registration: ServiceWorkerRegistration;
				NotificationEvent: new (type: string, about: { notification: Notification }) => Event;
				dispatchEvent(event: Event): boolean;
			};
			const asked: string[] = [];
			Object.defineProperty(self.clients, 'openWindow', { value: async (url: string) => void asked.push(url) });
			const notification = (await self.registration.getNotifications()).find(({ tag }) => tag !== probe);
			self.dispatchEvent(new self.NotificationEvent('notificationclick', { notification: notification! }));
			await new Promise((done) => setTimeout(done));
			return asked;
		}, probe);
	expect(opened).toEqual([now[0]!.data]);
	await expect.poll(() => shown(page), patience).toEqual([]);
	await page.goto(opened[0]!);
	await page.waitForURL(`**${meetings}`);
	await page.goto('/notifications');
	await page.getByText('You have read everything.').waitFor();
});

test('what is empty, broken or of nobody here says no more than that there is something', async () => {
	const { page, deliver } = await told();
	const id = nobodys;
	for (const sent of [
		'',
		'Rosa wrote',
		'[',
		{ title: 'Click here', id: 7 },
		{ id: '../sign-out', tag: 'x' },
		{ id, tag: 'y' }
	]) {
		const before = await shown(page);
		for (const one of before) expect(one.title).toBe(withoutWords);
		await deliver(sent);
		await expect.poll(async () => (await shown(page)).length, patience).toBeGreaterThan(0);
	}
	await expect
		.poll(() => shown(page), patience)
		.toEqual([
			{ title: withoutWords, body: '', data: '/notifications' },
			{ title: withoutWords, body: '', data: `/notifications/${id}` }
		]);
});

test('whoever signed out here, or sits here now instead, is shown no line of it, and signing out takes away what is shown', async () => {
	const { page, deliver } = await told();
	await propose(11);
	await expect.poll(() => maker.came.length, patience).toBeGreaterThan(0);
	const { message } = maker.came.at(-1)!;
	const titles = async () => (await shown(page)).map(({ title }) => title);
	const cookies = await page.context().cookies();

	// The session ended elsewhere.
	await page.context().clearCookies();
	await deliver(message);
	await expect.poll(titles, patience).toEqual([withoutWords]);

	// Rosa proposed it, and was told nothing.
	const { cookie } = await signIn(product.base, rosa.email);
	const [name, value] = cookie.split('=') as [string, string];
	await page.context().addCookies([{ name, value, url: product.base, httpOnly: true, sameSite: 'Lax' }]);
	await deliver({ ...message, tag: 'again' });
	await expect.poll(titles, patience).toEqual([withoutWords, withoutWords]);

	await page.context().clearCookies();
	await page.context().addCookies(cookies);
	await deliver({ ...message, tag: 'third' });
	await expect.poll(titles, patience).toContainEqual(expect.stringMatching(/^Proposed/));
	await page.goto('/account');
	await signOut(page);
	await page.waitForURL('**/sign-in');
	expect(await shown(page)).toEqual([]);
	expect(
		await page.evaluate(
			async () => !!(await (await navigator.serviceWorker.getRegistration())?.pushManager.getSubscription())
		)
	).toBe(false);
});

test('the settings say what a browser can and what came of asking it', async () => {
	const turnOn = (page: Page) => page.getByRole('button', { name: 'Let this browser tell me' });
	const open = async (options: Parameters<typeof visit>[3], before?: () => void) => {
		const page = await visit(browser, product.base, rosa, options);
		if (before) await page.addInitScript(before);
		await page.goto('/account/notifications');
		return page;
	};
	const granted = await open({ permissions: ['notifications'] });
	await turnOn(granted).click();
	// It may, but its maker is out of reach here.
	await granted.getByRole('alert').getByText('could not reach the service of its maker').waitFor();
	await turnOn(granted).waitFor();
	expect(await toMendEverywhere(granted, { name: 'push-out-of-reach' })).toEqual([]);

	const denied = await open({ permissions: [] });
	await denied.getByText('This browser was told not to show notices of Wayfellow').waitFor();
	expect(await turnOn(denied).count()).toBe(0);

	const unable = await open({}, () => delete (globalThis as { PushManager?: unknown }).PushManager);
	await unable.getByText('This browser can’t show notices while Wayfellow is not open').waitFor();
	expect(await turnOn(unable).count()).toBe(0);

	// A prompt that was put away: nothing was said for good, so it is offered again.
	const undecided = await open({ permissions: ['notifications'] }, () => {
		Object.defineProperty(Notification, 'permission', { get: () => 'default' });
		Notification.requestPermission = async () => 'default';
	});
	await turnOn(undecided).click();
	await undecided.getByRole('alert').getByText('did not get leave to show notices').waitFor();
	await turnOn(undecided).waitFor();

	// On a computer that others use as well it is neither offered nor taken.
	const answer = await fetch(`${product.base}/sign-in/demo`, {
		method: 'POST',
		headers: { origin: product.base },
		body: new URLSearchParams({ email: rosa.email, shared: 'yes' }),
		redirect: 'manual'
	});
	const cookie = answer.headers.getSetCookie()[0]!.split(';')[0]!;
	const page = await fetch(`${product.base}/account/notifications`, { headers: { cookie, accept: 'text/html' } });
	expect(await page.text()).toContain('This is a shared computer');
	const sent = await fetch(`${product.base}/account/notifications?/addBrowser`, {
		method: 'POST',
		headers: { cookie, accept: 'text/html', origin: product.base },
		body: new URLSearchParams({ subscription: maker.subscription() }),
		redirect: 'manual'
	});
	expect(await sent.text()).toContain('so it tells nobody anything');
});
