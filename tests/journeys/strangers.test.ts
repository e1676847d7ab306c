/**
 * Everybody who must not get in, at every door of the running product: the page, its data, its forms and the live
 * connection. What a person may do is the policy's to say (`reflection/policy.cases.ts`); here it is seen to hold.
 */
import { once } from 'node:events';
import http from 'node:http';
import * as decoding from 'lib0/decoding';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { openReflection, until } from '../../scripts/replay/client.ts';
import { textOf } from '../../scripts/replay/rehearsal.ts';
import { get, send, signIn, type Visitor } from '../../scripts/replay/visitor.ts';
import { closed } from '../../src/lib/reflection/closed.ts';
import { rootName } from '../../src/lib/reflection/document.ts';
import { frame } from '../../src/lib/reflection/frames.ts';
import { cast } from '../../src/seed/cast.ts';
import { startProduct, type Product } from '../product.ts';

const { people, pairs, reflections } = cast;
let product: Product;

beforeAll(async () => {
	product = await startProduct();
});
afterAll(() => product?.stop());

/** A passage that stands in a reflection, as its teacher's own page shows it: what must not appear anywhere else. */
async function passageOf(reflection: { id: string }, reader: { email: string }): Promise<string> {
	const client = openReflection(await signIn(product.base, reader.email), reflection.id);
	try {
		expect(await until(() => client.provider.synced, 20_000)).toBe(true);
		const passage = textOf(client.doc).slice(0, 30);
		expect(passage.length, 'the seeds wrote something into it').toBeGreaterThan(10);
		return passage;
	} finally {
		client.leave();
	}
}

/** Opens the live path once, without a provider that would try again. */
async function knock(
	reflectionId: string,
	visitor?: Visitor,
	origin = product.base
): Promise<{ code: number; frames: Uint8Array[] }> {
	const socket = new WebSocket(`${product.base.replace('http', 'ws')}/live/${reflectionId}`, {
		headers: { origin, ...(visitor ? { cookie: visitor.cookie } : {}) }
	});
	const frames: Uint8Array[] = [];
	socket.on('message', (data: Buffer) => frames.push(new Uint8Array(data)));
	try {
		const end = once(socket, 'close');
		const refused = new Promise<[number]>((resolve) => {
			socket.on('unexpected-response', (_request, response) => resolve([response.statusCode ?? 0]));
			socket.on('error', () => {});
		});
		const stays = new Promise<[number]>((resolve) => setTimeout(resolve, 5_000, [0]).unref());
		const [code] = (await Promise.race([end, refused, stays])) as [number];
		return { code, frames };
	} finally {
		socket.terminate();
	}
}

/** The sync messages that carry a part of the document. */
const carrying = (frames: Uint8Array[]) =>
	frames.filter((bytes) => bytes[0] === frame.sync && bytes[1] !== 0 && bytes.length > 5);

describe('who may not even know of it', () => {
	const cases: [
		who: string,
		person: { email: string } | undefined,
		reflection: { id: string },
		reader: { email: string }
	][] = [
		['somebody on the waiting list', people.wei, reflections.rosaSecond, people.rosa],
		['the coach of the pair', people.claire, reflections.rosaSecond, people.rosa],
		['a program manager', people.pat, reflections.rosaSecond, people.rosa],
		['a teacher of another cohort', people.sam, reflections.rosaSecond, people.rosa],
		['another teacher of the same mentor', people.noor, reflections.rosaSecond, people.rosa],
		['the mentor before a rematch', people.marta, reflections.lenaOld, people.lena],
		['nobody who signed in', undefined, reflections.rosaSecond, people.rosa]
	];
	test.for(cases)('%s', async ([, person, reflection, reader]) => {
		const visitor = person ? await signIn(product.base, person.email) : { base: product.base, email: '', cookie: '' };
		const passage = await passageOf(reflection, reader);

		const page = await get(visitor, `/reflections/${reflection.id}`);
		expect(page.status).toBe(person ? 404 : 303);
		if (!person) expect(page.headers.get('location')).toMatch(/^\/sign-in/);
		expect(await page.text()).not.toContain(passage);

		const data = await get(visitor, `/reflections/${reflection.id}/__data.json`);
		const json = await data.text();
		expect(json).not.toContain(passage);
		expect(json).not.toContain(btoaPart(passage));

		// The forms of the page, and their pair's.
		for (const path of [`/reflections/${reflection.id}`, `/reflections/${reflection.id}?/rename`]) {
			const form = await send(visitor, path, { title: 'Mine now' });
			expect([303, 401, 403, 404, 405]).toContain(form.status);
			expect(await form.text()).not.toContain(passage);
		}

		const { code, frames } = await knock(reflection.id, person ? visitor : undefined);
		expect(carrying(frames)).toEqual([]);
		expect([person ? closed.notYours[0] : closed.notSignedIn[0], 401, 403, 404]).toContain(code);

		const lists = await get(visitor, '/reflections');
		expect(await lists.text()).not.toContain(reflection.id);
	});
});

