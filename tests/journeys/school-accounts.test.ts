/** A school account is linked, signs in, and is asked for by nothing but its owner's click; a personal address is added. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { client, startIdentityProvider, type IdentityProvider } from '../identity-provider.ts';
import { startProduct, type Product } from '../product.ts';
import { desktop, signOut, soonMs, toMendEverywhere, visit } from './visit.ts';

const { rosa, idris } = cast.people;
let provider: IdentityProvider;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	provider = await startIdentityProvider((name) => `${name}@cedar-hollow.example`);
	[product, browser] = await Promise.all([
		startProduct({
			GOOGLE_CLIENT_ID: client.id,
			GOOGLE_CLIENT_SECRET: client.secret,
			GOOGLE_ISSUER: provider.issuer,
			CLEVER_CLIENT_ID: client.id,
			CLEVER_CLIENT_SECRET: client.secret,
			CLEVER_ISSUER: provider.issuer
		}),
		openBrowser()
	]);
	provider.serve(['google', 'clever'].map((key) => `${product.base}/sign-in/back/${key}`));
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop(), provider?.close()]));

/** On the provider's own page, in the same tab. */
async function beThere(page: Page, name: string): Promise<void> {
	await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
	expect(new URL(page.url()).origin).toBe(provider.issuer);
	await page.getByLabel('Name').fill(name);
	await page.getByRole('button', { name: 'Continue' }).click();
}

async function stranger(javaScriptEnabled = true): Promise<Page> {
	const context = await browser.newContext({ baseURL: product.base, viewport: desktop, javaScriptEnabled });
	context.setDefaultTimeout(soonMs);
	return context.newPage();
}

/** Links Google to Rosa, under a name of its own for each test. */
async function linked(name: string): Promise<Page> {
	const page = await visit(browser, product.base, rosa);
	await page.goto('/account/sign-in');
	await page.getByRole('button', { name: 'Link Google', exact: true }).click();
	await beThere(page, name);
	await page.getByText('Google can sign you in from now on.').waitFor();
	return page;
}

describe.for([true, false])('with script: %s', (javaScriptEnabled) => {
	test('what a teacher links while signed in signs in from then on, where she was going', async () => {
		const name = `rosa-${javaScriptEnabled}`;
		const page = await linked(name);
		expect(
			await page
				.getByRole('listitem')
				.filter({ hasText: `${name}@cedar-hollow.example` })
				.count()
		).toBe(1);
		expect(page.url()).not.toContain('code=');
		await signOut(page); // with script: only the other browser may lack it
		await page.waitForURL('**/sign-in');

		const other = await stranger(javaScriptEnabled);
		const blocked: string[] = [];
		other.on('console', (message) => void (message.type() === 'error' && blocked.push(message.text())));
		await other.goto('/reflections');
		await other.getByRole('button', { name: 'Sign in with Google' }).click();
		await beThere(other, name);
		await other.waitForURL(`${product.base}/reflections`);
		expect(await other.getByRole('heading', { level: 1 }).innerText()).toBe('Reflections');
		expect(blocked).toEqual([]);
		const session = (await other.context().cookies()).find((cookie) => cookie.name === 'session');
		expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
		expect(session!.expires).toBeGreaterThan(0);
	});
});

test('an account that nobody linked gets a friendly page, and a mail leads to the place where it is linked', async () => {
	const page = await stranger();
	await page.goto('/sign-in');
	await page.getByRole('button', { name: 'Sign in with Google' }).click();
	await beThere(page, 'somebody-new');
	await page.getByRole('heading', { name: 'We don’t know this Google account yet' }).waitFor();
	await page.getByLabel('Email that your program knows').fill(idris.email);
	await page.getByRole('button', { name: 'Email me a link' }).click();
	await page.waitForURL('**/sign-in/code**');
	await page.goto('/outbox');
	await page
		.getByRole('link', { name: /\/sign-in\/link/ })
		.first()
		.click();
	await page.getByRole('button', { name: `Sign in as ${idris.name}` }).click();
	await page.waitForURL('**/account/sign-in');
	await page.getByRole('button', { name: 'Link Google', exact: true }).click();
	await beThere(page, 'somebody-new');
	await page.getByText('Google can sign you in from now on.').waitFor();
});

