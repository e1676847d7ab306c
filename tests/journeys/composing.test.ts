/**
 * Words that are composed before they stand: on every phone, and in Japanese, Chinese and Korean everywhere. And words
 * that are spoken: whole phrases at once. Whatever the partner does meanwhile, they come out as they were meant.
 */
import type { Browser, BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { get, signIn } from '../../scripts/replay/visitor.ts';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { editor, freshReflection, goToEnd, openReflection, phone, says, soonMs, visit, words } from './visit.ts';

const { rosa, idris } = cast.people;
let product: Product;
let browser: Browser;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

const touch = { viewport: phone, hasTouch: true, isMobile: true };
/**
 * It says of itself that it is Android's, and ProseMirror takes its ways for that. To those belongs that a composition is
 * over after five seconds of rest, so nobody waits for the partner within a word here.
 */
const android = {
	...touch,
	userAgent:
		'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36'
};

/** What a phone's keyboard does with a page. */
class Keyboard {
	readonly page: Page;
	readonly #line: CDPSession;
	private constructor(page: Page, line: CDPSession) {
		this.page = page;
		this.#line = line;
	}
	static async of(page: Page): Promise<Keyboard> {
		await page.evaluate(() => {
			const begun = { starts: 0, ends: 0 };
			addEventListener('compositionstart', () => begun.starts++, true);
			addEventListener('compositionend', () => begun.ends++, true);
			Object.assign(window, { begun });
		});
		return new Keyboard(page, await page.context().newCDPSession(page));
	}
	/** Shows this as the word that is being composed; in place of letters that stand there, when told which. */
	async show(text: string, replaced?: { from: number; to: number }): Promise<void> {
		await this.#line.send('Input.imeSetComposition', {
			text,
			selectionStart: text.length,
			selectionEnd: text.length,
			...(replaced && { replacementStart: replaced.from, replacementEnd: replaced.to })
		});
	}
	/** Ends the word, or says a phrase. */
	async say(text: string): Promise<void> {
		await this.#line.send('Input.insertText', { text });
	}
	/** How often a composition has begun and ended. */
	begun(): Promise<{ starts: number; ends: number }> {
		return this.page.evaluate(() => (window as unknown as { begun: { starts: number; ends: number } }).begun);
	}
}

/** Rosa and Idris in one fresh reflection, in which this was written. The first holds a phone, the other sits at a desk. */
async function together(who: 'teacher' | 'mentor', text: string, options: BrowserContextOptions = android) {
	const id = await freshReflection(product, rosa, idris);
	const [holds, sits] = who === 'teacher' ? [rosa, idris] : [idris, rosa];
	const [hand, desk] = [await visit(browser, product.base, holds, options), await visit(browser, product.base, sits)];
	await openReflection(desk, id);
	if (who === 'teacher') await desk.getByRole('button', { name: 'Suggest', exact: true }).click();
	await goToEnd(desk);
	await desk.keyboard.type(text);
	await says(desk, /^Saved$/);
	await openReflection(hand, id);
	await says(hand, /^Saved$/);
	expect(await words(hand)).toBe(text);
	return { id, hand, desk, keyboard: await Keyboard.of(hand) };
}

/** Puts the caret so many letters behind the beginning of the text. */
async function goTo(page: Page, letters: number) {
	await editor(page).focus();
	await page.keyboard.press('Control+Home');
	for (let i = 0; i < letters; i++) await page.keyboard.press('ArrowRight');
	await page.waitForTimeout(300);
}

/** The partner writes here, and it has reached the server, which tells everybody at once. */
async function writes(desk: Page, letters: number, text: string) {
	await goTo(desk, letters);
	await desk.keyboard.type(text);
	await says(desk, /^Saved$/);
}

/** What is suggested to come, without the names on carets in it. */
const proposed = async (page: Page) =>
	(await editor(page).locator('ins').allInnerTexts()).map((text) => text.replace(/\u2060[^\u2060]*\u2060/g, ''));
const both = async (pages: Page[], text: string) => {
	for (const page of pages) await expect.poll(() => words(page), { timeout: soonMs }).toBe(text);
};

/** Words as keyboards build them up, and what stands in the end. */
const composed: [steps: string[], end: string][] = [
	[['w', 'wa', 'wai', 'wait', 'waite', 'waited'], 'waited'],
	[['k', 'か', 'かn', 'かん', 'かんj', 'かんじ', '漢字', '感じ', '漢字'], '漢字'],
	[['ㅎ', '하', '한', '한ㄱ', '한그', '한글'], '한글'],
	[['t', 'te', 'teh'], 'the']
];

