import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { Refusal } from '#lib/errors.ts';
import { emailAddresses, freeTimes, people } from '#lib/identity/schema.server.ts';
import { endPair } from '#lib/pairing/pair.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { plantPair, type PairWorld, proven } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { usual } from '#lib/notification/settings.ts';
import { saveHowTold } from '#lib/notification/told.server.ts';
import { addCalendarFile, readOwnTimes, removeCalendar, saveTimetable } from './calendars.server.ts';
import { readLedgerIn, readProgramTimes, setProgramTimes, setWorkShare } from './contact.server.ts';
import { makeFeed, readFeed, revokeFeed } from './feed.server.ts';
import {
	acceptMeeting,
	addToAgenda,
	cancelMeeting,
	confirmMeeting,
	listHeld,
	moveMeeting,
	pairThatMeets,
	proposeMeeting,
	readMeeting,
	readMeetingsIn,
	saveNotes,
	settleNotes,
	tickAgenda
} from './meetings.server.ts';
import { cases } from './policy.cases.ts';
import { agendaItems, calendars, meetingNotes, meetings } from './schema.server.ts';
import { listSlots } from './slots.server.ts';
import { tellMeetings } from './telling.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const as = (id: string) => ({ id, name: 'Somebody', initials: 'SB' });
const active = { status: 'active', endedAs: null } as const;
const hour = 3600_000;
/** Now is a Monday morning in Chicago, fixed: what is to come does not depend on when the tests run. */
const now = new Date();
const inHours = (hours: number) => new Date(Math.ceil(now.getTime() / hour) * hour + hours * hour);
const reasonOf = (work: Promise<unknown>) =>
	work.then(
		() => 'done',
		(error: unknown) => (error instanceof Refusal ? error.reason : Promise.reject(error))
	);
const space = (world: PairWorld, who: keyof PairWorld, at = now) =>
	db.asPerson(world[who], (tx) => readMeetingsIn(tx, as(world[who]), proven, world.pairId, at));
const only = async (world: PairWorld, id: string) =>
	(await db.asOwner((tx) => tx.select().from(meetings).where(eq(meetings.id, id))))[0]!;

async function planned(world: PairWorld, hours = 24): Promise<string> {
	return proposeMeeting(db, as(world.teacher), world.pairId, {
		kind: 'meeting',
		startsAt: inHours(hours),
		minutes: 45
	});
}

describe('proposing and answering', () => {
	test('one proposes, the other accepts, and both see it agreed', async () => {
		const world = await plantPair(db, active);
		const id = await planned(world);
		expect((await space(world, 'teacher')).ahead).toMatchObject([
			{ id, is: 'proposed', mine: true, words: 'Proposed by you, not answered yet.' }
		]);
		expect((await space(world, 'mentor')).ahead).toMatchObject([{ id, is: 'proposed', mine: false }]);
		await acceptMeeting(db, as(world.mentor), world.pairId, { meeting: id, sequence: '0' });
		expect((await space(world, 'teacher')).ahead).toMatchObject([{ is: 'agreed', sequence: 1 }]);
	});
	test('nobody accepts their own proposal, and nobody answers what was changed meanwhile', async () => {
		const world = await plantPair(db, active);
		const meeting = await planned(world);
		expect(await reasonOf(acceptMeeting(db, as(world.teacher), world.pairId, { meeting, sequence: '0' }))).toBe('rule');
		await moveMeeting(db, as(world.teacher), world.pairId, {
			meeting,
			sequence: '0',
			startsAt: inHours(48),
			minutes: 30
		});
		expect(await reasonOf(acceptMeeting(db, as(world.mentor), world.pairId, { meeting, sequence: '0' }))).toBe('rule');
		expect((await space(world, 'mentor')).ahead).toMatchObject([{ is: 'proposed', minutes: 30 }]);
	});
	test('another time is proposed by whoever asks for it, and the other one answers', async () => {
		const world = await plantPair(db, active);
		const meeting = await planned(world);
		await moveMeeting(db, as(world.mentor), world.pairId, {
			meeting,
			sequence: '0',
			startsAt: inHours(50),
			minutes: 45
		});
		expect((await space(world, 'teacher')).ahead).toMatchObject([{ is: 'proposed', mine: false, sequence: 1 }]);
		await acceptMeeting(db, as(world.teacher), world.pairId, { meeting, sequence: '1' });
		expect((await only(world, meeting)).state).toBe('accepted');
	});
	test('asking twice is one meeting, and two at once are none', async () => {
		const world = await plantPair(db, active);
		const wish = { kind: 'meeting', startsAt: inHours(30), minutes: 45 } as const;
		const ask = () => proposeMeeting(db, as(world.teacher), world.pairId, wish);
		expect(new Set(await Promise.all([ask(), ask(), ask()])).size).toBe(1);
		expect(
			await reasonOf(
				proposeMeeting(db, as(world.mentor), world.pairId, {
					...wish,
					startsAt: new Date(wish.startsAt.getTime() + 60_000)
				})
			)
		).toBe('rule');
	});
	test('in a pause nothing new is proposed, and a coach, a manager and a stranger propose nothing', async () => {
		const paused = await plantPair(db, { status: 'paused', endedAs: null });
		const world = await plantPair(db, active);
		const wish = { kind: 'meeting', startsAt: inHours(30), minutes: 45 } as const;
		expect(await reasonOf(proposeMeeting(db, as(paused.teacher), paused.pairId, wish))).toBe('rule');
		expect(await reasonOf(proposeMeeting(db, as(world.coach), world.pairId, wish))).toBe('not-allowed');
		for (const who of ['manager', 'stranger'] as const)
			expect(await reasonOf(proposeMeeting(db, as(world[who]), world.pairId, wish))).toBe('not-found');
	});
});