/** Any run of the passage's bytes in base64, wherever it begins: how the page carries the stored update. */
function btoaPart(passage: string): string {
	return Buffer.from(passage.slice(0, 24)).toString('base64').slice(4, 24);
}

describe('who may read and not write any more', () => {
	const cases: [who: string, person: { email: string }, reflection: { id: string }][] = [
		['the teacher of a pair that completed', people.ben, reflections.benOnly],
		['the mentor of a pair that completed', people.marta, reflections.benOnly],
		['the teacher of a pair that was rematched', people.lena, reflections.lenaOld]
	];
	test.for(cases)('%s', async ([, person, reflection]) => {
		const visitor = await signIn(product.base, person.email);
		const page = await get(visitor, `/reflections/${reflection.id}`);
		expect(page.status).toBe(200);
		expect(await page.text()).toMatch(/Read only/i);

		const client = openReflection(visitor, reflection.id);
		const denied: string[] = [];
		const { messageHandlers } = client.provider;
		messageHandlers[frame.auth] = (_encoder, decoder) => {
			decoding.readVarUint(decoder);
			denied.push(decoding.readVarString(decoder));
		};
		try {
			expect(await until(() => client.provider.synced, 20_000)).toBe(true);
			const before = textOf(client.doc);
			expect(before.length).toBeGreaterThan(10);
			const paragraph = new Y.XmlElement('paragraph');
			paragraph.insert(0, [new Y.XmlText('I was never here.')]);
			client.doc.getXmlFragment(rootName).insert(0, [paragraph]);
			expect(await until(() => denied.length > 0, 10_000), 'the server says no').toBe(true);

			const fresh = openReflection(visitor, reflection.id);
			try {
				expect(await until(() => fresh.provider.synced, 20_000)).toBe(true);
				expect(textOf(fresh.doc)).toBe(before);
			} finally {
				fresh.leave();
			}
		} finally {
			client.leave();
		}
	});
});

