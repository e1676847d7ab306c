/** axe looks at the main pages, in both themes and both widths. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { postId, threads } from '../../src/seed/talk.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { editor, phone, sideways, toMend, toMendEverywhere, visit } from './visit.ts';

const { people, pairs, reflections } = cast;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

const pages: [what: string, who: { email: string } | undefined, path: string][] = [
	['the sign-in page', undefined, '/sign-in'],
	['the teacher’s home', people.rosa, '/'],
	['the mentor’s home', people.idris, '/'],
	['the coach’s home', people.claire, '/'],
	['the manager’s home', people.pat, '/'],
	['the applicant’s home', people.wei, '/'],
	['a pair’s space, as its coach sees it', people.claire, `/pairs/${pairs.calebRuth.id}`],
	['the pair’s space', people.rosa, `/pairs/${pairs.rosaIdris.id}`],
	['the list of reflections', people.rosa, '/reflections'],
	['a reflection', people.rosa, `/reflections/${reflections.rosaSecond.id}`],
	['who can see a reflection', people.rosa, `/reflections/${reflections.rosaSecond.id}/sharing`],
	['who can see one, as its mentor sees it', people.idris, `/reflections/${reflections.rosaSecond.id}/sharing`],
	['a reflection that can only be read', people.ben, `/reflections/${reflections.benOnly.id}`],
	['signing in with a passkey', undefined, '/sign-in/passkey'],
	['one’s passkeys, before there is one', people.rosa, '/account/passkeys'],
	['setting up a passkey to go on', people.pat, '/account/prove'],
	['the account', people.rosa, '/account'],
	['the list of devices', people.rosa, '/account/devices'],
	['what is kept on this device', people.rosa, '/account/this-device'],
	['notifications', people.claire, '/notifications'],
	['how one is told', people.rosa, '/account/notifications'],
	['the outbox', people.rosa, '/outbox'],
	['the record', people.rosa, '/account/record'],
	['the frameworks', people.rosa, '/frameworks'],
	['the renewal sheet', people.rosa, '/credit?in=US-TN'],
	['the credit register', people.pat, '/credit/rules?in=US-TN'],
	['the page that signs out', people.rosa, '/sign-out'],
	['the page that signs out everywhere', people.rosa, '/sign-out?everywhere=yes'],
	['the catalogue', people.rosa, '/catalogue'],
	['a search in the catalogue', people.rosa, '/catalogue?q=wait+tiem&grade=3&hours=20'],
	['a search that finds nothing', people.rosa, '/catalogue?q=zzxqy&grade=3'],
	['a microcredential', people.rosa, `/catalogue/${cast.microcredentials.waitTime.id}`],
	[
		'two microcredentials side by side',
		people.rosa,
		`/catalogue/compare?a=${cast.microcredentials.waitTime.id}&b=${cast.timeToThink.id}`
	],
	['a home with a stack of slots', people.imani, '/'],
	[
		'the counts of a district',
		people.pat,
		`/programs/${cast.programs.tennessee.id}/counts?place=${cast.organizations.cedarHollow.id}`
	],
	['mail that did not arrive', people.pat, `/programs/${cast.programs.tennessee.id}/mail`],
	['a report of counts', people.pat, `/programs/${cast.programs.tennessee.id}/counts/report`],
	['the stacks and the last day of a program', people.helen, `/programs/${cast.programs.mineola.id}/stacks`],
	['writing a stack', people.helen, `/programs/${cast.programs.mineola.id}/stacks/new`],
	['the cohorts of whoever is in none', people.pat, '/cohorts'],
	['a cohort', people.rosa, `/cohorts/${cast.cohorts.cohortA.id}`],
	['a cohort, as its moderator sees it', people.claire, `/cohorts/${cast.cohorts.cohortA.id}`],
	[
		'a cohort, narrowed',
		people.rosa,
		`/cohorts/${cast.cohorts.cohortA.id}?kind=strategy&competency=${cast.microcredentials.exitNotes.id}`
	],
	[
		'opening a thread',
		people.rosa,
		`/cohorts/${cast.cohorts.cohortA.id}/new?competency=${cast.microcredentials.waitTime.id}`
	],
	['what was asked without a name', people.rosa, '/cohorts/without-a-name'],
	['reporting a post', people.rosa, `/posts/${postId(threads.hands, 2)}/report`],
	['looking after a cohort', people.claire, `/cohorts/${cast.cohorts.cohortA.id}/moderation`],
	['looking after a thread', people.claire, `/threads/${threads.hands.id}/moderation`],
	['looking after a post', people.claire, `/threads/${threads.hands.id}/moderation?post=${postId(threads.hands, 2)}`],
	['who looks after cohorts', people.pat, `/programs/${cast.programs.tennessee.id}/moderators`],
	[
		'choosing another cohort for somebody',
		people.pat,
		`/programs/${cast.programs.tennessee.id}/people/${people.rosa.id}/cohort`
	],
	[
		'moving somebody to another cohort',
		people.pat,
		`/programs/${cast.programs.tennessee.id}/people/${people.rosa.id}/cohort?to=${cast.cohorts.cohortB.id}`
	],
	['looking for posts', people.rosa, '/cohorts/search'],
	['posts that were not found', people.rosa, '/cohorts/search?q=zzxqy&kind=question'],
	['posts that were found', people.rosa, '/cohorts/search?q=waiting+hands'],
	['posts found in spite of a slip', people.rosa, '/cohorts/search?q=hnads&kind=question'],
	[
		'what somebody hears of a cohort',
		people.rosa,
		`/cohorts/${cast.cohorts.cohortA.id}/follow?thread=${threads.hands.id}`
	],
	['what somebody wrote in earlier cohorts', people.rosa, '/cohorts/earlier'],
	['a thread', people.rosa, `/threads/${threads.hands.id}`],
	['a thread, as its moderator sees it', people.claire, `/threads/${threads.hands.id}`],
	['a thread with a post that was taken back', people.fatima, `/threads/${threads.fridayNotes.id}`],
	['quoting in a thread', people.rosa, `/threads/${threads.hands.id}?quote=${postId(threads.hands, 4)}`],
	['changing a post', people.rosa, `/threads/${threads.hands.id}?edit=${postId(threads.hands, 1)}`],
	['what a post said before', people.hannah, `/threads/${threads.jobChart.id}/posts/${postId(threads.jobChart, 3)}`],
	['a page that is not there', people.rosa, '/reflections/00000000-0000-7000-8000-000000000000']
];

test.for(pages)('%s has nothing that axe would mend', async ([, who, path]) => {
	const options = { reducedMotion: 'reduce' as const };
	const page = who
		? await visit(browser, product.base, who, options)
		: await (await browser.newContext({ baseURL: product.base, ...options })).newPage();
	await page.goto(path);
	if (path.endsWith(reflections.rosaSecond.id)) await editor(page).waitFor();
	await page.waitForLoadState('networkidle');
	expect(await toMendEverywhere(page)).toEqual([]);
});

/** Begins an answer in a thread, and waits for the editor. */
async function answering(page: Page): Promise<void> {
	await page.locator('#reply[data-ready]').waitFor();
	await page.locator('#reply-words').focus();
	await page.locator('#reply .words-editor').waitFor();
}

