/** A person's own calendars and timetable. Of a calendar only merged busy times of the coming weeks are kept. */
import { and, asc, eq, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import { notFound, Refusal } from '#lib/errors.ts';
import type { FreeTime } from '#lib/identity/first-steps.ts';
import type { Person } from '#lib/identity/person.ts';
import { freeTimes, personSettings } from '#lib/identity/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { allowedAddress, type Asking, fetchOutside } from '#lib/server/outside.server.ts';
import { busyOf, isZone, merged, mostBytes } from './busy.ts';
import { calendars, meetingSettings, timetablePeriods } from './schema.server.ts';
import type { Period } from './timetable.ts';
import { zoneOf } from './zone.server.ts';

/** Proposals reach this far; what is later is looked at when it comes nearer. */
export const weeksKept = 8;
/** At school, at home, and some that others share. */
export const mostCalendars = 5;
/** How old what was read of an address may get. Calendars of schools change by the day. */
export const readEvery = 4 * 3600_000;
/** Addresses asked in one round, one after the other: so that a round ends before the next begins. */
const atOnce = 20;

/** For where tests answer instead of the open internet. */
export type Outside = Pick<Asking, 'alsoFrom' | 'resolve'>;

export type CalendarShown = {
	id: string;
	name: string;
	isFile: boolean;
	addedAt: Date;
	readAt: Date | null;
	failingSince: Date | null;
	failure: string | null;
	unread: number;
	/** How many busy times are known. */
	busy: number;
};

export type OwnTimes = {
	calendars: CalendarShown[];
	periods: Period[];
	offersPrep: boolean;
	/** When the feed was made; null where there is none. */
	feedMadeAt: Date | null;
	/** As they said; null: that of their school or program. */
	ownZone: string | null;
	zone: string;
	said: FreeTime[];
};

/** Where nobody has said and no school is known. */
const nowhere = 'UTC';

export const readOwnTimes = (db: Database, person: Person): Promise<OwnTimes> =>
	db.asPerson(person.id, async (tx) => {
		const rows = await tx
			.select()
			.from(calendars)
			.where(eq(calendars.personId, person.id))
			.orderBy(asc(calendars.addedAt), asc(calendars.id));
		const [settings] = await tx.select().from(meetingSettings).where(eq(meetingSettings.personId, person.id));
		const [own] = await tx
			.select({ zone: personSettings.timeZone })
			.from(personSettings)
			.where(eq(personSettings.personId, person.id));
		return {
			calendars: rows.map(({ id, name, address, addedAt, readAt, failingSince, failure, unread, busy }) => ({
				id,
				name,
				isFile: address === null,
				addedAt,
				readAt,
				failingSince,
				failure,
				unread,
				busy: busy.length
			})),
			periods: await periodsOf(tx, person.id),
			offersPrep: settings?.offersPrep ?? false,
			feedMadeAt: settings?.feedMadeAt ?? null,
			ownZone: own?.zone ?? null,
			zone: await zoneOf(tx, person.id, nowhere),
			said: await tx
				.select({ weekday: freeTimes.weekday, startsAt: freeTimes.startsAt, endsAt: freeTimes.endsAt })
				.from(freeTimes)
				.where(eq(freeTimes.personId, person.id))
		};
	});

export async function periodsOf(tx: Tx, personId: string): Promise<Period[]> {
	const rows = await tx
		.select({
			weekday: timetablePeriods.weekday,
			startsAt: timetablePeriods.startsAt,
			endsAt: timetablePeriods.endsAt,
			kind: timetablePeriods.kind
		})
		.from(timetablePeriods)
		.where(eq(timetablePeriods.personId, personId))
		.orderBy(asc(timetablePeriods.weekday), asc(timetablePeriods.startsAt));
	return rows.map((row) => ({ ...row, startsAt: row.startsAt.slice(0, 5), endsAt: row.endsAt.slice(0, 5) }));
}

/** What is kept of a calendar's text. @throws Refusal rule */
function keptOf(text: string, zone: string, now: Date) {
	const from = new Date(now.getTime() - 86_400_000);
	const { spans, unread } = busyOf(text, { from, to: new Date(now.getTime() + weeksKept * 7 * 86_400_000) }, zone);
	return {
		busy: merged(spans).map(({ from: start, to }): [number, number] => [start / 1000, to / 1000]),
		unread,
		readAt: now,
		triedAt: now,
		failingSince: null,
		failure: null
	};
}

/** Servers send calendars under several names; what it is, its first line says. */
const types = /^(text\/calendar|text\/plain|text\/html|text\/x-vcalendar|application\/(octet-stream|ics|calendar)|)$/;

async function fetchCalendar(address: string, outside: Outside): Promise<string> {
	const { body } = await fetchOutside(address, {
		most: mostBytes,
		accept: 'text/calendar, text/plain;q=0.5',
		types,
		...outside
	});
	return body.toString('utf8');
}

const mayAdd = async (tx: Tx, person: Person) => {
	await tx.execute(sql`select pg_advisory_xact_lock(hashtext('calendars of'), hashtext(${person.id}))`);
	const there = await tx
		.select({ address: calendars.address })
		.from(calendars)
		.where(eq(calendars.personId, person.id));
	if (there.length >= mostCalendars)
		throw new Refusal(
			'rule',
			`You have ${mostCalendars} calendars here already. Please remove one first; this one was not added.`
		);
	return there;
};

/**
 * Adds a calendar by its address and reads it once; later it is read again by itself.
 * @throws Refusal rule, with what is wrong with the address or with what it answers
 */
export async function addCalendarAddress(
	db: Database,
	person: Person,
	said: unknown,
	outside: Outside = {},
	now = new Date()
): Promise<void> {
	const text = typeof said === 'string' ? said.trim().replace(/^webcals?:\/\//i, 'https://') : '';
	if (!text)
		throw new Refusal('rule', 'Please paste the address of your calendar. It begins with https:// or webcal://.');
	const url = allowedAddress(text, outside.alsoFrom);
	const zone = await db.asPerson(person.id, async (tx) => {
		const there = await mayAdd(tx, person);
		if (there.some(({ address }) => address === url.href))
			throw new Refusal('rule', 'This calendar is here already. Nothing was added.');
		return zoneOf(tx, person.id, nowhere);
	});
	// Asked outside of any transaction: another's server may take its time.
	const kept = keptOf(await fetchCalendar(url.href, outside), zone, now);
	await db.asPerson(person.id, async (tx) => {
		await mayAdd(tx, person);
		await tx
			.insert(calendars)
			.values({ personId: person.id, address: url.href, name: url.host.slice(0, 200), ...kept });
	});
}

/** Adds a calendar out of a file, as it is now: a file does not change by itself. @throws Refusal rule */
export async function addCalendarFile(
	db: Database,
	person: Person,
	file: { name: string; text: string },
	now = new Date()
): Promise<void> {
	await db.asPerson(person.id, async (tx) => {
		await mayAdd(tx, person);
		const kept = keptOf(file.text, await zoneOf(tx, person.id, nowhere), now);
		const name = file.name.replace(/\s+/g, ' ').trim().slice(0, 200) || 'A file';
		await tx.insert(calendars).values({ personId: person.id, address: null, name, ...kept });
	});
}

/** Removes a calendar with all that is known of it. @throws Refusal not-found */
export const removeCalendar = (db: Database, person: Person, calendarId: unknown): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		if (typeof calendarId !== 'string' || !isId(calendarId)) throw notFound('calendar');
		const gone = await tx
			.delete(calendars)
			.where(and(eq(calendars.id, calendarId), eq(calendars.personId, person.id)))
			.returning({ id: calendars.id });
		if (gone.length === 0) throw notFound('calendar');
	});

