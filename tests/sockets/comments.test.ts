/** Comments through real sockets and stock clients: with the server killed between, and by who may only read. */
import { setTimeout as wait } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { pairs } from '#lib/pairing/schema.server.ts';
import { addComment, commentsIn, reply, resolveComment, takeBack } from '#lib/reflection/comments.ts';
import { commentsName, rootName } from '#lib/reflection/document.ts';
import { ownersOf, readState } from '#lib/reflection/log.server.ts';
import type { Database } from '#lib/server/database.ts';
import { LiveRoom, plantReflection, signIn, until } from '../live-room.ts';
import { startProduct, type Product } from '../product.ts';
import { withDatabase } from '../with-database.ts';

let product: Product;
let db: Database;
let room: LiveRoom | undefined;
beforeAll(async () => {
	[product, db] = await Promise.all([startProduct(), withDatabase({ cast: false })]);
});
afterEach(async () => {
	await room?.close();
	room = undefined;
});
afterAll(() => Promise.all([product?.stop(), db?.close()]));

/** What was said, whoever said it: a stock client knows ids only. */
const said = (doc: Y.Doc) =>
	commentsIn(doc, String)
		.sort((a, b) => (a.id < b.id ? -1 : 1))
		.map(({ id, posts, resolved }) => [
			id,
			posts.map(({ words, takenBack }) => (takenBack ? 'taken back' : words)),
			resolved !== null
		]);

function writes(doc: Y.Doc, words: string) {
	doc.transact(() => {
		const paragraph = new Y.XmlElement('paragraph');
		doc.getXmlFragment(rootName).push([paragraph]);
		paragraph.push([new Y.XmlText(words)]);
	});
}

/** As the editor's binding marks it. */
function comments(doc: Y.Doc, id: string, quote: string, words: string) {
	const text = (doc.getXmlFragment(rootName).get(0) as Y.XmlElement).get(0) as Y.XmlText;
	const at = text
		.toString()
		.replace(/<[^>]*>/g, '')
		.indexOf(quote);
	doc.transact(() => {
		addComment(doc, { id, quote, words });
		text.format(at, quote.length, { [`comment--${id.padEnd(8, 'x')}`]: { id } });
	});
}

type Room = { room: string; teacherCookie: string; mentorCookie: string };

/** The stock provider; a browser would send the cookie by itself. */
function enter({ room: name }: Room, cookie: string) {
	const doc = new Y.Doc();
	const provider = new WebsocketProvider(`${product.base.replace('http', 'ws')}/live`, name, doc, {
		disableBc: true,
		maxBackoffTime: 500,
		WebSocketPolyfill: class extends WebSocket {
			constructor(address: string, protocols: string[]) {
				super(address, protocols, { headers: { cookie } });
			}
		} as unknown as typeof globalThis.WebSocket
	});
	return { doc, provider };
}

test('what two say about words is there for both, and after the server was killed between, each under their own name', async () => {
	const answer = await fetch(`${product.base}/demo/rooms`, {
		method: 'POST',
		body: new URLSearchParams({ count: '1' })
	});
	const [here] = (await answer.json()) as [Room];
	const [teacher, mentor] = [enter(here, here.teacherCookie), enter(here, here.mentorCookie)];
	const desks = [teacher, mentor];
	try {
		await until('both are in step', () => desks.every(({ provider }) => provider.synced));
		writes(teacher.doc, 'Three hands went up in the back row.');
		await until('the mentor reads it', () => mentor.doc.getXmlFragment(rootName).length === 1);
		comments(mentor.doc, 'a', 'Three hands', 'Whose were they?');
		await until('the teacher has the question', () => said(teacher.doc).length === 1);
		reply(teacher.doc, 'a', 'Ana, Bo and Cy.');
		await until('the mentor has the answer', () => commentsIn(mentor.doc, String)[0]?.posts.length === 2);

		await product.kill();
		await until('both know that it is gone', () => desks.every(({ provider }) => !provider.wsconnected));
		resolveComment(mentor.doc, 'a', true);
		comments(mentor.doc, 'b', 'back row', 'Said while it was gone.');
		comments(teacher.doc, 'c', 'went up', 'I said something too.');
		takeBack(teacher.doc, 'c', commentsIn(teacher.doc, String).find(({ id }) => id === 'c')!.posts[0]!.key);
		await product.start();

		const all = [
			['a', ['Whose were they?', 'Ana, Bo and Cy.'], true],
			['b', ['Said while it was gone.'], false],
			['c', ['taken back'], false]
		];
		await until(
			'both have everything',
			() => desks.every(({ doc }) => JSON.stringify(said(doc)) === JSON.stringify(all)),
			30_000
		);
		const late = enter(here, here.mentorCookie);
		desks.push(late);
		await until('somebody new is in step', () => late.provider.synced);
		expect(said(late.doc)).toEqual(all);

		// The server knows of each who said it, and nobody has to be believed.
		const copy = await fetch(`${product.base}/reflections/${here.room}/copy/file`, {
			method: 'POST',
			headers: { cookie: here.teacherCookie, origin: product.base },
			body: new URLSearchParams({ format: 'md', comments: 'on' })
		});
		expect(copy.status).toBe(200);
		const text = await copy.text();
		const names = /Written by (.*) \(teacher\) and (.*) \(mentor\)/.exec(text)!.slice(1);
		expect(names[0]).not.toBe(names[1]);
		expect(text).toMatch(new RegExp(`\\*\\*${names[1]}\\*\\*, .*\\n *Whose were they\\?`));
		expect(text).toMatch(new RegExp(`\\*\\*${names[0]}\\*\\*, .*\\n *Ana, Bo and Cy\\.`));
		expect(text).toMatch(new RegExp(`Resolved by ${names[1]}`));
		expect(text).toContain(`${names[0]} took this back.`);
		expect(text).not.toContain('I said something too.');
		expect(text).toContain('Three hands[^1] went up[^2] in the back row[^3].');
	} finally {
		for (const { provider, doc } of desks) {
			provider.destroy();
			provider.awareness.destroy();
			doc.destroy();
		}
	}
}, 240_000);

