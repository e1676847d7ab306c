/**
 * Every door of the product, read from its route tree, against the matrix in `tests/matrix`: what it answers to everybody,
 * by where the pair stands in its life; that no answer holds anything of others; and that every answer keeps to the rules
 * for headers and cookies. Against the production build as it runs outside the demo, over HTTP, with real cookies.
 */
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type http from 'node:http';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createSession, createSessionIn } from '#lib/identity/session.server.ts';
import type { Database } from '#lib/server/database.ts';
import { answerTo, type Line, lines, missing } from '../matrix/answers.ts';
import { type Answered, complaints } from '../matrix/complaints.ts';
import { doors } from '../matrix/routes.ts';
import { everybody, type Place, type Who, world } from '../matrix/world.ts';
import { frame, sync } from '#lib/reflection/frames.ts';
import { frameOf } from '#lib/reflection/live/wire.ts';
import { RawSocket, typed, until } from '../live-room.ts';
import { origin, type OutsideProduct, startOutside } from '../outside-product.ts';
import type { Product } from '../product.ts';
import { leaks } from '../worlds/compare.ts';
import { addressOf as addressOfPerson, canary, idOf, versionId } from '../worlds/names.ts';
import { plant } from '../worlds/plant.ts';
import { Model } from '../worlds/model.ts';

const { facts, places } = world();
const model = new Model(facts);

/** Thousands of requests in one test: every door, in every way in which it must not open. */
const everyDoorMs = 400_000;

let outside: OutsideProduct;
let db: Database;
let product: Product;
/** Of everybody who has one, and of the teacher of each place one that ended and one that ran out. */
const cookies = new Map<string, string>();

beforeAll(async () => {
	outside = await startOutside({
		METRICS_TOKEN: 'only-for-this-test',
		BOUNCES_TOKEN: 'only-for-this-test',
		GOOGLE_CLIENT_ID: 'only-for-this-test',
		GOOGLE_CLIENT_SECRET: 'only-for-this-test',
		GOOGLE_ISSUER: 'http://127.0.0.1:9' // nobody is there
	});
	({ db, product } = outside);
	await plant(db, facts);
	for (const { name } of facts.people) cookies.set(name, await newCookie(name));
	for (const { people } of places) {
		const byMail = await createSession(db, idOf(people.manager!), null);
		cookies.set(`${people.manager} by mail`, `__Host-session=${byMail.cookieValue}`);
		const old = await createSession(db, idOf(people.teacher!), null);
		cookies.set(`${people.teacher} signed out`, `__Host-session=${old.cookieValue}`);
		await db.asOwner((tx) => tx.execute(sql`delete from sessions where id = ${old.sessionId}`));
		const past = await createSession(db, idOf(people.teacher!), null, new Date(Date.now() - 31 * 24 * 3600_000));
		cookies.set(`${people.teacher} expired`, `__Host-session=${past.cookieValue}`);
	}
}, 240_000);
afterAll(() => outside?.stop());

async function newCookie(person: string): Promise<string> {
	// With a passkey, so that whoever may do something only with one may do it.
	const session = await db.asService((tx) =>
		createSessionIn(tx, idOf(person), 'passkey', { whence: null, shared: false })
	);
	return `__Host-session=${session.cookieValue}`;
}

/** Who knocks, and with which cookie. `person` is null for whoever is nobody to the product. */
type Visitor = { who: Who; place: Place; person: string | null; cookie: string | undefined };
function visitor(who: Who, place: Place): Visitor {
	if (who === 'nobody') return { who, place, person: null, cookie: undefined };
	if (who === 'signed out' || who === 'expired')
		return { who, place, person: null, cookie: cookies.get(`${place.people.teacher} ${who}`)! };
	const person = place.people[who];
	if (!person) throw new Error(`Nobody is the ${who} of ${place.pair}.`);
	const cookie = cookies.get(who === 'manager by mail' ? `${person} by mail` : person)!;
	return { who, place, person: who === 'left' ? null : person, cookie };
}
const visitorsAt = (line: Line) =>
	places
		.filter(({ state }) => line.ofPair || state === 'active')
		.flatMap((place) => everybody.map((who) => visitor(who, place)));

/** The fields of a form; as a list when some come twice. */
type Sent = Record<string, string> | [string, string][];

const nonces = new Set<string>();
const wrong: string[] = [];

/** Each request from a network of its own: what is asked here by one machine, a district asks in a day. */
let asked = 0;
const network = () => `198.${18 + (asked >> 16)}.${(asked >> 8) % 256}.${asked++ % 256}`;

