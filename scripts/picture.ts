/** npm run picture: draws docs/picture.png from the running product, with the cast: a desk, and the other's phone. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { cast } from '../src/seed/cast.ts';
import { openBrowser } from '../tests/browser.ts';
import { editor, openReflection, phone, says, visit } from '../tests/journeys/visit.ts';
import { startProduct } from '../tests/product.ts';

const { people, reflections } = cast;
const product = await startProduct();
const browser = await openBrowser();
try {
	const [desk, hand] = await Promise.all([
		visit(browser, product.base, people.rosa, { viewport: { width: 1280, height: 900 } }),
		visit(browser, product.base, people.idris, { viewport: phone, deviceScaleFactor: 2, colorScheme: 'dark' })
	]);
	const { id } = reflections.rosaSecond;
	await Promise.all([openReflection(desk, id), openReflection(hand, id)]);
	await endOfFirstParagraph(desk);
	await endOfFirstParagraph(hand);
	await hand.keyboard.type(' And then?', { delay: 20 });
	await says(desk, /^Saved$/);
	await editor(desk).locator('.caret', { hasText: people.idris.name }).waitFor();
	await hand.keyboard.press('Backspace');
	await hand.keyboard.type('?');
	await desk.evaluate(() => scrollTo(0, 0));
	await desk.waitForTimeout(400); // the name at the caret has faded in
	const wide = await desk.screenshot();
	await hand.evaluate(() => scrollTo(0, 0));
	const narrow = await hand.screenshot();

	const sheet = await browser.newPage({ viewport: { width: 1500, height: 960 } });
	const shown = (image: Buffer) => `data:image/png;base64,${image.toString('base64')}`;
	await sheet.setContent(`
		<style>
			body { margin: 0; height: 960px; background: #ebece5; position: relative; }
			img { position: absolute; border-radius: 12px; box-shadow: 0 12px 40px #13262040; }
		</style>
		<img src="${shown(wide)}" style="left: 40px; top: 40px; width: 1200px">
		<img src="${shown(narrow)}" style="right: 40px; bottom: 40px; width: 330px">`);
	mkdirSync(join(import.meta.dirname, '../docs'), { recursive: true });
	await sheet.screenshot({ path: join(import.meta.dirname, '../docs/picture.png') });
} finally {
	await browser.close();
	await product.stop();
}

async function endOfFirstParagraph(page: Page): Promise<void> {
	await editor(page).locator('p').first().click();
	await page.keyboard.press('ArrowRight'); // away from a word that the click may have chosen
	await editor(page)
		.locator('p')
		.first()
		.evaluate((paragraph) => getSelection()?.collapse(paragraph, paragraph.childNodes.length));
	await page.waitForTimeout(300);
}
