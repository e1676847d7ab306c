/** Cohorts that talk, in a real browser: posting with and without script, over bad networks, from several tabs, by keyboard alone. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { postId, threads } from '../../src/seed/talk.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { phone, sideways, soonMs, toMend, visit } from './visit.ts';

const { rosa, idris, hannah, owen, noor, luis, claire, sam } = cast.people;
const { hands, jobChart, fridayNotes, firstCall, thumbs } = threads;

let product: Product;
let browser: Browser;
beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

const field = (page: Page) => page.getByRole('textbox', { name: 'Your reply' });
/** What stands in it: a plain field, or the editor in its place. */
const wordsIn = (page: Page) =>
	field(page).evaluate((it) => (it instanceof HTMLTextAreaElement ? it.value : (it.textContent ?? '')));
const reply = (page: Page) => page.getByRole('button', { name: 'Reply', exact: true });
const posts = (page: Page) => page.locator('.posts article[id]');
const said = (page: Page, words: string) => posts(page).filter({ hasText: words });
/** The page's script has taken over. */
const ready = (page: Page) => page.locator('#reply[data-ready]').waitFor();

async function openThread(page: Page, { id }: { id: string }, search = ''): Promise<void> {
	await page.goto(`/threads/${id}${search}`);
	await ready(page);
}