type State = [what: string, who: { email: string }, path: string, open: (page: Page) => Promise<unknown>];
const states: State[] = [
	[
		'letting somebody in again',
		people.pat,
		`/programs/${cast.programs.tennessee.id}/people/${people.vera.id}`,
		(page) => page.getByText(`Let ${people.vera.name} in again`).click()
	],
	['the account menu', people.rosa, '/', (page) => page.getByRole('button', { name: 'your account' }).click()],
	[
		'the form that ends a pair',
		people.rosa,
		`/pairs/${pairs.rosaIdris.id}`,
		(page) => page.getByText('End this pair').click()
	],
	['the pairs that are on track', people.claire, '/', (page) => page.getByText('On track').click()],
	[
		'a frozen version',
		people.lena,
		`/reflections/${reflections.lenaNew.id}/sharing`,
		async (page) => {
			await page.getByLabel('Freeze a version').fill('First try');
			await page.keyboard.press('Enter');
			await page.getByRole('link', { name: 'First try' }).click();
			await page.getByText('later writing never reaches it').waitFor();
		}
	],
	[
		'the choice of paragraphs for the coach',
		people.rosa,
		`/reflections/${reflections.rosaSecond.id}/sharing`,
		async (page) => {
			await page.getByText('Show something to').click();
			await page.getByRole('checkbox').first().check();
			await page.getByRole('button', { name: 'Show to' }).click();
			await page.getByText('exactly as it is now.').waitFor();
			await page.getByText('Show something to').click();
			await page.getByLabel('Freeze a version').fill('First try');
			await page.keyboard.press('Enter');
			await page.getByText('is frozen.').first().waitFor();
		}
	],
	[
		'opening a thread without a name',
		people.rosa,
		`/cohorts/${cast.cohorts.cohortA.id}/new`,
		(page) => page.getByLabel('Without my name').check()
	],
	[
		'the title of a thread, named anew',
		people.rosa,
		`/threads/${threads.hands.id}`,
		(page) => page.getByText('Give it another title').click()
	],
	[
		'the box for a link in a post',
		people.rosa,
		`/threads/${threads.hands.id}`,
		async (page) => {
			await answering(page);
			await page.keyboard.press('Control+K');
			await page.getByLabel('Address').fill('no address');
			await page.keyboard.press('Enter');
			await page.getByText('This is no web or mail address').waitFor();
		}
	],
	[
		'the box for an offer in a post',
		people.rosa,
		`/threads/${threads.hands.id}`,
		async (page) => {
			await answering(page);
			await page.getByRole('button', { name: 'Link an offer' }).click();
			await page.getByLabel('Find a microcredential').fill('wait');
			await page.getByRole('button', { name: 'Pauses' }).waitFor();
		}
	],
	[
		'the list of people in a post',
		people.rosa,
		`/threads/${threads.hands.id}`,
		async (page) => {
			await answering(page);
			await page.keyboard.type('@a');
			await page.getByRole('option').first().waitFor();
		}
	],
	[
		'files in a post, there and refused',
		people.rosa,
		`/threads/${threads.hands.id}`,
		async (page) => {
			await answering(page);
			await page.getByText('Add pictures or documents').click();
			const file = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
			await page
				.locator('#reply-files')
				.setInputFiles([file(`a_plan_${'without_a_space_'.repeat(8)}.txt`, '1. Ask'), file('x.svg', '<svg></svg>')]);
			await page.getByRole('alert').waitFor();
			await page.getByText('.txt 1 KB').waitFor();
		}
	],
	[
		'a post that was taken back',
		people.rosa,
		`/threads/${threads.jobChart.id}`,
		async (page) => {
			await answering(page);
			await page.keyboard.type('Never mind this one.');
			await page.keyboard.press('Control+Enter');
			await page.getByRole('button', { name: 'Take back' }).last().click();
			await page.getByRole('button', { name: 'Undo' }).waitFor();
		}
	],
	[
		'every act on a post and its thread',
		people.claire,
		`/threads/${threads.hands.id}/moderation?post=${postId(threads.hands, 2)}`,
		async (page) => {
			for (const summary of await page.locator('main summary').all()) await summary.click();
		}
	],
	[
		'a report that was sent',
		people.mei,
		`/posts/${postId(threads.hands, 2)}/report`,
		async (page) => {
			await page.getByLabel('It does not belong here').check();
			await page.getByRole('button', { name: 'Tell the moderators' }).click();
			await page.getByText('You have reported this post').waitFor();
		}
	],
	[
		'what somebody hears, chosen',
		people.rosa,
		`/cohorts/${cast.cohorts.cohortA.id}/follow`,
		async (page) => {
			await page.getByLabel('What you hear of all of').selectOption('watch');
			await page.getByRole('button', { name: /^Save for all of/ }).click();
			await page.getByText('Saved. It holds').waitFor();
		}
	],
	[
		'a search for posts, narrowed down',
		people.rosa,
		'/cohorts/search?q=hands&kind=question&order=newest',
		(page) => page.getByText('Narrow down by').click()
	],
	[
		'prompts and rubric on a phone',
		people.rosa,
		`/reflections/${reflections.rosaSecond.id}`,
		async (page) => {
			await page.getByRole('link', { name: 'Prompts and rubric' }).click();
			await page.locator('summary').first().click();
		}
	],
	[
		'the box for a link, with no address in it',
		people.rosa,
		`/reflections/${reflections.rosaSecond.id}`,
		async (page) => {
			await editor(page).focus();
			await page.keyboard.press('Control+K');
			await page.getByLabel('Address').fill('no address');
			await page.keyboard.press('Enter');
			await page.getByText('This is no web or mail address').waitFor();
		}
	]
];

