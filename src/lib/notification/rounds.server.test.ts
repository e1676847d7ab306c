import { asc, eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import { emailAddresses, organizations, people, personSettings } from '#lib/identity/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { takeDue } from '#lib/server/courier.server.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { type Notice, notify, readAbout, withdraw } from './notify.server.ts';
import { concernKey, queueNoticeMail, sendHeld, sweepNotices } from './rounds.server.ts';
import { notifications } from './schema.server.ts';
import { usual } from './settings.ts';
import {
	countUnread,
	listNotices,
	markAllRead,
	muteNotice,
	openNotice,
	readHowTold,
	saveHowTold
} from './told.server.ts';
import { readStop, useStop } from './unsubscribe.server.ts';

let db: Database;
const state = uuidv7();
beforeAll(async () => {
	db = await withDatabase({ cast: false });
	await db.asOwner((tx) =>
		tx.insert(organizations).values({ id: state, kind: 'state', name: 'A state', timeZone: 'America/Chicago' })
	);
});
afterAll(() => db?.close());

const origin = 'https://w.example';
/** In Chicago. */
const at = (text: string) => new Date(`${text}-06:00`);
const noon = at('2026-12-01T12:00');

let tess: { id: string; name: string; initials: string };
beforeEach(async () => {
	tess = { id: uuidv7(), name: 'Tess', initials: 'T' };
	await db.asOwner(async (tx) => {
		await tx.insert(people).values({ ...tess, organizationId: state });
		await tx.insert(emailAddresses).values([
			{ personId: tess.id, address: `home-${tess.id}@home.example`, kind: 'personal' },
			{ personId: tess.id, address: `${tess.id}@school.example`, kind: 'school' }
		]);
	});
});

const reply = (key: string, more: Partial<Notice> = {}): Notice => ({
	personId: tess.id,
	kind: 'reply',
	key,
	about: `thread:${tess.id}`,
	place: '“Waiting”',
	title: 'Rosa replied in “Waiting”',
	href: '/threads/1',
	at: noon,
	...more
});
const tell = (...notices: Notice[]) => db.asService((tx) => notify(tx, notices, noon));
const send = (now: Date) => sendHeld(db, origin, {}, now);
const mails = () =>
	db.asOwner((tx) =>
		tx.select().from(mailMessages).where(eq(mailMessages.personId, tess.id)).orderBy(asc(mailMessages.createdAt))
	);
const subjects = async () => (await mails()).map(({ subject }) => subject);
const tokenOf = ({ headers }: { headers: Record<string, string> }) =>
	/unsubscribe\/([\w-]{43})>/.exec(headers['List-Unsubscribe']!)![1]!;

describe('a held mail', () => {
	test('leaves after ten minutes, once, to the school’s address, and says how it stops', async () => {
		await tell(reply('a'));
		await send(at('2026-12-01T12:09'));
		expect(await mails()).toEqual([]);
		await Promise.all([1, 2, 3].map(() => send(at('2026-12-01T12:10'))));
		await send(at('2026-12-01T13:00'));
		const [mail, ...others] = await mails();
		expect(others).toEqual([]);
		expect(mail).toMatchObject({
			kind: 'reply',
			toAddress: `${tess.id}@school.example`,
			headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
		});
		expect(mail!.bodyText).toContain(tokenOf(mail!));
	});

	test('is dropped when it is read, also when all is', async () => {
		await tell(reply('a'));
		await db.asPerson(tess.id, (tx) => readAbout(tx, tess.id, [`thread:${tess.id}`]));
		await tell(reply('b'));
		await markAllRead(db, tess, noon);
		await send(at('2026-12-01T12:10'));
		expect(await mails()).toEqual([]);
	});

	test('is dropped when it is withdrawn, muted, or whoever it is for goes', async () => {
		await tell(reply('a'));
		await db.asService((tx) => withdraw(tx, { keyPrefix: 'a' }));
		await tell(reply('b', { about: `thread:other-${tess.id}` }));
		const { notices } = await listNotices(db, tess, null);
		await muteNotice(db, tess, notices[0]!.id);
		await tell(reply('c'));
		await db.asOwner((tx) => tx.update(people).set({ deactivatedAt: noon }).where(eq(people.id, tess.id)));
		await send(at('2026-12-01T12:10'));
		expect(await mails()).toEqual([]);
	});

	test('is dropped, and the notice with it, when the room below says that it is no concern of theirs any more', async () => {
		await tell(reply('a'), reply('b', { about: `cohort:${tess.id}` }));
		await sendHeld(
			db,
			origin,
			{
				thread: async (_, asked) => {
					expect(asked).toMatchObject([{ personId: tess.id, about: `thread:${tess.id}` }]);
					return new Set();
				},
				cohort: async (_, asked) => new Set(asked.map(({ personId, about }) => concernKey(personId, about)))
			},
			at('2026-12-01T12:10')
		);
		expect(await mails()).toHaveLength(1);
		expect((await listNotices(db, tess, null)).notices).toMatchObject([{ about: `cohort:${tess.id}` }]);
	});

	test('waits until the quiet hours are over, by the clock of whoever it is for, and tells of all in one mail', async () => {
		const evening = at('2026-12-01T18:58');
		await tell(
			reply('a', { at: evening }),
			reply('b', { at: evening }),
			reply('c', { at: evening, kind: 'mention', title: 'Rosa mentions you' })
		);
		await send(at('2026-12-01T19:08'));
		await send(at('2026-12-02T06:59'));
		expect(await mails()).toEqual([]);
		await send(at('2026-12-02T07:00'));
		expect(await subjects()).toEqual(['2 new replies in “Waiting”, and 1 more']);
	});

	test('by another clock once they say that they live by another', async () => {
		const evening = at('2026-12-01T18:58');
		await db.asOwner((tx) => tx.insert(personSettings).values({ personId: tess.id, timeZone: 'America/Los_Angeles' }));
		await tell(reply('a', { at: evening }));
		await send(at('2026-12-01T19:08'));
		expect(await mails()).toHaveLength(1);
	});

	test('not of what was muted meanwhile, but of being named there', async () => {
		await tell(reply('a'), reply('b', { kind: 'mention', title: 'Rosa mentioned you in “Waiting”' }));
		const [{ id }] = (await listNotices(db, tess, null)).notices as unknown as [{ id: string }];
		await muteNotice(db, tess, id);
		await db.asOwner((tx) => tx.update(notifications).set({ readAt: null }).where(eq(notifications.personId, tess.id)));
		await tell(reply('c'), reply('d', { kind: 'mention', title: 'Olu mentioned you in “Waiting”' }));
		await send(at('2026-12-01T12:10'));
		expect(await subjects()).toEqual(['2 mentions of you in “Waiting”']);
	});

	test('what is told again after it was withdrawn is not mailed twice', async () => {
		await tell(reply('a'));
		await send(at('2026-12-01T12:10'));
		await db.asService((tx) => withdraw(tx, { keyPrefix: 'a' }));
		await tell(reply('a'));
		await send(at('2026-12-01T12:30'));
		expect(await mails()).toHaveLength(1);
	});
});

describe('a digest', () => {
	test('comes on Monday at seven with all that waits and was not read', async () => {
		const post = (key: string, day: string) => reply(key, { kind: 'new-post', title: 'Rosa wrote', at: at(day) });
		await tell(post('a', '2026-12-01T12:00'), post('b', '2026-12-03T12:00'));
		await send(at('2026-12-07T06:59'));
		expect(await mails()).toEqual([]);
		await send(at('2026-12-07T07:01'));
		expect(await subjects()).toEqual(['Your weekly digest: New posts in “Waiting”']);
		await send(at('2026-12-14T07:01'));
		expect(await mails()).toHaveLength(1);
	});

	test('comes by what they choose while it waits', async () => {
		await tell(reply('a', { kind: 'new-post', title: 'Rosa wrote' }));
		await saveHowTold(db, tess, { ...usual, digest: 'daily', digestHour: 8 });
		const held = await db.asOwner((tx) => tx.select().from(notifications).where(eq(notifications.personId, tess.id)));
		// It is looked at at once, and held from when they chose.
		expect(held[0]!.mailAfter!.getTime()).toBeLessThanOrEqual(Date.now() + 60_000);
		await db.asOwner((tx) =>
			tx
				.update(notifications)
				.set({ heldFrom: at('2026-12-02T12:00') })
				.where(eq(notifications.personId, tess.id))
		);
		await send(at('2026-12-03T07:59'));
		expect(await mails()).toEqual([]);
		await db.asOwner((tx) =>
			tx
				.update(notifications)
				.set({ mailAfter: at('2026-12-03T08:00') })
				.where(eq(notifications.personId, tess.id))
		);
		await send(at('2026-12-03T08:00'));
		expect(await subjects()).toEqual(['Your daily digest: Rosa wrote']);
	});
});

describe('a link that stops', () => {
	test('changes nothing when it is opened, and stops its group and no other when it is pressed, however often', async () => {
		await tell(reply('a'), reply('b', { kind: 'new-post', title: 'Rosa wrote' }));
		await send(at('2026-12-01T12:10'));
		const token = tokenOf((await mails())[0]!);
		expect(await readStop(db, token)).toEqual({ scope: 'cohort', isStopped: false });
		expect((await readHowTold(db, tess)).settings).toEqual(usual);
		await useStop(db, token, true);
		expect(await useStop(db, token, true)).toEqual({ scope: 'cohort', isStopped: true });
		expect((await readHowTold(db, tess)).settings).toEqual({ ...usual, mail: { cohort: 'off' } });
		await tell(reply('c'), reply('d', { kind: 'check-in', title: 'Rosa checked in' }));
		await send(at('2026-12-01T12:10'));
		expect((await subjects()).slice(1)).toEqual(['Rosa checked in']);
		await useStop(db, token, false);
		expect((await readHowTold(db, tess)).settings).toEqual(usual);
	});

	test('of a digest stops the digest', async () => {
		await tell(reply('a', { kind: 'new-post', title: 'Rosa wrote' }));
		await send(at('2026-12-07T07:01'));
		const token = tokenOf((await mails())[0]!);
		expect(await useStop(db, token, true)).toEqual({ scope: 'digest', isStopped: true });
		expect((await readHowTold(db, tess)).settings).toEqual({ ...usual, digest: 'off' });
	});

	test.for(['', 'x', '../../etc', 'a'.repeat(43), 'a'.repeat(5_000), '%00'])(
		'that is none is not found: %s',
		async (token) => {
			await expect(readStop(db, token)).rejects.toThrow(Refusal);
			await expect(useStop(db, token, true)).rejects.toThrow(Refusal);
		}
	);
});

test('a mail that a room makes itself is stopped as any other, and says how', async () => {
	const queue = () =>
		db.asService((tx) =>
			queueNoticeMail(
				tx,
				{ personId: tess.id, kind: 'meeting', why: 'You two meet.', origin },
				({ address, footer }) => ({
					kind: 'meeting',
					toAddress: address,
					subject: 'Agreed',
					bodyText: footer.text,
					bodyHtml: footer.html,
					calendar: 'BEGIN:VCALENDAR'
				})
			)
		);
	expect(await queue()).toBe(true);
	const [mail] = await mails();
	expect(mail!.bodyText).toMatch(
		/^You two meet\. Nobody reads replies to this mail\.\nTo stop mails about your pair, without signing in:\n/
	);
	await useStop(db, tokenOf(mail!), true);
	expect(await queue()).toBe(false);
});

describe('the page', () => {
	test('lists the newest first, page by page, and counts what was not read', async () => {
		await tell(
			...Array.from({ length: 60 }, (_, i) => reply(`k${i}`, { title: `T${i}`, at: new Date(noon.getTime() + i) }))
		);
		const first = await listNotices(db, tess, null);
		expect(first.notices).toHaveLength(50);
		expect(first).toMatchObject({ unread: 60, zone: 'America/Chicago' });
		expect(first.notices[0]!.title).toBe('T59');
		const second = await listNotices(db, tess, first.next);
		expect(second.notices.map(({ title }) => title)).toEqual(Array.from({ length: 10 }, (_, i) => `T${9 - i}`));
		expect(second.next).toBeNull();
		expect((await listNotices(db, tess, 'nonsense')).notices[0]!.title).toBe('T59');
		await markAllRead(db, tess, new Date(noon.getTime() + 30));
		expect(await countUnread(db, tess)).toBe(29);
	});

	test('a notice that is opened leads on, and is read with all about the same', async () => {
		await tell(reply('a'), reply('b'), reply('c', { about: 'thread:2' }));
		const { notices } = await listNotices(db, tess, null);
		expect(await openNotice(db, tess, notices.find(({ about }) => about !== 'thread:2')!.id)).toBe('/threads/1');
		expect(await countUnread(db, tess)).toBe(1);
		const other = { id: uuidv7(), name: 'O', initials: 'O' };
		await db.asOwner((tx) => tx.insert(people).values(other));
		await expect(openNotice(db, other, notices[0]!.id)).rejects.toThrow(Refusal);
		await expect(openNotice(db, tess, 'x')).rejects.toThrow(Refusal);
		await expect(muteNotice(db, other, notices[0]!.id)).rejects.toThrow(Refusal);
		await expect(muteNotice(db, tess, null)).rejects.toThrow(Refusal);
	});
});

test('what is old is forgotten: read after a quarter, unread after half a year', async () => {
	const days = (n: number) => new Date(noon.getTime() - n * 24 * 3600_000);
	await tell(reply('old', { at: days(100) }), reply('new', { at: days(80) }));
	await db.asOwner((tx) =>
		tx
			.update(notifications)
			.set({ readAt: days(91) })
			.where(eq(notifications.personId, tess.id))
	);
	await tell(reply('unread', { at: days(170) }), reply('older', { at: days(190) }));
	await sweepNotices(db, noon);
	const left = await db.asOwner((tx) => tx.select().from(notifications).where(eq(notifications.personId, tess.id)));
	expect(left.map(({ key }) => key).sort()).toEqual(['new', 'unread']);
});

describe('a mail that waits for its server', () => {
	const about = (thread: string) => `thread:${tess.id}:${thread}`;
	/** Two threads in one mail, and what is asked to be sent now. */
	const waiting = async () => {
		await tell(reply('a', { about: about('a') }), reply('b', { about: about('b') }));
		await send(at('2026-12-01T12:10'));
		expect(await subjects()).toHaveLength(1);
	};
	const read = (...threads: string[]) => db.asPerson(tess.id, (tx) => readAbout(tx, tess.id, threads.map(about)));
	const leaving = async () => {
		const taken = await takeDue(db, new Date(), 100);
		return taken.filter(({ personId }) => personId === tess.id).map(({ toAddress }) => toAddress);
	};
	const school = () => `${tess.id}@school.example`;

	test('leaves while something in it is news', async () => {
		await waiting();
		await read('a');
		expect(await leaving()).toEqual([school()]);
	});
	test('never leaves once all of it was read, and nobody is told that it failed', async () => {
		await waiting();
		await read('a', 'b');
		expect(await leaving()).toEqual([]);
		expect(await mails()).toMatchObject([{ failure: 'held-back', sentAt: null, bodyText: '', headers: {} }]);
	});
	test('never leaves once all of it was taken back or read', async () => {
		await waiting();
		await read('a');
		await db.asService((tx) => withdraw(tx, { about: about('b') }));
		expect(await leaving()).toEqual([]);
	});
	test('never leaves to whoever was deactivated', async () => {
		await waiting();
		await db.asOwner((tx) => tx.update(people).set({ deactivatedAt: new Date() }).where(eq(people.id, tess.id)));
		expect(await leaving()).toEqual([]);
	});
	test('goes to the address that is theirs now, and nowhere where none is', async () => {
		await waiting();
		await db.asOwner((tx) =>
			tx.update(emailAddresses).set({ verifiedAt: new Date() }).where(eq(emailAddresses.personId, tess.id))
		);
		await db.asOwner((tx) => tx.delete(emailAddresses).where(eq(emailAddresses.address, school())));
		expect(await leaving()).toEqual([`home-${tess.id}@home.example`]);
		await tell(reply('c', { about: about('c') }));
		await send(at('2026-12-01T12:10'));
		await db.asOwner((tx) => tx.delete(emailAddresses).where(eq(emailAddresses.personId, tess.id)));
		expect(await leaving()).toEqual([]);
	});
});

test('whoever says for the first time on which clock they live is looked at again by it', async () => {
	const later = new Date(Date.now() + 24 * 3600_000);
	await db.asService((tx) => notify(tx, [reply('a', { at: later })], later));
	const look = async () => {
		const own = eq(notifications.personId, tess.id);
		const [row] = await db.asOwner((tx) => tx.select().from(notifications).where(own));
		return row!.mailAfter!.getTime();
	};
	expect(await look()).toBe(later.getTime() + 10 * 60_000);
	await db.asOwner((tx) => tx.insert(personSettings).values({ personId: tess.id, timeZone: 'Asia/Kathmandu' }));
	expect(await look()).toBeLessThan(later.getTime());
});
