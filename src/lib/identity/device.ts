/** A browser in words, so that its owner recognises it. Pure. */

/** First match counts: browsers name each other, so the one that names the others comes before them. */
const browsers: [name: string, mark: RegExp][] = [
	['Edge', /\bEdg(e|A|iOS)?\//],
	['Opera', /\b(OPR|Opera|OPiOS)\//],
	['Samsung Internet', /\bSamsungBrowser\//],
	['Vivaldi', /\bVivaldi\//],
	['Firefox', /\b(Firefox|FxiOS)\//],
	['Chrome', /\b(Chrome|CriOS|HeadlessChrome)\//],
	['Chromium', /\bChromium\//],
	['Safari', /\bVersion\/[\d.]+.*\bSafari\//]
];
const systems: [name: string, mark: RegExp][] = [
	['iPhone', /\biPhone\b/],
	['iPad', /\biPad\b/],
	['Android', /\bAndroid\b/],
	['ChromeOS', /\bCrOS\b/],
	['Windows', /\bWindows\b/],
	['Mac', /\b(Macintosh|Mac OS X)\b/],
	['Linux', /\b(Linux|X11)\b/]
];
const on: Record<string, string> = { iPhone: 'an iPhone', iPad: 'an iPad', Mac: 'a Mac' };

/**
 * `Chrome on Windows`, as far as what a browser calls itself tells. Versions are left out: they change every few weeks,
 * and nobody knows theirs. A script names itself by one word.
 */
export function deviceOf(userAgent: string | null): string {
	if (!userAgent) return 'An unknown device';
	const named = (list: [string, RegExp][]) => list.find(([, mark]) => mark.test(userAgent))?.[0];
	const [browser, system] = [named(browsers), named(systems)];
	if (browser && system) return `${browser} on ${on[system] ?? system}`;
	if (browser ?? system) return browser ?? `A browser on ${on[system!] ?? system}`;
	return /^(curl|node|python-requests|Wget)\b/i.test(userAgent) ? 'A script' : 'An unknown browser';
}
