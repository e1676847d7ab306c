/**
 * The one door through which the server asks an address that a person named. Whoever may name one could otherwise have us
 * ask what only we can reach: a database beside us, a router, a cloud's own keys. So the name is resolved once, every
 * address it has must be one of the open internet, and the connection goes to that very address, whatever the name means a
 * moment later. A redirect is another address and goes through the same door.
 *
 * Nothing of ours travels along: no cookie, no key, no name of who asked.
 */
import { lookup } from 'node:dns/promises';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { Refusal } from '#lib/errors.ts';
import { isPublicAddress } from './public-address.ts';

export type Asking = {
	/** Bytes, as sent and unpacked. */
	most: number;
	/** What is accepted, such as `application/json`. */
	accept: string;
	/** Types that are read; of anything else only its type is. */
	types: RegExp;
	/** Hosts (`host` or `host:port`) that are asked though they are not of the open internet, and by plain http too. */
	alsoFrom?: readonly string[];
	/** All of it, the names and the redirects too. A school's line takes ten megabytes in less. */
	seconds?: number;
	/** Names to addresses; the machine's own unless a test says otherwise. */
	resolve?: (host: string) => Promise<{ address: string; family: number }[]>;
};

export type Answered = {
	body: Buffer;
	/** Where it was at last, after redirects. */
	address: string;
	type: string;
};

/** Sites move to https and to www, and then once more; who leads further leads in circles. */
const mostRedirects = 3;
const longestAddress = 2_000;

const no = (sentence: string) => new Refusal('rule', sentence);

/** @throws Refusal rule, with a sentence for whoever named the address */
export async function fetchOutside(named: string, asking: Asking): Promise<Answered> {
	const signal = AbortSignal.timeout((asking.seconds ?? 20) * 1000);
	let address = named.trim();
	for (let redirects = 0; redirects <= mostRedirects; redirects++) {
		const url = allowedAddress(address, asking.alsoFrom ?? []);
		const pinned = await addressOf(url, asking, signal);
		const response = await ask(url, pinned, asking.accept, signal);
		const status = response.statusCode ?? 0;
		if ([301, 302, 303, 307, 308].includes(status) && response.headers.location) {
			response.destroy();
			const next = URL.parse(response.headers.location, url);
			if (!next) throw no(`${url.host} sent us on to an address that can not be read. Nothing was taken.`);
			address = next.href;
			continue;
		}
		if (status !== 200) {
			response.destroy();
			throw no(
				status === 404
					? `${url.host} says that there is nothing at this address (404). Please check it.`
					: status === 401 || status === 403
						? `${url.host} shows this only to those it knows (${status}). Download it there, and import the file.`
						: `${url.host} did not answer with what was asked for (${status}). Nothing was taken; please try again later.`
			);
		}
		const type = (response.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
		if (!asking.types.test(type)) {
			response.destroy();
			throw no(
				type === 'text/html'
					? 'At this address is a web page, for people to read. Please look for the address of the data itself, often called “JSON” or “API”.'
					: `At this address is something else than data to read (${type || 'without a type'}). Nothing was taken.`
			);
		}
		return { body: await bodyOf(response, url, asking.most, signal), address: url.href, type };
	}
	throw no(`${URL.parse(named)?.host ?? 'This address'} leads on and on. Please name the address that it ends at.`);
}

/** @throws Refusal rule when it is not an address that we ask at all, whatever stands behind it */
export function allowedAddress(address: string, alsoFrom: readonly string[] = []): URL {
	const url = address.length <= longestAddress ? URL.parse(address) : null;
	if (!url || !url.hostname) throw no('This is not an address. One begins with https://.');
	const trusted = isNamed(url, alsoFrom);
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && trusted))
		throw no('Only addresses that begin with https:// are asked: what comes by another way could be changed on it.');
	if (url.username || url.password)
		throw no('There is a name or a password in this address. Please take it out; nothing was asked.');
	// Low ports are for other things than the web, and what speaks there may take our words for its own.
	if (!trusted && url.port && Number(url.port) < 1024)
		throw no('This address names a port that is not one of the web. Nothing was asked.');
	url.hash = '';
	return url;
}

const isNamed = (url: URL, alsoFrom: readonly string[]) =>
	alsoFrom.includes(url.host) || alsoFrom.includes(url.hostname);

const internal = () =>
	no('This address lies inside a network and not on the open internet, so it is not asked. Import a file instead.');

