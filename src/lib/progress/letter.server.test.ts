import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emailAddresses, people } from '#lib/identity/schema.server.ts';
import { usual } from '#lib/notification/settings.ts';
import { listNotices, saveHowTold } from '#lib/notification/told.server.ts';
import { useStop } from '#lib/notification/unsubscribe.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { type PairWorld, plantPair } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { chooseLetters, sendLetters, wantsLetters } from './letter.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

/** Of the worlds here, in Chicago: 7 am there is 1 pm UTC in winter. */
const monday = '2027-01-11';
const at = (day: string, clock: string) => new Date(`${day}T${clock}:00Z`);
const origin = 'https://wayfellow.example';

/** A pair that nobody has heard of since autumn, with a coach who has an address. */
async function quiet(): Promise<PairWorld> {
	const w = await plantPair(db, { status: 'active', endedAs: null });
	await db.asOwner((tx) =>
		tx.insert(emailAddresses).values({ personId: w.coach, address: `${w.coach}@school.example`, kind: 'school' })
	);
	return w;
}
const lettersTo = (w: PairWorld) =>
	db.asOwner((tx) =>
		tx
			.select()
			.from(mailMessages)
			.where(and(eq(mailMessages.kind, 'coach-letter'), eq(mailMessages.toAddress, `${w.coach}@school.example`)))
	);

test('on Monday from seven where the program is, once, however many processes and however often', async () => {
	const w = await quiet();
	await sendLetters(db, origin, at(monday, '12:59'));
	expect(await lettersTo(w)).toEqual([]);
	await Promise.all([1, 2, 3].map(() => sendLetters(db, origin, at(monday, '13:01'))));
	await sendLetters(db, origin, at('2027-01-12', '20:00'));
	const letters = await lettersTo(w);
	expect(letters).toHaveLength(1);
	expect(letters[0]!.bodyText).toContain('The teacher with The mentor: ');
	await sendLetters(db, origin, at('2027-01-18', '13:01'));
	expect(await lettersTo(w)).toHaveLength(2);
});

test('what was missed on Monday comes by Wednesday, and later not at all', async () => {
	const [late, never] = [await quiet(), await quiet()];
	await db.asOwner((tx) => tx.update(people).set({ deactivatedAt: new Date() }).where(eq(people.id, never.coach)));
	await sendLetters(db, origin, at('2027-01-13', '13:00'));
	expect(await lettersTo(late)).toHaveLength(1);
	await db.asOwner((tx) => tx.update(people).set({ deactivatedAt: null }).where(eq(people.id, never.coach)));
	await sendLetters(db, origin, at('2027-01-14', '13:00'));
	expect(await lettersTo(never)).toEqual([]);
});

test('nobody gets one who said no, who looks after nobody now, or whose pairs need nothing', async () => {
	const [no, gone, fine] = [await quiet(), await quiet(), await quiet()];
	await chooseLetters(db, { id: no.coach, name: 'N', initials: 'N' }, false);
	expect(await wantsLetters(db, { id: no.coach, name: 'N', initials: 'N' })).toBe(false);
	await db.asOwner(async (tx) => {
		await tx
			.update(pairs)
			.set({ status: 'ended', endedAs: 'withdrawn', endedAt: new Date() })
			.where(eq(pairs.id, gone.pairId));
		await tx.update(pairs).set({ status: 'paused' }).where(eq(pairs.id, fine.pairId));
	});
	await sendLetters(db, origin, at(monday, '13:01'));
	for (const w of [no, gone, fine]) expect(await lettersTo(w)).toEqual([]);
	await chooseLetters(db, { id: no.coach, name: 'N', initials: 'N' }, true);
	await sendLetters(db, origin, at(monday, '13:02'));
	expect(await lettersTo(no)).toHaveLength(1);
});

test('it waits for the end of quiet hours, stands in the app as well, and is stopped by the link in it', async () => {
	const w = await quiet();
	const coach = { id: w.coach, name: 'C', initials: 'C' };
	await saveHowTold(db, coach, { ...usual, quietFrom: '20:00', quietTo: '09:30' });
	await sendLetters(db, origin, at(monday, '15:29'));
	expect(await lettersTo(w)).toEqual([]);
	await sendLetters(db, origin, at(monday, '15:30'));
	const [letter] = await lettersTo(w);
	expect((await listNotices(db, coach, null)).notices).toMatchObject([{ kind: 'letter', title: letter!.subject }]);
	const [, token] = /unsubscribe\/([\w-]+)>/.exec(letter!.headers['List-Unsubscribe']!)!;
	await useStop(db, token!, true);
	expect(await wantsLetters(db, coach)).toBe(false);
	await sendLetters(db, origin, at('2027-01-18', '15:31'));
	expect(await lettersTo(w)).toHaveLength(1);
});