describe('without script', () => {
	const options = { javaScriptEnabled: false };

	test('a thread is opened about a competency, and read where it leads', async () => {
		const page = await visit(browser, product.base, hannah, options);
		await page.goto('/');
		await page.getByRole('link', { name: 'Cohort', exact: true }).click();
		await page.getByRole('link', { name: cast.cohorts.cohortA.name }).first().waitFor();
		await page.getByText('more, still quiet').click();
		await page.getByRole('link', { name: 'Feedback that is used' }).click();
		await page.getByRole('link', { name: 'Open a thread' }).first().click();
		expect(await page.locator('#competency').inputValue()).toBe(cast.microcredentials.feedbackLoop.id);
		expect(await page.locator('main').innerText()).toContain('Visible to the 33 people of Cohort A');
		await page.getByLabel('Strategy').check();
		await page.getByLabel('Title').fill('Three sentences, and then they choose one');
		await page.getByLabel('What you want to say').fill('First line.\n\nSecond paragraph.');
		await page.getByRole('button', { name: 'Post it' }).click();
		await page.getByRole('heading', { level: 1, name: 'Three sentences' }).waitFor();
		expect(await posts(page).locator('.words p').allInnerTexts()).toEqual(['First line.', 'Second paragraph.']);
		await page.getByText('Give it another title').click();
		await page.getByLabel('Title').fill('Three sentences, and they choose');
		await page.getByRole('button', { name: 'Save the title' }).click();
		await page.getByRole('heading', { level: 1, name: 'Three sentences, and they choose' }).waitFor();
		// It is for whoever opened it.
		const other = await visit(browser, product.base, owen, options);
		await other.goto(page.url());
		await other.getByRole('heading', { level: 1, name: 'Three sentences, and they choose' }).waitFor();
		expect(await other.getByText('Give it another title').count()).toBe(0);
	});

	test('what is refused stays in the form, quotation and all', async () => {
		const page = await visit(browser, product.base, rosa, options);
		await page.goto(`/threads/${hands.id}`);
		await page.locator('#post-2').getByRole('link', { name: 'Quote' }).click();
		expect(await page.locator('.quoting').innerText()).toContain('I count with my fingers');
		await field(page).fill('x'.repeat(10_001));
		await reply(page).click();
		await page.getByRole('alert').filter({ hasText: 'longer than 10,000' }).waitFor();
		expect(await wordsIn(page)).toHaveLength(10_001);
		expect(await page.locator('.quoting').innerText()).toContain('I count with my fingers');
		await field(page).fill('Which fingers?');
		await reply(page).click();
		await said(page, 'Which fingers?').getByRole('link', { name: 'Luis Ortega, post 2' }).waitFor();
		expect(page.url()).toMatch(/#post-\d+$/);
	});

	test('one is changed, taken back and brought back, and its history is there', async () => {
		const page = await visit(browser, product.base, owen, options);
		await page.goto(`/threads/${thumbs.id}`);
		await field(page).fill('I ask for both thumbs.');
		await reply(page).click();
		await said(page, 'both thumbs').getByRole('link', { name: 'Edit' }).click();
		await page.getByLabel('Your post').fill('I ask for both thumbs, eyes closed.');
		await page.getByRole('button', { name: 'Save' }).click();
		await said(page, 'eyes closed').getByRole('link', { name: 'edited' }).click();
		expect(await page.locator('ol .quote').allInnerTexts()).toEqual([
			'I ask for both thumbs, eyes closed.',
			'I ask for both thumbs.'
		]);
		await page.goBack();
		await said(page, 'eyes closed').getByRole('button', { name: 'Take back' }).click();
		await page.getByText('You took this back.').waitFor();
		await page.getByRole('button', { name: 'Undo' }).click();
		await said(page, 'eyes closed').getByRole('button', { name: 'Take back' }).waitFor();
	});

	test('posts are thanked, read and marked as what helped', async () => {
		const page = await visit(browser, product.base, cast.people.aiyana, options);
		await page.goto(`/threads/${firstCall.id}`);
		await page.locator('#post-2').getByRole('button', { name: 'Tried it' }).click();
		await page.locator('#post-2').getByRole('button', { name: 'Tried it 1', pressed: true }).waitFor();
		await page.locator('#post-2').getByRole('button', { name: 'This helped' }).click();
		await page.getByRole('link', { name: 'What Joyce Kim wrote helped' }).waitFor();
		await page.goto(`/threads/${jobChart.id}`);
		await page.getByRole('button', { name: 'Mark these posts as read' }).click();
		await page.getByText('4 posts').waitFor();
		expect(await page.locator('#new').count()).toBe(0);
	});
});

test('an answer shows as one’s own before any of it has left for the server, and settles true', async () => {
	const page = await visit(browser, product.base, rosa);
	await openThread(page, fridayNotes);
	// Nothing of it gets through until we say so.
	let letGo: () => void = () => {};
	const held = new Promise<void>((resolve) => (letGo = resolve));
	await page.route(/\?\/reply/, async (route) => {
		await held;
		await route.continue();
	});
	await field(page).fill('Fridays are a kind of weather.');
	await reply(page).click();
	const onTheWay = page.locator('.posts article:not([id])');
	await onTheWay.getByText('Sending…').waitFor();
	expect(await onTheWay.innerText()).toContain('Fridays are a kind of weather.');
	expect(await wordsIn(page)).toBe('');
	expect(await said(page, 'a kind of weather').count()).toBe(0);
	letGo();
	await said(page, 'a kind of weather').waitFor();
	expect(await onTheWay.count()).toBe(0);
	await page.reload();
	expect(await said(page, 'a kind of weather').count()).toBe(1);
});

test('a refusal says why, and the words are back in the field', async () => {
	const page = await visit(browser, product.base, rosa);
	await openThread(page, fridayNotes);
	await field(page).fill('y'.repeat(10_050));
	expect(await page.locator('.foot').innerText()).toContain('50 characters too many.');
	await reply(page).click();
	await page.getByRole('alert').filter({ hasText: 'longer than' }).waitFor();
	expect(await wordsIn(page)).toHaveLength(10_050);
	expect(await page.locator('.posts article:not([id])').count()).toBe(0);
});

describe('over a bad network', () => {
	test('what arrived and was not answered is posted once', async () => {
		const page = await visit(browser, product.base, noor);
		await openThread(page, jobChart);
		let tries = 0;
		await page.route(/\?\/reply/, async (route) => {
			// The server gets it each time; the first two answers are lost on their way back.
			const response = await route.fetch({ maxRedirects: 0 });
			if (++tries <= 2) await route.abort('connectionreset');
			else await route.fulfill({ response });
		});
		await field(page).fill('Once, and once only.');
		await reply(page).click();
		await page.getByText('Not posted yet').waitFor();
		await page.getByRole('button', { name: 'Try now' }).click();
		await said(page, 'once only').waitFor();
		expect(tries).toBe(3);
		await page.reload();
		expect(await said(page, 'once only').count()).toBe(1);
	});

	test('what was sent offline goes out by itself on return, and after a reload in between', async () => {
		const page = await visit(browser, product.base, noor);
		await openThread(page, firstCall);
		await page.context().setOffline(true);
		await field(page).fill('Written under the bridge.');
		await reply(page).click();
		await page.getByText('Not posted yet').waitFor();
		expect(await page.locator('.posts').innerText()).toContain('kept on this device');
		await page.context().setOffline(false);
		await said(page, 'under the bridge').waitFor();
		// The answer never comes, and the page is closed over it: the next one asks with the same form.
		await page.route(/\?\/reply/, async (route) => {
			await route.fetch({ maxRedirects: 0 });
			await route.abort('connectionreset');
		});
		await field(page).fill('And behind it.');
		await reply(page).click();
		await page.getByText('Not posted yet').waitFor();
		await page.unroute(/\?\/reply/);
		await page.reload();
		await said(page, 'And behind it.').waitFor();
		await page.locator('.posts article:not([id])').waitFor({ state: 'detached' });
		expect(await said(page, 'And behind it.').count()).toBe(1);
	});
});

describe('what was sent without a network', () => {
	/** Sends in a thread while nothing answers. */
	async function sentInVain(page: Page, thread: { id: string }, words: string) {
		await openThread(page, thread);
		await page.route(/\?\/reply/, (route) => route.abort('connectionreset'));
		await field(page).fill(words);
		await reply(page).click();
		await page.getByText('Not posted yet').waitFor();
	}
	/** From now on something answers, and the page hears that the network is back. */
	async function answersAgain(page: Page) {
		await page.unroute(/\?\/reply/);
		await page.evaluate(() => dispatchEvent(new Event('online')));
	}
	const isPosted = async (thread: { id: string }, words: string) => {
		const reader = await visit(browser, product.base, owen);
		await reader.goto(`/threads/${thread.id}`);
		return reader.locator('.posts article', { hasText: words }).count();
	};
	const notice = (page: Page) => page.locator('.on-return');

	test.for(['/', `/cohorts/${cast.cohorts.cohortA.id}`, '/account/this-device', '/catalogue'])(
		'goes out from %s, once, and the page says so',
		async (where) => {
			const page = await visit(browser, product.base, luis);
			const words = `From the tunnel to ${where === '/' ? 'home' : where.split('/')[1]}.`;
			await sentInVain(page, hands, words);
			await page.goto(where);
			// Where what is on its way is listed, the page says so once.
			if (where === '/account/this-device')
				await page.locator('li', { hasText: words }).getByText('On its way').waitFor();
			else await notice(page).getByText('nothing answers').waitFor();
			expect(await toMend(page)).toEqual([]);
			await answersAgain(page);
			await notice(page).getByText('is posted').waitFor();
			expect(await toMend(page)).toEqual([]);
			await notice(page).getByRole('link', { name: 'Read it there' }).click();
			await said(page, words).waitFor();
			expect(await said(page, words).count()).toBe(1);
			expect(await notice(page).count()).toBe(0);
			expect(
				await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('post-kept/')))
			).toEqual([]);
		}
	);

	test('goes out when somebody goes on within the product before anything answered', async () => {
		const page = await visit(browser, product.base, luis);
		await sentInVain(page, hands, 'Gone on to somewhere else.');
		await page.getByRole('link', { name: 'Wayfellow' }).first().click();
		await notice(page).getByText('nothing answers').waitFor();
		await answersAgain(page);
		await notice(page).getByText('is posted').waitFor();
		expect(await isPosted(hands, 'Gone on to somewhere else.')).toBe(1);
	});

	test('is never posted by somebody else, who sees nothing of it, and goes when its person is back', async () => {
		const page = await visit(browser, product.base, luis);
		await sentInVain(page, hands, 'Luis wrote this and nobody else.');
		await page.goto('about:blank');
		const own = await page.context().cookies();
		const other = await visit(browser, product.base, claire);
		await page.context().clearCookies();
		await page.context().addCookies(await other.context().cookies());
		for (const path of ['/', '/account/this-device', `/threads/${hands.id}`]) {
			await page.goto(path);
			await page.waitForTimeout(1_000);
			expect(await page.locator('body').innerText()).not.toContain('Luis wrote this');
		}
		expect(await isPosted(hands, 'Luis wrote this')).toBe(0);
		await page.context().clearCookies();
		await page.context().addCookies(own);
		await page.goto('/');
		await notice(page).getByText('nothing answers').waitFor();
		await answersAgain(page);
		await notice(page).getByText('is posted').waitFor();
	});

	test('in a page that stays open while somebody else signs in is kept for whoever wrote it', async () => {
		const page = await visit(browser, product.base, luis);
		await openThread(page, hands);
		const own = await page.context().cookies();
		const other = await visit(browser, product.base, claire);
		await page.context().clearCookies();
		await page.context().addCookies(await other.context().cookies());
		await field(page).fill('Still by Luis.');
		await reply(page).click();
		await page.getByText('You are signed out, so this was not posted.').waitFor();
		expect(await isPosted(hands, 'Still by Luis.')).toBe(0);
		await page.context().clearCookies();
		await page.context().addCookies(own);
		await page.reload();
		await ready(page);
		await expect.poll(() => wordsIn(page)).toBe('Still by Luis.');
		await page.evaluate(() => localStorage.clear());
	});

	test('and is refused stays on the device, where its person sees why, copies it and throws it away', async () => {
		const page = await visit(browser, product.base, luis);
		await sentInVain(page, hands, 'Too late for this thread.');
		await page.route(/\?\/reply/, (route) => {
			// Not where it was written: there its field says so.
			if (page.url().includes('/threads/')) return route.abort('connectionreset');
			return route.fulfill({
				contentType: 'application/json',
				body: '{"type":"failure","status":422,"data":"[{\\"message\\":1},\\"A moderator has closed this thread.\\"]"}'
			});
		});
		await page.goto('/');
		await notice(page).getByText('could not be posted. A moderator has closed this thread.').waitFor();
		await notice(page).getByRole('link', { name: 'Look at it' }).click();
		const row = page.locator('li', { hasText: 'Too late for this thread.' });
		await row.getByText('Could not be posted. A moderator has closed this thread.').waitFor();
		expect(await toMend(page)).toEqual([]);
		// Not tried again by itself, and not lost by signing out.
		await page.reload();
		await row.waitFor();
		await page.goto('/');
		expect(await notice(page).count()).toBe(0);
		await page.getByRole('button', { name: 'your account' }).click();
		await page.getByRole('link', { name: 'Sign out' }).click();
		await page.getByText('that you sent to your cohort is not there yet').waitFor();
		await page.getByRole('link', { name: 'Look at it' }).click();
		await row.getByRole('button', { name: /^Throw it away/ }).click();
		await page.getByRole('button', { name: 'Bring it back' }).click();
		await row.getByRole('link', { name: /^Open/ }).click();
		await ready(page);
		await expect.poll(() => wordsIn(page)).toBe('Too late for this thread.');
		await page.getByRole('alert').getByText('A moderator has closed this thread.').waitFor();
		await page.unroute(/\?\/reply/);
		await reply(page).click();
		await said(page, 'Too late for this thread.').waitFor();
	});
});

