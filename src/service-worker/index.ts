/**
 * What makes the product open without a network: the files of the app, the pages of reflections that this person opened
 * last, and those that lead to them, as they last were (docs/decisions/0020). Everything is asked of the network first, so
 * with a network nothing here is ever seen.
 *
 * Pages hold private words, on computers that are shared. So a page is kept only when the server says whose it is, all
 * pages of one person are thrown away before the first of another is kept, and signing in or out empties the lot. What
 * nobody opened for a fortnight goes when the product is next opened, except words that the server may lack: their person
 * is brought to the page that sends them.
 */
import { self } from '$app/service-worker';
import { version } from '$app/env';
import { readPush, withoutWords } from '#lib/notification/push-line.ts';
import { copiesHere, forgetOld, forgetSaved, isToBeSent, keptFor, noteAsked } from '#lib/reflection/left-here.ts';
import { keptPages as pages, ownerHeader, signedInHeader } from '#lib/reflection/local-copy.ts';
import {
	asItWas,
	filesIn,
	type Here,
	notHere,
	stale,
	titleIn,
	type Unsendable
} from '#lib/reflection/offline-pages.ts';

const files = `files-${version}`;
/** A teacher works on a few at a time; a mentor of fifteen teachers on some more. */
const mostPages = 30;
/** Pages of pairs, home and the list: as many as the pairs of such a mentor, and some that ended. */
const mostArrivals = 20;
/** Threads that somebody follows at one time, and some more. */
const mostThreads = 20;
/** When a person opened a kept page; reading it anew for them is not opening it. */
const openedHeader = 'x-opened';
/** Stands among the files once a reflection was opened with these: then they have what writing needs. */
const written = '/_app/immutable/written';

/** Where people arrive, and may be led on from. */
const isArrival = (path: string) =>
	path === '/' || path === '/reflections' || path.startsWith('/pairs/') || /^\/cohorts\/[^/]+$/.test(path);
/** Read without a network with their script, so that what is written there is kept and sent on return. */
const isThread = (path: string) => /^\/threads\/[^/]+$/.test(path);
const isPage = (path: string) => /^\/reflections\/[^/]+$/.test(path);
/** Files whose names change with their content. */
const isFile = (path: string) => path.startsWith('/_app/immutable/') || path.endsWith('/icons.svg');

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener('activate', (event) => {
	const begin = async () => {
		const names = await caches.keys(); // oldest first
		const older = names.filter((name) => name.startsWith('files-') && name !== files);
		// Pages that were kept before an update still need the files before it.
		const stay = [files, pages, older.at(-1)];
		for (const name of names) if (!stay.includes(name)) await caches.delete(name);
		await self.clients.claim();
	};
	event.waitUntil(begin());
});

self.addEventListener('fetch', (event) => {
	const { request } = event;
	const { origin, pathname } = new URL(request.url);
	if (origin !== self.location.origin) return;
	if (request.method === 'POST' && /^\/sign-(in|out)(\/|$)/.test(pathname)) {
		event.respondWith(afterForgetting(request, pathname));
	} else if (request.mode === 'navigate') {
		if (request.method !== 'GET') {
			event.respondWith(send(request));
			return;
		}
		event.waitUntil(tidy());
		if (isPage(pathname)) event.respondWith(page(event));
		else if (isThread(pathname)) event.respondWith(thread(event));
		else if (isArrival(pathname)) event.respondWith(arrive(event));
		else {
			// A session that ended elsewhere leads here; whoever comes next must not find the last one's pages.
			// So does the way back from a school account, which may begin at a portal and pass no form of ours.
			if (/^\/sign-in(\/back\/[^/]+)?$/.test(pathname)) event.waitUntil(caches.delete(pages));
			event.respondWith(fetch(request).catch(() => missing('page')));
		}
	} else if (request.method !== 'GET') {
		return;
	} else if (isFile(pathname)) {
		event.respondWith(file(request));
	} else if (pathname.endsWith('/__route.js')) {
		// Unanswered, a link that is followed would do nothing. "No such route" makes it ask for the whole page, of us.
		event.respondWith(fetch(request).catch(() => script('export const route = undefined, params = {};')));
	} else if (pathname.endsWith('/__data.json')) {
		event.respondWith(fetch(request).then((response) => (isAway(response) ? Response.error() : response)));
	}
});

/** A proxy without a server behind it. */
const isAway = ({ status }: Response) => status >= 502 && status <= 504;
const script = (text: string) => new Response(text, { headers: { 'content-type': 'text/javascript' } });

/** A page that is open hands over what it was made of, because it was loaded before this worker was there. */
self.addEventListener('message', (event) => {
	const kept: unknown = event.data?.keep;
	if (!Array.isArray(kept)) return;
	const keep = async () => {
		for (const url of kept.slice(0, 200).map(String)) {
			const { origin, pathname } = new URL(url, self.location.href);
			if (origin !== self.location.origin) continue;
			if (isFile(pathname)) await file(new Request(url)).catch(() => {});
			else if (isPage(pathname) && !(await (await caches.open(pages)).match(pathname)))
				await fetch(url)
					.then(async (response) => took(await caches.open(pages), pathname, response, Date.now()))
					.catch(() => {});
		}
		const cache = await caches.open(files);
		await cache.put(written, script('')).catch(() => {});
		await refresh();
	};
	event.waitUntil(keep());
});

