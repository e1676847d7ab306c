import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { findBrowser, openBrowser } from './browser.ts';

test('CHROME_PATH comes first', async () => {
	expect(await findBrowser({ CHROME_PATH: process.execPath })).toMatchObject({ executablePath: process.execPath });
});

test('a CHROME_PATH that leads nowhere is said, not passed over', async () => {
	await expect(findBrowser({ CHROME_PATH: '/nowhere/chrome' })).rejects.toThrow('/nowhere/chrome');
});

test('the browser that is found opens a page', async () => {
	const browser = await openBrowser();
	try {
		const page = await browser.newPage();
		await page.setContent('<title>here</title>');
		expect(await page.title()).toBe('here');
	} finally {
		await browser.close();
	}
});

// The package holds a program for Linux on x64 only.
if (process.platform === 'linux' && process.arch === 'x64') {
	test('the packaged browser works too', async () => {
		const { default: packaged } = await import('@sparticuz/chromium');
		const browser = await chromium.launch({
			executablePath: await packaged.executablePath(),
			args: [...packaged.args, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
		});
		try {
			expect(browser.version()).toMatch(/^\d+\./);
		} finally {
			await browser.close();
		}
	});
}
