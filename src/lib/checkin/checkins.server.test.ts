import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import { endPair } from '#lib/pairing/pair.server.ts';
import { emailAddresses, people } from '#lib/identity/schema.server.ts';
import { sendHeld } from '#lib/notification/rounds.server.ts';
import { usual } from '#lib/notification/settings.ts';
import { listNotices, openNotice, saveHowTold } from '#lib/notification/told.server.ts';
import type { Database } from '#lib/server/database.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { plantPair, type PairWorld } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { readCheckIns, sendCheckIn, takeBackSignal } from './checkins.server.ts';
import { cases } from './policy.cases.ts';
import { checkIns, checkInSignals } from './schema.server.ts';
import { signalsOf } from './signals.server.ts';
import { tellCheckIns } from './telling.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const active = { status: 'active', endedAs: null } as const;
const as = (id: string) => ({ id, name: 'Somebody', initials: 'SB' });
/** Late in the evening in Chicago, where the next day has begun in UTC. */
const evening = new Date('2026-11-24T04:30:00Z');
const tomorrow = new Date('2026-11-24T21:00:00Z');
const reasonOf = (work: Promise<unknown>) =>
	work.then(
		() => 'done',
		(error: unknown) => (error instanceof Refusal ? error.reason : Promise.reject(error))
	);

type Sent = Partial<{ going: unknown; stuck: unknown; shows: unknown; form: unknown; on: unknown; level: string }>;
const send = (world: PairWorld, { level, ...sent }: Sent = {}, now = evening, who: keyof PairWorld = 'teacher') =>
	sendCheckIn(
		db,
		as(world[who]),
		world.pairId,
		{ going: 'well', stuck: '', shows: 'day', form: uuidv7(), on: '0', level: () => level ?? null, ...sent },
		now
	);
const page = (world: PairWorld, who: keyof PairWorld, now = evening) =>
	readCheckIns(db, as(world[who]), world.pairId, now);
const signal = (world: PairWorld) =>
	db.asPerson(world.coach, async (tx) => (await signalsOf(tx, [world.pairId])).get(world.pairId));

describe('sending', () => {
	test('the two read it, with the day where the program is, and confidence in words', async () => {
		const world = await plantPair(db, active);
		await send(world, { going: 'mixed', stuck: 'Who talks first', level: 'not-yet' });
		await send(world, { going: 'well', level: 'with-help' }, tomorrow);
		for (const who of ['teacher', 'mentor'] as const)
			expect((await page(world, who, tomorrow)).all).toMatchObject([
				{
					day: '24 November 2026',
					going: 'It goes well',
					stuck: null,
					changes: ['One competency: with help, before that not yet']
				},
				{
					day: '23 November 2026',
					going: 'Some of it is hard',
					stuck: 'Who talks first',
					changes: ['One competency: not yet']
				}
			]);
	});
	test('the next form remembers what was said of each competency and what the coach may see, and asks anew how it goes', async () => {
		const world = await plantPair(db, active);
		expect((await page(world, 'teacher')).form).toMatchObject({
			on: 0,
			going: null,
			shows: 'day',
			competencies: [{ title: 'One competency', level: null, first: true }]
		});
		await send(world, { going: 'hard', stuck: 'x', shows: 'going', level: 'with-help' });
		expect((await page(world, 'teacher', tomorrow)).form).toMatchObject({
			on: 0,
			going: null,
			stuck: '',
			shows: 'going',
			competencies: [{ level: 'with-help' }]
		});
		expect((await page(world, 'mentor')).form).toBeNull();
	});
	test('sent again the same day it takes the place of the first, if the form knew of it', async () => {
		const world = await plantPair(db, active);
		await send(world, { stuck: 'First' });
		expect((await page(world, 'teacher')).form).toMatchObject({ on: 1, going: 'well', stuck: 'First' });
		expect(await reasonOf(send(world, { stuck: 'From another window' }))).toBe('rule');
		expect((await page(world, 'teacher')).all).toMatchObject([{ stuck: 'First' }]);
		await send(world, { stuck: 'Second', on: '1' });
		expect((await page(world, 'teacher')).all).toMatchObject([{ stuck: 'Second' }]);
		expect((await page(world, 'teacher')).form).toMatchObject({ on: 2 });
	});
	test('one form that arrives five times is one check-in, over midnight too', async () => {
		const world = await plantPair(db, active);
		const sent = { form: uuidv7(), stuck: 'Once' };
		const all = await Promise.all([send(world, sent), send(world, sent), send(world, sent), send(world, sent)]);
		all.push(await send(world, sent, tomorrow));
		expect(new Set(all.map(({ id }) => id)).size).toBe(1);
		// The same form with other words on the next day is another one.
		await send(world, { ...sent, stuck: 'Twice' }, tomorrow);
		expect((await page(world, 'teacher', tomorrow)).all.map(({ stuck }) => stuck)).toEqual(['Twice', 'Once']);
	});
	test('two windows at one instant lose no word: one is kept, the other is told', async () => {
		const world = await plantPair(db, active);
		const done = await Promise.all([
			reasonOf(send(world, { stuck: 'One' })),
			reasonOf(send(world, { stuck: 'Other' }))
		]);
		expect(done.sort()).toEqual(['done', 'rule']);
	});
	test('in a pause too, and not by anybody else, nor when the pair has ended', async () => {
		const world = await plantPair(db, { status: 'paused', endedAs: null });
		expect(await reasonOf(send(world))).toBe('done');
		expect(await reasonOf(send(world, {}, evening, 'mentor'))).toBe('not-allowed');
		for (const who of ['coach', 'manager', 'stranger'] as const)
			expect(await reasonOf(send(world, {}, evening, who))).toBe('not-found');
		await endPair(db, as(world.teacher), null, world.pairId, { endedAs: 'rematched', reason: null });
		expect(await reasonOf(send(world, {}, tomorrow))).toBe('rule');
		expect((await page(world, 'teacher')).all).toHaveLength(1);
		expect(await reasonOf(page(world, 'mentor'))).toBe('not-found');
	});
	test('a form that is not whole is refused with a sentence', async () => {
		const world = await plantPair(db, active);
		for (const sent of [{ form: '' }, { form: null }, { going: 'ten' }, { stuck: 'x'.repeat(501) }])
			expect(await reasonOf(send(world, sent))).toBe('rule');
		expect((await page(world, 'teacher')).all).toEqual([]);
	});
});