test('a draft is among what a device keeps', async () => {
	const page = await visit(browser, product.base, luis);
	await openThread(page, thumbs);
	await field(page).fill('Half a thought.');
	await page.getByText('Draft kept on this device.').waitFor();
	await page.goto('/account/this-device');
	const row = page.locator('li', { hasText: 'Half a thought.' });
	await row.getByText('A draft').waitFor();
	expect(await page.locator('main').innerText()).not.toContain('Nothing of yours is kept here');
	await row.getByRole('button', { name: /^Throw it away/ }).click();
	await row.waitFor({ state: 'detached' });
	await openThread(page, thumbs);
	expect(await wordsIn(page)).toBe('');
});

test('a thread that was opened is read without a network, and answered', async () => {
	const page = await visit(browser, product.base, owen);
	await openThread(page, jobChart);
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
	// Opened once more, now that somebody keeps it.
	await page.reload();
	await ready(page);
	await expect
		.poll(
			() =>
				page.evaluate(async (path) => !!(await (await caches.open('pages')).match(path)), `/threads/${jobChart.id}`),
			{
				timeout: soonMs
			}
		)
		.toBe(true);
	await page.context().setOffline(true);
	await page.reload();
	await ready(page);
	expect(await page.locator('.posts').innerText()).toContain('every job has a pupil and an understudy');
	await field(page).fill('Read in the basement.');
	await reply(page).click();
	await page.getByText('Not posted yet').waitFor();
	await page.context().setOffline(false);
	await said(page, 'Read in the basement.').waitFor();
});

