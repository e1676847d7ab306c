import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emailAddresses, people } from '#lib/identity/schema.server.ts';
import { sendHeld } from '#lib/notification/rounds.server.ts';
import { caseloads, pairs } from '#lib/pairing/schema.server.ts';
import { stillInPair } from '#lib/pairing/told.server.ts';
import type { Database } from '#lib/server/database.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { type PairWorld, plantPair, proven } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { readHome } from './home.server.ts';
import { readPairSpace } from './pair-space.server.ts';
import { mostADay, reachOut, readReaching, tellReached } from './reach.server.ts';
import { coachMessages } from './schema.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const day = 24 * 3600_000;
const now = new Date();
const tomorrow = new Date(now.getTime() + day).toISOString().slice(0, 10);
const person = (id: string) => ({ id, name: 'N', initials: 'N' });
const canary = 'Four herons stood in the rain.';
const asked = { kind: 'nudge', to: 'both', words: canary, day: null, clock: null, minutes: null };
const active = () => plantPair(db, { status: 'active', endedAs: null });
const reach = (
	w: PairWorld,
	over: Partial<typeof asked> | Record<string, string> = {},
	who: keyof PairWorld = 'coach'
) => reachOut(db, person(w[who]), proven, w.pairId, { ...asked, ...over }, now);
const readBy = async (w: PairWorld, who: 'teacher' | 'mentor') =>
	(await readPairSpace(db, person(w[who]), proven, w.pairId, now)).reached;
/** The next noon in Chicago, where these people live. */
const byDay = new Date(Math.ceil((now.getTime() - 18 * 3600_000) / day) * day + 18 * 3600_000);
/** Addresses for the two, and what was mailed to each. */
async function mailed(w: PairWorld) {
	await db.asOwner((tx) =>
		tx
			.insert(emailAddresses)
			.values(
				(['teacher', 'mentor'] as const).map((who) => ({
					personId: w[who],
					address: `${w[who]}@school.example`,
					kind: 'school' as const
				}))
			)
			.onConflictDoNothing()
	);
	await tellReached(db, now);
	// By day: whoever runs this at night has people in their quiet hours.
	await db.asOwner((tx) =>
		tx.execute(
			sql`update notifications set mail_after = ${byDay.toISOString()}::timestamptz where mail_after is not null`
		)
	);
	await sendHeld(db, 'https://wayfellow.example', { pair: stillInPair }, byDay);
	const mails = await db.asOwner((tx) => tx.select().from(mailMessages).where(eq(mailMessages.kind, 'reached')));
	const to = (who: 'teacher' | 'mentor') => mails.filter(({ toAddress }) => toAddress.startsWith(w[who]));
	return { teacher: to('teacher'), mentor: to('mentor') };
}

test('a kind word reaches both, on the page of their pair and on their home, and nobody else', async () => {
	const w = await active();
	await reach(w);
	for (const who of ['teacher', 'mentor'] as const) {
		expect(await readBy(w, who)).toMatchObject([{ kind: 'nudge', words: canary, by: 'The coach', slot: null }]);
		const home = await readHome(db, person(w[who]), proven, now);
		const card = who === 'teacher' ? home.learning[0]!.pair! : home.mentoring!.pairs[0]!;
		expect(card.reached).toBe('The coach wrote to you just now');
	}
	for (const who of ['manager', 'stranger'] as const)
		expect(await db.asPerson(w[who], (tx) => tx.select().from(coachMessages))).toEqual([]);
	expect((await readReaching(db, person(w.coach), proven, w.pairId, now)).sent).toHaveLength(1);
	const board = (await readHome(db, person(w.coach), proven, now)).caseload!;
	expect(JSON.stringify(board)).toContain('You wrote to both today');
	expect(JSON.stringify(board)).not.toContain(canary);
});

test('what goes to one of the two is that one’s alone', async () => {
	const w = await active();
	await reach(w, { kind: 'rematch', to: 'teacher' });
	expect(await readBy(w, 'teacher')).toHaveLength(1);
	expect(await readBy(w, 'mentor')).toEqual([]);
	expect((await readHome(db, person(w.mentor), proven, now)).mentoring!.pairs[0]!.reached).toBeNull();
	const mails = await mailed(w);
	expect([mails.teacher.length, mails.mentor.length]).toEqual([1, 0]);
});