/** Reads calendars again whose time has come. What fails keeps what was known, and says since when. @returns how many */
export async function refreshCalendars(db: Database, outside: Outside = {}, now = new Date()): Promise<number> {
	const due = await db.asService(async (tx) => {
		const old = new Date(now.getTime() - readEvery);
		const rows = await tx
			.select({ id: calendars.id, personId: calendars.personId, address: calendars.address })
			.from(calendars)
			.where(and(isNotNull(calendars.address), or(isNull(calendars.triedAt), lt(calendars.triedAt, old))))
			.orderBy(sql`${calendars.triedAt} nulls first`)
			.limit(atOnce)
			.for('update', { skipLocked: true });
		// Taken before it is asked: another server does not ask the same again meanwhile.
		for (const { id } of rows) await tx.update(calendars).set({ triedAt: now }).where(eq(calendars.id, id));
		const all = [];
		for (const row of rows) all.push({ ...row, zone: await zoneOf(tx, row.personId, nowhere) });
		return all;
	});
	for (const { id, address, zone } of due) {
		let change;
		try {
			change = keptOf(await fetchCalendar(address!, outside), zone, now);
		} catch (error) {
			// Neither address nor answer is in the log: both are private.
			if (!(error instanceof Refusal)) log('calendar-not-read', { calendar: id, ...traceOf(error) });
			const why = error instanceof Refusal ? error.message : 'It could not be read, and that is our fault.';
			change = {
				failure: why.slice(0, 500),
				failingSince: sql`coalesce(${calendars.failingSince}, ${now.toISOString()}::timestamptz)`
			};
		}
		await db.asService((tx) => tx.update(calendars).set(change).where(eq(calendars.id, id)));
	}
	return due.length;
}

/** Keeps a week at school in place of the one before, and whether meetings may be offered in prep periods. */
export const saveTimetable = (
	db: Database,
	person: Person,
	{ periods, offersPrep }: { periods: Period[]; offersPrep: boolean }
): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		// First the one row that is a person's own: two tabs that save at once take turns at it.
		await tx
			.insert(meetingSettings)
			.values({ personId: person.id, offersPrep })
			.onConflictDoUpdate({ target: meetingSettings.personId, set: { offersPrep } });
		await tx.delete(timetablePeriods).where(eq(timetablePeriods.personId, person.id));
		if (periods.length > 0)
			await tx.insert(timetablePeriods).values(periods.map((period) => ({ ...period, personId: person.id })));
	});

/** Keeps on which clock somebody lives (empty: that of their school). @throws Refusal rule */
export const saveZone = (db: Database, person: Person, zone: unknown): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const timeZone = typeof zone === 'string' && zone !== '' ? zone : null;
		if (timeZone !== null && (timeZone.length > 64 || !isZone(timeZone)))
			throw new Refusal('rule', 'This is no time zone that is known here. Please choose one from the list.');
		await tx
			.insert(personSettings)
			.values({ personId: person.id, timeZone })
			.onConflictDoUpdate({ target: personSettings.personId, set: { timeZone } });
	});