describe('a draft', () => {
	test('survives a reload, shows who would read it, and goes once it is posted', async () => {
		const page = await visit(browser, product.base, luis);
		await openThread(page, hands);
		await page.locator('#post-4').getByRole('link', { name: 'Quote' }).click();
		await field(page).fill('I write the number on my hand.');
		await page.getByText('Draft kept on this device.').waitFor();
		await page.reload();
		await ready(page);
		await expect.poll(() => wordsIn(page)).toBe('I write the number on my hand.');
		const form = page.locator('#reply');
		expect(await form.innerText()).toContain('Idris Okafor, post 4');
		expect(await form.innerText()).toContain('Visible to the 33 people of Cohort A');
		await page.keyboard.press('Tab');
		await field(page).press('Control+Enter');
		await said(page, 'number on my hand').waitFor();
		await page.reload();
		await ready(page);
		expect(await wordsIn(page)).toBe('');
	});

	test('is its thread’s and its person’s alone', async () => {
		const page = await visit(browser, product.base, luis);
		await openThread(page, hands);
		await field(page).fill('Only here.');
		await page.getByText('Draft kept on this device.').waitFor();
		await openThread(page, thumbs);
		expect(await wordsIn(page)).toBe('');
		// Somebody else at the same computer.
		await page.context().clearCookies();
		const other = await visit(browser, product.base, claire);
		await page.context().addCookies(await other.context().cookies());
		await openThread(page, hands);
		expect(await wordsIn(page)).toBe('');
		expect(await page.locator('main').innerText()).not.toContain('Only here.');
	});

	test('in one tab is not written over by another', async () => {
		const page = await visit(browser, product.base, luis);
		await openThread(page, hands);
		await field(page).fill('From the first tab.');
		await page.getByText('Draft kept on this device.').waitFor();
		const other = await page.context().newPage();
		await openThread(other, hands);
		await other.getByText('in another tab too').waitFor();
		expect(await wordsIn(other)).toBe('');
		await field(other).fill('From the second tab.');
		await other.getByText('Draft kept on this device.').waitFor();
		await Promise.all([page.close(), other.close()]);
		const again = await browser.contexts()[0]!.newPage();
		await openThread(again, hands);
		await expect.poll(() => wordsIn(again)).toBe('From the second tab.');
		await again.getByText('You also began: “From the first tab.”').waitFor();
		await again.getByRole('button', { name: 'Go on with it' }).click();
		expect(await wordsIn(again)).toBe('From the first tab.');
		await again.getByRole('button', { name: 'Throw it away' }).click();
		await again.reload();
		await ready(again);
		await expect.poll(() => wordsIn(again)).toBe('From the first tab.');
		expect(await again.getByText('You also began').count()).toBe(0);
	});

	test('of a thread keeps its title, its kind and what it is about', async () => {
		const page = await visit(browser, product.base, luis);
		await page.goto(`/cohorts/${cast.cohorts.cohortA.id}/new?competency=${cast.microcredentials.waitTime.id}`);
		await page.locator('#thread[data-ready]').waitFor();
		await page.getByLabel('What happened when I tried').check();
		await page.getByLabel('Title').fill('A week of fingers');
		await page.getByLabel('What you want to say').fill('Monday: two.');
		await page.getByText('Draft kept on this device.').waitFor();
		await page.goto(`/cohorts/${cast.cohorts.cohortA.id}/new`);
		await expect.poll(() => page.getByLabel('Title').inputValue()).toBe('A week of fingers');
		expect(await page.getByLabel('What happened when I tried').isChecked()).toBe(true);
		expect(await page.locator('#competency').inputValue()).toBe(cast.microcredentials.waitTime.id);
		await page.getByRole('button', { name: 'Post it' }).click();
		await page.getByRole('heading', { level: 1, name: 'A week of fingers' }).waitFor();
		expect(await page.locator('.head').innerText()).toContain('What happened when I tried');
	});
});