test('what is said of a shared computer goes along: the session ends with the browser', async () => {
	await linked('rosa-shared');
	const page = await stranger();
	await page.goto('/sign-in');
	await page.getByRole('region', { name: 'Sign in', exact: true }).getByLabel('This is a shared computer').check();
	await page.getByRole('button', { name: 'Sign in with Google' }).click();
	await beThere(page, 'rosa-shared');
	await page.waitForURL(`${product.base}/`);
	const session = (await page.context().cookies()).find((cookie) => cookie.name === 'session');
	expect(session!.expires).toBe(-1);
});

test('somebody else’s account can not be linked, and the page does not say whose it is', async () => {
	await linked('rosa-only');
	const page = await visit(browser, product.base, idris);
	await page.goto('/account/sign-in');
	await page.getByRole('button', { name: 'Link Google', exact: true }).click();
	await beThere(page, 'rosa-only');
	const said = page.getByRole('alert');
	await said.waitFor();
	expect(await said.innerText()).toContain('already opens another account');
	expect(await page.locator('main').innerText()).not.toContain(rosa.name);
});

test('whoever goes back at the provider, or forward in the history, is told what happened', async () => {
	const page = await stranger();
	await page.goto('/sign-in');
	await page.getByRole('region', { name: 'Sign in', exact: true }).getByLabel('This is a shared computer').check();
	await page.getByRole('button', { name: 'Sign in with Google' }).click();
	await page.getByRole('button', { name: 'Cancel' }).click();
	await page.getByText('Google says that you went back.').waitFor();
	expect(await page.getByLabel('This is a shared computer').isChecked()).toBe(true);
	await page.goto('/sign-in/back/google?code=old&state=old');
	await page.getByText('Nothing has changed; please begin again here.').waitFor();
	await page.getByRole('button', { name: 'Go on to Google' }).click();
	await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
});

test('from a portal our own way begins at once, and replaces who was signed in', async () => {
	const page = await visit(browser, product.base, rosa);
	await page.goto('/account/sign-in');
	await page.getByRole('button', { name: 'Link Clever', exact: true }).click();
	await beThere(page, 'rosa-at-clever');
	await page.getByText('Clever can sign you in from now on.').waitFor();

	const shared = await visit(browser, product.base, idris);
	await shared.goto('/sign-in/back/clever?code=of-the-portal');
	await beThere(shared, 'rosa-at-clever');
	await shared.waitForURL(`${product.base}/`);
	await shared.getByRole('button', { name: 'your account' }).click();
	await shared.getByText(rosa.name, { exact: true }).first().waitFor();
});

test('a personal address is added by its code, signs in, and is removed', async () => {
	const page = await visit(browser, product.base, rosa);
	await page.goto('/account/sign-in');
	await page.getByLabel('Add a personal address').fill('rosa@home.example');
	await page.getByRole('button', { name: 'Send a code there' }).click();
	await page.getByRole('heading', { name: 'Look in the mail of rosa@home.example' }).waitFor();
	await page.getByLabel('Code').fill('BBBB-BBBB');
	await page.getByRole('button', { name: 'Add this address' }).click();
	await page.getByText('You can try 4 more times').waitFor();

	const mail = await page.context().newPage();
	await mail.goto('/outbox');
	const code = /yours: ([A-Z0-9]{4}-[A-Z0-9]{4})/.exec(await mail.locator('main').innerText())![1]!;
	await mail.close();
	await page.getByLabel('Code').fill(code);
	await page.keyboard.press('Enter');
	const row = page.getByRole('listitem').filter({ hasText: 'rosa@home.example' });
	await row.waitFor();
	await page.getByRole('button', { name: 'Remove rosa@home.example' }).click();
	await row.waitFor({ state: 'detached' });
});

/** As somebody who linked an account, or as nobody. */
const looks: [name: string, who: 'nobody' | 'rosa', path: string][] = [
	['sign-in', 'nobody', '/sign-in'],
	['with', 'nobody', '/sign-in/with/google'],
	['unknown', 'nobody', '/sign-in/with/google?because=unknown'],
	['away', 'nobody', '/sign-in/with/google?because=away'],
	['account', 'rosa', '/account/sign-in?linked=google'],
	['code', 'rosa', '/account/sign-in']
];
test.for(looks)('%s has nothing that axe would mend, in both themes and widths', async ([name, who, path]) => {
	const page = who === 'rosa' ? await linked('rosa-looks') : await stranger();
	await page.goto(path);
	if (name === 'code') {
		await page.getByLabel('Add a personal address').fill('rosa@look.example');
		await page.getByRole('button', { name: 'Send a code there' }).click();
		await page.getByLabel('Code').waitFor();
	}
	expect(await toMendEverywhere(page, { name })).toEqual([]);
});
