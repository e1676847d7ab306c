/** Passkeys as people meet them, in a real browser with an authenticator of its own (WebAuthn over the DevTools protocol). */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { get } from '../../scripts/replay/visitor.ts';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { desktop, phone, signOut, soonMs, toMend, visit } from './visit.ts';

const { rosa, noor, ben, pat } = cast.people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

/** Gives the page's device a screen lock with passkeys behind it. Answers with a way to say whether its owner is there. */
async function withDevice(page: Page) {
	const device = await page.context().newCDPSession(page);
	await device.send('WebAuthn.enable');
	const { authenticatorId } = await device.send('WebAuthn.addVirtualAuthenticator', {
		options: {
			protocol: 'ctap2',
			transport: 'internal',
			hasResidentKey: true,
			hasUserVerification: true,
			isUserVerified: true,
			automaticPresenceSimulation: true
		}
	});
	return {
		recognises: (isUserVerified: boolean) =>
			device.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
		keys: async () => (await device.send('WebAuthn.getCredentials', { authenticatorId })).credentials
	};
}

/** A browser of nobody's yet, which notes what the security policy stopped. */
async function nobody(options: BrowserContextOptions = {}): Promise<{ page: Page; stopped: string[] }> {
	const context = await browser.newContext({ baseURL: product.base, viewport: desktop, ...options });
	context.setDefaultTimeout(soonMs);
	const page = await context.newPage();
	return { page, stopped: policyBreaks(page) };
}
function policyBreaks(page: Page): string[] {
	const stopped: string[] = [];
	page.on('console', (message) => {
		if (/Content.Security.Policy/i.test(message.text())) stopped.push(message.text());
	});
	return stopped;
}

async function signInByMail(page: Page, { email, name }: { email: string; name: string }): Promise<void> {
	await page.goto('/sign-in');
	await page.getByLabel('Work email').fill(email);
	await page.getByRole('button', { name: 'Email me a link' }).click();
	await page.waitForURL('**/sign-in/code**');
	await page.goto('/outbox');
	await page
		.getByRole('link', { name: /\/sign-in\/link/ })
		.first()
		.click();
	await page.getByRole('button', { name: `Sign in as ${name}` }).click();
	await page.waitForURL(`${product.base}/`);
}

async function leave(page: Page): Promise<void> {
	await signOut(page);
	await page.waitForURL('**/sign-in**');
}

const heading = (page: Page) => page.getByRole('heading', { level: 1 }).innerText();

test.for([
	['a desk', rosa, desktop],
	['a phone', noor, phone]
] as const)('a teacher at %s adds a passkey and signs in with it', async ([, who, viewport]) => {
	const page = await visit(browser, product.base, who, { viewport, reducedMotion: 'reduce' });
	page.context().setDefaultTimeout(soonMs);
	const stopped = policyBreaks(page);
	const device = await withDevice(page);
	await page.goto('/account/passkeys');
	await page.getByLabel('What you call it').fill('The blue one');
	// By keyboard alone, once the page knows that this browser can: before that the key would pass over the button.
	await page.getByRole('button', { name: 'Make a passkey', disabled: false }).waitFor();
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await page.getByText('Your passkey is ready').waitFor();
	expect(await page.getByRole('listitem').filter({ hasText: 'The blue one' }).innerText()).toContain('not used yet');
	expect((await device.keys()).map(({ rpId, isResidentCredential }) => ({ rpId, isResidentCredential }))).toEqual([
		{ rpId: 'localhost', isResidentCredential: true }
	]);
	for (const colorScheme of ['light', 'dark'] as const) {
		await page.emulateMedia({ colorScheme });
		expect(await toMend(page), colorScheme).toEqual([]);
	}
	expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);

	// The same device again has nothing to add.
	await page.getByRole('button', { name: 'Make a passkey' }).click();
	await page.getByText('already has a passkey').waitFor();

	await leave(page);
	await page.goto('/sign-in?next=/reflections');
	await page.getByRole('button', { name: 'Use a passkey' }).click();
	await page.waitForURL(`${product.base}/reflections`);
	await page.goto('/account/passkeys');
	expect(await page.getByRole('listitem').filter({ hasText: 'The blue one' }).innerText()).toContain('last used');

	await page.getByText('Rename').click();
	await page.getByLabel('New name').fill('Renamed');
	await page.getByRole('button', { name: 'Save the name' }).click();
	await page.getByText('It has its new name').waitFor();
	await page.getByText('Remove', { exact: false }).first().click();
	await page.getByRole('button', { name: 'Yes, remove “Renamed”' }).click();
	await page.getByText('That passkey is gone').waitFor();

	// The device still offers it; it opens nothing any more.
	await leave(page);
	await page.getByRole('button', { name: 'Use a passkey' }).click();
	await page.getByText('This passkey did not sign you in').waitFor();
	expect(await toMend(page)).toEqual([]);
	expect(stopped).toEqual([]);
});