async function file(request: Request): Promise<Response> {
	const kept = await caches.match(request.url);
	if (kept) return kept;
	const response = await fetch(request);
	// With a full disk nothing can be kept, and everything is shown all the same.
	if (response.ok) await keep(await caches.open(files), request.url, response.clone());
	return response;
}

const keep = (cache: Cache, url: string, response: Response) => cache.put(url, response).catch(() => {});

async function page(event: FetchEvent): Promise<Response> {
	const { request } = event;
	const { pathname } = new URL(request.url);
	const cache = await caches.open(pages);
	try {
		const response = await fetch(request);
		if (isAway(response)) return (await cache.match(pathname)) ?? response;
		const copy = response.clone();
		event.waitUntil(took(cache, pathname, copy, Date.now()));
		return response;
	} catch {
		return (await cache.match(pathname)) ?? missing('reflection');
	}
}

/** A thread as it is, and without a network as it was. Only its plain page is kept: not further back, nor with a form in it. */
async function thread(event: FetchEvent): Promise<Response> {
	const { request } = event;
	const { pathname, search } = new URL(request.url);
	const cache = await caches.open(pages);
	try {
		const response = await fetch(request);
		if (isAway(response)) return (await cache.match(pathname)) ?? response;
		if (search === '') {
			const copy = response.clone();
			event.waitUntil(took(cache, pathname, copy, Date.now()));
		}
		return response;
	} catch {
		return (await cache.match(pathname)) ?? missing('page');
	}
}

/** Keeps what the server answered, if it may be kept, and forgets what is nobody's here any more. */
async function took(cache: Cache, path: string, response: Response, openedAt: number) {
	const owner = response.headers.get(ownerHeader);
	if (response.ok && owner) await keepPage(cache, path, owner, response, openedAt).catch(() => {});
	else if (response.status !== 500) await cache.delete(path);
	// Not this person's to read any more, so no copy of it stays on this device either.
	if (response.status === 404 && isPage(path)) {
		const id = path.split('/').pop();
		await forgetSaved(({ reflectionId }) => reflectionId === id);
	}
}

type Kept = { path: string; url: string; response: Response; openedAt: number; readAt: number };

/** What is kept, opened last first. */
async function keptHere(cache: Cache): Promise<Kept[]> {
	const found: Kept[] = [];
	for (const { url } of await cache.keys()) {
		const response = await cache.match(url);
		if (!response) continue;
		const readAt = Date.parse(response.headers.get('date') ?? '');
		const openedAt = Number(response.headers.get(openedHeader) ?? readAt);
		found.push({ path: new URL(url).pathname, url, response, openedAt, readAt });
	}
	return found.sort((a, b) => b.openedAt - a.openedAt);
}

async function keepPage(cache: Cache, path: string, owner: string, response: Response, openedAt: number) {
	const others = await keptHere(cache);
	for (const { url, response: kept } of others) if (kept.headers.get(ownerHeader) !== owner) await cache.delete(url);
	const headers = new Headers(response.headers);
	headers.set(openedHeader, String(openedAt));
	// It is kept as it reads.
	for (const name of ['content-encoding', 'content-length']) headers.delete(name);
	const html = await response.text();
	await cache.put(path, new Response(html, { headers }));
	for (const url of filesIn(html, new URL(path, self.location.href).href))
		if (isFile(new URL(url).pathname)) await file(new Request(url)).catch(() => {});
	const most = isPage(path) ? mostPages : isThread(path) ? mostThreads : mostArrivals;
	const alike = others.filter(
		(one) => one.path !== path && isPage(one.path) === isPage(path) && isThread(one.path) === isThread(path)
	);
	for (const { url } of alike.slice(most - 1)) await cache.delete(url);
}

/** Reads the reflections anew that were opened last, so that they are here as they are now and not as they were then. */
async function refresh() {
	const saves = (navigator as { connection?: { saveData?: boolean } }).connection?.saveData;
	// What a newer version would show could not be written in with the files of an older one.
	if (saves || !(await (await caches.open(files)).match(written))) return;
	const cache = await caches.open(pages);
	const kept = (await keptHere(cache)).filter(({ path }) => isPage(path));
	for (const url of stale(kept, Date.now())) {
		const { path, openedAt } = kept.find((one) => one.url === url)!;
		const response = await fetch(url, { redirect: 'manual' }).catch(() => null);
		if (!response || response.status === 0 || response.status >= 500) return;
		// Somebody signed out meanwhile.
		if (await cache.match(url)) await took(cache, path, response, openedAt);
	}
}

/** Says that what was asked for is not here, and what is. */
async function missing(what: Parameters<typeof notHere>[0], form: Unsendable = null): Promise<Response> {
	const here: Here[] = [];
	for (const { path, response } of await keptHere(await caches.open(pages)))
		if (isPage(path)) here.push({ path, title: titleIn(await response.text()) });
	return new Response(notHere(what, here, form), {
		status: 503,
		headers: {
			'content-type': 'text/html; charset=utf-8',
			'cache-control': 'no-store',
			'content-security-policy':
				"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
		}
	});
}