describe('the pair’s space', () => {
	const cases: [who: string, person: { email: string }, pair: { id: string }][] = [
		['somebody on the waiting list', people.wei, pairs.rosaIdris],
		['a teacher of another cohort', people.sam, pairs.rosaIdris],
		['another teacher of the same mentor', people.noor, pairs.rosaIdris],
		['a teacher of another pair', people.rosa, pairs.samGrace]
	];
	test.for(cases)('%s finds nothing at %s and can do nothing there', async ([, person, pair]) => {
		const visitor = await signIn(product.base, person.email);
		expect((await get(visitor, `/pairs/${pair.id}`)).status).toBe(404);
		const microcredential = await get(await signIn(product.base, people.rosa.email), `/pairs/${pairs.rosaIdris.id}`);
		const version = / value="([0-9a-f-]{36})"/.exec(await microcredential.text())?.[1] ?? '';
		const started = await send(visitor, `/pairs/${pair.id}?/startReflection`, {
			microcredentialVersionId: version,
			title: 'Mine now'
		});
		expect([403, 404]).toContain(started.status);
		const ended = await send(visitor, `/pairs/${pair.id}?/endPair`, { ending: 'done', sure: 'yes' });
		expect(ended.status).toBe(404);
		expect((await get(await signIn(product.base, people.rosa.email), `/pairs/${pairs.rosaIdris.id}`)).status).toBe(200);
	});

	test('the coach starts nothing in a pair, and reads neither a title nor a word of theirs', async () => {
		const claire = await signIn(product.base, people.claire.email);
		const passage = await passageOf(reflections.rosaSecond, people.rosa);
		const title = 'What changed when I waited?';
		expect(await (await get(await signIn(product.base, people.rosa.email), '/reflections')).text()).toContain(title);
		for (const path of [
			'/',
			`/pairs/${pairs.rosaIdris.id}`,
			'/reflections',
			'/__data.json',
			`/pairs/${pairs.rosaIdris.id}/__data.json`
		]) {
			const text = await (await get(claire, path)).text();
			expect(text, path).not.toContain(passage);
			expect(text, path).not.toContain(title);
		}
		const started = await send(claire, `/pairs/${pairs.rosaIdris.id}?/startReflection`, {
			microcredentialVersionId: '',
			title: 'x'
		});
		expect([403, 404]).toContain(started.status);
		const ended = await send(claire, `/pairs/${pairs.rosaIdris.id}?/endPair`, { ending: 'done', sure: 'yes' });
		expect(ended.status).toBe(403);
		const space = await (
			await get(await signIn(product.base, people.rosa.email), `/pairs/${pairs.rosaIdris.id}`)
		).text();
		expect(space).toContain('End this pair');
	});

	test('a pair that ended takes no new reflection', async () => {
		const ben = await signIn(product.base, people.ben.email);
		const version = / value="([0-9a-f-]{36})"/.exec(
			await (await get(await signIn(product.base, people.rosa.email), `/pairs/${pairs.rosaIdris.id}`)).text()
		)?.[1];
		const started = await send(ben, `/pairs/${pairs.benMarta.id}?/startReflection`, {
			microcredentialVersionId: version ?? '',
			title: 'One more'
		});
		expect([403, 404, 422]).toContain(started.status);
	});
});

test('another site can’t open the live connection with the person’s cookie', async () => {
	const rosa = await signIn(product.base, people.rosa.email);
	const { code, frames } = await knock(reflections.rosaSecond.id, rosa, 'https://elsewhere.example');
	expect(carrying(frames)).toEqual([]);
	expect(code).not.toBe(0);
});

test('a form that is none, or broke off, is told so in a sentence, and is no fault of ours', async () => {
	const { cookie } = await signIn(product.base, people.noor.email);
	const post = (path: string, body: string, headers: Record<string, string>) =>
		fetch(product.base + path, {
			method: 'POST',
			body,
			headers: { origin: product.base, accept: 'text/html', ...headers }
		});
	const start = `/pairs/${pairs.noorIdris.id}?/startReflection`;
	for (const [path, type] of [
		[start, 'text/plain'],
		[start, 'multipart/form-data; boundary=x'],
		['/sign-in', 'multipart/form-data'],
		['/sign-in/demo', 'application/json']
	] as const) {
		const answer = await post(path, 'title=x', { cookie, 'content-type': type });
		expect(answer.status, `${path} ${type}`).toBe(422);
		expect(await answer.text()).toContain('did not arrive whole');
	}
	// The cookie of somebody who asked for a code, made up.
	const code = await post('/sign-in/code', 'code=BCDF-GHJK', {
		cookie: `sign-in=${'-'.repeat(36)}%20a@b.example`,
		'content-type': 'application/x-www-form-urlencoded'
	});
	expect(code.status).toBe(422);
	const large = await post(start, `title=${'x'.repeat(1_000_000)}`, {
		cookie,
		'content-type': 'application/x-www-form-urlencoded'
	});
	expect(large.status).toBe(413);
	expect(await large.text()).toContain('more than can be sent in one go');
});

test('files too are taken for what they say they are', async () => {
	for (const path of ['/favicon.svg', '/_app/version.json', '/healthz', '/nowhere'])
		expect((await fetch(product.base + path)).headers.get('x-content-type-options'), path).toBe('nosniff');
});

test('an offer to speak http/2 is passed over, and answered as if there were none', async () => {
	const request = http.get(`${product.base}/sign-in`, {
		headers: { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA' }
	});
	const answered = await new Promise<number | string>((resolve) => {
		request.on('response', (response) => resolve(response.resume().statusCode ?? 0));
		request.on('error', () => resolve('hung up'));
	});
	// Nodes before 24.9 can't pass it over.
	expect(answered).toBe('shouldUpgradeCallback' in http.createServer() ? 200 : 'hung up');
});