test('whoever the device does not recognise is told what to do, and nothing happens', async () => {
	const page = await visit(browser, product.base, ben);
	page.context().setDefaultTimeout(soonMs);
	const device = await withDevice(page);
	await device.recognises(false);
	await page.goto('/account/passkeys');
	await page.getByRole('button', { name: 'Make a passkey' }).click();
	await page.getByText(/Nothing happened|can not check that it is you/).waitFor();
	expect(await device.keys()).toEqual([]);
	await device.recognises(true);
	await page.getByRole('button', { name: 'Make a passkey' }).click();
	await page.getByText('Your passkey is ready').waitFor();
});

test('a manager who comes by mail is led to a passkey, and gets a new session with it', async () => {
	const { page, stopped } = await nobody();
	await withDevice(page);
	await signInByMail(page, pat);
	expect(await heading(page)).toContain('needs a passkey');
	expect(await page.getByText('Counts and dates only').count()).toBe(0);
	expect(await toMend(page)).toEqual([]);

	// A page of a manager's leads there too, and back.
	const pair = `/pairs/${cast.pairs.rosaIdris.id}`;
	await page.goto(pair);
	await page.waitForURL('**/account/prove?next=**');
	expect(await heading(page)).toBe('Set up your passkey');
	const before = await cookieOf(page);
	await page.getByRole('button', { name: 'Make a passkey' }).click();
	await page.waitForURL(`${product.base}${pair}`);
	expect(await heading(page)).toContain(rosa.name);
	expect(await cookieOf(page)).not.toBe(before);
	expect((await get({ base: product.base, email: '', cookie: before }, pair)).status).toBe(303);
	await page.goto('/');
	await page.getByText('Counts and dates only').first().waitFor();

	// Somebody who only reads her mail gets no further, not even to her passkeys.
	const other = await nobody();
	await signInByMail(other.page, pat);
	await other.page.goto('/account/passkeys');
	expect(await other.page.getByRole('button', { name: 'Make a passkey' }).count()).toBe(0);
	await other.page.getByRole('link', { name: 'Use your passkey' }).click();
	await other.page.getByRole('heading', { name: 'Use your passkey to go on' }).waitFor();
	expect(await toMend(other.page)).toEqual([]);

	// She herself, by mail once more, shows it.
	await leave(page);
	await signInByMail(page, pat);
	await page.getByRole('link', { name: 'Use a passkey' }).click();
	await page.getByRole('button', { name: 'Use your passkey' }).click();
	await page.getByText('Counts and dates only').first().waitFor();
	expect(stopped).toEqual([]);
});

test('without script there is no button for it, and mail works', async () => {
	const { page } = await nobody({ javaScriptEnabled: false });
	await page.goto('/sign-in');
	expect(await page.getByRole('button', { name: 'Use a passkey' }).count()).toBe(0);
	await signInByMail(page, ben);
	await page.goto('/sign-in/passkey');
	expect(await page.locator('main').innerText()).toContain('Passkeys need script');
});

async function cookieOf(page: Page): Promise<string> {
	return (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
}