describe('contact time', () => {
	const past = (world: PairWorld, who: 'teacher' | 'mentor', minutes = 60) =>
		proposeMeeting(db, as(world[who]), world.pairId, { kind: 'meeting', startsAt: inHours(-30), minutes });
	const held = (world: PairWorld) =>
		db.asPerson(world.coach, (tx) => listHeld(tx, [world.pairId], now)).then((all) => all.length);

	test('counts once both have confirmed it, and until then says whose word is missing', async () => {
		const world = await plantPair(db, active);
		const meeting = await past(world, 'teacher');
		expect((await space(world, 'coach')).past).toMatchObject([{ is: 'passed', words: 'Not yet confirmed by The.' }]);
		expect((await space(world, 'mentor')).past).toMatchObject([{ words: 'Not yet confirmed by you.' }]);
		expect(await held(world)).toBe(0);
		await confirmMeeting(db, as(world.mentor), world.pairId, { meeting, sequence: '0', minutes: 60 });
		expect((await space(world, 'teacher')).past).toMatchObject([{ is: 'held' }]);
		expect(await held(world)).toBe(1);
		expect(await reasonOf(cancelMeeting(db, as(world.teacher), world.pairId, { meeting, sequence: '1' }))).toBe('rule');
	});
	test('another length than the one confirmed is asked of the other again', async () => {
		const world = await plantPair(db, active);
		const meeting = await past(world, 'teacher', 60);
		await confirmMeeting(db, as(world.mentor), world.pairId, { meeting, sequence: '0', minutes: 30 });
		expect(await held(world)).toBe(0);
		expect((await space(world, 'teacher')).past).toMatchObject([{ is: 'passed', minutes: 30, confirmed: false }]);
		await confirmMeeting(db, as(world.teacher), world.pairId, { meeting, sequence: '1', minutes: 30 });
		expect(await held(world)).toBe(1);
	});
	test('nothing is confirmed before it began, and by hand nobody confirms for the other', async () => {
		const world = await plantPair(db, active);
		const meeting = await planned(world);
		expect(
			await reasonOf(confirmMeeting(db, as(world.mentor), world.pairId, { meeting, sequence: '0', minutes: 45 }))
		).toBe('rule');
		const byHand = (change: object) =>
			db.asPerson(world.teacher, (tx) => tx.update(meetings).set(change).where(eq(meetings.id, meeting)).returning());
		await expect(byHand({ mentorConfirmedAt: new Date() })).rejects.toThrow();
		expect(await byHand({ teacherConfirmedAt: new Date() })).toHaveLength(1);
		// A new length takes the word of the other with it.
		await db.asPerson(world.mentor, (tx) => tx.update(meetings).set({ minutes: 400 }).where(eq(meetings.id, meeting)));
		expect((await only(world, meeting)).teacherConfirmedAt).toBeNull();
	});
	test('the ledger follows the norm that the program names, and the coach reads the same', async () => {
		const world = await plantPair(db, active);
		const by = { person: as(world.manager), proof: proven, whence: { network: null, userAgent: null } };
		const { norms } = await readProgramTimes(db, by.person, world.programId);
		const texas = norms.find(({ title }) => title.startsWith('Texas'))!;
		const day = (days: number) => new Date(now.getTime() + days * 24 * hour).toISOString().slice(0, 10);
		await setProgramTimes(db, by, world.programId, {
			hours: { startsAt: '08:00', endsAt: '15:00' },
			terms: [{ name: 'Autumn', firstDay: day(-40), lastDay: day(40) }],
			normId: texas.id
		});
		await setWorkShare(db, by, world.programId, { teacherId: world.teacher, percent: 50, fromDay: day(-60) });
		const meeting = await past(world, 'mentor', 360);
		const ledger = async (who: 'teacher' | 'mentor' | 'coach') =>
			db.asPerson(world[who], async (tx) =>
				readLedgerIn(tx, as(world[who]), await pairThatMeets(tx, as(world[who]), proven, world.pairId), now)
			);
		expect(await ledger('coach')).toMatchObject({
			unconfirmed: 360,
			periods: [{ state: 'under way', heldMinutes: 0, normMinutes: 360 }]
		});
		await confirmMeeting(db, as(world.teacher), world.pairId, { meeting, sequence: '0', minutes: 360 });
		for (const who of ['teacher', 'mentor', 'coach'] as const)
			expect(await ledger(who)).toMatchObject({ unconfirmed: 0, periods: [{ state: 'met', heldMinutes: 360 }] });
	});
	test('only who manages the program says its times, with a passkey', async () => {
		const world = await plantPair(db, active);
		const times = { hours: { startsAt: '08:00', endsAt: '15:00' }, terms: [], normId: null };
		const act = (who: keyof PairWorld, proof = proven) =>
			reasonOf(
				setProgramTimes(
					db,
					{ person: as(world[who]), proof, whence: { network: null, userAgent: null } },
					world.programId,
					times
				)
			);
		expect(await act('manager', { openedBy: 'mail', passkeyAt: null })).toBe('unproven');
		for (const who of ['teacher', 'mentor', 'coach', 'stranger'] as const) expect(await act(who)).toBe('not-found');
		expect(await act('manager')).toBe('done');
	});
});