/** Asks as a browser would, and looks at whatever is answered. */
async function ask(
	by: Pick<Visitor, 'who' | 'place' | 'person' | 'cookie'>,
	path: string,
	how: { method?: string; sent?: Sent; body?: BodyInit; headers?: Record<string, string>; patient?: true } = {}
): Promise<Answered> {
	const method = how.method ?? (how.sent || how.body ? 'POST' : 'GET');
	const knock = () =>
		fetch(product.base + path, {
			method,
			redirect: 'manual',
			headers: {
				accept: 'text/html',
				'x-forwarded-for': network(),
				...(by.cookie ? { cookie: by.cookie } : {}),
				...(method === 'GET' || method === 'HEAD' ? {} : { origin }),
				...how.headers
			},
			...(how.sent ? { body: new URLSearchParams(how.sent) } : how.body ? { body: how.body } : {})
		});
	let response = await knock();
	// Where it matters what a door answers: one person who knocks at all of them within a minute is told to wait for the next
	// one, and does. Whoever is told to wait for longer was told so by the door.
	while (how.patient && response.status === 429) {
		const seconds = Number(response.headers.get('retry-after'));
		if (!(seconds <= 60)) break;
		await response.body?.cancel();
		await wait(seconds * 1_000);
		response = await knock();
	}
	const { status, headers } = response;
	const body = headers.get('content-type')?.startsWith('text/event-stream')
		? await firstOf(response)
		: await response.text();
	const answered = { method, path, status, headers, body, signedIn: by.person !== null };
	wrong.push(...complaints(answered, nonces));
	const all = `${status} ${JSON.stringify([...headers])} ${unfolded(answered.body)}`;
	const named = namedAt(path, by.person);
	for (const found of [...leaks(facts, model, by.person, all, named), ...idsNotTheirs(by.person, all, path, named)])
		wrong.push(`${method} ${path} tells the ${by.who} of ${by.place.pair} (${by.place.state}): ${found}`);
	return answered;
}

/** What a stream says first: it has no end. */
async function firstOf(response: Response): Promise<string> {
	const reader = response.body!.getReader();
	const { value } = await reader.read();
	await reader.cancel();
	return Buffer.from(value ?? []).toString();
}

/** A body, and once more what is hidden in its base64: a document's state travels so. */
function unfolded(body: string): string {
	const hidden = [...body.matchAll(/[A-Za-z0-9+/]{40,}={0,2}/g)].map(([text]) =>
		Buffer.from(text, 'base64').toString('latin1')
	);
	return [body, ...hidden].join('\n');
}

/** People whom one page names to whoever manages a program, and no other page does. */
const namedAt = (path: string, person: string | null): ReadonlySet<string> =>
	person !== null && /^\/programs\/[^/]+\/moderators(\?|\/__data|$)/.test(path)
		? model.coachesToAppoint(person)
		: new Set();

/** Ids of rows that are not the person's to see, leaving out those that they asked with. */
function idsNotTheirs(person: string | null, text: string, path: string, named: ReadonlySet<string>): string[] {
	const sees = person === null ? {} : model.sees(person);
	const own = path === '/account/data/copy' ? namedBy(sees) : new Set<unknown>();
	const told =
		person === null || !/^\/programs\/[^/]+\/people(\?|\/__data|$)/.test(path) ? null : model.toldAbove(person);
	const tables = [
		'people',
		'programs',
		'cohorts',
		'enrollments',
		'pairs',
		'caseloads',
		'reflections',
		'submissions',
		'awards',
		'roles',
		'invitations'
	] as const;
	return tables.flatMap((table) =>
		facts[table].flatMap(({ name }) =>
			!sees[table]?.includes(name) &&
			!own.has(name) &&
			!told?.has(name) &&
			!named.has(name) &&
			!path.includes(idOf(name)) &&
			text.includes(idOf(name))
				? [`the id of ${name}`]
				: []
		)
	);
}

/** What rows that somebody sees point at: a copy has these rows whole, and so says of what somebody was the manager. */
function namedBy(sees: Record<string, string[]>): Set<unknown> {
	const seen = (['roles', 'enrollments', 'pairs', 'caseloads'] as const).flatMap((table) =>
		(facts[table] as { name: string }[]).filter(({ name }) => sees[table]?.includes(name))
	);
	return new Set(seen.flatMap((row) => Object.values(row) as unknown[]));
}

