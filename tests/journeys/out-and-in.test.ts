/** Taking a reflection along as a file, printing it, and putting a text from a file into it: as a person does it in a browser. */
import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { desktop, editor, freshReflection, openReflection, phone, says, soonMs, visit, words } from './visit.ts';

const { people, reflections } = cast;
const { rosa, idris, noor, ben } = people;
const copyOf = (id: string) => `/reflections/${id}/copy`;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

const markdown = '# From my notebook\n\nI **waited**.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| c | d |\n';
const choose = async (page: Page, text: string | Buffer, name = 'notes.md') => {
	await page.locator('#file').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
	await page.getByRole('button', { name: 'Look at it' }).click();
};

async function toMend(page: Page): Promise<string[]> {
	const { violations } = await new AxeBuilder({ page })
		.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
		.analyze();
	return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

test.for(['page', 'authors', 'preview', 'refused'] as const)(
	'the page has nothing that axe would mend, in both themes and all widths: %s',
	async (state) => {
		const page = await visit(browser, product.base, rosa, { reducedMotion: 'reduce' });
		await page.goto(`${copyOf(reflections.rosaSecond.id)}${state === 'authors' ? '?authors' : ''}`);
		if (state === 'preview') {
			await choose(page, markdown);
			await page.getByText('1 table became lines of text.').waitFor();
		}
		if (state === 'refused') {
			await choose(page, '%PDF-1.7 ');
			await page.getByText('This is a PDF.').waitFor();
		}
		for (const colorScheme of ['light', 'dark'] as const)
			for (const viewport of [desktop, phone, { width: 320, height: 640 }]) {
				await page.emulateMedia({ colorScheme });
				await page.setViewportSize(viewport);
				expect(await toMend(page), `${state}, ${colorScheme}, ${viewport.width}`).toEqual([]);
				expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), state).toBe(0);
				if (process.env.SHOTS)
					await page.screenshot({
						path: `${process.env.SHOTS}/copy-${state}-${colorScheme}-${viewport.width}.png`,
						fullPage: true
					});
			}
	}
);

test('comments go along when that is asked for: on the page to print, in the files, and by keyboard there and back', async () => {
	const id = await freshReflection(product, noor, idris);
	const writer = await visit(browser, product.base, noor);
	await openReflection(writer, id);
	await editor(writer).click();
	await writer.keyboard.type('Three hands went up.');
	await writer.keyboard.press('Control+Alt+m');
	await writer.getByLabel('Your comment').fill('Whose were they?');
	await writer.getByRole('button', { name: 'Comment', exact: true }).last().click();
	await says(writer, /^Saved/);

	const page = await visit(browser, product.base, idris);
	await page.goto(copyOf(id));
	expect(await page.locator('article').innerText()).not.toContain('Whose were they?');
	await page.getByRole('link', { name: 'With comments' }).click();
	await page.getByText('Whose were they?').waitFor();
	expect(await page.locator('article').innerText()).toMatch(
		/1 comment\.[^]*About “Three hands went up\.”[^]*Noor Haddad/
	);
	await page.getByRole('link', { name: 'With who wrote which words' }).click();
	await page.locator('.key').waitFor();
	await page.getByText('Whose were they?').waitFor();
	for (const colorScheme of ['light', 'dark'] as const)
		for (const viewport of [desktop, phone, { width: 320, height: 640 }]) {
			await page.emulateMedia({ colorScheme });
			await page.setViewportSize(viewport);
			expect(await toMend(page), `${colorScheme}, ${viewport.width}`).toEqual([]);
			expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
			if (process.env.SHOTS)
				await page.screenshot({
					path: `${process.env.SHOTS}/copy-comments-${colorScheme}-${viewport.width}.png`,
					fullPage: true
				});
		}
	await page.getByRole('link', { name: 'Comment 1' }).focus();
	await page.keyboard.press('Enter');
	await expect.poll(() => page.url()).toMatch(/#comment-1$/);
	await page.keyboard.press('Tab');
	expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('About “Three hands went up.”');
	await page.keyboard.press('Enter');
	await expect.poll(() => page.url()).toMatch(/#words-1$/);
	await page.emulateMedia({ media: 'print' });
	expect(await page.locator('body').innerText()).toContain('Whose were they?');
	await page.emulateMedia({ media: null });

	await page.getByLabel('Web page').check();
	await page.getByLabel('With comments, and who said them').check();
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('button', { name: 'Take a copy' }).click()
	]);
	expect(readFileSync(await download.path(), 'utf8')).toContain('Whose were they?');
	await page.goto('/account/record');
	await page.getByText('with comments').first().waitFor();
});

test('without script every file is taken and a file is looked at', async () => {
	const page = await visit(browser, product.base, rosa, { javaScriptEnabled: false });
	await page.goto(copyOf(reflections.rosaSecond.id));
	for (const [kind, ending, begins] of [
		['PDF', 'pdf', '%PDF-1.7'],
		['Word', 'docx', 'PK'],
		['Web page', 'html', '<!doctype html>'],
		['Markdown', 'md', '# What changed when I waited?']
	] as const) {
		await page.getByLabel(kind).first().check();
		await page.getByLabel('Say who wrote which words').check();
		const [download] = await Promise.all([
			page.waitForEvent('download'),
			page.getByRole('button', { name: 'Take a copy' }).click()
		]);
		expect(download.suggestedFilename()).toBe(`What changed when I waited.${ending}`);
		expect(readFileSync(await download.path(), 'latin1').slice(0, begins.length)).toBe(begins);
	}
	await choose(page, markdown);
	await page.getByText('1 table became lines of text.').waitFor();
	expect(await page.locator('main').innerText()).toContain('Putting words into a reflection needs script');
});