describe('words of the two', () => {
	test('what is not ticked off goes on to the next meeting', async () => {
		const world = await plantPair(db, active);
		const meeting = await proposeMeeting(db, as(world.teacher), world.pairId, {
			kind: 'meeting',
			startsAt: inHours(-5),
			minutes: 45
		});
		const one = await addToAgenda(db, as(world.teacher), world.pairId, ' Wait  time ');
		await addToAgenda(db, as(world.mentor), world.pairId, 'Grouping');
		await tickAgenda(db, as(world.mentor), world.pairId, { meeting, item: one, done: true });
		expect((await space(world, 'teacher')).agenda).toMatchObject([{ words: 'Grouping', by: 'The' }]);
		const read = await readMeeting(db, as(world.teacher), null, world.pairId, meeting);
		expect(read.agenda.map(({ words, done }) => [words, done])).toEqual([
			['Grouping', false],
			['Wait time', true]
		]);
		await tickAgenda(db, as(world.teacher), world.pairId, { meeting, item: one, done: false });
		expect((await space(world, 'teacher')).agenda).toHaveLength(2);
	});
	test('a text written on an older one replaces nothing: both are kept until somebody has put them together', async () => {
		const world = await plantPair(db, active);
		const meeting = await planned(world);
		const save = (who: 'teacher' | 'mentor', on: string, notes: string) =>
			saveNotes(db, as(world[who]), world.pairId, { meeting, on, notes, agreed: '' });
		expect(await save('teacher', '0', 'One')).toEqual({ number: 1, beside: false });
		expect(await save('mentor', '0', 'Another')).toEqual({ number: 2, beside: true });
		const read = () => readMeeting(db, as(world.teacher), null, world.pairId, meeting);
		expect(await read()).toMatchObject({
			notes: { notes: 'One', number: 1 },
			beside: [{ notes: 'Another', by: 'The' }]
		});
		expect(await save('mentor', '1', 'One and another')).toEqual({ number: 3, beside: false });
		await settleNotes(db, as(world.mentor), world.pairId, { meeting, number: '2' });
		expect(await read()).toMatchObject({ notes: { notes: 'One and another' }, beside: [] });
		const kept = await db.asOwner((tx) => tx.select().from(meetingNotes).where(eq(meetingNotes.meetingId, meeting)));
		expect(kept.map(({ notes }) => notes).sort()).toEqual(['Another', 'One', 'One and another']);
		// The same once more is no new text.
		expect(await save('mentor', '3', 'One and another')).toEqual({ number: 3, beside: false });
	});
	test('two who save at one instant both keep their text', async () => {
		const world = await plantPair(db, active);
		const meeting = await planned(world);
		const save = (who: 'teacher' | 'mentor') =>
			saveNotes(db, as(world[who]), world.pairId, { meeting, on: '0', notes: who, agreed: '' });
		const saved = await Promise.all([save('teacher'), save('mentor')]);
		expect(saved.map(({ beside }) => beside).sort()).toEqual([false, true]);
	});
	test.for(cases)(
		'by hand, of a pair that is %s (%s), a %s reads meetings: %s, and words: %s',
		async ([status, endedAs, who, sees, words]) => {
			const world = await plantPair(db, { status, endedAs });
			const [meeting, item] = [uuidv7(), uuidv7()];
			await db.asOwner(async (tx) => {
				await tx.insert(meetings).values({
					id: meeting,
					pairId: world.pairId,
					kind: 'meeting',
					startsAt: inHours(9),
					minutes: 45,
					state: 'proposed',
					proposedById: world.teacher
				});
				await tx
					.insert(agendaItems)
					.values({ id: item, pairId: world.pairId, words: 'CANARY agenda', addedById: world.teacher });
				await tx.insert(meetingNotes).values({
					meetingId: meeting,
					pairId: world.pairId,
					number: 1,
					notes: 'CANARY notes',
					agreed: 'CANARY agreed',
					writtenById: world.teacher
				});
			});
			const found = await db.asPerson(world[who], async (tx) => ({
				meetings: (await tx.select().from(meetings).where(eq(meetings.pairId, world.pairId))).length,
				agenda: (await tx.select().from(agendaItems).where(eq(agendaItems.pairId, world.pairId))).length,
				notes: (await tx.select().from(meetingNotes).where(eq(meetingNotes.pairId, world.pairId))).length
			}));
			const read = words === 'none' ? 0 : 1;
			expect(found).toEqual({ meetings: sees ? 1 : 0, agenda: read, notes: read });
			const changed = await db.asPerson(world[who], (tx) =>
				tx.update(meetings).set({ minutes: 50 }).where(eq(meetings.id, meeting)).returning()
			);
			expect(changed).toHaveLength(words === 'write' ? 1 : 0);
			const page = await space(world, who).then(JSON.stringify, (error: unknown) => {
				if (error instanceof Refusal) return 'refused';
				throw error;
			});
			expect(page.includes('CANARY')).toBe(words !== 'none');
			expect(await reasonOf(readMeeting(db, as(world[who]), proven, world.pairId, meeting))).toBe(
				words === 'none' ? 'not-found' : 'done'
			);
		}
	);
});

