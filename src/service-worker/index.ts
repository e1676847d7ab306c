/**
 * What makes a reload without a network show the reflection again: the files of the app, and the pages of reflections
 * that this person opened last. Everything is asked of the network first, so with a network nothing here is ever seen.
 *
 * Pages hold private words, on computers that are shared. So a page is kept only when the server says whose it is, all
 * pages of one person are thrown away before the first of another is kept, and signing in or out empties the lot. What
 * nobody opened for a fortnight goes when the product is next opened, except words that the server may lack: their person
 * is brought to the page that sends them.
 */
import { self } from '$app/service-worker';
import { version } from '$app/env';
import { copiesHere, forgetOld, forgetSaved, isToBeSent, keptFor, noteAsked } from '#lib/reflection/left-here.ts';
import { keptPages as pages, ownerHeader, signedInHeader } from '#lib/reflection/local-copy.ts';

const files = `files-${version}`;
/** A teacher works on a few at a time; a mentor of fifteen teachers on some more. */
const mostPages = 30;

/** Where people arrive, and may be led on from. */
const isArrival = (path: string) => path === '/' || path === '/reflections' || path.startsWith('/pairs/');
const isPage = (path: string) => /^\/reflections\/[^/]+$/.test(path);
/** Files whose names change with their content. */
const isFile = (path: string) => path.startsWith('/_app/immutable/') || path.endsWith('/icons.svg');

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener('activate', (event) => {
	const begin = async () => {
		for (const name of await caches.keys()) if (name !== files && name !== pages) await caches.delete(name);
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
	} else if (request.method !== 'GET') {
		return;
	} else if (request.mode === 'navigate') {
		event.waitUntil(tidy());
		if (isPage(pathname)) event.respondWith(page(request));
		else if (isArrival(pathname)) event.respondWith(arrive(request));
		// A session that ended elsewhere leads here; whoever comes next must not find the last one's pages.
		// So does the way back from a school account, which may begin at a portal and pass no form of ours.
		else if (/^\/sign-in(\/back\/[^/]+)?$/.test(pathname)) event.waitUntil(caches.delete(pages));
	} else if (isFile(pathname)) {
		event.respondWith(file(request));
	}
});

/** A page that is open hands over what it was made of, because it was loaded before this worker was there. */
self.addEventListener('message', (event) => {
	const kept: unknown = event.data?.keep;
	if (!Array.isArray(kept)) return;
	const keep = async () => {
		for (const url of kept.slice(0, 200).map(String)) {
			const { origin, pathname } = new URL(url, self.location.href);
			if (origin !== self.location.origin) continue;
			if (isFile(pathname)) await file(new Request(url)).catch(() => {});
			else if (isPage(pathname) && !(await (await caches.open(pages)).match(url)))
				await page(new Request(url)).catch(() => {});
		}
	};
	event.waitUntil(keep());
});

async function file(request: Request): Promise<Response> {
	const cache = await caches.open(files);
	const kept = await cache.match(request.url);
	if (kept) return kept;
	const response = await fetch(request);
	// With a full disk nothing can be kept, and everything is shown all the same.
	if (response.ok) await cache.put(request.url, response.clone()).catch(() => {});
	return response;
}

async function page(request: Request): Promise<Response> {
	const cache = await caches.open(pages);
	try {
		const response = await fetch(request);
		// A proxy without a server behind it.
		if (response.status >= 502 && response.status <= 504) return (await cache.match(request.url)) ?? response;
		const owner = response.headers.get(ownerHeader);
		if (response.ok && owner) await keepPage(cache, request.url, owner, response.clone()).catch(() => {});
		else if (response.status !== 500) await cache.delete(request.url);
		// Not this person's to read any more, so no copy of it stays on this device either.
		const id = new URL(request.url).pathname.split('/').pop();
		if (response.status === 404) await forgetSaved(({ reflectionId }) => reflectionId === id);
		return response;
	} catch (unreachable) {
		const kept = await cache.match(request.url);
		if (kept) return kept;
		throw unreachable;
	}
}

async function keepPage(cache: Cache, url: string, owner: string, response: Response) {
	for (const other of await cache.keys()) {
		const kept = await cache.match(other);
		if (kept?.headers.get(ownerHeader) !== owner) await cache.delete(other);
	}
	await cache.delete(url);
	await cache.put(url, response);
	const all = await cache.keys(); // oldest first
	for (const old of all.slice(0, Math.max(0, all.length - mostPages))) await cache.delete(old);
}

async function afterForgetting(request: Request, pathname: string): Promise<Response> {
	await caches.delete(pages);
	const response = await fetch(request);
	// Words that the server has need no copy here any more; those it lacks wait for their person to sign in again.
	if (pathname === '/sign-out') await forgetSaved();
	return response;
}

/** Takes away what nobody opened for a fortnight. */
async function tidy() {
	const open = await openNow();
	await forgetOld((id) => open.has(id));
	const cache = await caches.open(pages);
	for (const request of await cache.keys()) {
		const at = Date.parse((await cache.match(request))?.headers.get('date') ?? '');
		if (!(Date.now() - at <= keptFor)) await cache.delete(request);
	}
}

/** The reflections that some tab shows. */
async function openNow(): Promise<Set<string>> {
	const tabs = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
	return new Set(
		tabs.map(({ url }) => new URL(url).pathname).flatMap((path) => (isPage(path) ? path.split('/')[2]! : []))
	);
}

/** Whoever arrives and left words here that the server may lack is led to where they are sent, and then on. */
async function arrive(request: Request): Promise<Response> {
	const response = await fetch(request);
	const personId = response.headers.get(signedInHeader);
	if (!response.ok || !personId) return response;
	const open = await openNow();
	const waiting = (await copiesHere()).filter((copy) =>
		isToBeSent(copy, personId, Date.now(), open.has(copy.reflectionId))
	);
	if (waiting.length === 0) return response;
	for (const { name } of waiting) await noteAsked(name);
	const { pathname, search } = new URL(request.url);
	return Response.redirect(`/account/this-device?next=${encodeURIComponent(pathname + search)}`, 303);
}