test('a time is offered on the coach’s clock and read on the reader’s, until it is over', async () => {
	const w = await active();
	await reach(w, { kind: 'slot', day: tomorrow, clock: '15:15', minutes: '45' });
	const [one] = await readBy(w, 'mentor');
	expect(one!.slot).toMatchObject({ minutes: 45 });
	expect(one!.slot!.words).toContain('3:15');
	const later = new Date(now.getTime() + 3 * day);
	expect((await readPairSpace(db, person(w.mentor), proven, w.pairId, later)).reached[0]!.slot).toBeNull();
});

test('mails name who wrote and lead there, without a word of it, and go once', async () => {
	const w = await active();
	await reach(w);
	const first = await mailed(w);
	await tellReached(db, now);
	const again = await mailed(w);
	for (const who of ['teacher', 'mentor'] as const) {
		expect(first[who]).toHaveLength(1);
		expect(again[who]).toHaveLength(1);
		expect(first[who][0]!.bodyText).toContain('The coach, who looks after your pair, wrote to you.');
		expect(JSON.stringify(first[who])).not.toContain('herons');
	}
});

test('only who looks after the pair now writes to it', async () => {
	const w = await active();
	for (const who of ['teacher', 'mentor', 'manager', 'stranger'] as const) {
		await expect(reach(w, {}, who)).rejects.toMatchObject({ reason: 'not-found' });
		const row = { pairId: w.pairId, coachId: w[who], kind: 'nudge' as const, addressedTo: 'both' as const, words: 'x' };
		await expect(db.asPerson(w[who], (tx) => tx.insert(coachMessages).values(row))).rejects.toThrow();
	}
	await reach(w);
	await db.asOwner((tx) => tx.update(caseloads).set({ untilAt: now }).where(eq(caseloads.pairId, w.pairId)));
	await expect(reach(w)).rejects.toMatchObject({ reason: 'not-found' });
	expect(await db.asPerson(w.coach, (tx) => tx.select().from(coachMessages))).toEqual([]);
	expect(await readBy(w, 'teacher')).toHaveLength(1);
});

test('when a pair ends the teacher keeps what was written to her, and the mentor reads it no more', async () => {
	const w = await active();
	await reach(w);
	await db.asOwner((tx) =>
		tx.update(pairs).set({ status: 'ended', endedAs: 'completed', endedAt: now }).where(eq(pairs.id, w.pairId))
	);
	expect(await readBy(w, 'teacher')).toHaveLength(1);
	expect(await readBy(w, 'mentor')).toEqual([]);
	const mails = await mailed(w);
	expect([mails.teacher.length, mails.mentor.length]).toEqual([1, 0]);
});

test('a coach writes a few times a day and not more', async () => {
	const w = await active();
	for (let i = 0; i < mostADay; i++) await reach(w, { words: `Word ${i}` });
	await expect(reach(w, { words: 'One more' })).rejects.toMatchObject({ reason: 'rule' });
	expect(await readBy(w, 'teacher')).toHaveLength(mostADay);
});

test('the same form sent twice is one word, however fast', async () => {
	const w = await active();
	const [one, two] = await Promise.all([reach(w), reach(w)]);
	expect(two).toEqual(one);
	expect(await reach(w)).toEqual(one);
	expect(await readBy(w, 'teacher')).toHaveLength(1);
	await reach(w, { to: 'teacher' });
	expect(await readBy(w, 'teacher')).toHaveLength(2);
});

test('nobody who leaves leaves behind what a coach wrote to them', async () => {
	const w = await active();
	await reach(w);
	await db.asOwner((tx) =>
		tx.update(people).set({ deactivatedAt: now, deletionAskedAt: now, deletedAt: now }).where(eq(people.id, w.mentor))
	);
	expect(await db.asOwner((tx) => tx.select().from(coachMessages).where(eq(coachMessages.pairId, w.pairId)))).toEqual(
		[]
	);
});
