import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { people } from '#lib/identity/schema.server.ts';
import { caseloads, pairs } from '#lib/pairing/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { type PairWorld, plantPair, proven } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { readHome } from './home.server.ts';
import { endMark, makeMark, readMarks } from './marks.server.ts';
import { coachMarks } from './schema.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const day = 24 * 3600_000;
const now = new Date();
const iso = (days: number) => new Date(now.getTime() + days * day).toISOString().slice(0, 10);
const person = (id: string) => ({ id, name: 'N', initials: 'N' });
const keep = (w: PairWorld, who: keyof PairWorld, asked: { kind: string; words: string; until?: string }) =>
	makeMark(db, person(w[who]), proven, w.pairId, { until: null, ...asked }, now);
const read = (w: PairWorld, who: keyof PairWorld = 'coach') => readMarks(db, person(w[who]), proven, w.pairId, now);
const boardOf = async (w: PairWorld, at = now) => (await readHome(db, person(w.coach), proven, at)).caseload!;

test('a coach keeps notes of a pair, newest first, and nobody else reads or writes one', async () => {
	const w = await plantPair(db, { status: 'active', endedAs: null });
	await keep(w, 'coach', { kind: 'note', words: 'They like mornings.' });
	await keep(w, 'coach', { kind: 'note', words: 'Both are new to the school.' });
	expect((await read(w)).marks.map(({ words }) => words)).toEqual([
		'Both are new to the school.',
		'They like mornings.'
	]);
	for (const who of ['teacher', 'mentor', 'manager', 'stranger'] as const) {
		await expect(read(w, who)).rejects.toMatchObject({ reason: 'not-found' });
		await expect(keep(w, who, { kind: 'note', words: 'x' })).rejects.toMatchObject({ reason: 'not-found' });
		expect(await db.asPerson(w[who], (tx) => tx.select().from(coachMarks))).toEqual([]);
		const row = { pairId: w.pairId, coachId: w[who], kind: 'note' as const, words: 'x' };
		await expect(db.asPerson(w[who], (tx) => tx.insert(coachMarks).values(row))).rejects.toThrow();
	}
	const forged = { pairId: w.pairId, coachId: w.teacher, kind: 'note' as const, words: 'x' };
	await expect(db.asPerson(w.coach, (tx) => tx.insert(coachMarks).values(forged))).rejects.toThrow();
});

test('they close when the pair ends or leaves the caseload', async () => {
	for (const close of [
		(w: PairWorld) =>
			db.asOwner((tx) =>
				tx.update(pairs).set({ status: 'ended', endedAs: 'withdrawn', endedAt: now }).where(eq(pairs.id, w.pairId))
			),
		(w: PairWorld) =>
			db.asOwner((tx) => tx.update(caseloads).set({ untilAt: now }).where(eq(caseloads.pairId, w.pairId)))
	]) {
		const w = await plantPair(db, { status: 'active', endedAs: null });
		const { id } = await keep(w, 'coach', { kind: 'follow-up', words: 'Ask again.', until: iso(3) });
		await close(w);
		await expect(read(w)).rejects.toMatchObject({ reason: 'not-found' });
		await expect(endMark(db, person(w.coach), w.pairId, id, now)).rejects.toMatchObject({ reason: 'not-found' });
		expect(await db.asPerson(w.coach, (tx) => tx.select().from(coachMarks))).toEqual([]);
	}
});

test('not now puts a pair that waits aside, with why, until the day or until it is taken back', async () => {
	const w = await plantPair(db, { status: 'active', endedAs: null });
	const later = new Date(now.getTime() + 40 * day);
	expect((await boardOf(w, later)).groups).toHaveLength(1);
	const { id } = await makeMark(
		db,
		person(w.coach),
		proven,
		w.pairId,
		{ kind: 'not-now', words: 'Report cards.', until: iso(50) },
		later
	);
	expect(await boardOf(w, later)).toMatchObject({
		groups: [],
		due: [],
		notNow: [{ words: expect.stringMatching(/^Until .*: Report cards\.$/) }]
	});
	expect((await boardOf(w, new Date(now.getTime() + 52 * day))).groups).toHaveLength(1);
	await endMark(db, person(w.coach), w.pairId, id, later);
	await endMark(db, person(w.coach), w.pairId, id, later);
	expect(await boardOf(w, later)).toMatchObject({ groups: [{ pairs: [{ pairId: w.pairId }] }], notNow: [] });
});

test('on the day to look again the pair stands first, with the coach’s own words', async () => {
	const w = await plantPair(db, { status: 'active', endedAs: null });
	const { id } = await keep(w, 'coach', { kind: 'follow-up', words: 'How did the visit go?', until: iso(3) });
	expect((await boardOf(w)).due).toEqual([]);
	const then = new Date(now.getTime() + 4 * day);
	expect((await boardOf(w, then)).due).toMatchObject([
		{ pairId: w.pairId, words: expect.stringMatching(/^How did the visit go\?/) }
	]);
	await endMark(db, person(w.coach), w.pairId, id, then);
	expect((await boardOf(w, then)).due).toEqual([]);
});

test('a mark of another pair, or none at all, is not found', async () => {
	const [a, b] = [
		await plantPair(db, { status: 'active', endedAs: null }),
		await plantPair(db, { status: 'active', endedAs: null })
	];
	const { id } = await keep(a, 'coach', { kind: 'follow-up', words: 'x', until: iso(3) });
	for (const [who, pair, mark] of [
		[b.coach, b.pairId, id],
		[a.coach, b.pairId, id],
		[a.coach, a.pairId, 'x'],
		[a.teacher, a.pairId, id]
	] as const)
		await expect(endMark(db, person(who), pair, mark, now)).rejects.toMatchObject({ reason: 'not-found' });
});

test.for(['teacher', 'mentor', 'coach'] as const)('they go with the account of the %s', async (who) => {
	const w = await plantPair(db, { status: 'active', endedAs: null });
	await keep(w, 'coach', { kind: 'note', words: 'They like mornings.' });
	const kept = () => db.asOwner((tx) => tx.select().from(coachMarks).where(eq(coachMarks.pairId, w.pairId)));
	expect(await kept()).toHaveLength(1);
	const left = { deactivatedAt: now, deletionAskedAt: now, deletedAt: now };
	await db.asOwner((tx) => tx.update(people).set(left).where(eq(people.id, w[who])));
	expect(await kept()).toEqual([]);
});
