/** Posts in the editor that comes when somebody begins, and files with them, in a real browser, with script and without. */
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { threads } from '../../src/seed/talk.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { phone, sideways, toMend, visit } from './visit.ts';

const { rosa, idris, sam } = cast.people;
const { hands } = threads;

let product: Product;
let browser: Browser;
let photo: Buffer;
beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
	photo = await sharp({ create: { width: 2400, height: 1200, channels: 3, background: '#284' } })
		.withExif({ IFD0: { Make: 'SECRET-OF-THE-CAMERA' } })
		.jpeg()
		.toBuffer();
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

const editor = (page: Page) => page.locator('#reply .words-editor');
const lastPost = (page: Page) => page.locator('.posts article[id]').last();
const cookieOf = async (page: Page) =>
	(await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
const board = () => ({ name: 'board at noon.jpg', mimeType: 'image/jpeg', buffer: photo });

async function openEditor(page: Page) {
	await page.goto(`/threads/${hands.id}`);
	// On a phone it is screens away, and asleep until somebody comes near.
	await page.locator('#reply').scrollIntoViewIfNeeded();
	await page.locator('#reply[data-ready]').waitFor();
	await page.locator('#reply-words').click();
	await editor(page).waitFor();
}

test('what is typed while the editor loads is in it, to the letter', async () => {
	const page = await visit(browser, product.base, rosa);
	await page.goto(`/threads/${hands.id}`);
	await page.locator('#reply[data-ready]').waitFor();
	await page.route('**/_app/immutable/**', async (route) => {
		await new Promise((done) => setTimeout(done, 400));
		await route.continue();
	});
	await page.locator('#reply-words').click();
	const typed = 'Every key of this is typed while the editor is on its way, and after it came.';
	await page.keyboard.type(typed, { delay: 20 });
	await editor(page).waitFor();
	expect(await editor(page).innerText()).toBe(typed);
});

test('somebody of the cohort is named by keyboard alone, an offer is linked, and the reader sees both', async () => {
	const page = await visit(browser, product.base, rosa);
	await openEditor(page);
	await page.keyboard.type('Ask @zzz');
	await page.getByText('Nobody of that name reads this thread.').first().waitFor();
	for (let i = 0; i < 3; i++) await page.keyboard.press('Backspace');
	await page.keyboard.type('id');
	await page.getByRole('option', { name: /Idris Okafor/ }).waitFor();
	expect(await toMend(page)).toEqual([]);
	await page.keyboard.press('Enter');
	await page.keyboard.type('how ');
	await page.keyboard.press('Control+b');
	await page.keyboard.type('long');
	await page.keyboard.press('Control+b');
	await page.getByRole('button', { name: 'Link an offer' }).click();
	await page.getByLabel('Find a microcredential').fill('wait time');
	await page
		.getByRole('button', { name: /^Wait time/ })
		.first()
		.click();
	await page.keyboard.press('Control+Enter');
	await lastPost(page).locator('.mention').waitFor();

	const reader = await visit(browser, product.base, idris);
	await reader.goto(`/threads/${hands.id}`);
	expect(await lastPost(reader).locator('.mention[data-me]').innerText()).toBe('@Idris Okafor');
	expect(await lastPost(reader).locator('.words strong').innerText()).toBe('long');
	expect(await lastPost(reader).locator('a.reference').getAttribute('href')).toMatch(/^\/catalogue\//);
});

test('a row of a rubric is linked, and the link leads to that row of the version it is of', async () => {
	const page = await visit(browser, product.base, rosa);
	await openEditor(page);
	await page.keyboard.type('It is about ');
	await page.getByRole('button', { name: 'Link an offer' }).click();
	await page.getByLabel('Find a microcredential').fill('wait time');
	await page
		.getByText(/rubric rows?$/)
		.first()
		.click();
	const row = page.locator('dialog[open] details[open] li button').last();
	const title = (await row.innerText()).trim();
	await row.click();
	await page.keyboard.press('Control+Enter');
	const link = lastPost(page).filter({ hasText: 'It is about' }).locator('a.reference');
	await link.waitFor();
	expect(await link.innerText()).toBe(title);
	await link.click();
	await page.locator('table:target').waitFor();
	expect(await page.locator('table:target caption').innerText()).toContain(title);
	expect(await page.locator('table:target').evaluate((row) => row.getBoundingClientRect().top)).toBeLessThan(800);
	expect(await toMend(page)).toEqual([]);
});

describe('files', () => {
	test('a picture is sent as it is chosen, described, posted, and shown small and bare to the cohort alone', async () => {
		const page = await visit(browser, product.base, rosa);
		await openEditor(page);
		await page.keyboard.type('This is how it stood there.');
		await page.getByText('Add pictures or documents').click();
		await page
			.locator('#reply-files')
			.setInputFiles([
				board(),
				{ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('1. Ask') },
				{ name: 'x.svg', mimeType: 'image/png', buffer: Buffer.from('<svg onload="alert(1)">') }
			]);
		await page.getByRole('alert').filter({ hasText: 'This drawing (SVG) can hold a program.' }).waitFor();
		await page.getByLabel('What it shows').fill('The board at noon');
		await page.getByText('plan.txt 1 KB').waitFor();
		await page.getByRole('button', { name: 'Reply', exact: true }).click();
		const picture = lastPost(page).getByRole('img', { name: 'The board at noon' });
		await picture.waitFor();
		expect(await picture.evaluate((img: HTMLImageElement) => [img.width > 0, img.getAttribute('width')])).toEqual([
			true,
			'1600'
		]);
		// What was refused went with the form.
		expect(await page.locator('#reply .wrong').count()).toBe(0);

		const address = (await picture.getAttribute('src'))!;
		const ask = async (who: Page | null, path: string) =>
			fetch(product.base + path, { headers: who ? { cookie: await cookieOf(who) } : {}, redirect: 'manual' });
		const answered = await ask(page, address);
		expect(Object.fromEntries(answered.headers)).toMatchObject({
			'content-type': 'image/webp',
			'content-disposition': 'inline; filename="board at noon.webp"; filename*=UTF-8\'\'board%20at%20noon.webp',
			'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
			'x-content-type-options': 'nosniff',
			'cache-control': 'no-store'
		});
		expect(Buffer.from(await answered.arrayBuffer()).includes('SECRET')).toBe(false);
		const document = (await lastPost(page).getByRole('link', { name: 'plan.txt' }).getAttribute('href'))!;
		expect((await ask(page, document)).headers.get('content-disposition')).toMatch(/^attachment;/);
		expect((await ask(await visit(browser, product.base, sam), address)).status).toBe(404);
		expect((await ask(null, address)).status).toBe(303);
	});

	test.for([true, false])('an edit takes one off, with script: %s', async (javaScriptEnabled) => {
		const page = await visit(browser, product.base, rosa);
		await openEditor(page);
		await page.keyboard.type('Two of them.');
		await page.getByText('Add pictures or documents').click();
		const plan = (name: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from('1. Ask') });
		await page.locator('#reply-files').setInputFiles([plan('stays.txt'), plan('goes.txt')]);
		await page.getByText('goes.txt 1 KB').waitFor();
		await page.getByRole('button', { name: 'Reply', exact: true }).click();
		await lastPost(page).getByRole('link', { name: 'goes.txt' }).waitFor();
		const edit = (await lastPost(page).getByRole('link', { name: 'Edit' }).getAttribute('href'))!;
		const author = javaScriptEnabled ? page : await visit(browser, product.base, rosa, { javaScriptEnabled });
		await author.goto(new URL(edit, page.url()).href);
		if (javaScriptEnabled) await author.getByRole('button', { name: 'Take away goes.txt' }).click();
		else await author.getByLabel('With goes.txt').uncheck();
		await author.getByRole('button', { name: 'Save' }).click();
		await lastPost(author).getByRole('link', { name: 'edited' }).waitFor();
		// The field may still stand in its place for a moment.
		await expect.poll(() => lastPost(author).locator('a[download]').allInnerTexts()).toEqual(['stays.txt']);
		await lastPost(author).getByRole('link', { name: 'edited' }).click();
		await author.getByText('Files: 1 taken off.').waitFor();
	});

	test('without script they go with the form; what is refused leaves the words there', async () => {
		const page = await visit(browser, product.base, rosa, { javaScriptEnabled: false });
		await page.goto(`/threads/${hands.id}`);
		await page.locator('#reply-words').fill('**Look**\n\n- one\n- two');
		await page.getByText('Add pictures or documents').click();
		await page
			.locator('#reply-files')
			.setInputFiles({ name: 'x.html', mimeType: 'image/png', buffer: Buffer.from('<!doctype html><p>x') });
		await page.getByRole('button', { name: 'Reply', exact: true }).click();
		await page.getByRole('alert').filter({ hasText: 'This is a web page' }).waitFor();
		expect(await page.locator('#reply-words').inputValue()).toBe('**Look**\n\n- one\n- two');
		await page.locator('#reply-files').evaluate((field) => field.closest('details')!.setAttribute('open', ''));
		await page.locator('#reply-files').setInputFiles(board());
		await page.getByRole('button', { name: 'Reply', exact: true }).click();
		await lastPost(page).locator('img').waitFor();
		expect((await lastPost(page).locator('.words').innerHTML()).replaceAll('<!---->', '')).toBe(
			'<p><strong>Look</strong></p><ul><li><p>one</p></li><li><p>two</p></li></ul>'
		);
	});
});

test('on a phone the editor, its bar and the list fit, and no box of its own posts anything', async () => {
	const page = await visit(browser, product.base, rosa, { viewport: phone });
	await openEditor(page);
	const before = await page.locator('.posts article[id]').count();
	await page.keyboard.type('Ask @');
	await page.keyboard.type('i');
	await page.getByRole('option').first().waitFor();
	expect(await sideways(page)).toBe(0);
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'Link', exact: true }).click();
	await page.getByLabel('Address').fill('example.org');
	await page.keyboard.press('Enter');
	expect(await editor(page).locator('a').getAttribute('href')).toBe('https://example.org/');
	expect(await page.locator('.posts article[id]').count()).toBe(before);
});
