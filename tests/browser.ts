/** Finds a Chromium for the journeys: they run in a real browser or fail, never skip. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

type Found = { executablePath: string; args: string[] };

/** What distributions and vendors call it. */
const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'microsoft-edge'];
const places = [
	'/usr/bin',
	'/usr/local/bin',
	'/snap/bin',
	'/opt/google/chrome',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
	'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe'
];

/**
 * In this order: CHROME_PATH, an installed Chromium or Chrome, the one `playwright install` put in its cache, the one
 * inside the npm package @sparticuz/chromium (Linux).
 * @throws Error in a sentence when there is none
 */
export async function findBrowser(environment: Record<string, string | undefined> = process.env): Promise<Found> {
	const own = environment.CHROME_PATH?.trim();
	if (own) {
		if (!executable(own)) throw new Error(`CHROME_PATH names ${own}, and there is no program there.`);
		return { executablePath: own, args: [] };
	}
	const folders = [...(environment.PATH ?? '').split(delimiter), ...places];
	const installed = folders
		.flatMap((folder) => [...names.map((name) => join(folder, name)), folder])
		.find((path) => /chrom|edge/i.test(path.split(/[\\/]/).at(-1)!) && executable(path));
	if (installed) return { executablePath: installed, args: [] };
	if (executable(chromium.executablePath())) return { executablePath: chromium.executablePath(), args: [] };
	try {
		const { default: packaged } = await import('@sparticuz/chromium');
		return { executablePath: await packaged.executablePath(), args: packaged.args };
	} catch (error) {
		throw new Error(
			'No browser for the journeys: set CHROME_PATH, install Chromium or Chrome, or run npm install without leaving out the development packages.',
			{ cause: error }
		);
	}
}

/** Starts the browser without a window. Close it where it was opened. */
export async function openBrowser(): Promise<Browser> {
	const { executablePath, args } = await findBrowser();
	return chromium.launch({
		executablePath,
		// Chromium's sandbox refuses to run as root, and test machines often are.
		args: [...args, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage']
	});
}

function executable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return statSync(path).isFile();
	} catch {
		return false;
	}
}
