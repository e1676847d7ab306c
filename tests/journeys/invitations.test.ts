/** A manager invites, and whoever was invited comes in: as they walk it, in a real browser. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { phone, toMendEverywhere, visit } from './visit.ts';

const { pat, rosa, claire, kenji, vera } = cast.people;
const people = `/programs/${cast.programs.tennessee.id}/people`;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

const somebody = async (options = {}) => (await browser.newContext({ baseURL: product.base, ...options })).newPage();

/** The newest mail to an address, and the link in it. */
async function linkTo(page: Page, address: string): Promise<string> {
	await page.goto('/outbox');
	const mail = page.locator('article, li, section').filter({ hasText: address }).first();
	return (await mail
		.getByRole('link', { name: /\/invitation/ })
		.first()
		.getAttribute('href'))!;
}

async function invite(page: Page, list: string, button: RegExp): Promise<void> {
	await page.goto(`${people}/invite`);
	await page.getByLabel('Addresses, or a list').fill(list);
	await page.getByRole('button', { name: 'Look at the list first' }).click();
	await page.getByRole('button', { name: button }).click();
	await page.getByText(/on the way/).waitFor();
}

test.for([true, false])(
	'a list of three, and one of them comes in by phone; with script: %s',
	{ timeout: 180_000 },
	async (javaScriptEnabled) => {
		const at = javaScriptEnabled ? 'one.example' : 'two.example';
		const manager = await visit(browser, product.base, pat, { javaScriptEnabled });
		await manager.goto('/');
		await manager.getByRole('link', { name: 'People and invitations' }).click();
		await manager.getByRole('link', { name: 'Invite people' }).click();
		await manager
			.getByLabel('Addresses, or a list')
			.fill(
				`Name;E-mail;Role;Cohort\nJosÃ© NÃºÃ±ez;jose@${at};teacher;Cohort A\nAl Bo;al@${at};mentor;\nKay Lee;kay@${at};coach;\n;${rosa.email};teacher;Cohort A`
			);
		await manager.getByRole('button', { name: 'Look at the list first' }).click();
		await manager.getByRole('heading', { name: '3 people will be invited, 1 line is left out' }).waitFor();
		const preview = await manager.locator('.lines').innerText();
		expect(preview).toContain('José Núñez');
		expect(preview).toContain('Already here as a teacher in Cohort A');
		// Nothing left so far.
		const looking = await manager.context().newPage();
		await looking.goto('/outbox');
		expect(await looking.locator('main').innerText()).not.toContain(at);
		await manager.getByRole('button', { name: 'Invite 3 people' }).click();
		await manager.getByText('3 invitations are on the way').waitFor();

		const link = await linkTo(looking, `jose@${at}`);
		const newcomer = await somebody({ viewport: phone, javaScriptEnabled });
		await newcomer.goto(link);
		expect(await newcomer.locator('main').innerText()).toContain(`jose@${at}`);
		await newcomer
			.getByRole('heading', { name: `${pat.name} invites you to ${cast.programs.tennessee.name}` })
			.waitFor();
		expect(await newcomer.getByLabel('Your name').inputValue()).toBe('José Núñez');
		await newcomer.getByLabel('Your name').fill(`José of ${at}`);
		await newcomer.getByRole('button', { name: 'Accept and come in' }).click();
		await newcomer.waitForURL(/\/welcome/);

		await manager.goto(`${people}?q=${encodeURIComponent(`José of ${at}`)}`);
		expect(await manager.locator('.person').innerText()).toMatch(/José of[^]*Cohort A[^]*teacher/);
		expect(
			await manager
				.locator('.invitation')
				.filter({ hasText: `jose@${at}` })
				.innerText()
		).toContain('Accepted');

		// The second one is withdrawn, and told so.
		const withdrawn = await linkTo(looking, `al@${at}`);
		await manager.getByRole('button', { name: new RegExp(`Withdraw *: *al@${at}`) }).click();
		await manager.getByText(`for al@${at} is withdrawn`).waitFor();
		const late = await somebody({ javaScriptEnabled });
		await late.goto(withdrawn);
		await late.getByRole('heading', { name: 'This invitation was withdrawn' }).waitFor();
		expect(await late.locator('main').innerText()).toContain('ask who invited you');
		// And the first link has been used up.
		await late.goto(link);
		await late.getByRole('heading', { name: 'This invitation has been used' }).waitFor();
	}
);

