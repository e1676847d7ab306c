/**
 * What somebody without a network is shown: pages as they were, and a sentence where there is none. For the service worker
 * (docs/decisions/0020). Pure; what comes in as HTML was escaped by our own server.
 */

/** A page of a reflection that is here. `title` is HTML. */
export type Here = { path: string; title: string };

/** Kept pages of a reflection are newer than this, in ms, or read anew when their person arrives with a network. */
export const freshFor = 10 * 60_000;
/** So many are read anew: what somebody works on in a week. More would be paid for by whoever pays for bytes. */
export const mostRefreshed = 5;

/** Which kept pages are read anew, those that were opened last first. Pure. */
export function stale(pages: { url: string; openedAt: number; readAt: number }[], now: number): string[] {
	return [...pages]
		.sort((a, b) => b.openedAt - a.openedAt)
		.slice(0, mostRefreshed)
		.filter(({ readAt }) => !(now - readAt < freshFor))
		.map(({ url }) => url);
}

/** What the page is called, as HTML. */
export const titleIn = (html: string): string =>
	(/<title>([^<]*)<\/title>/.exec(html)?.[1] ?? '').replace(/ · Wayfellow$/, '');

/** The addresses of scripts and styles that a page names. */
export function filesIn(html: string, url: string): string[] {
	const named = html.matchAll(/["'(]([^"'()\s]*\/_app\/immutable\/[^"'()\s]+|[^"'()\s]*\/icons\.svg)/g);
	return [...new Set([...named].map(([, name]) => new URL(name!, url).href))];
}

/**
 * A page as it was when it was last read, and that sentence on it. Without its script: every link is then asked of the
 * service worker anew, so the first one that is followed with a network again leads to what is.
 */
export function asItWas(html: string, at: string): string {
	return html
		.replace(/<script\b[\s\S]*?<\/script>/g, '')
		.replace(/<link\b[^>]*\brel="(?:modulepreload|preload)"[^>]*>/g, '')
		.replace(
			/<main\b[^>]*>/,
			(main) =>
				`${main}<p class="notice as-it-was" role="status">You are offline. This page is as it was ${at}. <a href="">Look again</a></p>`
		);
}

const style = `:root{color-scheme:light dark}
body{margin:0;padding:1.5rem;min-height:100vh;box-sizing:border-box;display:grid;place-content:center;background:light-dark(#f6f6f1,#101917);color:light-dark(#132620,#eaeae1);font:1.0625rem/1.6 system-ui,sans-serif}
main{max-width:34rem}h1{margin:.25rem 0 1rem;font-size:1.5rem;line-height:1.25}h2{margin:1.5rem 0 .25rem;font-size:1.0625rem}
small{color:light-dark(#54655d,#9ca69d)}p{margin:0 0 1rem}ul{margin:0 0 1rem;padding:0;list-style:none}
li{border-top:1px solid light-dark(#d5d9d1,#2b3834)}a{display:inline-block;padding:.6rem 0;color:light-dark(#0f5c4d,#6fd6b9);overflow-wrap:anywhere}
nav{display:flex;flex-wrap:wrap;gap:0 1.5rem}button{min-height:44px;padding:0 1rem;border:1px solid light-dark(#0f5c4d,#6fd6b9);border-radius:6px;background:light-dark(#0f5c4d,#6fd6b9);color:light-dark(#fff,#101917);font:inherit;cursor:pointer}
a:focus-visible,button:focus-visible{outline:3px solid;outline-offset:2px}`;

const said = {
	reflection: [
		'This reflection is not on this device',
		'You are offline, and this reflection was not opened in this browser in the last 14 days. Everything in it that was saved is safe. Go online to open it.'
	],
	page: ['This page is not on this device', 'You are offline, and this page needs a network. Nothing was lost.'],
	sending: ['That was not sent', 'You are offline, so nothing has changed.']
} as const;

const escaped = (text: string) =>
	text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`).replaceAll('\n', '&#10;');

/**
 * A form that was not sent: to where, and what was filled in; null when that can't be sent from here, as with files, or when
 * it did not come from a page of ours.
 */
export type Unsendable = { action: string; fields: [name: string, value: string][] } | null;

function formAgain(form: Unsendable): string {
	if (!form) return '<p>Please go back, and send it again when you are online.</p>';
	const fields = form.fields.map(
		([name, value]) => `<textarea name="${escaped(name)}" hidden>\n${escaped(value)}</textarea>`
	);
	return `<p>What you filled in is kept on this page as long as it is open. Send it again when you are online.</p>
<form method="post" action="${escaped(form.action)}">${fields.join('')}<button>Send it again</button></form>`;
}

/** A page that says that the one which was asked for is not here, or a form was not sent, and what is here. */
export function notHere(what: keyof typeof said, here: Here[], form: Unsendable = null): string {
	const [heading, sentence] = said[what];
	const list = here.map(({ path, title }) => `<li><a href="${path}">${title || 'A reflection'}</a></li>`).join('');
	const again = what === 'sending' ? '' : '<a href="">Try again</a>';
	return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading} · Wayfellow</title><style>${style}</style></head>
<body><main><small>Wayfellow · offline</small><h1>${heading}</h1><p>${sentence}</p>${what === 'sending' ? formAgain(form) : ''}
${
	list
		? `<h2>These are here, and you can write in them</h2><ul>${list}</ul>`
		: '<p>No reflection is kept in this browser: none was opened here lately, or you said that this is a shared computer.</p>'
}
<nav>${again}<a href="/">Go home</a></nav></main></body></html>`;
}
