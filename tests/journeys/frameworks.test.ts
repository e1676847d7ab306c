/** A framework comes in from a file and from an address, and is read: in a real browser, with script and without. */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { phone, sideways, toMendEverywhere, visit } from './visit.ts';

const { pat, rosa } = cast.people;
const florida = readFileSync(
	new URL('../../src/seed/data/frameworks/florida-feaps.case-v1p1.json', import.meta.url),
	'utf8'
);
type Package = {
	CFDocument: { lastChangeDateTime: string };
	CFItems: { fullStatement: string; lastChangeDateTime: string }[];
};

let product: Product;
let browser: Browser;
let server: http.Server;
let host: string;
let offered: string;

beforeAll(async () => {
	server = http.createServer((request, response) => {
		const there = request.url === '/florida.json';
		response.writeHead(there ? 200 : 404, { 'content-type': 'application/json' }).end(there ? offered : '');
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	[product, browser] = await Promise.all([startProduct({ FETCH_HOSTS: host }), openBrowser()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(() => Promise.all([browser?.close(), product?.stop(), server?.close()]));

const hostile = '<script>document.title = "taken"</script> and [a link](javascript:alert(1)) and 𝑑';

/** The seeded framework as its publisher might have it a year on; a day tells one from the next. */
function changed(day: number): string {
	const package_ = JSON.parse(florida) as Package;
	package_.CFDocument.lastChangeDateTime = `2027-01-${String(day).padStart(2, '0')}T00:00:00Z`;
	package_.CFItems[3]!.fullStatement = `${hostile} ${day}`;
	package_.CFItems[3]!.lastChangeDateTime = package_.CFDocument.lastChangeDateTime;
	return JSON.stringify(package_);
}

async function looked(page: Page): Promise<void> {
	await page.getByRole('heading', { name: 'This would change' }).waitFor();
	expect(await page.getByText('1 reads differently').count()).toBe(1);
	// As it is written, and nothing of it as a page.
	expect(await page.locator('ins').filter({ hasText: hostile }).count()).toBe(1);
	expect(await page.locator('main script, main a[href^="javascript"]').count()).toBe(0);
	expect(await page.title()).toContain('Look at Florida');
}

test.for([true, false])(
	'a manager looks at a file, imports it, and a teacher reads it; with script: %s',
	{ timeout: 120_000 },
	async (javaScriptEnabled) => {
		const day = javaScriptEnabled ? 2 : 3;
		const manager = await visit(browser, product.base, pat, { javaScriptEnabled });
		await manager.goto('/');
		await manager.getByRole('link', { name: 'Frameworks' }).click();
		await manager.getByRole('link', { name: 'Import a framework' }).click();
		// What is no package is said, and one goes on from there.
		await manager.getByLabel('A CASE package').setInputFiles({
			name: 'letter.json',
			mimeType: 'application/json',
			buffer: Buffer.from('Dear Pat')
		});
		await manager.getByRole('button', { name: 'Look at the file' }).click();
		await manager.getByText('it is not JSON').waitFor();
		await manager.getByLabel('A CASE package').setInputFiles({
			name: 'florida.json',
			mimeType: 'application/json',
			buffer: Buffer.from(changed(day))
		});
		await manager.getByRole('button', { name: 'Look at the file' }).click();
		await looked(manager);
		if (javaScriptEnabled) expect(await toMendEverywhere(manager)).toEqual([]);
		await manager.getByRole('button', { name: 'Import it' }).click();
		await manager.getByText('It is in the catalogue now').waitFor();

		const teacher = await visit(browser, product.base, rosa, { javaScriptEnabled, viewport: phone });
		await teacher.goto('/frameworks');
		expect(await teacher.getByRole('link', { name: 'Import a framework' }).count()).toBe(0);
		await teacher.getByRole('link', { name: /Florida/ }).click();
		await teacher.getByText(`${hostile} ${day}`).waitFor();
		await teacher.getByText('Licence: Government rule text').waitFor();
		await teacher.getByLabel('Find in this framework').fill('higher-order');
		await teacher.getByRole('button', { name: 'Find' }).click();
		await teacher.getByRole('heading', { name: '1 statement holds these words' }).waitFor();
		await teacher.getByRole('link', { name: /Where it stands/ }).click();
		await teacher.getByText('Ask higher-order questions').waitFor();
		if (javaScriptEnabled) {
			expect(await sideways(teacher)).toBe(0);
			expect(await toMendEverywhere(teacher)).toEqual([]);
		}
	}
);

test('an address that is named is asked, and what is wrong with one is said beside it, with the address kept', async () => {
	offered = changed(9);
	const manager = await visit(browser, product.base, pat);
	await manager.goto('/frameworks/import');
	const address = manager.getByLabel('Address of a framework');
	for (const [named, said] of [
		['https://169.254.169.254/latest/', 'lies inside a network'],
		['https://[::1]/', 'lies inside a network'],
		['http://localhost:1/', 'Only addresses that begin with https'],
		[`http://${host}/gone.json`, 'there is nothing at this address']
	] as const) {
		await address.fill(named);
		await manager.getByRole('button', { name: 'Fetch and look' }).click();
		await manager.getByRole('alert').filter({ hasText: said }).waitFor();
		expect(await address.inputValue()).toBe(named);
	}
	expect(await toMendEverywhere(manager)).toEqual([]);
	await address.fill(`http://${host}/florida.json`);
	await manager.getByRole('button', { name: 'Fetch and look' }).click();
	await looked(manager);
	await manager.getByText(`From http://${host}/florida.json`).waitFor();
	await manager.getByRole('button', { name: 'Leave it' }).click();
	await manager.getByRole('heading', { name: 'Import a framework' }).waitFor();
});