for (const who of ['teacher', 'mentor'] as const)
	test(`a ${who} composes, and the other writes before, behind and right beside it: every word comes out whole`, async () => {
		const { hand, desk, keyboard } = await together(who, 'Start middle end.', touch);
		let [before, here] = ['Start middle', ''];
		await goTo(hand, before.length);
		for (const [i, [steps, end]] of composed.entries()) {
			await keyboard.say(' ');
			for (const [step, shown] of steps.entries()) {
				await keyboard.show(shown);
				await expect.poll(() => words(hand)).toContain(`${here} ${shown} end.`);
				// Into the same line of letters as the word itself, where drawing it anew would end the composition.
				if (step === 1) {
					await writes(desk, 3, `a${i}`);
					before = `${before.slice(0, 3)}a${i}${before.slice(3)}`;
				}
				if (step === 2) {
					await writes(desk, before.length, `b${i}`);
					before += `b${i}`;
				}
			}
			expect(await keyboard.begun(), `${end} is still being composed`).toEqual({ starts: i + 1, ends: i });
			await keyboard.say(end);
			here += ` ${end}`;
			expect(await keyboard.begun()).toEqual({ starts: i + 1, ends: i + 1 });
			await both([hand, desk], `${before}${here} end.`);
		}
		// The caret stands where it stood.
		await hand.keyboard.type('!');
		await both([hand, desk], `${before}${here}! end.`);
		await Promise.all([says(hand, /^Saved$/), says(desk, /^Saved$/)]);
		expect((await proposed(desk)).join('')).toBe(who === 'mentor' ? `${here}!` : '');
	});

test('the other writes without a pause: what is composed meanwhile comes out whole', async () => {
	const { hand, desk, keyboard } = await together('teacher', 'Start middle end.');
	await goTo(hand, 'Start middle'.length);
	await goTo(desk, 3);
	const typed = 'while nobody waits for anybody '.repeat(3);
	let done = false;
	const typing = desk.keyboard.type(typed, { delay: 15 }).then(() => (done = true));
	let here = '';
	let count = 0;
	while (!done || count < 4) {
		const [steps, end] = composed[count++ % composed.length]!;
		await keyboard.say(' ');
		for (const shown of steps) await keyboard.show(shown);
		await keyboard.say(end);
		here += ` ${end}`;
	}
	await typing;
	const text = `Sta${typed}rt middle${here} end.`;
	await both([hand, desk], text);
	expect(await keyboard.begun()).toEqual({ starts: count, ends: count });
});

test('the other comments on the very word that is being composed, and suggests behind it: it comes out whole', async () => {
	const { hand, desk, keyboard } = await together('teacher', 'I end.', touch);
	await goTo(hand, 1);
	await keyboard.say(' ');
	for (const shown of ['w', 'wa', 'wai', 'wait']) await keyboard.show(shown);
	await both([desk], 'I wait end.');
	await goTo(desk, 'I '.length);
	for (let i = 0; i < 'wait'.length; i++) await desk.keyboard.press('Shift+ArrowRight');
	await desk.waitForTimeout(300);
	await desk.keyboard.press('Control+Alt+KeyM');
	await desk.getByLabel('Your comment').fill('For how long?');
	await desk.keyboard.press('Control+Enter');
	await desk.getByRole('button', { name: 'Suggest', exact: true }).click();
	await goToEnd(desk);
	await desk.keyboard.type(' Why?');
	await says(desk, /^Saved$/);
	for (const shown of ['waite', 'waited']) await keyboard.show(shown);
	expect(await keyboard.begun()).toEqual({ starts: 1, ends: 0 });
	await keyboard.say('waited');
	await both([hand, desk], 'I waited end. Why?');
	await hand.getByRole('button', { name: 'Comments 1' }).waitFor();
	expect(await proposed(hand)).toEqual([' Why?']);
});

test('the other breaks the line before the word that is being composed: it comes out whole, below', async () => {
	const { hand, desk, keyboard } = await together('teacher', 'Start middle end.', touch);
	await goTo(hand, 'Start middle'.length);
	await keyboard.say(' ');
	for (const shown of ['w', 'wa', 'wai']) await keyboard.show(shown);
	await both([desk], 'Start middle wai end.');
	await goTo(desk, 'Start '.length);
	await desk.keyboard.press('Enter');
	await says(desk, /^Saved$/);
	for (const shown of ['wait', 'waite', 'waited']) await keyboard.show(shown);
	expect(await keyboard.begun()).toEqual({ starts: 1, ends: 0 });
	await keyboard.say('waited');
	await both([hand, desk], 'Start \nmiddle waited end.');
	await hand.keyboard.type('!');
	await both([hand, desk], 'Start \nmiddle waited! end.');
});

