/** Contact time of a pair against the norm of its program, and what a program says of its times. */
import { and, asc, desc, eq, gt, inArray, isNull, ne, or, sql } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import type { Pair } from '#lib/pairing/pair.server.ts';
import { pairEvents, pairs } from '#lib/pairing/schema.server.ts';
import { listBreaks } from '#lib/program/breaks.server.ts';
import { type Acting, managedProgram, programToChange, type ProgramManaged } from '#lib/program/managing.server.ts';
import { enrollments } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { type Days, type SchoolDay, usualSchoolDay } from './free.ts';
import { dayOfInstant, type Held, type Ledger, ledgerOf, type Norm, type Share, type Term } from './ledger.ts';
import { isHeld } from './meeting.ts';
import { contactNorms, meetings, programTimes, workShares } from './schema.server.ts';
import type { TimesAsked } from './program-times.ts';

export type TimesOf = { hours: SchoolDay; isUsual: boolean; terms: Term[]; norm: (Norm & { id: string }) | null };

const normOf = ({ id, key, title, source, rule }: typeof contactNorms.$inferSelect): Norm & { id: string } =>
	({ id, key, title, source, ...rule }) as Norm & { id: string };

/** What a program says of its times now; the usual school day while it has said nothing. */
export async function readTimesOf(tx: Tx, programId: string): Promise<TimesOf> {
	const [row] = await tx
		.select({ times: programTimes, norm: contactNorms })
		.from(programTimes)
		.leftJoin(contactNorms, eq(contactNorms.id, programTimes.contactNormId))
		.where(eq(programTimes.programId, programId))
		.orderBy(desc(programTimes.setAt), desc(programTimes.id))
		.limit(1);
	if (!row) return { hours: usualSchoolDay, isUsual: true, terms: [], norm: null };
	const { times, norm } = row;
	return {
		hours: { startsAt: times.startsAt.slice(0, 5), endsAt: times.endsAt.slice(0, 5) },
		isUsual: false,
		terms: times.terms,
		norm: norm && normOf(norm)
	};
}

export type LedgerShown = Ledger & {
	norm: { title: string; source: string; proRata: boolean } | null;
	/** What is not yet confirmed by both, in minutes. */
	unconfirmed: number;
};

/**
 * The ledger of a pair, for the two and their coach. Hours with an earlier mentor count where the person asking may know of
 * them; where they may not, no verdict rests on their absence.
 */
export async function readLedgerIn(tx: Tx, person: Person, pair: Pair, now: Date): Promise<LedgerShown> {
	const zone = pair.program.timeZone;
	const { norm, terms } = await readTimesOf(tx, pair.program.id);
	const breaks = (await listBreaks(tx, [pair.program.id])).get(pair.program.id) ?? [];
	const [enrollment] = await tx
		.select({ enrolledAt: enrollments.enrolledAt })
		.from(enrollments)
		.where(and(eq(enrollments.programId, pair.program.id), eq(enrollments.personId, pair.teacher.id)));
	const { rows } = (await tx.execute(sql`select app.earlier_pair_ids(${pair.id}::uuid) as ids`)) as unknown as {
		rows: { ids: string[] | null }[];
	};
	const earlierIds = rows[0]?.ids ?? null;
	const earlier =
		earlierIds && earlierIds.length > 0
			? await tx.select({ id: pairs.id, activeAt: pairs.activeAt }).from(pairs).where(inArray(pairs.id, earlierIds))
			: [];
	const all = await tx
		.select()
		.from(meetings)
		.where(and(inArray(meetings.pairId, [pair.id, ...earlier.map(({ id }) => id)]), ne(meetings.state, 'cancelled')))
		.orderBy(asc(meetings.startsAt));
	const began = [pair.activeAt, ...earlier.map(({ activeAt }) => activeAt)]
		.filter((at) => at !== null)
		.sort((a, b) => +a - +b)[0];
	const day = (at: Date) => dayOfInstant(at, zone);
	const shares = await tx
		.select({ fromDay: workShares.fromDay, percent: workShares.percent })
		.from(workShares)
		.where(and(eq(workShares.programId, pair.program.id), eq(workShares.personId, pair.teacher.id)))
		.orderBy(asc(workShares.setAt));
	const ledger = ledgerOf({
		norm,
		zone,
		terms,
		breaks,
		pauses: await pausesOf(tx, pair.id, day, now),
		// Of two for one day the one set last holds.
		shares: [
			...new Map(
				shares.map(({ fromDay, percent }): [string, Share] => [fromDay, { fromDay, share: percent / 100 }])
			).values()
		],
		enrolledOn: enrollment?.enrolledAt ? day(enrollment.enrolledAt) : null,
		beganOn: began ? day(began) : null,
		endedOn: pair.endedAt ? day(pair.endedAt) : null,
		isWhole: earlierIds !== null && earlier.length === earlierIds.length,
		held: all
			.filter((one) => isHeld(one, now))
			.map(({ startsAt, minutes, kind }): Held => ({ at: startsAt, minutes, kind })),
		now
	});
	return {
		...ledger,
		norm: norm && { title: norm.title, source: norm.source, proRata: norm.proRata },
		unconfirmed: all
			.filter((one) => one.pairId === pair.id && one.startsAt <= now && !isHeld(one, now))
			.reduce((sum, { minutes }) => sum + minutes, 0)
	};
}

