/** Two people, each in a browser, write one reflection. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
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

/** Both in one fresh reflection, Rosa at a desk and Idris on a phone. */
async function together(): Promise<{ desk: Page; hand: Page; id: string }> {
	const id = await freshReflection(product, rosa, idris);
	const [desk, hand] = await Promise.all([
		visit(browser, product.base, rosa),
		visit(browser, product.base, idris, { viewport: phone, hasTouch: true, isMobile: true })
	]);
	await Promise.all([openReflection(desk!, id), openReflection(hand!, id)]);
	return { desk: desk!, hand: hand!, id };
}

test('both type at once, both see all of it, and each sees the other’s name at the caret', async () => {
	const { desk, hand } = await together();
	await goToEnd(desk);
	await desk.keyboard.type('Before the bell.');
	await desk.keyboard.press('Enter');
	await says(desk, /^Saved$/);
	await expect.poll(() => words(hand), { timeout: soonMs }).toContain('Before the bell.');
	await goToEnd(hand);
	await hand.keyboard.type('x');
	await expect.poll(() => words(desk), { timeout: soonMs }).toContain('x');
	await desk.bringToFront();
	await desk.locator('[role=textbox] p').first().click();
	await desk.keyboard.press('End');
	await desk.waitForTimeout(300);

	const hers = ' I counted to five and three hands went up in the back row.';
	const his = ' What did the three say that the first hand would not have said?';
	await Promise.all([desk.keyboard.type(hers, { delay: 40 }), hand.keyboard.type(his, { delay: 40 })]);

	await expect.poll(() => words(desk), { timeout: soonMs }).toBe(`Before the bell.${hers}\nx${his}`);
	await expect.poll(() => words(hand), { timeout: soonMs }).toBe(`Before the bell.${hers}\nx${his}`);
	await Promise.all([says(desk, /^Saved$/), says(hand, /^Saved$/)]);

	await hand.keyboard.type('!');
	await editor(desk).locator('.caret', { hasText: idris.name }).waitFor();
	await desk.keyboard.type('!');
	await editor(hand).locator('.caret', { hasText: rosa.name }).waitFor();
	await desk.getByText(`${idris.name} is here`, { exact: true }).waitFor();
});

test('a caret at the end of a line makes no line of its own', async () => {
	const { desk, hand } = await together();
	await goToEnd(desk);
	await desk.keyboard.type('One line.');
	const height = () =>
		editor(desk)
			.locator('p')
			.first()
			.evaluate((paragraph) => paragraph.getBoundingClientRect().height);
	const before = await height();
	await goToEnd(hand);
	await hand.keyboard.type('!');
	await editor(desk).locator('.caret', { hasText: idris.name }).waitFor();
	expect(await height()).toBe(before);
});

test('the phone shows everything without sideways scrolling, at 390 and at 320', async () => {
	const { hand, id } = await together();
	for (const width of [390, 320]) {
		await hand.setViewportSize({ width, height: 720 });
		for (const path of ['/', `/pairs/${cast.pairs.rosaIdris.id}`, `/reflections/${id}`]) {
			await hand.goto(path);
			const wider = await hand.evaluate(
				() => document.documentElement.scrollWidth - document.documentElement.clientWidth
			);
			expect(wider, `${path} at ${width}`).toBeLessThanOrEqual(0);
		}
	}
});

test('the keyboard alone is enough: from home to the editor, formatting, undo, and out again', async () => {
	const id = await freshReflection(product, rosa, idris, 'By keyboard');
	const page = await visit(browser, product.base, rosa);
	await page.goto('/');
	await tabTo(page, (focused) => focused.href.endsWith('/reflections'));
	await page.keyboard.press('Enter');
	await page.waitForURL('**/reflections');
	await tabTo(page, (focused) => focused.href.endsWith(`/reflections/${id}`));
	await page.keyboard.press('Enter');
	await page.waitForURL(`**/reflections/${id}`);
	await editor(page).waitFor();
	await tabTo(page, (focused) => focused.role === 'textbox');
	await page.waitForTimeout(300);
	await page.keyboard.type('plain ');
	await page.keyboard.press('Control+b');
	await page.keyboard.type('bold');
	await page.keyboard.press('Control+b');
	await expect.poll(() => editor(page).locator('strong').innerText()).toBe('bold');
	// Undo takes back what was typed a moment ago, in steps.
	await page.waitForTimeout(700);
	await page.keyboard.type(' oops');
	await page.keyboard.press('Control+z');
	await expect.poll(() => words(page)).toBe('plain bold');
	await page.keyboard.press('Alt+F10');
	expect((await focused(page)).inToolbar).toBe(true);
	await page.keyboard.press('Escape');
	expect((await focused(page)).role).toBe('textbox');
	// Escape and then Tab leaves the text: it is no trap.
	await page.keyboard.press('Escape');
	await page.keyboard.press('Tab');
	expect((await focused(page)).role).not.toBe('textbox');
});

