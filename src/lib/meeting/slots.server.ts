/**
 * When the two of a pair both have time. What each is busy with is read for both by the product itself and goes no further:
 * what comes out are the times that they share, and nothing of why the others are not among them.
 */
import { eq, inArray } from 'drizzle-orm';
import type { FreeTime } from '#lib/identity/first-steps.ts';
import type { Person } from '#lib/identity/person.ts';
import { freeTimes } from '#lib/identity/schema.server.ts';
import type { Pair } from '#lib/pairing/pair.server.ts';
import { listBreaks } from '#lib/program/breaks.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { merged } from './busy.ts';
import { weeksKept } from './calendars.server.ts';
import { readTimesOf } from './contact.server.ts';
import { common, type Side, type Slot, slotsIn } from './free.ts';
import { sayTime } from './meeting.ts';
import { calendars, meetings, meetingSettings, timetablePeriods } from './schema.server.ts';
import { zonesOf } from './zone.server.ts';

/** Proposals for the next two weeks; whoever looks further chooses a day themselves. */
const daysAhead = 14;

export type SlotShown = { at: string; time: string; prep: string | null };
export type Slots = {
	slots: SlotShown[];
	/** Why there are none, or what would bring more; null where all is said. */
	words: string | null;
};

/** @param pair of which the person asking is the teacher or the mentor */
export async function listSlots(
	db: Database,
	person: Person,
	pair: Pair,
	{ minutes, outside }: { minutes: number; outside: boolean },
	now: Date
): Promise<Slots> {
	const people = [pair.teacher.id, pair.mentor.id] as const;
	const { hours, breaks } = await db.asPerson(person.id, async (tx) => ({
		hours: (await readTimesOf(tx, pair.program.id)).hours,
		breaks: (await listBreaks(tx, [pair.program.id])).get(pair.program.id) ?? []
	}));
	const window = { from: now.getTime() + 3600_000, to: now.getTime() + daysAhead * 86_400_000 };
	const found = await db.asService(async (tx) => ({
		sides: await sidesOf(tx, people, pair.program.timeZone),
		taken: await takenIn(tx, pair.id)
	}));
	const [teacher, mentor] = people.map((id) => {
		const side = found.sides.get(id)!;
		return { ...side, busy: merged([...side.busy, ...found.taken]) };
	}) as [Side, Side];
	const times = common(teacher, mentor, {
		window,
		hours,
		breaks,
		programZone: pair.program.timeZone,
		outside
	});
	const slots = slotsIn(times, teacher, mentor, { minutes });
	const zone = (pair.standing === 'mentor' ? mentor : teacher).zone;
	const other = firstName((pair.standing === 'mentor' ? pair.teacher : pair.mentor).name);
	return {
		slots: slots.map((slot) => ({
			at: new Date(slot.from).toISOString(),
			time: sayTime({ startsAt: new Date(slot.from), minutes }, zone),
			prep: prepWords(slot, pair)
		})),
		words: whyNone(slots, pair, teacher, mentor, other, outside)
	};
}

const firstName = (name: string) => name.split(' ')[0] ?? name;

const prepWords = ({ prep }: Slot, pair: Pair) =>
	prep.teacher || prep.mentor
		? `in ${[...(prep.teacher ? [pair.teacher] : []), ...(prep.mentor ? [pair.mentor] : [])]
				.map(({ name }) => `${firstName(name)}’s`)
				.join(' and ')} prep period, as an offer`
		: null;

function whyNone(
	slots: Slot[],
	pair: Pair,
	teacher: Side,
	mentor: Side,
	other: string,
	outside: boolean
): string | null {
	if (slots.length > 0) return null;
	const [own, theirs] = pair.standing === 'mentor' ? [mentor, teacher] : [teacher, mentor];
	const says = (side: Side) => side.isKnown || side.said.length > 0;
	if (!says(own))
		return 'You have not said yet when you have time. Say it, or add your calendar or timetable, and times that suit you both show here.';
	if (!says(theirs)) return `${other} has not said yet when there is time. You can propose any time all the same.`;
	return outside
		? 'In the next two weeks there is no time of this length that you share. Try a shorter one, or propose any time.'
		: 'In the next two weeks there is no time of this length in the school day that you share. Look outside of it, try a shorter one, or propose any time.';
}

/** What the two have agreed or proposed already. */
async function takenIn(tx: Tx, pairId: string) {
	const rows = await tx
		.select({ startsAt: meetings.startsAt, minutes: meetings.minutes, state: meetings.state })
		.from(meetings)
		.where(eq(meetings.pairId, pairId));
	return rows
		.filter(({ state }) => state !== 'cancelled')
		.map(({ startsAt, minutes }) => ({ from: startsAt.getTime(), to: startsAt.getTime() + minutes * 60_000 }));
}

async function sidesOf(tx: Tx, people: readonly string[], programZone: string): Promise<Map<string, Side>> {
	const ids = [...people];
	const zones = await zonesOf(tx, ids, programZone);
	const said = await tx.select().from(freeTimes).where(inArray(freeTimes.personId, ids));
	const periods = await tx.select().from(timetablePeriods).where(inArray(timetablePeriods.personId, ids));
	const settings = await tx.select().from(meetingSettings).where(inArray(meetingSettings.personId, ids));
	const known = await tx
		.select({ personId: calendars.personId, busy: calendars.busy, readAt: calendars.readAt })
		.from(calendars)
		.where(inArray(calendars.personId, ids));
	const span = ({ weekday, startsAt, endsAt }: FreeTime): FreeTime => ({
		weekday,
		startsAt: startsAt.slice(0, 5),
		endsAt: endsAt.slice(0, 5)
	});
	return new Map(
		ids.map((id): [string, Side] => {
			const own = periods.filter(({ personId }) => personId === id);
			const read = known.filter(({ personId, readAt }) => personId === id && readAt !== null);
			return [
				id,
				{
					zone: zones.get(id)!,
					said: said.filter(({ personId }) => personId === id).map(span),
					taught: own.filter(({ kind }) => kind !== 'prep').map(span),
					prep: own.filter(({ kind }) => kind === 'prep').map(span),
					offersPrep: settings.find(({ personId }) => personId === id)?.offersPrep ?? false,
					busy: merged(read.flatMap(({ busy }) => busy.map(([from, to]) => ({ from: from * 1000, to: to * 1000 })))),
					isKnown: own.length > 0 || read.length > 0
				}
			];
		})
	);
}

/** A file that was read long ago says nothing of the weeks after those it was read for. */
export const fileEnds = (readAt: Date): Date => new Date(readAt.getTime() + weeksKept * 7 * 86_400_000);