/** Days on which the pair was paused; a pause that goes on ends today. */
async function pausesOf(tx: Tx, pairId: string, day: (at: Date) => string, now: Date): Promise<Days[]> {
	const events = await tx
		.select({ kind: pairEvents.kind, at: pairEvents.at })
		.from(pairEvents)
		.where(and(eq(pairEvents.pairId, pairId), inArray(pairEvents.kind, ['paused', 'resumed', 'ended'])))
		.orderBy(asc(pairEvents.at), asc(pairEvents.id))
		.limit(200);
	const pauses: Days[] = [];
	let since: string | null = null;
	for (const { kind, at } of events) {
		if (kind === 'paused') since ??= day(at);
		else if (since) {
			pauses.push({ firstDay: since, lastDay: day(at) });
			since = null;
		}
	}
	if (since) pauses.push({ firstDay: since, lastDay: day(now) });
	return pauses;
}

export type ProgramTimesPage = {
	program: ProgramManaged;
	times: TimesOf;
	norms: { id: string; title: string; source: string }[];
	/** Teachers who work part time, by name. */
	shares: { name: string; percent: number; fromDay: string }[];
	teachers: { id: string; name: string }[];
};

/** For the manager's page. @throws Refusal not-found for whoever does not manage the program */
export const readProgramTimes = (
	db: Database,
	person: Person,
	programId: string,
	today = new Date()
): Promise<ProgramTimesPage> =>
	db.asPerson(person.id, async (tx) => {
		const program = await managedProgram(tx, programId);
		const norms = await tx
			.select({ id: contactNorms.id, title: contactNorms.title, source: contactNorms.source })
			.from(contactNorms)
			.where(or(isNull(contactNorms.untilDay), gt(contactNorms.untilDay, today.toISOString().slice(0, 10))))
			.orderBy(asc(contactNorms.title));
		const shares = await tx
			.select({ name: people.name, percent: workShares.percent, fromDay: workShares.fromDay })
			.from(workShares)
			.innerJoin(people, eq(people.id, workShares.personId))
			.where(eq(workShares.programId, program.id))
			.orderBy(asc(people.name), asc(workShares.fromDay), asc(workShares.setAt))
			.limit(500);
		const teachers = await tx
			.select({ id: people.id, name: people.name })
			.from(enrollments)
			.innerJoin(people, eq(people.id, enrollments.personId))
			.where(and(eq(enrollments.programId, program.id), inArray(enrollments.status, ['enrolled', 'active'])))
			.orderBy(asc(people.name), asc(people.id))
			.limit(1000);
		return { program, times: await readTimesOf(tx, program.id), norms, shares, teachers };
	});

/** Says when a program's school day and terms are, and which norm of contact time it follows. @throws Refusal not-found, unproven, rule */
export const setProgramTimes = (
	db: Database,
	by: Acting,
	programId: string,
	{ hours, terms, normId }: TimesAsked
): Promise<void> =>
	db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		let norm: string | null = null;
		if (normId !== null) {
			const [there] = isId(normId)
				? await tx.select({ key: contactNorms.key }).from(contactNorms).where(eq(contactNorms.id, normId))
				: [];
			if (!there)
				throw new Refusal('rule', 'This norm is none of the list. Please choose one; nothing has changed yet.');
			norm = there.key;
		}
		await tx
			.insert(programTimes)
			.values({ programId: program.id, contactNormId: normId, ...hours, terms, setById: by.person.id });
		await record(tx, {
			kind: 'program-times-set',
			person: by.person.id,
			by: by.person.id,
			whence: by.whence,
			about: { program: program.id, norm, terms: terms.length }
		});
	});

/** Says what part of a full post a teacher works, from a day on. @throws Refusal not-found, unproven, rule */
export const setWorkShare = (
	db: Database,
	by: Acting,
	programId: string,
	{ teacherId, percent, fromDay }: { teacherId: unknown; percent: number; fromDay: string }
): Promise<void> =>
	db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		if (typeof teacherId !== 'string' || !isId(teacherId)) throw notFound('teacher');
		const [there] = await tx
			.select({ id: enrollments.id })
			.from(enrollments)
			.where(and(eq(enrollments.programId, program.id), eq(enrollments.personId, teacherId)));
		if (!there) throw notFound('teacher');
		await tx
			.insert(workShares)
			.values({ programId: program.id, personId: teacherId, percent, fromDay, setById: by.person.id });
		await record(tx, {
			kind: 'work-share-set',
			person: teacherId,
			by: by.person.id,
			whence: by.whence,
			about: { program: program.id, percent, from: fromDay }
		});
	});