test.for([
	['of a paused pair', { status: 'paused' }],
	['of a pair that completed its work', { status: 'ended', endedAs: 'completed', endedAt: new Date() }]
] as const)('a comment by who may only read is refused with a reason and shown to nobody: %s', async ([, state]) => {
	room = await new LiveRoom(db, { keepRowsMs: 0 }).start();
	const pair = await plantReflection(db);
	const [teacher, mentor] = [await signIn(db, pair.teacher), await signIn(db, pair.mentor)];
	const stored = async () => {
		const doc = new Y.Doc();
		Y.applyUpdate(doc, (await db.asService((tx) => readState(tx, pair.reflectionId))).update);
		return doc;
	};
	const first = await room.joined(pair.reflectionId, teacher);
	writes(first.doc, 'Three hands went up.');
	comments(first.doc, 'a', 'Three', 'Whose?');
	await until('it is stored', async () => said(await stored()).length === 1);
	first.leave();
	await db.asOwner((tx) => tx.update(pairs).set(state).where(eq(pairs.id, pair.pairId)));

	const partner = await room.joined(pair.reflectionId, teacher);
	const before = said(partner.doc);
	expect(before, 'to read it is there').toEqual([['a', ['Whose?'], false]]);
	for (const [what, act] of [
		['a comment', (doc: Y.Doc) => comments(doc, 'b', 'hands', 'No.')],
		['an answer', (doc: Y.Doc) => reply(doc, 'a', 'No.')],
		['resolving', (doc: Y.Doc) => resolveComment(doc, 'a', true)],
		['taking back', (doc: Y.Doc) => void takeBack(doc, 'a', commentsIn(doc, String)[0]!.posts[0]!.key)]
	] as const) {
		const reader = await room.joined(pair.reflectionId, mentor);
		const raw = room.socket(pair.reflectionId, mentor.cookie);
		await until('the server asks', () => raw.asked);
		const sent: Uint8Array[] = [];
		reader.doc.on('update', (update: Uint8Array) => sent.push(update));
		act(reader.doc);
		for (const update of sent) raw.update(update);
		await until(`${what} is denied`, () => raw.denied);
		await wait(100);
		expect(said(partner.doc), what).toEqual(before);
		expect(said(await stored()), what).toEqual(before);
		reader.leave();
	}
});

test('who said what is bound to the person, and nobody speaks under the id of another', async () => {
	room = await new LiveRoom(db, { keepRowsMs: 0 }).start();
	const pair = await plantReflection(db);
	const [teacher, mentor] = [await signIn(db, pair.teacher), await signIn(db, pair.mentor)];
	const a = await room.joined(pair.reflectionId, teacher);
	const b = await room.joined(pair.reflectionId, mentor);
	writes(a.doc, 'Three hands went up.');
	await until('both have it', () => b.doc.getXmlFragment(rootName).length === 1);
	comments(b.doc, 'a', 'Three', 'Whose?');
	await until('the teacher has it', () => said(a.doc).length === 1);
	const { key } = commentsIn(b.doc, String)[0]!.posts[0]!;
	// A teacher with a script takes out the mentor's words: it is done, and it shows as what it is.
	takeBack(a.doc, 'a', key);
	await until('the mentor sees it', () => commentsIn(b.doc, String)[0]!.posts[0]!.words === '');
	const owners = await db.asService((tx) => ownersOf(tx, pair.reflectionId));
	const [post] = commentsIn(b.doc, (client) => owners.get(client) ?? null)[0]!.posts;
	expect(post).toMatchObject({ by: pair.mentor, takenBack: false, removed: true });

	// The same words under the mentor's id, from the teacher's socket: the door is shut.
	const forged = new Y.Doc();
	Y.applyUpdate(forged, Y.encodeStateAsUpdate(b.doc));
	forged.clientID = b.doc.clientID;
	const sent: Uint8Array[] = [];
	forged.on('update', (update: Uint8Array) => sent.push(update));
	reply(forged, 'a', 'I, your mentor, agree.');
	const raw = room.socket(pair.reflectionId, teacher.cookie);
	await until('the server asks', () => raw.asked);
	for (const update of sent) raw.update(update);
	expect(await raw.closed).toBeGreaterThanOrEqual(4400);
	await wait(100);
	expect(JSON.stringify(b.doc.getMap(commentsName))).not.toContain('I, your mentor');
});