describe('what becomes of it', () => {
	test('when the pair ends, what was to come is off at once, and what was confirmed stays', async () => {
		const world = await plantPair(db, active);
		const [coming, over] = [
			await planned(world),
			await proposeMeeting(db, as(world.teacher), world.pairId, { kind: 'meeting', startsAt: inHours(-9), minutes: 45 })
		];
		await endPair(db, as(world.mentor), null, world.pairId, { endedAs: 'rematched', reason: null });
		expect(await only(world, coming)).toMatchObject({ state: 'cancelled', cancelledById: null });
		expect((await only(world, over)).state).toBe('accepted');
		expect(await reasonOf(addToAgenda(db, as(world.teacher), world.pairId, 'Late'))).toBe('rule');
	});
	test('the feed says when and with whom, with the same names for good, and stops with the pair, the account or its owner’s word', async () => {
		const world = await plantPair(db, active);
		const id = await planned(world);
		await addToAgenda(db, as(world.teacher), world.pairId, 'CANARY');
		const secret = await makeFeed(db, as(world.mentor));
		const feed = (await readFeed(db, secret)).replaceAll('\r\n ', '');
		expect(feed).toContain(`UID:${id}@wayfellow`);
		expect(feed).toContain('SUMMARY:Meeting with The teacher');
		expect(feed).toContain('STATUS:TENTATIVE');
		expect(feed).not.toContain('CANARY');
		const rows = await db.asOwner((tx) => tx.execute(`select * from meeting_settings`));
		expect(JSON.stringify(rows)).not.toContain(secret);
		const again = await makeFeed(db, as(world.mentor));
		expect(await reasonOf(readFeed(db, secret))).toBe('not-found');
		expect(await readFeed(db, again)).toContain('BEGIN:VEVENT');
		await db.asOwner((tx) =>
			tx
				.update(pairs)
				.set({ status: 'ended', endedAs: 'rematched', endedAt: new Date() })
				.where(eq(pairs.id, world.pairId))
		);
		expect(await readFeed(db, again)).not.toContain('BEGIN:VEVENT');
		await db.asOwner((tx) => tx.update(people).set({ deactivatedAt: new Date() }).where(eq(people.id, world.mentor)));
		expect(await reasonOf(readFeed(db, again))).toBe('not-found');
		const theirs = await makeFeed(db, as(world.teacher));
		await revokeFeed(db, as(world.teacher));
		for (const no of [theirs, 'x', '']) expect(await reasonOf(readFeed(db, no))).toBe('not-found');
	});
	test('invitations go to whom they concern, each change once, with the revision in them and no word of the two', async () => {
		const world = await plantPair(db, active);
		await db.asOwner((tx) =>
			tx.insert(emailAddresses).values(
				(['teacher', 'mentor'] as const).map((who) => ({
					address: `${world[who]}@example.org`,
					personId: world[who],
					kind: 'school' as const
				}))
			)
		);
		const meeting = await planned(world);
		await addToAgenda(db, as(world.teacher), world.pairId, 'CANARY');
		const told = async () => {
			await tellMeetings(db, 'post@example.org', 'https://example.org');
			const mails = await db.asOwner((tx) => tx.select().from(mailMessages));
			for (const { headers } of mails)
				expect(headers['List-Unsubscribe']).toMatch(/^<https:\/\/example\.org\/unsubscribe\/[\w-]{43}>$/);
			await db.asOwner((tx) => tx.delete(mailMessages));
			expect(JSON.stringify(mails)).not.toContain('CANARY');
			return mails
				.filter(({ toAddress }) => [world.teacher, world.mentor].some((id) => toAddress.startsWith(id)))
				.map(({ toAddress, calendar }) => {
					const text = calendar!.replaceAll('\r\n ', '');
					expect(text).toContain(`UID:${meeting}@wayfellow`);
					return [
						toAddress.startsWith(world.teacher) ? 'teacher' : 'mentor',
						/METHOD:(\w+)/.exec(text)![1],
						/SEQUENCE:(\d+)/.exec(text)![1]
					].join(' ');
				})
				.sort();
		};
		expect(await told()).toEqual(['mentor REQUEST 0']);
		expect(await told()).toEqual([]);
		await acceptMeeting(db, as(world.mentor), world.pairId, { meeting, sequence: '0' });
		expect(await told()).toEqual(['mentor REQUEST 1', 'teacher REQUEST 1']);
		await saveHowTold(db, as(world.teacher), { ...usual, mail: { pair: 'off' } });
		await endPair(db, as(world.mentor), null, world.pairId, { endedAs: 'rematched', reason: null });
		expect(await told()).toEqual(['mentor CANCEL 2']);
	});
});