test('looking at an invitation uses nothing up, whoever looks how often', async () => {
	const manager = await visit(browser, product.base, pat);
	await invite(manager, 'scanned@three.example', /^Invite 1 person/);
	const link = await linkTo(manager, 'scanned@three.example');
	for (let i = 0; i < 3; i++) {
		const answer = await fetch(link.startsWith('http') ? link : product.base + link);
		expect(answer.status).toBe(200);
		expect(answer.headers.get('cache-control')).toContain('no-store');
		expect(answer.headers.get('referrer-policy')).toBe('same-origin');
		await answer.text();
	}
	expect(product.output()).not.toContain(new URL(link, product.base).searchParams.get('token')!);
	const newcomer = await somebody();
	await newcomer.goto(link);
	await newcomer.getByLabel('Your name').fill('Kim Scanned');
	await newcomer.getByRole('button', { name: 'Accept and come in' }).click();
	await newcomer.waitForURL(/\/welcome/);
});

test(
	'a link that is handed over, taken by a newcomer who shows a mailbox by its code',
	{ timeout: 120_000 },
	async () => {
		const manager = await visit(browser, product.base, pat);
		await manager.goto(`${people}/invite`);
		await manager.getByLabel('For whom').fill('Zed');
		await manager.getByRole('button', { name: 'Make a link' }).click();
		const field = manager.getByLabel('The link for Zed');
		const link = await field.inputValue();
		expect(await toMendEverywhere(manager)).toEqual([]);

		const newcomer = await somebody({ viewport: phone });
		await newcomer.goto(link);
		expect(await toMendEverywhere(newcomer)).toEqual([]);
		await newcomer.getByLabel('Your name').fill('Zed Zee');
		await newcomer.getByLabel('Work email').fill('zed@four.example');
		await newcomer.getByRole('button', { name: 'Go on' }).click();
		await newcomer.getByRole('heading', { name: 'Look in your mail' }).waitFor();
		expect(await toMendEverywhere(newcomer)).toEqual([]);
		await manager.goto('/outbox');
		const code = /\b[A-Z0-9]{4}-[A-Z0-9]{4}\b/.exec(await manager.locator('main').innerText())![0];
		await newcomer.getByLabel('Code').fill('BCDF-GHJK');
		await newcomer.getByRole('button', { name: 'Accept' }).click();
		await newcomer.getByText('4 more times').waitFor();
		await newcomer.getByLabel('Code').fill(code);
		await newcomer.getByRole('button', { name: 'Accept' }).click();
		await newcomer.waitForURL(/\/welcome/);
	}
);

test('somebody signed in as another is told so, and may stay who they are', async () => {
	const manager = await visit(browser, product.base, pat);
	await invite(manager, `Kim Five <kim@five.example>, ${claire.email}`, /^Invite 2 people/);
	const page = await visit(browser, product.base, rosa);
	await page.goto(await linkTo(manager, 'kim@five.example'));
	await page.getByText(`you are signed in as ${rosa.name}`).waitFor();
	await page.getByRole('link', { name: `stay ${rosa.name}` }).click();
	await page.waitForURL(`${product.base}/`);
	// Of an account that is here already the week-old link opens nothing by itself.
	await page.goto(await linkTo(manager, claire.email));
	await page.getByRole('button', { name: `Email ${claire.email}` }).click();
	await page.getByRole('heading', { name: 'Look in your mail' }).waitFor();
	expect(await page.getByRole('button', { name: /Accept as/ }).count()).toBe(0);
});

test('a role ends, and with the next click so does what it opened', async () => {
	const manager = await visit(browser, product.base, pat);
	const coach = await visit(browser, product.base, claire);
	await coach.goto('/');
	expect(await coach.locator('main').innerText()).toContain(kenji.name);
	await manager.goto(`${people}?role=coach`);
	await manager.getByRole('link', { name: claire.name }).click();
	await manager.locator('summary').click();
	await manager.getByRole('button', { name: 'End this role as a coach' }).click();
	await manager.getByText('Please tick that you are sure').waitFor();
	expect(await toMendEverywhere(manager)).toEqual([]);
	await manager.getByLabel('I am sure').check();
	await manager.getByRole('button', { name: 'End this role as a coach' }).click();
	await manager.getByText('The role has ended').waitFor();
	await coach.reload();
	expect(await coach.locator('main').innerText()).not.toContain(kenji.name);
	// And still, who could see it today has an answer.
	const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Chicago' }).format(new Date());
	await manager.goto(`${people}?role=coach&on=${today}`);
	expect(await manager.locator('main').innerText()).toContain(claire.name);
});

