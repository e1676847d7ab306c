import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endSession } from '#lib/identity/session.server.ts';
import { people, sessions } from '#lib/identity/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { plantReflection, signIn } from '../../../tests/live-room.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { accessOf, accessOfAll } from './access.server.ts';
import { cases } from './policy.cases.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

test.for(cases)('in a pair that is %s (%s) a %s, of what is %s, may %s', async ([status, endedAs, who, is, may]) => {
	const pair = await plantReflection(db, { status, endedAs }, { alone: is === 'alone' });
	expect((await accessOf(db, pair[who], pair.reflectionId)).access).toBe(may);
});

test('what does not exist is nobody’s, and a word that is no id is not even asked for', async () => {
	const pair = await plantReflection(db);
	const nothing = { access: 'none', standing: 'stranger', pairId: null, shared: false };
	expect(await accessOf(db, pair.teacher, '01890000-0000-7000-8000-000000000000')).toEqual(nothing);
	expect(await accessOf(db, pair.teacher, '}; drop table')).toEqual(nothing);
});

test('many are asked about at once, in order, with their sessions', async () => {
	const pair = await plantReflection(db);
	const [teacher, gone, mentor] = [
		await signIn(db, pair.teacher),
		await signIn(db, pair.teacher),
		await signIn(db, pair.mentor)
	];
	await endSession(db, gone.sessionId);
	const { reflectionId } = pair;
	const asked = [
		{ personId: pair.teacher, sessionId: teacher.sessionId, reflectionId },
		{ personId: pair.teacher, sessionId: gone.sessionId, reflectionId },
		{ personId: pair.teacher, sessionId: mentor.sessionId, reflectionId }, // not their session
		{ personId: pair.mentor, sessionId: mentor.sessionId, reflectionId }
	];
	expect((await accessOfAll(db, asked)).map(({ session, access }) => [session, access])).toEqual([
		['stands', 'write'],
		['over', 'write'],
		['over', 'write'],
		['stands', 'write']
	]);
	await db.asOwner((tx) => tx.update(people).set({ deactivatedAt: new Date() }).where(eq(people.id, pair.mentor)));
	expect(await accessOfAll(db, [asked[3]!])).toMatchObject([{ session: 'over', access: 'none' }]);
});

test.for<[shared: boolean, idleMinutes: number, stands: 'stands' | 'over']>([
	[false, 61, 'stands'],
	[false, 10 * 1440 + 1, 'over'],
	[true, 59, 'stands'],
	[true, 61, 'over']
])('through a session (on a shared computer: %s) unused for %i minutes: %s', async ([shared, idleMinutes, stands]) => {
	const pair = await plantReflection(db);
	const { sessionId } = await signIn(db, pair.teacher);
	const lastUsedAt = new Date(Date.now() - idleMinutes * 60_000);
	await db.asOwner((tx) => tx.update(sessions).set({ lastUsedAt, shared }).where(eq(sessions.id, sessionId)));
	const [now] = await accessOfAll(db, [{ personId: pair.teacher, sessionId, reflectionId: pair.reflectionId }]);
	expect(now!.session).toBe(stands);
});