describe('what a coach sees', () => {
	test('the day, and of the rest what the teacher chose', async () => {
		const world = await plantPair(db, active);
		expect(await signal(world)).toBeUndefined();
		await send(world, { going: 'hard', shows: 'day' });
		expect(await signal(world)).toEqual({ at: evening, shows: 'day', going: null });
		await send(world, { going: 'hard', shows: 'going' }, tomorrow);
		expect(await signal(world)).toEqual({ at: tomorrow, shows: 'going', going: 'hard' });
	});
	test('taking it back leaves the day alone, at once, and the next form remembers that', async () => {
		const world = await plantPair(db, active);
		const { id } = await send(world, { going: 'hard', shows: 'word' });
		expect((await page(world, 'teacher')).all).toMatchObject([{ mayTakeBack: true }]);
		expect((await page(world, 'mentor')).all).toMatchObject([{ mayTakeBack: false }]);
		expect(await reasonOf(takeBackSignal(db, as(world.mentor), world.pairId, id))).toBe('not-allowed');
		for (const one of [uuidv7(), 'x', null])
			expect(await reasonOf(takeBackSignal(db, as(world.teacher), world.pairId, one))).toBe('not-found');
		await takeBackSignal(db, as(world.teacher), world.pairId, id);
		await takeBackSignal(db, as(world.teacher), world.pairId, id);
		expect(await signal(world)).toEqual({ at: evening, shows: 'day', going: null });
		expect((await page(world, 'teacher', tomorrow)).form).toMatchObject({ shows: 'day' });
	});
});