test.for(states)('%s, opened, has nothing that axe would mend', async ([, who, path, open]) => {
	const page = await visit(browser, product.base, who, { viewport: phone, reducedMotion: 'reduce' });
	await page.goto(path);
	await page.waitForLoadState('networkidle');
	if (path.startsWith('/reflections') && !path.endsWith('/sharing')) await editor(page).waitFor();
	await open(page);
	for (const colorScheme of ['light', 'dark'] as const) {
		await page.emulateMedia({ colorScheme });
		expect(await toMend(page), colorScheme).toEqual([]);
	}
	expect(await sideways(page)).toBe(0);
});

test('at twice the text size nothing is wider than a phone', async () => {
	for (const who of [people.rosa, people.claire, people.pat, people.wei]) {
		const page = await visit(browser, product.base, who, { viewport: phone, bypassCSP: true });
		await page.goto('/');
		await page.addStyleTag({ content: 'html { font-size: 200% }' });
		expect(await sideways(page), who.email).toBe(0);
	}
});

test('on the narrowest phone nothing is wider than the screen', async () => {
	for (const [, who, path] of pages) {
		if (!who) continue;
		const page = await visit(browser, product.base, who, { viewport: { width: 320, height: 640 } });
		await page.goto(path);
		expect(await sideways(page), path).toBe(0);
		await page.context().close();
	}
});

test('a phone has no bar for a single place to go', async () => {
	const bar = async (who: { email: string }) => {
		const page = await visit(browser, product.base, who, { viewport: phone });
		await page.goto('/');
		return page.getByRole('navigation', { name: 'Main' }).count();
	};
	expect([await bar(people.rosa), await bar(people.pat)]).toEqual([1, 0]);
});