test('in a word that the mentor has suggested, the teacher composes letters of her own', async () => {
	const { hand, desk, keyboard } = await together('teacher', 'I waited.');
	await desk.getByRole('button', { name: 'Suggest', exact: true }).click();
	await goToEnd(desk);
	await desk.keyboard.type(' Slowly.');
	await says(desk, /^Saved$/);
	await hand.getByRole('button', { name: /^Suggestions/ }).waitFor();
	await goTo(hand, 'I waited. Slo'.length);
	for (const shown of ['m', 'my', 'my ', 'my o', 'my ow', 'my own']) await keyboard.show(shown);
	await keyboard.say('my own');
	await both([hand, desk], 'I waited. Slomy ownwly.');
	await expect.poll(() => proposed(desk), { timeout: soonMs }).toEqual([' Slo', 'wly.']);
	await hand.getByRole('button', { name: /^Suggestions/ }).click();
	await hand
		.getByRole('button', { name: /^Decline/ })
		.first()
		.click();
	await both([desk], 'I waited.my own');
});

for (const who of ['teacher', 'mentor'] as const)
	test(`a phone corrects what a ${who} has written, while the other writes on`, async () => {
		const { hand, desk, keyboard } = await together(who, '');
		await goToEnd(hand);
		await keyboard.say('I saw teh hands. ');
		await both([desk], 'I saw teh hands. ');
		// The keyboard takes a word that stands there for the one that it composes, and puts the right one in its place. It
		// counts letters as they are on screen; the name on a caret before them would count too.
		await writes(desk, 'I saw teh hands. '.length, 'Yes.');
		await both([hand], 'I saw teh hands. Yes.');
		const from = 'I saw '.length;
		await goTo(hand, from + 'teh'.length);
		await keyboard.show('teh', { from, to: from + 'teh'.length });
		const meanwhile = writes(desk, 0, 'So ');
		await keyboard.say('the');
		await meanwhile;
		await both([hand, desk], 'So I saw the hands. Yes.');
		// Others take the word away letter by letter and put it in again.
		await goTo(hand, 'So I saw the hands'.length);
		await hand.keyboard.type('n');
		for (let i = 0; i < 6; i++) await hand.keyboard.press('Backspace');
		await keyboard.say('hands');
		await both([hand, desk], 'So I saw the hands. Yes.');
		// And some mark it, and say what it should have been.
		await goTo(hand, 'So I saw the '.length);
		for (let i = 0; i < 'hands'.length; i++) await hand.keyboard.press('Shift+ArrowRight');
		await hand.waitForTimeout(300);
		await writes(desk, 0, '“');
		await keyboard.say('faces');
		await both([hand, desk], '“So I saw the faces. Yes.');
		await Promise.all([says(hand, /^Saved$/), says(desk, /^Saved$/)]);
		const suggested = (await proposed(desk)).join('');
		expect(suggested).toBe(who === 'mentor' ? 'I saw the faces. ' : '');
	});

for (const who of ['teacher', 'mentor'] as const)
	test(`a ${who} speaks, in phrases with lines, while the other writes`, async () => {
		const { id, hand, desk, keyboard } = await together(who, 'Start.');
		await goToEnd(hand);
		await keyboard.say('\n');
		await goTo(desk, 3);
		const typed = 'while somebody speaks '.repeat(4);
		const typing = desk.keyboard.type(typed, { delay: 20 });
		const phrases = [
			'I waited for three seconds, and nobody spoke.',
			' Then a hand went up; “why?”, she said.',
			'\n',
			'What did I learn? Waiting is work.\nIt is not silence.',
			' 教室は静かだった。'
		];
		for (const phrase of phrases) await keyboard.say(phrase);
		await typing;
		const text = `Sta${typed}rt.\n${phrases.join('')}`;
		await both([hand, desk], text);
		await hand.keyboard.type('!');
		await both([hand, desk], `${text}!`);
		await Promise.all([says(hand, /^Saved$/), says(desk, /^Saved$/)]);
		expect(await editor(desk).locator('p').count()).toBe(4);
		const page = await (await get(await signIn(product.base, rosa.email), `/reflections/${id}`)).text();
		for (const line of `${text}!`.split('\n')) expect(page.replace(/<\/?ins>/g, '')).toContain(line);
	});