test('what the other wrote is not undone by my undo', async () => {
	const { desk, hand } = await together();
	await goToEnd(desk);
	await desk.keyboard.type('mine');
	await expect.poll(() => words(hand), { timeout: soonMs }).toBe('mine');
	await goToEnd(hand);
	await hand.keyboard.type(' yours');
	await expect.poll(() => words(desk), { timeout: soonMs }).toBe('mine yours');
	await desk.keyboard.press('Control+z');
	await expect.poll(() => words(desk), { timeout: soonMs }).toBe(' yours');
	await expect.poll(() => words(hand), { timeout: soonMs }).toBe(' yours');
});

test('the words are in the page before any script, once, and do not jump when the editor takes over', async () => {
	const plain = await visit(browser, product.base, rosa, { javaScriptEnabled: false });
	await plain.goto(`/reflections/${cast.reflections.rosaSecond.id}`);
	const before = await plain.locator('main').innerText();

	const page = await visit(browser, product.base, rosa);
	await openReflection(page, cast.reflections.rosaSecond.id);
	const first = (await words(page)).split('\n').find((line) => line.length > 20)!;
	expect(before).toContain(first);
	expect((await page.locator('main').innerText()).split(first)).toHaveLength(2);
	const shift = await page.evaluate(
		() =>
			new Promise<number>((resolve) => {
				let sum = 0;
				new PerformanceObserver((list) => {
					for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value;
				}).observe({ type: 'layout-shift', buffered: true });
				setTimeout(() => resolve(sum), 500);
			})
	);
	expect(shift).toBeLessThan(0.01);
});

test('keys that wait while the page is busy act where the caret was put, not where it was before', async () => {
	const id = await freshReflection(product, rosa, idris);
	const page = await visit(browser, product.base, rosa);
	await openReflection(page, id);
	const input = await page.context().newCDPSession(page);
	const press = async (key: string, windowsVirtualKeyCode: number, modifiers = 0) => {
		for (const type of ['rawKeyDown', 'keyUp'] as const)
			await input.send('Input.dispatchKeyEvent', { type, key, code: key, windowsVirtualKeyCode, modifiers });
	};
	for (let round = 0; round < 5; round++) {
		await goToEnd(page);
		await page.keyboard.press('Control+a');
		await page.keyboard.insertText('Base words here.');
		await expect.poll(() => words(page), { timeout: soonMs }).toBe('Base words here.');
		const busy = page.evaluate(() => {
			for (const end = performance.now() + 60; performance.now() < end;);
		});
		await Promise.all([busy, press('Home', 36, 2), press('Delete', 46), press('Delete', 46)]);
		await expect.poll(() => words(page), { timeout: soonMs }).toBe('se words here.');
	}
});

type Focused = { href: string; role: string; inToolbar: boolean };

function focused(page: Page): Promise<Focused> {
	return page.evaluate(() => {
		const element = document.activeElement;
		return {
			href: element instanceof HTMLAnchorElement ? element.href : '',
			role: element?.getAttribute('role') ?? '',
			inToolbar: !!element?.closest('[role=toolbar]')
		};
	});
}

/** Presses Tab until the wanted thing has the focus, and no focus on the way is hidden behind a bar. */
async function tabTo(page: Page, wanted: (focused: Focused) => boolean): Promise<void> {
	for (let presses = 0; presses < 60; presses++) {
		await page.keyboard.press('Tab');
		const hidden = await page.evaluate(() => {
			const element = document.activeElement;
			if (!element || element === document.body) return '';
			const box = element.getBoundingClientRect();
			const top = document.elementFromPoint(box.x + Math.min(box.width, 20) / 2, box.y + Math.min(box.height, 20) / 2);
			return top && (element.contains(top) || top.contains(element)) ? '' : element.outerHTML.slice(0, 200);
		});
		expect(hidden, 'has the focus and can not be seen').toBe('');
		if (wanted(await focused(page))) return;
	}
	throw new Error('Sixty times Tab did not lead there.');
}