test('what is printed is title, names, date and words, on A4 and on Letter', async () => {
	const page = await visit(browser, product.base, rosa);
	for (const path of [copyOf(reflections.rosaSecond.id), `/reflections/${reflections.rosaSecond.id}`]) {
		await page.goto(path);
		if (!path.endsWith('copy')) await editor(page).waitFor();
		await page.emulateMedia({ media: 'print' });
		const printed = await page.locator('body').innerText();
		expect(printed.trim().split('\n')[0], path).toBe('What changed when I waited?');
		expect(printed).toContain('Rosa Medina');
		expect(printed).toContain('Idris Okafor');
		expect(printed).toMatch(/2026|20\d\d/);
		expect(printed).toContain('Three hands went up in the back row');
		expect(printed).not.toMatch(/Take a copy|Heading|Undo|Home|Saved/);
		for (const format of ['A4', 'Letter']) {
			const pdf = await page.pdf({ format, preferCSSPageSize: false });
			expect(pdf.length).toBeGreaterThan(5_000);
		}
		await page.emulateMedia({ media: null });
	}
});

test('a text from a file goes to the end, as words of whoever put it there, and one undo takes it out', async () => {
	const id = await freshReflection(product, noor, idris);
	const partner = await visit(browser, product.base, idris);
	await openReflection(partner, id);
	await partner.getByRole('button', { name: 'Suggest', exact: true }).click();
	await editor(partner).click();
	await partner.keyboard.type('What was there.');
	await says(partner, /^Saved/);

	const page = await visit(browser, product.base, noor);
	await page.goto(copyOf(id));
	await choose(page, markdown);
	await page.getByRole('button', { name: 'Put it at the end' }).click();
	await page.getByText('The text of your file stands at the end.').waitFor();
	await says(page, /^Saved/);
	const whole = 'What was there.\nFrom my notebook\nI waited.\nonetwo\na | b\nc | d';
	expect(await words(page)).toBe(whole);
	await partner.getByText('From my notebook').waitFor();
	expect(await words(partner)).toBe(whole);

	// Once, however often the page is loaded.
	await page.reload();
	await editor(page).waitFor();
	await page.waitForTimeout(1_000);
	expect(await words(page)).toBe(whole);

	await page.goto(`${copyOf(id)}?authors`);
	const who = await page.locator('article header').innerText();
	expect(who).toMatch(/Noor Haddad: .*% of the text/);
	expect(await page.locator('.words .by', { hasText: 'From my notebook' }).getAttribute('title')).toBe('Noor Haddad');
	expect(await page.locator('.words .by', { hasText: 'What was there.' }).getAttribute('title')).toBe('Idris Okafor');

	await page.goto(copyOf(id));
	await choose(page, 'Once more.');
	await page.getByRole('button', { name: 'Put it at the end' }).click();
	await page.getByText('The text of your file stands at the end.').waitFor();
	expect(await words(page)).toBe(`${whole}\nOnce more.`);
	await editor(page).click();
	await page.keyboard.press('Control+z');
	await expect.poll(() => words(page), { timeout: soonMs }).toBe(whole);
});

test('what waits in a tab is of one person and one reflection, and goes nowhere else', async () => {
	const id = await freshReflection(product, noor, idris);
	const page = await visit(browser, product.base, noor);
	await openReflection(page, id);
	const wait = (personId: string, at: number) =>
		page.evaluate(
			([key, value]) => sessionStorage.setItem(key!, value!),
			[
				`text-for:${id}`,
				JSON.stringify({
					personId,
					at,
					blocks: [{ type: 'paragraph', content: [{ type: 'text', text: 'Not yours.' }] }]
				})
			]
		);
	for (const [personId, at] of [
		[idris.id, Date.now()],
		[noor.id, Date.now() - 2 * 60 * 60_000]
	] as const) {
		await wait(personId, at);
		await page.reload();
		await editor(page).waitFor();
		await page.waitForTimeout(1_000);
		expect(await words(page)).not.toContain('Not yours.');
		expect(await page.evaluate((key) => sessionStorage.getItem(key), `text-for:${id}`)).toBeNull();
	}
});

test('where nobody may write any more nothing can be put in, and everything can be taken out', async () => {
	const page = await visit(browser, product.base, ben);
	await page.goto(copyOf(reflections.benOnly.id));
	expect(await page.locator('#file').count()).toBe(0);
	expect(await page.locator('main').innerText()).toContain('can only be read now');
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('button', { name: 'Take a copy' }).click()
	]);
	expect(download.suggestedFilename()).toMatch(/\.pdf$/);
});

test('a large file comes through this door, and through no other', async () => {
	const page = await visit(browser, product.base, rosa);
	await page.goto(copyOf(reflections.rosaSecond.id));
	// Words with much room between them: more than a form may hold, and little to read.
	await choose(page, `Words.\n${' \n'.repeat(1_000_000)}More.`);
	await page.getByText('2 words').waitFor();
	const answer = await page.request.post(`/pairs/${cast.pairs.rosaIdris.id}?/startReflection`, {
		form: { title: 'x'.repeat(1_000_000) },
		headers: { origin: product.base }
	});
	expect(answer.status()).toBe(413);
});
