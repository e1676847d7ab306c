/** Two people who agree on times at the same instant need connections of their own, so this runs on a Postgres server. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import { acceptMeeting, confirmMeeting, moveMeeting, proposeMeeting } from '#lib/meeting/meetings.server.ts';
import { meetings } from '#lib/meeting/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { type PairWorld, plantPair } from '../pair-world.ts';
import { serverDatabase } from '../with-database.ts';

let db: Database;
beforeAll(async () => {
	db = await serverDatabase();
}, 120_000);
afterAll(() => db?.close());

const hour = 3600_000;
const begin = Math.ceil(Date.now() / hour) * hour;
const inHours = (hours: number) => new Date(begin + hours * hour);
const as = (id: string) => ({ id, name: 'Somebody', initials: 'SB' });
const meet = (w: PairWorld, who: 'teacher' | 'mentor', startsAt: Date, minutes = 45) =>
	proposeMeeting(db, as(w[who]), w.pairId, { kind: 'meeting', startsAt, minutes });
const rowsOf = (w: PairWorld) =>
	db.asOwner((tx) => tx.select().from(meetings).where(eq(meetings.pairId, w.pairId)).orderBy(meetings.startsAt));
/** Done, or why it was refused; anything else is a fault. */
const said = (work: Promise<unknown>) =>
	work.then(
		() => 'done',
		(error: unknown) => {
			if (error instanceof Refusal) return error.reason;
			throw error;
		}
	);

test('of forty proposals by both at once, no two stand at one time', async () => {
	const w = await plantPair(db, { status: 'active', endedAs: null });
	// Every quarter of an hour of one afternoon, each 45 minutes long: most of them collide.
	const wishes = Array.from({ length: 40 }, (_, i) =>
		said(meet(w, i % 2 ? 'teacher' : 'mentor', new Date(begin + 24 * hour + (i % 20) * 15 * 60_000)))
	);
	const answers = await Promise.all(wishes);
	const rows = await rowsOf(w);
	expect(rows.length).toBeGreaterThan(0);
	for (const [i, row] of rows.entries())
		expect(rows[i + 1]?.startsAt.getTime() ?? Infinity).toBeGreaterThanOrEqual(
			row.startsAt.getTime() + row.minutes * 60_000
		);
	expect(answers.filter((one) => one === 'done').length).toBeGreaterThanOrEqual(rows.length);
});

test('the same time asked for by both at once is one meeting', async () => {
	for (let round = 0; round < 10; round++) {
		const w = await plantPair(db, { status: 'active', endedAs: null });
		const ids = await Promise.all([meet(w, 'teacher', inHours(30)), meet(w, 'mentor', inHours(30))]);
		expect(ids[0]).toBe(ids[1]);
		expect(await rowsOf(w)).toHaveLength(1);
	}
});

test('two meetings moved to one time at once: one moves, the other stays where it was', async () => {
	for (let round = 0; round < 10; round++) {
		const w = await plantPair(db, { status: 'active', endedAs: null });
		const one = await meet(w, 'teacher', inHours(10));
		const two = await meet(w, 'mentor', inHours(20));
		const move = (who: 'teacher' | 'mentor', meeting: string) =>
			said(moveMeeting(db, as(w[who]), w.pairId, { meeting, sequence: '0', startsAt: inHours(40), minutes: 45 }));
		expect((await Promise.all([move('mentor', one), move('teacher', two)])).sort()).toEqual(['done', 'rule']);
		expect((await rowsOf(w)).filter(({ startsAt }) => startsAt.getTime() === inHours(40).getTime())).toHaveLength(1);
	}
});

test('nobody says yes to a time that the other is changing in that moment', async () => {
	for (let round = 0; round < 20; round++) {
		const w = await plantPair(db, { status: 'active', endedAs: null });
		const meeting = await meet(w, 'teacher', inHours(10));
		const moved = said(
			moveMeeting(db, as(w.teacher), w.pairId, { meeting, sequence: '0', startsAt: inHours(40), minutes: 45 })
		);
		const accepted = said(acceptMeeting(db, as(w.mentor), w.pairId, { meeting, sequence: '0' }));
		expect([await moved, await accepted].sort()).toEqual(['done', 'rule']);
		const [row] = await rowsOf(w);
		expect([row!.state, row!.startsAt.getTime()]).toEqual(
			(await moved) === 'done' ? ['proposed', inHours(40).getTime()] : ['accepted', inHours(10).getTime()]
		);
	}
});

test('both who confirm at once: one is asked to look again, and nobody’s word is lost', async () => {
	for (let round = 0; round < 10; round++) {
		const w = await plantPair(db, { status: 'active', endedAs: null });
		const meeting = await meet(w, 'teacher', inHours(-10));
		const confirm = (who: 'teacher' | 'mentor', sequence: string) =>
			said(confirmMeeting(db, as(w[who]), w.pairId, { meeting, sequence, minutes: 45 }));
		const [teacher, mentor] = await Promise.all([confirm('teacher', '0'), confirm('mentor', '0')]);
		if (teacher !== 'done') await confirm('teacher', '1');
		if (mentor !== 'done') await confirm('mentor', '1');
		const [row] = await rowsOf(w);
		expect([row!.teacherConfirmedAt !== null, row!.mentorConfirmedAt !== null]).toEqual([true, true]);
	}
});
