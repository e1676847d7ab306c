import { createECDH } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { organizations, people } from '#lib/identity/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { openPushEndpoint, type PushEndpoint } from '../../../tests/push-endpoint.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { notify, readAbout } from './notify.server.ts';
import { addBrowser, pushKey, removeBrowser, sendPushes } from './push.server.ts';
import { pushSubscriptions } from './schema.server.ts';
import { readHowTold, readLine } from './told.server.ts';

let db: Database;
let maker: PushEndpoint;
const state = uuidv7();
beforeAll(async () => {
	db = await withDatabase({ cast: false });
	maker = await openPushEndpoint();
	await db.asOwner((tx) =>
		tx.insert(organizations).values({ id: state, kind: 'state', name: 'A state', timeZone: 'America/Chicago' })
	);
});
afterAll(() => Promise.all([db?.close(), maker?.close()]));

const key = createECDH('prime256v1');
key.generateKeys();
const settings = () => ({
	VAPID_PUBLIC: key.getPublicKey('base64url'),
	VAPID_PRIVATE: Buffer.from(key.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url'),
	VAPID_SUBJECT: 'mailto:post@w.example',
	FETCH_HOSTS: [maker.host]
});

const noon = new Date('2026-12-01T18:00:00Z');
const minutes = (n: number) => new Date(noon.getTime() + n * 60_000);
let tess: { id: string; name: string; initials: string };
beforeEach(async () => {
	maker.came.length = 0;
	maker.answers = 201;
	tess = { id: uuidv7(), name: 'Tess', initials: 'T' };
	await db.asOwner((tx) => tx.insert(people).values({ ...tess, organizationId: state }));
});
const add = (sent: unknown, person = tess) =>
	addBrowser(db, person, sent, 'Mozilla/5.0 Chrome/140 Windows', settings());
const tell = (kind: 'reply' | 'new-post' = 'reply', at = noon, key = uuidv7()) =>
	db.asService((tx) =>
		notify(
			tx,
			[{ personId: tess.id, kind, key, about: `thread:${tess.id}`, title: 'Rosa replied', href: '/t', at }],
			at
		)
	);
const send = (now = noon) => sendPushes(db, settings(), {}, now);

test('what concerns somebody comes at once to each of their browsers, once, sealed, and without a word of it', async () => {
	await add(maker.subscription('one'));
	await add(maker.subscription('two'));
	await tell();
	await tell('new-post');
	await Promise.all([send(), send(), send()]);
	expect(maker.came.map(({ path }) => path).sort()).toEqual(['/one', '/two']);
	for (const { headers, message } of maker.came) {
		expect(message).toEqual({ id: expect.any(String), tag: `thread:${tess.id}` });
		expect(await readLine(db, tess, message.id)).toEqual({ title: 'Rosa replied' });
		expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', ttl: '43200' });
		expect(headers.topic).toMatch(/^[\w-]{32}$/);
		expect(headers.topic).not.toContain(tess.id.replaceAll('-', '').slice(0, 8));
		expect(headers.authorization).toMatch(/^vapid t=/);
	}
	await send(minutes(1));
	expect(maker.came).toHaveLength(2);
	expect((await readHowTold(db, tess)).browsers).toMatchObject([
		{ name: 'Chrome on Windows', sentAt: noon },
		{ sentAt: noon }
	]);
});

test('nothing comes in quiet hours, of what was read by then, or after the browser was turned off', async () => {
	await add(maker.subscription());
	const night = new Date('2026-12-02T04:00:00Z');
	await tell('reply', night);
	await send(night);
	await send(new Date('2026-12-02T12:59:00Z'));
	expect(maker.came).toEqual([]);
	await send(new Date('2026-12-02T13:00:00Z'));
	expect(maker.came).toHaveLength(1);
	await tell();
	await db.asPerson(tess.id, (tx) => readAbout(tx, tess.id, [`thread:${tess.id}`]));
	await send();
	await tell();
	await removeBrowser(db, tess, (await readHowTold(db, tess)).browsers[0]!.id);
	await send();
	expect(maker.came).toHaveLength(1);
	await expect(removeBrowser(db, tess, 'x')).rejects.toMatchObject({ reason: 'not-found' });
});

test('of one thing a maker keeps the last, and a browser shows the last; of another person it is another', async () => {
	await add(maker.subscription());
	await tell();
	await tell();
	await send();
	const [first, second] = maker.came;
	expect(second!.headers.topic).toBe(first!.headers.topic);
	expect(second!.message).toEqual({ id: expect.any(String), tag: first!.message.tag });
	expect(second!.message.id).not.toBe(first!.message.id);
	const other = { id: uuidv7(), name: 'Olu', initials: 'O' };
	await db.asOwner((tx) => tx.insert(people).values({ ...other, organizationId: state }));
	await add(maker.subscription(), other);
	await db.asService((tx) =>
		notify(
			tx,
			[{ personId: other.id, kind: 'reply', key: 'k', about: `thread:${tess.id}`, title: 'R', href: '/t' }],
			noon
		)
	);
	await send();
	expect(maker.came.at(-1)!.headers.topic).not.toBe(first!.headers.topic);
});

test('what waited for the morning is asked about once more, and not shown to whoever is not there any more', async () => {
	await add(maker.subscription());
	const night = new Date('2026-12-02T04:00:00Z');
	await tell('reply', night);
	const morning = new Date('2026-12-02T13:00:00Z');
	await sendPushes(db, settings(), { thread: async () => new Set() }, morning);
	await send(morning);
	expect(maker.came).toEqual([]);
});

test('a computer that others use too tells nobody', async () => {
	await expect(addBrowser(db, tess, maker.subscription(), null, settings(), true)).rejects.toThrow(/shared computer/);
	expect((await readHowTold(db, tess)).browsers).toEqual([]);
});

test.for([404, 410])('a browser that its maker knows no more (%i) is forgotten', async (status) => {
	await add(maker.subscription());
	maker.answers = status;
	await tell();
	await send();
	expect((await readHowTold(db, tess)).browsers).toEqual([]);
});

test('what a maker can not take now is tried again, and not for ever; what it refuses is not', async () => {
	await add(maker.subscription());
	maker.answers = 503;
	await tell();
	await send();
	await send(minutes(0.5));
	expect(maker.came).toHaveLength(1);
	for (const [i, at] of [1, 6, 21, 81, 200].entries()) {
		await send(minutes(at));
		expect(maker.came, `at ${at} minutes`).toHaveLength(Math.min(i + 2, 5));
	}
	maker.answers = 400;
	await tell();
	await send();
	await send(minutes(60));
	expect(maker.came).toHaveLength(6);
});

test('an address inside a network is refused when it is said, and not asked when its name comes to mean one', async () => {
	const sealedFor = (endpoint: string) => JSON.stringify({ ...JSON.parse(maker.subscription()), endpoint });
	for (const endpoint of ['http://push.example/1', 'https://user:pass@push.example/', 'ftp://push.example', 'x', 7])
		await expect(add(sealedFor(endpoint as string)), String(endpoint)).rejects.toMatchObject({ reason: 'rule' });
	for (const sent of [null, '', '{', '[]', 'null', '{"endpoint":"https://a.example"}', 'x'.repeat(4_000)])
		await expect(add(sent)).rejects.toMatchObject({ reason: 'rule' });
	await add(sealedFor('https://push.example/1'));
	await tell();
	const asked: string[] = [];
	await sendPushes(db, { ...settings(), FETCH_HOSTS: [] }, {}, noon, undefined, async (host) => {
		asked.push(host);
		return [{ address: '169.254.169.254', family: 4 }];
	});
	expect(asked).toEqual(['push.example']);
	expect((await readHowTold(db, tess)).browsers).toMatchObject([{ sentAt: null }]);
});

test('a browser tells whoever sat down last, and nobody has more than ten', async () => {
	const other = { id: uuidv7(), name: 'O', initials: 'O' };
	await db.asOwner((tx) => tx.insert(people).values(other));
	await add(maker.subscription('shared'));
	await add(maker.subscription('shared'));
	await add(maker.subscription('shared'), other);
	expect((await readHowTold(db, tess)).browsers).toEqual([]);
	for (let i = 0; i < 9; i++) await add(maker.subscription(), other);
	await expect(add(maker.subscription(), other)).rejects.toMatchObject({ reason: 'rule' });
});

test('without a key nothing is offered, taken or sent', async () => {
	const none = { VAPID_PUBLIC: undefined, VAPID_PRIVATE: undefined, VAPID_SUBJECT: undefined, FETCH_HOSTS: undefined };
	expect(pushKey(none)).toBeNull();
	await expect(addBrowser(db, tess, maker.subscription(), null, none)).rejects.toMatchObject({ reason: 'rule' });
	expect(await sendPushes(db, none, {}, noon)).toBe(0);
	expect(
		await db.asOwner((tx) => tx.select().from(pushSubscriptions).where(eq(pushSubscriptions.personId, tess.id)))
	).toEqual([]);
});
