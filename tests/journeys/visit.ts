/** What the journeys share: people who come in, and the reflection that they write in. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { signIn, startReflection } from '../../scripts/replay/visitor.ts';
import type { Product } from '../product.ts';

export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };
/** The narrowest that is still sold, and a desk at four times the size. */
export const small = { width: 320, height: 640 };

/** How long a page may take to say something on a busy machine with two cores. */
export const soonMs = 60_000;

/** A browser of one person's own, signed in. Close its context when done. */
export async function visit(
	browser: Browser,
	base: string,
	person: { email: string },
	options: BrowserContextOptions = {}
): Promise<Page> {
	const context = await browser.newContext({ baseURL: base, viewport: desktop, ...options });
	context.setDefaultTimeout(soonMs);
	const { cookie } = await signIn(base, person.email);
	await context.addCookies(
		cookie.split('; ').map((pair) => {
			const [name, ...value] = pair.split('=');
			return { name: name!, value: value.join('='), url: base, httpOnly: true, sameSite: 'Lax' as const };
		})
	);
	return context.newPage();
}

/** Starts a reflection in the pair of these two, through the form on their pair's page. */
export async function freshReflection(
	{ base }: Product,
	first: { email: string },
	second: { email: string },
	title = 'What changed when I waited?'
): Promise<string> {
	const visitors = await Promise.all([first, second].map(({ email }) => signIn(base, email)));
	return startReflection(visitors[0]!, visitors[1]!, title);
}

/** Answers why another one is begun, where the page asks: somebody who has one in work is asked. */
export async function sayWhy(page: Page): Promise<void> {
	const why = page.getByLabel('This one fits what my class does now');
	if ((await why.count()) > 0) await why.check();
}

/** Opens a reflection and waits until one may type. */
export async function openReflection(page: Page, id: string): Promise<Locator> {
	await page.goto(`/reflections/${id}`);
	const text = editor(page);
	await text.waitFor();
	return text;
}

export const editor = (page: Page) => page.locator('[role=textbox][contenteditable=true]');

/** Puts the caret at the end of the text and lets it settle: keys that follow a move within milliseconds may race with the partner's. */
export async function goToEnd(page: Page): Promise<void> {
	await editor(page).click();
	await page.keyboard.press('Control+End');
	await page.waitForTimeout(300);
}

/** Waits until the page says so about the words on it: the one place that names the save state. */
export async function says(page: Page, state: RegExp, withinMs = soonMs): Promise<void> {
	const end = Date.now() + withinMs;
	// Asked from here: the page's security policy lets nobody evaluate text in it again and again.
	while (!state.test(await saveState(page))) {
		if (Date.now() > end) throw new Error(`The page says "${await saveState(page)}" and never said ${state}.`);
		await page.waitForTimeout(50);
	}
}

export const saveState = async (page: Page) => (await page.locator('[data-save]').innerText()).trim();

/** The words in the editor, without the names on other people's carets. */
export function words(page: Page): Promise<string> {
	return editor(page).evaluate((element) => {
		const copy = element.cloneNode(true) as HTMLElement;
		for (const caret of copy.querySelectorAll('.caret')) caret.remove();
		return [...copy.children]
			.map((block) => block.textContent)
			.join('\n')
			.replaceAll('\u2060', '');
	});
}

/** Signs out by the menu. Without script the page asks for one click more. */
export async function signOut(page: Page, javaScriptEnabled = true): Promise<void> {
	await page.getByRole('button', { name: 'your account' }).click();
	await page.getByRole('link', { name: 'Sign out' }).click();
	if (!javaScriptEnabled) await page.getByRole('button', { name: 'Sign out' }).click();
}

/** By how many pixels a page is wider than its screen. */
export const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** What axe would mend on a page as it stands. */
export async function toMend(page: Page): Promise<string[]> {
	const { violations } = await new AxeBuilder({ page })
		.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
		.analyze();
	return violations.map(
		({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`
	);
}

/**
 * What axe would mend in both themes and on these screens, and where the page is wider than one. `SHOTS=folder` keeps a
 * picture of each, named after `name` or the address.
 */
export async function toMendEverywhere(
	page: Page,
	{ viewports = [desktop, phone], name }: { viewports?: { width: number; height: number }[]; name?: string } = {}
): Promise<string[]> {
	const before = page.viewportSize() ?? desktop;
	const found: string[] = [];
	for (const colorScheme of ['light', 'dark'] as const)
		for (const viewport of viewports) {
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			await page.setViewportSize(viewport);
			const where = `${new URL(page.url()).pathname}, ${colorScheme}, ${viewport.width}`;
			found.push(...(await toMend(page)).map((what) => `${where}: ${what}`));
			if ((await sideways(page)) > 0) found.push(`${where}: wider than the screen`);
			if (process.env.SHOTS) {
				const title = name ?? new URL(page.url()).pathname.slice(1).replaceAll('/', '-').slice(0, 40);
				const path = `${process.env.SHOTS}/${title}-${colorScheme}-${viewport.width}.png`;
				await page.screenshot({ path, fullPage: true });
			}
		}
	await page.setViewportSize(before);
	return found;
}
