/** A teacher’s wish for a word, from the form to the board of the coach and away again. */
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendCheckIn } from '#lib/checkin/checkins.server.ts';
import type { Database } from '#lib/server/database.ts';
import { plantPair, proven } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { readHome } from './home.server.ts';
import { endMark, makeMark } from './marks.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const as = (id: string) => ({ id, name: 'Somebody', initials: 'SB' });
const minutes = (n: number) => new Date(Date.now() + n * 60_000);

test('a word that was asked for stands first on the board until the coach notes something, or it is asked no more', async () => {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	const send = (shows: string, on: string, now: Date) =>
		sendCheckIn(
			db,
			as(world.teacher),
			world.pairId,
			{ going: 'mixed', stuck: `CANARY ${shows}`, shows, form: uuidv7(), on, level: () => 'not-yet' },
			now
		);
	const board = async (now: Date) => {
		const { caseload } = await readHome(db, as(world.coach), proven, now);
		expect(JSON.stringify(caseload)).not.toContain('CANARY');
		const [first] = caseload!.groups;
		return first && [first.reason, first.pairs[0]!.checkIn?.going ?? null];
	};
	// Notes are dated by the database, a moment later.
	await send('word', '0', minutes(-1));
	expect(await board(minutes(0))).toEqual(['asked', 'Some of it is hard']);
	const until = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
	const { id } = await makeMark(
		db,
		as(world.coach),
		proven,
		world.pairId,
		{ kind: 'follow-up', words: 'Rang', until },
		minutes(0)
	);
	expect((await board(minutes(0)))?.[0]).not.toBe('asked');
	// Done with it, the coach is not asked once more.
	await endMark(db, as(world.coach), world.pairId, id, minutes(0));
	expect((await board(minutes(0)))?.[0]).not.toBe('asked');
	const nextDay = minutes(30 * 60);
	await send('word', '0', nextDay);
	expect((await board(nextDay))?.[0]).toBe('asked');
	await send('going', '1', nextDay);
	expect((await board(nextDay))?.[0]).not.toBe('asked');
});

test('a coach who may not see how it goes sees that there was a check-in, and a pair that checks in is not quiet', async () => {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	const now = new Date();
	const asked = { going: 'hard', stuck: '', shows: 'day', form: uuidv7(), on: '0', level: () => null };
	await sendCheckIn(db, as(world.teacher), world.pairId, asked, now);
	const { caseload } = await readHome(db, as(world.coach), proven, now);
	const { groups, onTrack } = caseload!;
	const [pair] = [...groups.flatMap(({ pairs }) => pairs), ...onTrack];
	expect(pair!.checkIn).toEqual({ ago: 'today', going: null });
	expect(groups.map(({ reason }) => reason)).not.toContain('quiet');
});