/** The frozen version of a place's reflection. */
const versionOf = ({ reflection }: Place) => reflection.replace('reflection', 'version');
const addressOf = ({ at }: Pick<Line, 'at'>, place: Place) =>
	at
		.replace(':pair', idOf(place.pair))
		.replace(':reflection', idOf(place.reflection))
		.replace(':frozen', idOf(versionOf(place)))
		.replace(':program', idOf(place.program))
		.replace(':cohort', idOf(place.cohort))
		.replaceAll(':talk', idOf(place.talk))
		.replaceAll(':spoken', idOf(place.spoken))
		.replace(':member', idOf(place.member))
		.replace(':teacher', idOf(place.people.teacher!));
const sentBy = ({ sent }: Line, place: Place) =>
	sent &&
	Object.fromEntries(
		Object.entries(sent).map(([name, value]) => [
			name,
			value
				.replace(':version', versionId)
				.replace(':invitation', idOf(place.invitation))
				.replace(':role', idOf(place.role))
				.replace(':talk', idOf(place.talk))
				.replace(':spoken', idOf(place.spoken))
		])
	);

/** Knocks at the live path. @returns the code it is closed with, `opens`, or the status that refuses the upgrade */
async function knock(path: string, headers: Record<string, string>): Promise<number | 'opens'> {
	const socket = new WebSocket(`${product.base.replace('http', 'ws')}${path}`, { headers });
	socket.on('error', () => {});
	try {
		return await Promise.race([
			once(socket, 'close').then(([code]) => code as number),
			// The server's first message comes when the door has decided.
			once(socket, 'message').then(() => 'opens' as const),
			once(socket, 'unexpected-response').then(([, response]) => (response as http.IncomingMessage).statusCode!)
		]);
	} finally {
		socket.terminate();
	}
}

/** At most a few at a time, so that the product is busy and not flooded. */
async function each<T>(list: readonly T[], work: (one: T) => Promise<void>, atOnce = 6): Promise<void> {
	const rest = list.values();
	await Promise.all(
		Array.from({ length: atOnce }, async () => {
			for (const one of rest) await work(one);
		})
	);
}

/** Collects what is wrong while `work` runs. */
async function wrongIn(work: () => Promise<void>): Promise<string[]> {
	wrong.length = 0;
	await work();
	return [...new Set(wrong)];
}

const say = (door: string, { who, place }: Visitor, real: unknown, right: unknown) =>
	wrong.push(
		`${door} answers ${String(real)} to the ${who} of ${place.pair} (${place.state}), and the matrix says ${String(right)}.`
	);

test('every door has a line in the matrix, and every line a door', () => {
	expect(missing(doors())).toEqual([]);
});

describe.for(Object.entries(lines))('%s', ([door, line]) => {
	if (door.startsWith('socket'))
		test('opens to whom the matrix says', async () => {
			const found = await wrongIn(() =>
				each(visitorsAt(line), async (by) => {
					const headers = { origin, ...(by.cookie ? { cookie: by.cookie } : {}) };
					const real = await knock(addressOf(line, by.place), headers);
					const right = answerTo(line, by.who, by.place.state);
					if (real !== right) say(door, by, real, right);
				})
			);
			expect(found).toEqual([]);
		});
	else if (line.sent)
		test('does for everybody what the matrix says, and nothing else', async () => {
			const found = await wrongIn(async () => {
				for (const by of visitorsAt(line)) await acts(door, line, by);
			});
			expect(found).toEqual([]);
		});
	else
		test('answers everybody as the matrix says, and tells nothing of others', async () => {
			const found = await wrongIn(() =>
				each(visitorsAt(line), async (by) => {
					const path = addressOf(line, by.place);
					const method = door.startsWith('fallback') ? 'PUT' : door.startsWith('DELETE') ? 'DELETE' : 'GET';
					const { status } = await ask(by, path, { method });
					const right = answerTo(line, by.who, by.place.state);
					if (status !== right) say(door, by, status, right);
					if (!door.startsWith('page')) return;
					// The same as data: whole, only the frame, and only the page.
					const [page, query = ''] = path.split('?') as [string, string?];
					for (const part of ['', 'x-sveltekit-invalidated=10', 'x-sveltekit-invalidated=01']) {
						const asked = [query, part].filter(Boolean).join('&');
						const { body } = await ask(by, `${page === '/' ? '' : page}/__data.json${asked && `?${asked}`}`);
						const says = dataSays(body);
						if (!part.endsWith('10') && says !== right) say(`${door} as data${part}`, by, says, right);
					}
				})
			);
			expect(found).toEqual([]);
		});
});