test('what is new stands under a line that a link leads to, and is read once it was seen, on all devices', async () => {
	const page = await visit(browser, product.base, claire, { viewport: phone });
	// The field for an answer is screens away, and asleep until somebody comes near it.
	await page.goto(`/threads/${hands.id}`);
	const line = page.locator('#new');
	expect(await line.innerText()).toMatch(/^New since \S+/);
	const [first] = await page.locator('#new + article').evaluateAll((all) => all.map(({ id }) => id));
	expect(first).toBe('post-8');
	await page.getByRole('link', { name: 'Go to the first new one' }).click();
	expect(await line.evaluate((element) => element.getBoundingClientRect().top)).toBeLessThan(phone.height);
	await posts(page).last().scrollIntoViewIfNeeded();
	await page.waitForRequest(/\?\/read/);
	await expect
		.poll(
			async () => {
				const elsewhere = await visit(browser, product.base, claire);
				await elsewhere.goto(`/threads/${hands.id}`);
				const lines = await elsewhere.locator('#new').count();
				await elsewhere.context().close();
				return lines;
			},
			{ timeout: soonMs }
		)
		.toBe(0);
});

test('what is kept for later is new again on the next visit, with and without script', async () => {
	const plain = await visit(browser, product.base, hannah, { javaScriptEnabled: false });
	for (const javaScriptEnabled of [true, false]) {
		await plain.goto(`/threads/${hands.id}`);
		const mark = plain.getByRole('button', { name: 'Mark these posts as read' });
		if ((await mark.count()) > 0) await mark.click();
		expect(await plain.locator('#new').count()).toBe(0);
		const page = await visit(browser, product.base, hannah, { javaScriptEnabled });
		await page.goto(`/threads/${hands.id}`);
		if (javaScriptEnabled) await ready(page);
		const post = page.locator('#post-5');
		await post.getByRole('button', { name: 'Keep for later' }).click();
		if (javaScriptEnabled) {
			await post.getByRole('button', { name: 'Kept for later' }).waitFor();
			// What stands on this page is not noted as read a moment later.
			await posts(page).last().scrollIntoViewIfNeeded();
			await page.waitForTimeout(2_500);
		} else await page.waitForURL(/\/cohorts/);
		await plain.goto(`/threads/${hands.id}`);
		expect(await plain.locator('#new + article').getAttribute('id')).toBe('post-5');
	}
});