test.for(cases)(
	'by hand, of a pair that is %s (%s), a %s may: %s, and sees the signal: %s',
	async ([status, endedAs, who, may, sees]) => {
		const world = await plantPair(db, { status, endedAs });
		const id = uuidv7();
		await db.asOwner(async (tx) => {
			await tx.insert(checkIns).values({
				id,
				pairId: world.pairId,
				teacherId: world.teacher,
				day: '2026-11-02',
				going: 'mixed',
				stuck: 'CANARY',
				formId: uuidv7()
			});
			await tx.insert(checkInSignals).values({ checkInId: id, pairId: world.pairId, shows: 'going', going: 'mixed' });
		});
		const found = await db.asPerson(world[who], async (tx) => ({
			words: (await tx.select().from(checkIns).where(eq(checkIns.id, id))).length,
			signals: (await signalsOf(tx, [world.pairId])).size
		}));
		expect(found).toEqual({ words: may === 'none' ? 0 : 1, signals: sees ? 1 : 0 });
		const changed = await db.asPerson(world[who], async (tx) => [
			...(await tx.update(checkIns).set({ stuck: 'Other' }).where(eq(checkIns.id, id)).returning()),
			...(await tx
				.update(checkInSignals)
				.set({ shows: 'day', going: null })
				.where(eq(checkInSignals.checkInId, id))
				.returning())
		]);
		expect(changed).toHaveLength(may === 'send' ? 2 : 0);
		const byHand = db.asPerson(world[who], (tx) =>
			tx.insert(checkIns).values({
				pairId: world.pairId,
				teacherId: world[who],
				day: '2026-11-03',
				going: 'well',
				formId: uuidv7()
			})
		);
		await (may === 'send' ? byHand : expect(byHand).rejects.toThrow());
		expect(await reasonOf(page(world, who))).toBe(may === 'none' ? 'not-found' : 'done');
	}
);

test('the mentor hears of each in the app and by mail, once and without a word of it, unless they want no mail or it is old', async () => {
	const world = await plantPair(db, active);
	const address = `${world.mentor}@example.org`;
	await db.asOwner((tx) => tx.insert(emailAddresses).values({ personId: world.mentor, kind: 'school', address }));
	const told = async (now: Date) => {
		await tellCheckIns(db, now);
		// A mail is held for ten minutes.
		await sendHeld(db, 'https://example.org', {}, new Date(now.getTime() + 11 * 60_000));
		const mails = await db.asOwner((tx) =>
			tx.delete(mailMessages).where(eq(mailMessages.toAddress, address)).returning()
		);
		expect(JSON.stringify(mails)).not.toContain('CANARY');
		return mails.map(({ subject }) => subject);
	};
	// They check in late in the evening.
	const noQuiet = { ...usual, quietFrom: '00:00', quietTo: '00:00' };
	await saveHowTold(db, as(world.mentor), noQuiet);
	await send(world, { stuck: 'CANARY', going: 'hard', shows: 'word' });
	expect(await told(evening)).toEqual(['The teacher checked in']);
	await send(world, { stuck: 'CANARY corrected', on: '1' });
	expect(await told(evening)).toEqual([]);
	await send(world, {}, tomorrow);
	expect(await told(new Date(tomorrow.getTime() + 25 * 3600_000))).toEqual([]);
	await saveHowTold(db, as(world.mentor), { ...noQuiet, mail: { pair: 'off' } });
	const later = new Date('2026-11-26T21:00:00Z');
	await send(world, {}, later);
	expect(await told(later)).toEqual([]);
	const { notices } = await listNotices(db, as(world.mentor), null);
	expect(notices.map(({ title }) => title)).toEqual(['The teacher checked in', 'The teacher checked in']);
	expect(await openNotice(db, as(world.mentor), notices[0]!.id)).toBe(`/pairs/${world.pairId}/check-ins`);
	expect((await listNotices(db, as(world.mentor), null)).unread).toBe(0);
});

test('whoever writes the mails reads neither how it goes nor a word', async () => {
	const world = await plantPair(db, active);
	await send(world, { shows: 'going' });
	const asService = (columns: string) => db.asService((tx) => tx.execute(`select ${columns} from check_in_signals`));
	await expect(asService('check_in_id, pair_id, at, told_at')).resolves.toBeDefined();
	await expect(asService('going')).rejects.toThrow();
	await expect(db.asService((tx) => tx.select().from(checkIns))).rejects.toThrow();
});

test('check-ins go with their teacher, and stay when the mentor leaves', async () => {
	const world = await plantPair(db, active);
	await send(world, { shows: 'going' });
	const kept = () =>
		db.asOwner(async (tx) => [
			...(await tx.select().from(checkIns).where(eq(checkIns.pairId, world.pairId))),
			...(await tx.select().from(checkInSignals).where(eq(checkInSignals.pairId, world.pairId)))
		]);
	const leaves = (id: string) =>
		db.asOwner((tx) =>
			tx
				.update(people)
				.set({ deactivatedAt: new Date(), deletionAskedAt: new Date(), deletedAt: new Date() })
				.where(eq(people.id, id))
		);
	await leaves(world.mentor);
	expect(await kept()).toHaveLength(2);
	await leaves(world.teacher);
	expect(await kept()).toEqual([]);
});