/** Which status a page would have had, as its data tells it. */
function dataSays(body: string): number {
	// Data may come in several lines, what is late behind what is there.
	const said = JSON.parse(body.split('\n')[0]!) as {
		type?: string;
		status?: number;
		nodes?: ({ type: string; status?: number; error?: { status?: number } } | null)[];
	};
	if (said.type === 'redirect') return 303;
	const error = said.nodes?.find((node) => node?.type === 'error');
	if (error) return error.error?.status ?? error.status ?? 0;
	return said.type === 'data' ? 200 : (said.status ?? 0);
}

/** Sends the form of a door, looks at what it did, and takes it back. @param more fields beside those of the form */
async function acts(door: string, line: Line, by: Visitor, more: [string, string][] = []): Promise<void> {
	const { person, place } = by;
	// Signing out ends the session: it gets one of its own.
	const own = door === 'action /sign-out default' && person ? { ...by, cookie: await newCookie(person) } : by;
	const before = await counted();
	const { status } = await ask(own, addressOf(line, place), {
		sent: [...Object.entries(sentBy(line, place)!), ...more],
		patient: true
	});
	const after = await counted();
	const right = answerTo(line, by.who, place.state);
	if (status !== right) say(door, by, status, right);

	const real = [
		...(after.reflections > before.reflections ? ['a reflection more'] : []),
		...(after.open < before.open ? ['the pair ended'] : []),
		...(after.sessions < before.sessions ? ['the session ended'] : [])
	].join();
	const happens =
		right === 303 &&
		person !== null &&
		// Led to the passkey, and nothing done.
		!(by.who === 'manager by mail' && line.changes === 'the pair ended') &&
		!(line.changes === 'the pair ended' && ['completed', 'rematched', 'withdrawn'].includes(place.state));
	const expected = happens ? (line.changes ?? '') : '';
	if (real !== expected) say(`${door} changes (${real || 'nothing'}) and`, by, status, expected || 'nothing');
	if (real === '') return;
	const { status: was, endedAs } = facts.pairs.find(({ name }) => name === place.pair)!;
	await db.asOwner(async (tx) => {
		await tx.execute(sql`delete from reflection_sharings where reflection_id in
			(select id from reflections where title = ${line.sent!.title ?? ''})`);
		await tx.execute(sql`delete from reflections where title = ${line.sent!.title ?? ''}`);
		await tx.execute(sql`delete from pair_events where kind = 'ended'`);
		await tx.execute(sql`update pairs set status = ${was}, ended_as = ${endedAs}, ended_at = ${endedAs ? new Date().toISOString() : null}
			where id = ${idOf(place.pair)}`);
	});
}

async function counted() {
	const { rows } = (await db.asOwner((tx) =>
		tx.execute(sql`select
			(select count(*)::int from reflections) as reflections,
			(select count(*)::int from pairs where status <> 'ended') as open,
			(select count(*)::int from sessions) as sessions`)
	)) as unknown as { rows: { reflections: number; open: number; sessions: number }[] };
	return rows[0]!;
}

test('those who may see a thing do see it, so that finding nothing means something', async () => {
	const place = places.find(({ state }) => state === 'active')!;
	const [title, words] = [canary.title(place.reflection), canary.words(place.reflection)];
	for (const [who, path, ...sees] of [
		['teacher', `/reflections/${idOf(place.reflection)}`, title, words],
		['mentor', `/reflections/${idOf(place.reflection)}/__data.json`, title, words],
		['teacher', '/reflections', title],
		['teacher', `/pairs/${idOf(place.pair)}/check-ins`, canary.stuck(place.pair)],
		['mentor', `/pairs/${idOf(place.pair)}/check-ins`, canary.stuck(place.pair)],
		['mentor', `/pairs/${idOf(place.pair)}`, title, canary.reason(place.pair)],
		['coach', `/pairs/${idOf(place.pair)}`, canary.name(place.people.teacher!), canary.reason(place.pair)],
		['manager', `/pairs/${idOf(place.pair)}`, canary.name(place.people.mentor!)]
	] as [Who, string, ...string[]][]) {
		const { body } = await ask(visitor(who, place), path);
		for (const sentence of sees) expect(unfolded(body), `${who} at ${path}`).toContain(sentence);
	}
});