test('a keyboard alone quotes, answers, thanks, takes back and undoes', async () => {
	const page = await visit(browser, product.base, idris);
	await openThread(page, fridayNotes);
	await page.locator('#post-2').getByRole('link', { name: 'Quote' }).focus();
	await page.keyboard.press('Enter');
	await expect.poll(() => field(page).evaluate((element) => element === document.activeElement)).toBe(true);
	await page.keyboard.type('Ten minutes is a gift.');
	await page.keyboard.press('Control+Enter');
	const own = said(page, 'Ten minutes is a gift.');
	await own.waitFor();
	await page.locator('#post-1').getByRole('button', { name: 'Thank you' }).focus();
	await page.keyboard.press('Enter');
	await page.locator('#post-1').getByRole('button', { name: 'Thank you', pressed: true }).waitFor();
	await own.getByRole('button', { name: 'Take back' }).focus();
	await page.keyboard.press('Enter');
	const undo = page.getByRole('button', { name: 'Undo' });
	await undo.waitFor();
	await expect.poll(() => undo.evaluate((element) => element === document.activeElement)).toBe(true);
	await page.keyboard.press('Enter');
	await own.getByRole('button', { name: 'Take back' }).waitFor();
});

test('words that are selected are what is quoted', async () => {
	const page = await visit(browser, product.base, idris);
	await openThread(page, hands);
	await page
		.locator('#post-7 .words p')
		.last()
		.evaluate((element) => {
			getSelection()!.selectAllChildren(element);
		});
	await page.locator('#post-7').getByRole('link', { name: 'Quote' }).click();
	expect(await page.locator('.quoting .quoted').innerText()).toBe('I nearly cried into the attendance sheet.');
	await field(page).fill('So did I, reading it.');
	await reply(page).click();
	await said(page, 'So did I').getByText('I nearly cried into the attendance sheet.').waitFor();
});

test('whoever is not in a cohort finds none of it', async () => {
	const page = await visit(browser, product.base, sam);
	for (const path of [
		`/cohorts/${cast.cohorts.cohortA.id}`,
		`/threads/${hands.id}`,
		`/threads/${hands.id}/posts/${postId(hands, 1)}`
	]) {
		expect((await page.goto(path))!.status()).toBe(404);
		expect(await page.locator('body').innerText()).not.toContain('Five seconds');
	}
});

test('nothing is wider than a small phone', async () => {
	const page = await visit(browser, product.base, rosa, { viewport: { width: 320, height: 640 } });
	for (const path of [
		`/cohorts/${cast.cohorts.cohortA.id}`,
		`/cohorts/${cast.cohorts.cohortA.id}/new`,
		`/threads/${hands.id}?edit=${postId(hands, 1)}`
	]) {
		await page.goto(path);
		expect(await sideways(page), path).toBeLessThanOrEqual(0);
	}
});