describe('calendars and free time', () => {
	const line = (at: Date) => at.toISOString().replace(/[-:]|\.\d+/g, '');
	const file = (from: Date, hours: number) => ({
		name: 'mine.ics',
		text: [
			'BEGIN:VCALENDAR',
			'BEGIN:VEVENT',
			'UID:1',
			'SUMMARY:CANARY',
			`DTSTART:${line(from)}`,
			`DURATION:PT${hours}H`,
			'END:VEVENT',
			'END:VCALENDAR'
		].join('\n')
	});
	test('only busy times are kept of a calendar; its owner sees none of another, and removing it removes all', async () => {
		const world = await plantPair(db, active);
		await addCalendarFile(db, as(world.teacher), file(inHours(20), 2));
		const [own] = (await readOwnTimes(db, as(world.teacher))).calendars;
		expect(own).toMatchObject({ name: 'mine.ics', isFile: true, busy: 1, unread: 0 });
		const rows = await db.asOwner((tx) => tx.select().from(calendars).where(eq(calendars.personId, world.teacher)));
		expect(JSON.stringify(rows)).not.toContain('CANARY');
		for (const who of ['mentor', 'coach', 'manager', 'stranger'] as const) {
			expect(await db.asPerson(world[who], (tx) => tx.select().from(calendars))).toEqual([]);
			expect(await reasonOf(removeCalendar(db, as(world[who]), own!.id))).toBe('not-found');
		}
		await removeCalendar(db, as(world.teacher), own!.id);
		expect(await db.asOwner((tx) => tx.select().from(calendars).where(eq(calendars.personId, world.teacher)))).toEqual(
			[]
		);
	});
	test('the two see the times that both have, without anything of why others are none', async () => {
		const world = await plantPair(db, active);
		const pair = async (who: 'teacher' | 'mentor') => (await space(world, who)).pair;
		const slots = async (who: 'teacher' | 'mentor', outside = true) =>
			listSlots(db, as(world[who]), await pair(who), { minutes: 45, outside }, now);
		expect((await slots('mentor')).words).toContain('You have not said yet');
		const say = (personId: string) =>
			db.asOwner((tx) => tx.insert(freeTimes).values({ personId, weekday: null, startsAt: '12:00', endsAt: '14:00' }));
		await say(world.mentor);
		expect((await slots('mentor')).words).toContain('The has not said yet');
		await say(world.teacher);
		const both = await slots('teacher');
		expect(both.slots.length).toBeGreaterThan(5);
		expect(both.slots).toEqual((await slots('mentor')).slots);
		// A whole week away leaves the one after it.
		await addCalendarFile(db, as(world.mentor), file(now, 8 * 24));
		const later = await slots('teacher');
		expect(later.slots.every(({ at }) => new Date(at).getTime() >= now.getTime() + 8 * 24 * hour)).toBe(true);
		expect(JSON.stringify(later)).not.toMatch(/mine\.ics|CANARY|busy/);
	});
	test('prep periods are offered only once their owner allows it', async () => {
		const world = await plantPair(db, active);
		const week = [1, 2, 3, 4, 5].flatMap((weekday) => [
			{ weekday, startsAt: '07:00', endsAt: '12:00', kind: 'teaching' as const },
			{ weekday, startsAt: '12:00', endsAt: '13:00', kind: 'prep' as const },
			{ weekday, startsAt: '13:00', endsAt: '18:00', kind: 'other' as const }
		]);
		const offered = async () =>
			(await listSlots(db, as(world.mentor), (await space(world, 'mentor')).pair, { minutes: 45, outside: false }, now))
				.slots;
		await db.asOwner((tx) =>
			tx.insert(freeTimes).values({ personId: world.mentor, weekday: null, startsAt: '08:00', endsAt: '15:00' })
		);
		await saveTimetable(db, as(world.teacher), { periods: week, offersPrep: false });
		expect(await offered()).toEqual([]);
		await saveTimetable(db, as(world.teacher), { periods: week, offersPrep: true });
		const times = await offered();
		expect(times.length).toBeGreaterThan(3);
		expect(times.every(({ prep }) => prep === 'in The’s prep period, as an offer')).toBe(true);
	});
});