describe('another site', () => {
	const place = places.find(({ state }) => state === 'active')!;
	const foreign: Record<string, string>[] = [
		{ origin: 'https://elsewhere.example' },
		{ origin: 'null' },
		{ origin: 'http://wayfellow.test' },
		{ origin: `${origin}.elsewhere.example` },
		{ origin, 'sec-fetch-site': 'cross-site' },
		{ origin, 'sec-fetch-site': 'same-site' }
	];

	test(
		'changes nothing at any door, with the cookie of somebody who could',
		async () => {
			const before = await counted();
			const found = await wrongIn(() =>
				each(Object.entries(lines), async ([door, line]) => {
					if (door.startsWith('socket')) return;
					for (const headers of foreign)
						for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
							const by = visitor('teacher', place);
							const answered = await ask(by, addressOf(line, place), {
								method,
								headers,
								...(method === 'POST' ? { sent: sentBy(line, place) ?? {} } : {})
							});
							// A webmail stops a mail for its reader: by what the mail says, and by no cookie. Here it says nothing.
							const right = method === 'POST' && door.includes('/unsubscribe/[token]') ? 404 : 403;
							if (answered.status !== right)
								say(`${method} ${door} from ${JSON.stringify(headers)}`, by, answered.status, right);
						}
				})
			);
			expect(found).toEqual([]);
			expect(await counted()).toEqual(before);
		},
		everyDoorMs
	);

	test('opens no live connection', async () => {
		const { cookie } = visitor('teacher', place);
		const path = addressOf(lines['socket /live/[id]']!, place);
		expect(await knock(path, { cookie: cookie!, origin })).toBe('opens');
		for (const headers of foreign.slice(0, 4))
			expect(await knock(path, { cookie: cookie!, ...headers }), headers.origin).toBe(403);
	});

	test('is told of no method and no header that it may use', async () => {
		const found = await wrongIn(async () => {
			for (const line of Object.values(lines))
				await ask(visitor('teacher', place), addressOf(line, place), {
					method: 'OPTIONS',
					headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' }
				});
		});
		expect(found).toEqual([]);
	});
});

