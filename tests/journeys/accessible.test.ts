/** axe looks at the main pages, in both themes and both widths. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { desktop, editor, phone, visit } from './visit.ts';

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
	['the pair’s space', people.rosa, `/pairs/${pairs.rosaIdris.id}`],
	['the list of reflections', people.rosa, '/reflections'],
	['a reflection', people.rosa, `/reflections/${reflections.rosaSecond.id}`],
	['a reflection that can only be read', people.ben, `/reflections/${reflections.benOnly.id}`],
	['a page that is not there', people.rosa, '/reflections/00000000-0000-7000-8000-000000000000']
];

test.for(pages)('%s has nothing that axe would mend', async ([, who, path]) => {
	const options = { reducedMotion: 'reduce' as const };
	const page = who
		? await visit(browser, product.base, who, options)
		: await (await browser.newContext({ baseURL: product.base, ...options })).newPage();
	await page.goto(path);
	if (path.includes(reflections.rosaSecond.id)) await editor(page).waitFor();
	await page.waitForLoadState('networkidle');
	for (const colorScheme of ['light', 'dark'] as const) {
		for (const viewport of [desktop, phone]) {
			await page.emulateMedia({ colorScheme });
			await page.setViewportSize(viewport);
			const { violations } = await new AxeBuilder({ page })
				.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
				.analyze();
			const found = violations.map(
				({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`
			);
			expect(found, `${colorScheme}, ${viewport.width}`).toEqual([]);
		}
	}
});