/** The one address to connect to. All that a name has must be public: which one is taken is not ours to say. */
async function addressOf(url: URL, { alsoFrom = [], resolve }: Asking, signal: AbortSignal) {
	const host = url.hostname.replace(/^\[|\]$/g, '');
	const trusted = isNamed(url, alsoFrom);
	const family = isIP(host);
	let found = family ? [{ address: host, family }] : [];
	if (!family)
		try {
			const names = (resolve ?? ((name: string) => lookup(name, { all: true, verbatim: true })))(host);
			found = await Promise.race([names, aborted(signal)]);
		} catch {
			throw signal.aborted ? tooSlow(url) : no(`There is no ${url.hostname} to be found. Please check the address.`);
		}
	const [first] = found;
	if (!first) throw no(`There is no ${url.hostname} to be found. Please check the address.`);
	if (!trusted && !found.every(({ address }) => isPublicAddress(address))) throw internal();
	return first;
}

const aborted = (signal: AbortSignal) =>
	new Promise<never>((_, reject) =>
		signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
	);

const tooSlow = (url: URL) => no(`${url.host} took too long to answer. Nothing was taken; please try again later.`);
const broken = (url: URL) =>
	no(`${url.host} could not be reached, or broke off. Nothing was taken; please try again later.`);

function ask(url: URL, pinned: { address: string; family: number }, accept: string, signal: AbortSignal) {
	return new Promise<IncomingMessage>((resolve, reject) => {
		const request = (url.protocol === 'https:' ? https : http).request(
			url,
			{
				// A connection of its own: one that is kept open could be to another address of the same name.
				agent: false,
				signal,
				headers: {
					accept,
					'accept-encoding': 'gzip, br, deflate',
					'user-agent': 'Wayfellow (catalogue import)'
				},
				lookup: pinnedTo(pinned)
			},
			resolve
		);
		request.on('error', () => reject(signal.aborted ? tooSlow(url) : broken(url)));
		request.end();
	});
}

export type Posting = Pick<Asking, 'alsoFrom' | 'resolve' | 'seconds'> & {
	body: Buffer;
	headers: Record<string, string>;
};

/**
 * Sends something to an address that somebody named, through the same door: only to the open internet, to the very address that
 * was looked at. No redirect is followed, and nothing of the answer but its status is read.
 * @throws Refusal rule when it is not an address that we ask, or can not be reached
 */
export async function postOutside(named: string, posting: Posting): Promise<number> {
	const signal = AbortSignal.timeout((posting.seconds ?? 15) * 1000);
	const url = allowedAddress(named, posting.alsoFrom ?? []);
	const pinned = await addressOf(url, { most: 0, accept: '*/*', types: /^/, ...posting }, signal);
	return new Promise((resolve, reject) => {
		const request = (url.protocol === 'https:' ? https : http).request(
			url,
			{
				method: 'POST',
				agent: false,
				signal,
				headers: { ...posting.headers, 'content-length': posting.body.length },
				lookup: pinnedTo(pinned)
			},
			(response) => {
				response.destroy();
				resolve(response.statusCode ?? 0);
			}
		);
		request.on('error', () => reject(signal.aborted ? tooSlow(url) : broken(url)));
		request.end(posting.body);
	});
}

/** Looks up nothing any more. */
const pinnedTo =
	(pinned: { address: string; family: number }): LookupFunction =>
	(_host, options, answer) =>
		options.all ? answer(null, [pinned]) : answer(null, pinned.address, pinned.family);

const unpackers = {
	gzip: promisify(gunzip),
	'x-gzip': promisify(gunzip),
	br: promisify(brotliDecompress),
	deflate: promisify(inflate)
};

async function bodyOf(response: IncomingMessage, url: URL, most: number, signal: AbortSignal): Promise<Buffer> {
	const tooMuch = () =>
		no(
			`What ${url.host} sends is larger than ${Math.floor(most / 1024 / 1024)} MB, which is more than is read. Nothing was taken.`
		);
	if (Number(response.headers['content-length'] ?? 0) > most) {
		response.destroy();
		throw tooMuch();
	}
	const chunks: Buffer[] = [];
	let bytes = 0;
	try {
		for await (const chunk of response) {
			bytes += (chunk as Buffer).length;
			if (bytes > most) break;
			chunks.push(chunk as Buffer);
		}
	} catch {
		throw signal.aborted ? tooSlow(url) : broken(url);
	} finally {
		response.destroy();
	}
	if (bytes > most) throw tooMuch();
	const whole = Buffer.concat(chunks);
	const packed = response.headers['content-encoding']?.trim().toLowerCase();
	if (!packed || packed === 'identity') return whole;
	if (!Object.hasOwn(unpackers, packed))
		throw no(`${url.host} packs its answer in a way that is not read (${packed.slice(0, 20)}).`);
	try {
		// A few bytes can unpack to gigabytes: it stops where reading would.
		return await unpackers[packed as keyof typeof unpackers](whole, { maxOutputLength: most });
	} catch (error) {
		throw (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? tooMuch() : broken(url);
	}
}