test('whatever else is asked, the answer keeps to the rules', async () => {
	const place = places.find(({ state }) => state === 'active')!;
	const script = /\/_app\/immutable\/[^"' ]+\.(?:js|css)/.exec((await ask(visitor('teacher', place), '/')).body)?.[0];
	expect(script, 'a page names its scripts').toBeDefined();
	const found = await wrongIn(async () => {
		for (const by of [visitor('nobody', place), visitor('teacher', place)])
			for (const path of [
				'/nowhere',
				'/pairs/not-an-id',
				'/reflections/%00',
				'/%E0%A4%A',
				'/live/' + idOf(place.reflection),
				'/_app/nowhere.js',
				'/__data.json',
				'/nowhere/__data.json',
				'/favicon.svg',
				'/icons.svg',
				'/service-worker.js',
				'/_app/version.json',
				script!
			])
				await ask(by, path);
		await ask(visitor('teacher', place), `/pairs/${idOf(place.pair)}?/nothingLikeIt`, { sent: { a: 'b' } });
		await ask(visitor('teacher', place), `/pairs/${idOf(place.pair)}?/startReflection`, {
			sent: { title: 'x'.repeat(600_000) }
		});
		await ask(visitor('teacher', place), '/pairs', {
			sent: {},
			headers: { accept: 'application/json', 'x-sveltekit-action': 'true' }
		});
	});
	expect(found).toEqual([]);
});

test('the cookies of signing in and out keep to the rules', async () => {
	const by = visitor('nobody', places[0]!);
	const person = places[0]!.people.teacher!;
	const found = await wrongIn(async () => {
		const asked = await ask(by, '/sign-in', { sent: { email: addressOfPerson(person) } });
		expect(asked.status).toBe(303);
		expect(asked.headers.getSetCookie()).toHaveLength(1);
		const { rows } = (await db.asOwner((tx) =>
			tx.execute(sql`select body_text as text from mail_messages order by created_at desc limit 1`)
		)) as unknown as { rows: { text: string }[] };
		const token = /token=([A-Za-z0-9_-]+)/.exec(rows[0]!.text)?.[1];
		expect(rows[0]!.text, 'links lead to the address we were told').toContain(`${origin}/sign-in/link`);
		const entered = await ask({ ...by, person }, '/sign-in/link', { sent: { token: token! } });
		expect(entered.status).toBe(303);
		const cookie = entered.headers
			.getSetCookie()
			.find((line) => line.startsWith('__Host-session='))
			?.split(';')[0];
		expect(cookie).toBeDefined();
		const left = await ask({ ...by, person, cookie }, '/sign-out', { sent: {} });
		expect(left.headers.getSetCookie().some((line) => line.startsWith('__Host-session=;'))).toBe(true);
		expect((await ask({ ...by, cookie }, '/')).status).toBe(303);
	});
	expect(found).toEqual([]);
});

describe('an id that is somebody else’s', () => {
	const place = places.find(({ state }) => state === 'active')!;
	const absent = {
		...place,
		pair: 'pair 999999',
		reflection: 'reflection 999999',
		talk: 'talk 999999',
		spoken: 'talk 999998'
	};
	/** An answer without what differs from one answer to the next: nonces, and the ids that were asked for. */
	const essence = ({ status, headers, body }: Answered, at: Place) =>
		[
			status,
			...[...headers].filter(([name]) => !['date', 'content-length', 'set-cookie', 'etag'].includes(name)).map(String),
			body
		]
			.join('\n')
			.replaceAll(/nonce[-=]"?[A-Za-z0-9+/=]+/g, 'nonce')
			.replaceAll(idOf(at.pair), 'id')
			.replaceAll(idOf(at.reflection), 'id')
			.replaceAll(idOf(versionOf(at)), 'id')
			.replaceAll(idOf(at.talk), 'id')
			.replaceAll(idOf(at.spoken), 'id')
			.replaceAll(/__sveltekit_\w+|data-sveltekit-\w+/g, 'kit');

	const knowsOf = (person: string) => {
		const sees = model.sees(person);
		return (
			sees.pairs!.includes(place.pair) ||
			sees.reflections!.includes(place.reflection) ||
			sees.threads!.includes(place.talk)
		);
	};

	test.for(Object.entries(lines).filter(([, { at }]) => /:(pair|reflection|talk|spoken)\b/.test(at)))(
		'answers at %s like one that is not there, to everybody who may not know of it',
		async ([door, line]) => {
			if (door.startsWith('socket')) {
				for (const who of ['other teacher', 'coach', 'classmate', 'former mentor'] as const) {
					const headers = { origin, cookie: visitor(who, place).cookie! };
					const heard = await Promise.all([place, absent].map((at) => knock(addressOf(line, at), headers)));
					expect(heard[0], who).toBe(heard[1]);
				}
				return;
			}
			let compared = 0;
			for (const who of everybody) {
				const by = visitor(who, place);
				// Some doors only lead on, to whoever may know of it further than to others.
				const leadsOn = answerTo(line, who, 'active') === 303 && (by.person === null || !knowsOf(by.person));
				if (answerTo(line, who, 'active') !== 404 && !leadsOn) continue;
				const deletes = door.startsWith('DELETE');
				// A file that one reads with its post is there, and stays.
				if (deletes && by.person !== null && knowsOf(by.person)) continue;
				const how = line.sent ? { sent: sentBy(line, place)! } : deletes ? { method: 'DELETE' } : {};
				const ways: [suffix: string, how: Parameters<typeof ask>[2]][] = [
					['', how],
					...(line.sent
						? ([['', { ...how, headers: { accept: 'application/json', 'x-sveltekit-action': 'true' } }]] as const)
						: ([['/__data.json', {}]] as const)
					).map(([suffix, way]): [string, typeof how] => [suffix, way])
				];
				for (const [suffix, way] of ways) {
					const [foreign, none] = [
						await ask(by, addressOf(line, place) + suffix, way),
						await ask(by, addressOf(line, absent) + suffix, way)
					];
					expect(essence(foreign, place), `${door}${suffix} to the ${who}`).toBe(essence(none, absent));
					compared++;
				}
			}
			expect(compared).toBeGreaterThan(4);
		}
	);
});

describe('a reflection that the teacher keeps to themselves', () => {
	test.for(Object.entries(lines).filter(([, { at }]) => at.includes(':reflection')))(
		'answers at %s to everybody else as one that is nobody’s',
		async ([door, line]) => {
			const found = await wrongIn(() =>
				each(
					visitorsAt(line).filter(({ who }) => who !== 'teacher'),
					async (by) => {
						const path = addressOf(line, { ...by.place, reflection: by.place.alone });
						const headers = { origin, ...(by.cookie ? { cookie: by.cookie } : {}) };
						const real = door.startsWith('socket')
							? await knock(path, headers)
							: (await ask(by, path, line.sent ? { sent: sentBy(line, by.place)! } : {})).status;
						// To a stranger of the pair.
						const right = answerTo(line, by.person === null ? by.who : 'other teacher', by.place.state);
						if (real !== right) say(`${door}, kept alone,`, by, real, right);
					}
				)
			);
			expect(found).toEqual([]);
		}
	);

	test('and opens to its teacher', async () => {
		const place = places.find(({ state }) => state === 'active')!;
		const answer = await ask(visitor('teacher', place), `/reflections/${idOf(place.alone)}/sharing`);
		expect([answer.status, answer.body.includes(canary.title(place.alone))]).toEqual([200, true]);
	});
});

describe('forms that our pages do not send', () => {
	const place = places.find(({ state }) => state === 'active')!;
	const other = places.find(({ state }) => state === 'paused')!;
	const forms = Object.entries(lines).filter(([, { sent }]) => sent);
	/** One teacher after the other: one alone would be told to wait. */
	let turn = 0;
	const nextTeacher = () => visitor('teacher', places[turn++ % places.length]!);

	/** Everything that a form could change, and that nobody changes by the way. */
	async function everything(): Promise<string> {
		const { rows } = (await db.asOwner((tx) =>
			tx.execute(sql`select md5(string_agg(x, '|' order by x)) as all from (
				select t::text as x from people t union all select t::text from pairs t union all select t::text from pair_events t
				union all select t::text from roles t union all select t::text from enrollments t union all select t::text from caseloads t
				union all select t::text from reflections t union all select t::text from reflection_updates t
				union all select t::text from email_addresses t union all select t::text from invitations t
				union all select t::text from passkeys t union all select t::text from provider_accounts t
				union all select t::text from free_times t union all select t::text from person_settings t
				union all select t::text from submissions t union all select t::text from awards t) everything`)
		)) as unknown as { rows: { all: string }[] };
		return rows[0]!.all;
	}

	test(
		'change nothing as JSON, as text, as bytes, broken off or empty, and are no fault of ours',
		async () => {
			const before = await everything();
			const found = await wrongIn(() =>
				each(
					forms.filter(([door]) => door !== 'action /sign-out default'),
					async ([, line]) => {
						const sent = sentBy(line, place)!;
						const fields = new URLSearchParams(sent).toString();
						for (const [type, body] of [
							['application/json', JSON.stringify(sent)],
							['application/json', '{"__proto__":{"admin":true}}'],
							['text/plain', fields],
							['application/octet-stream', fields],
							['application/x-sveltekit-formdata', `\xff\xff\xff\x7f${fields}`],
							['multipart/form-data', fields],
							['multipart/form-data; boundary=x', `--x\r\ncontent-disposition: form-data; name="title"\r\n\r\nbroken`],
							['application/xml', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>']
						] as const)
							for (const asScript of [false, true])
								await ask(nextTeacher(), addressOf(line, place), {
									body,
									headers: {
										'content-type': type,
										...(asScript ? { accept: 'application/json', 'x-sveltekit-action': 'true' } : {})
									}
								});
					}
				)
			);
			expect(found).toEqual([]);
			expect(await everything()).toBe(before);
		},
		everyDoorMs
	);

	/** What somebody adds who has read the names of our columns, and ids of another pair. */
	const extras: [string, string][] = [
		['id', idOf(other.pair)],
		['pairId', idOf(other.pair)],
		['pair_id', idOf(other.pair)],
		['personId', idOf(other.people.teacher!)],
		['createdBy', idOf(other.people.teacher!)],
		['teacherId', idOf(other.people.teacher!)],
		['role', 'manager'],
		['status', 'active'],
		['isAdmin', 'true'],
		['__proto__', 'x'],
		['constructor', 'x'],
		['constructor.prototype.admin', 'true'],
		['next', '//elsewhere.example'],
		['x'.repeat(1_000), "'; drop table people; --"]
	];

	// Three copies a day are everybody's, and this would be the fourth; its form has no field at all.
	test.for(forms.filter(([door]) => door !== 'action /account/data copy'))(
		'do at %s with more fields, and with each field twice, what they do without',
		async ([door, line]) => {
			const found = await wrongIn(async () => {
				for (const who of ['teacher', 'mentor', 'other teacher', 'nobody'] as const) {
					await acts(door, line, visitor(who, place), extras);
					await acts(
						door,
						line,
						visitor(who, place),
						Object.entries(line.sent!).map(([name]) => [name, 'second'])
					);
				}
			});
			expect(found).toEqual([]);
		}
	);

	test('with an own id in the address and a foreign one beside it touch neither the other pair nor its words', async () => {
		const line = lines['action /pairs/[id] startReflection']!;
		const by = visitor('teacher', place);
		const { status, headers } = await ask(by, addressOf(line, place), {
			sent: [...Object.entries(sentBy(line, place)!), ...extras],
			patient: true
		});
		expect(status).toBe(303);
		const id = headers.get('location')!.split('/').at(-1)!;
		await db.asOwner((tx) => tx.execute(sql`delete from reflection_sharings where reflection_id = ${id}`));
		const { rows } = (await db.asOwner((tx) =>
			tx.execute(sql`delete from reflections where id = ${id} returning pair_id, created_by`)
		)) as unknown as { rows: { pair_id: string; created_by: string }[] };
		expect(rows).toEqual([{ pair_id: idOf(place.pair), created_by: idOf(place.people.teacher!) }]);
	});

	// Some hundred forms, each field of each with a dozen texts.
	test('hold in each field whatever text can hold, and are answered in a sentence', { timeout: 300_000 }, async () => {
		const strange = [
			'\u0000',
			'\ud800',
			'\u202eevil',
			'%00',
			'../../etc/passwd',
			'{{7*7}}',
			'${7*7}',
			'<script>x</script>',
			'9'.repeat(400),
			'x'.repeat(100_000),
			'😀'.repeat(500),
			"' or 1=1 --",
			'=cmd|calc',
			'2026-02-30'
		];
		const before = await everything();
		const found = await wrongIn(() =>
			each(
				forms.filter(([door]) => door !== 'action /sign-out default' && door !== 'action /pairs/[id] startReflection'),
				async ([, line]) => {
					for (const text of strange)
						for (const who of ['teacher', 'nobody'] as const) {
							const sent = Object.fromEntries(Object.keys(line.sent!).map((name) => [name, text]));
							const { body } = await ask(
								who === 'teacher' ? nextTeacher() : visitor(who, place),
								addressOf(line, place),
								{
									sent
								}
							);
							if (body.includes('<script>x</script>')) wrong.push(`${line.at} says a script as it was sent`);
						}
				}
			)
		);
		expect(found).toEqual([]);
		expect(await everything()).toBe(before);
	});
});

describe('a live connection', () => {
	const line = lines['socket /live/[id]']!;
	/** Rows of the log of each reflection. */
	async function logs(): Promise<Record<string, number>> {
		const { rows } = (await db.asOwner((tx) =>
			tx.execute(sql`select reflection_id as id, count(*)::int as rows from reflection_updates group by 1`)
		)) as unknown as { rows: { id: string; rows: number }[] };
		return Object.fromEntries(rows.map(({ id, rows }) => [id, rows]));
	}

	test('lets read and write as the model says, everybody in every state, and changes nothing when it refuses', async () => {
		const before = await logs();
		const found = await wrongIn(() =>
			each(visitorsAt(line), async (by) => {
				const raw = new RawSocket(
					new WebSocket(`${product.base.replace('http', 'ws')}${addressOf(line, by.place)}?durable=1`, {
						headers: { origin, ...(by.cookie ? { cookie: by.cookie } : {}) }
					})
				);
				const pair = facts.pairs.find(({ name }) => name === by.place.pair)!;
				const right = by.person === null ? 'none' : model.words(by.person, pair);
				const [update] = typed(by.who[0]!).updates;
				// Before the door has decided, and again once it has.
				await Promise.race([raw.opened, raw.closed]);
				raw.send(frameOf(frame.sync, sync.step1, new Uint8Array([0])));
				if (right === 'none') raw.update(update!);
				await Promise.race([raw.closed, until('the door has decided', () => raw.asked)]);
				if (raw.asked) raw.update(update!);
				await Promise.race([raw.closed, until('there is an answer', () => raw.durable > 0 || raw.denied)]);
				const isRead = raw.heard.some((bytes) => Buffer.from(bytes).includes(canary.words(by.place.reflection)));
				const real = raw.durable > 0 ? 'write' : raw.asked && isRead ? 'read' : 'none';
				if (real !== right) say('socket /live/[id]', by, real, right);
				if (right === 'none' && raw.heard.some((bytes) => bytes[0] !== frame.auth && bytes.length > 2))
					wrong.push(`A socket tells the ${by.who} of ${by.place.pair} (${by.place.state}) something.`);
				raw.socket.terminate();
			})
		);
		expect(found).toEqual([]);
		const after = await logs();
		const grown = Object.keys(after).filter((id) => after[id] !== before[id]);
		const active = places.filter(({ state }) => state === 'active').map(({ reflection }) => idOf(reflection));
		expect(grown.sort()).toEqual(active.sort());
	});
});