test('the last manager is told why they can’t leave', async () => {
	const manager = await visit(browser, product.base, pat);
	await manager.goto(`${people}/${pat.id}`);
	await manager.locator('summary').click();
	await manager.getByLabel('I am sure').check();
	await manager.getByRole('button', { name: 'End my role as a manager' }).click();
	await manager.getByText('Please invite a second manager first').waitFor();
});

test('what was chosen and typed before the page’s script came is still there after it', async () => {
	const manager = await visit(browser, product.base, pat);
	let come = () => {};
	const script = new Promise<void>((done) => (come = done));
	await manager.route('**/*.js', async (route) => {
		await script;
		await route.continue();
	});
	await manager.goto(`${people}/invite`, { waitUntil: 'commit' });
	const byMail = manager.getByRole('region', { name: 'By e-mail' });
	await byMail.getByLabel('Addresses, or a list').fill('kim@school.example');
	await byMail.getByLabel('Invite as').selectOption('mentor');
	await byMail.getByLabel('Cohort').selectOption({ index: 1 });
	const cohort = await byMail.getByLabel('Cohort').inputValue();
	come();
	await manager.waitForLoadState('networkidle');
	// The menu answers: the script has come and run.
	await manager.getByRole('button', { name: 'your account' }).click();
	await manager.getByRole('link', { name: 'Sign out' }).waitFor();
	await manager.keyboard.press('Escape');
	expect(cohort).not.toBe('');
	expect(await byMail.getByLabel('Invite as').inputValue()).toBe('mentor');
	expect(await byMail.getByLabel('Cohort').inputValue()).toBe(cohort);
	await byMail.getByRole('button', { name: 'Look at the list first' }).click();
	await manager.getByRole('heading', { name: '1 person will be invited' }).waitFor();
	expect(await byMail.getByLabel('Invite as').inputValue()).toBe('mentor');
	expect(await byMail.getByLabel('Cohort').inputValue()).toBe(cohort);
});

test.for([true, false])(
	'a manager lets somebody in again who lost their passkeys; with script: %s',
	async (javaScriptEnabled) => {
		const assessor = await visit(browser, product.base, vera);
		await assessor.goto('/account');
		const manager = await visit(browser, product.base, pat, { viewport: phone, javaScriptEnabled });
		await manager.goto(`${people}/${vera.id}`);
		await manager.getByText(`Let ${vera.name} in again`).click();
		if (javaScriptEnabled) expect(await toMendEverywhere(manager)).toEqual([]);
		const button = manager.getByRole('button', { name: 'Remove their passkeys' });
		await button.click();
		expect(await manager.getByRole('alert').innerText()).toMatch(/Nothing has changed yet/);
		await manager.getByLabel(/I have spoken with/).check();
		await button.click();
		await manager.getByText('Their passkeys are gone').waitFor();
		await assessor.goto('/account');
		await assessor.waitForURL('**/sign-in**');
		await manager.goto('/outbox');
		expect(await manager.locator('main').innerText()).toContain(pat.name);
		// Of whom no passkey is asked nothing is offered, and not to oneself.
		for (const { id } of [rosa, pat]) {
			await manager.goto(`${people}/${id}`);
			expect(await manager.getByRole('heading', { name: 'Lost passkeys' }).count()).toBe(0);
		}
	}
);

test('the account leads to one’s own roles in each program', async () => {
	const page = await visit(browser, product.base, rosa, { viewport: phone });
	await page.goto('/account');
	await page.getByRole('link', { name: 'Tennessee microcredential pilot' }).click();
	await page.getByRole('heading', { name: 'Your roles' }).waitFor();
	expect(await page.getByRole('heading', { name: 'Lost passkeys' }).count()).toBe(0);
	expect(await toMendEverywhere(page)).toEqual([]);
});

test('the preview and the people have nothing that axe would mend', async () => {
	const manager = await visit(browser, product.base, pat, { reducedMotion: 'reduce' });
	await manager.goto(`${people}/invite`);
	await manager.getByLabel('Addresses, or a list').fill(`email\nann at school\nnew@six.example\n${rosa.email}`);
	await manager.getByRole('button', { name: 'Look at the list first' }).click();
	await manager.getByRole('heading', { name: /will be invited/ }).waitFor();
	expect(await toMendEverywhere(manager)).toEqual([]);
	await manager.goto(`${people}?on=2026-03-15`);
	expect(await toMendEverywhere(manager)).toEqual([]);
});