/** Sends a form, or says that it was not sent and keeps what was filled in. */
async function send(request: Request): Promise<Response> {
	const copy = request.clone();
	try {
		return await fetch(request);
	} catch {
		return missing('sending', await unsent(copy));
	}
}

/** Only forms of our own pages: another site must not put words into one that a person then sends. */
async function unsent(request: Request): Promise<Unsendable> {
	if (!request.referrer || new URL(request.referrer).origin !== self.location.origin) return null;
	const form = await request.formData().catch(() => null);
	const fields = [...(form ?? [])];
	if (!fields.every((field): field is [string, string] => typeof field[1] === 'string')) return null;
	const { pathname, search } = new URL(request.url);
	return form && { action: pathname + search, fields };
}

/** A page that leads somewhere, as it was when it was last read. */
async function arrivalAsItWas(path: string): Promise<Response | null> {
	const kept = await (await caches.open(pages)).match(path);
	if (!kept) return null;
	const at = new Date(Number(kept.headers.get(openedHeader)));
	const when = at.toLocaleString('en', {
		weekday: 'long',
		day: 'numeric',
		month: 'long',
		hour: 'numeric',
		minute: '2-digit'
	});
	return new Response(asItWas(await kept.text(), `on ${when}`), { headers: kept.headers });
}

async function afterForgetting(request: Request, pathname: string): Promise<Response> {
	await caches.delete(pages);
	// What was said to whoever sat here so far. First: the answer may take this worker away.
	for (const shown of await self.registration.getNotifications().catch(() => [])) shown.close();
	let response: Response;
	try {
		response = await fetch(request);
	} catch {
		return missing('sending');
	}
	// Words that the server has need no copy here any more; those it lacks wait for their person to sign in again.
	if (pathname === '/sign-out') {
		await forgetSaved();
		// Whoever sits here next is told nothing of theirs. The server hears of it from the browser's maker.
		const told = await self.registration.pushManager?.getSubscription().catch(() => null);
		await told?.unsubscribe().catch(() => false);
	}
	return response;
}

/** Takes away what nobody opened for a fortnight. */
async function tidy() {
	const open = await openNow();
	await forgetOld((id) => open.has(id));
	const cache = await caches.open(pages);
	for (const { url, openedAt } of await keptHere(cache))
		if (!(Date.now() - openedAt <= keptFor)) await cache.delete(url);
}

/** The reflections that some tab shows. */
async function openNow(): Promise<Set<string>> {
	const tabs = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
	return new Set(
		tabs.map(({ url }) => new URL(url).pathname).flatMap((path) => (isPage(path) ? path.split('/')[2]! : []))
	);
}

/** Whoever arrives and left words here that the server may lack is led to where they are sent, and then on. */
async function arrive(event: FetchEvent): Promise<Response> {
	const { request } = event;
	const { pathname, search } = new URL(request.url);
	let response: Response;
	try {
		response = await fetch(request);
	} catch {
		return (await arrivalAsItWas(pathname)) ?? missing('page');
	}
	if (isAway(response)) return (await arrivalAsItWas(pathname)) ?? response;
	const copy = response.clone();
	event.waitUntil(
		caches
			.open(pages)
			.then((cache) => took(cache, pathname, copy, Date.now()))
			.then(refresh)
	);
	const personId = response.headers.get(signedInHeader);
	if (!response.ok || !personId) return response;
	const open = await openNow();
	const waiting = (await copiesHere()).filter((copy) =>
		isToBeSent(copy, personId, Date.now(), open.has(copy.reflectionId))
	);
	if (waiting.length === 0) return response;
	for (const { name } of waiting) await noteAsked(name);
	return Response.redirect(`/account/this-device?next=${encodeURIComponent(pathname + search)}`, 303);
}

/** That there is something, as the server says it in a line. The words stand in the app. */
self.addEventListener('push', (event) => {
	const { id, tag, path } = readPush(event.data?.text());
	const show = async () => {
		// As an object: the type of these options does not know that one may sound again.
		const shown = { tag, renotify: true, icon: '/favicon.svg', data: path };
		await self.registration.showNotification((id && (await lineOf(id))) || withoutWords, shown);
	};
	event.waitUntil(show());
});

/**
 * The line of a notice, asked at the moment when it is shown: whoever signed out here, or sits here now instead of its person,
 * gets none, and nobody gets one that was taken back meanwhile.
 */
async function lineOf(id: string): Promise<string | null> {
	try {
		const response = await fetch(`/notifications/${id}`, {
			headers: { accept: 'application/json' },
			redirect: 'manual',
			signal: AbortSignal.timeout(10_000)
		});
		const said = response.ok ? ((await response.json()) as { title?: unknown }) : null;
		return typeof said?.title === 'string' ? said.title : null;
	} catch {
		return null;
	}
}

self.addEventListener('notificationclick', (event) => {
	event.notification.close();
	event.waitUntil(self.clients.openWindow(String(event.notification.data)));
});
