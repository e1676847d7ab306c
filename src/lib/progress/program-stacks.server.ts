/** A program's stacks for those who manage it: what each asks for and brings, the last day, and what was granted. */
import { and, count, desc, eq, inArray } from 'drizzle-orm';
import { datedRequirements, offerWords, readStackOffers } from '#lib/catalogue/offers.server.ts';
import { stackOutcomes, stackVersions } from '#lib/catalogue/schema.server.ts';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import { inside } from '#lib/program/enrollment.server.ts';
import { lastDayOf } from '#lib/program/extension.ts';
import { type ExtensionShown, listExtensions, scopeKey } from '#lib/program/extension.server.ts';
import { managedProgram } from '#lib/program/managing.server.ts';
import { enrollments, programs, programStacks } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { endOfDay } from './days.ts';
import { outcomeGrants } from './schema.server.ts';

export type ProgramStacks = {
	program: { id: string; name: string; timeZone: string; startsOn: string };
	/** As 2027-06-30, with every extension for everybody; null where the program has none. */
	lastDay: string | null;
	/** Before any extension. */
	firstLastDay: string | null;
	/** Of the last day, for everybody. */
	extensions: ExtensionShown[];
	/** Last days of single requirements, with more time for everybody in it. */
	requirements: { key: string; stack: string; words: string; lastDay: string; given: ExtensionShown[] }[];
	/** More time that single teachers were given, newest first. */
	cases: (ExtensionShown & { words: string | null })[];
	stacks: {
		stackVersionId: string;
		title: string;
		version: number;
		summary: string;
		rule: string;
		outcomes: string[];
		/** Teachers inside who are bound to this version. */
		teachers: number;
		/** Whether somebody who comes in now may choose it. */
		offered: boolean;
	}[];
	granted: { id: string; name: string; words: string; metAt: Date; causes: number }[];
	grants: number;
};

export type ProgramGround = {
	timeZone: string;
	/** With every extension. */
	lastDay: string | null;
	/** The instant that ends it, in milliseconds. */
	end: number | null;
};

/** Until when things count in a program. */
export async function programGround(tx: Tx, programId: string): Promise<ProgramGround> {
	const [program] = await tx.select().from(programs).where(eq(programs.id, programId));
	const lastDay = lastDayOf(program!.endsOn, (await listExtensions(tx, [programId])).get(programId) ?? []);
	const { timeZone } = program!;
	return { timeZone, lastDay, end: lastDay === null ? null : endOfDay(lastDay, timeZone) };
}

/** The newest; all of one teacher's stand on that teacher's own page. */
const mostCases = 50;
/** A page of it; the program's own books hold the rest. */
const mostGrants = 200;

/** @throws Refusal not-found for whoever does not manage the program */
export function readProgramStacks(db: Database, person: Person, programId: string, now: Date): Promise<ProgramStacks> {
	return db.asPerson(person.id, async (tx) => {
		const { id } = await managedProgram(tx, programId);
		const [program] = await tx.select().from(programs).where(eq(programs.id, id));
		const extensions = (await listExtensions(tx, [id])).get(id) ?? [];
		const offered = await tx.select().from(programStacks).where(eq(programStacks.programId, id));
		const bound = await tx
			.select({ stackVersionId: enrollments.stackVersionId, teachers: count() })
			.from(enrollments)
			.where(and(eq(enrollments.programId, id), inArray(enrollments.status, [...inside])))
			.groupBy(enrollments.stackVersionId);
		const ids = [...new Set([...offered, ...bound].map(({ stackVersionId }) => stackVersionId))];
		const offers = await readStackOffers(tx, ids);
		const numbers = ids.length
			? await tx
					.select({ id: stackVersions.id, number: stackVersions.number })
					.from(stackVersions)
					.where(inArray(stackVersions.id, ids))
			: [];
		const dated = ids.flatMap((one) => {
			const offer = offers.get(one);
			const number = numbers.find(({ id: version }) => version === one)?.number ?? 1;
			return offer
				? datedRequirements(offer).map((need) => ({ ...need, stack: `${offer.title}, version ${number}` }))
				: [];
		});
		const requirements = [...new Map(dated.map((need) => [scopeKey(need), need])).values()].map(
			({ stack, words, by, ...of }) => ({
				key: scopeKey(of),
				stack,
				words,
				lastDay: lastDayOf(by, extensions, { personId: null, of })!,
				given: extensions.filter((one) => one.personId === null && one.of && scopeKey(one.of) === scopeKey(of))
			})
		);
		const granted = await tx
			.select({
				id: outcomeGrants.id,
				name: people.name,
				words: stackOutcomes.words,
				metAt: outcomeGrants.metAt,
				causedBy: outcomeGrants.causedBy
			})
			.from(outcomeGrants)
			.innerJoin(stackOutcomes, eq(stackOutcomes.id, outcomeGrants.outcomeId))
			.innerJoin(people, eq(people.id, outcomeGrants.personId))
			.where(eq(outcomeGrants.programId, id))
			.orderBy(desc(outcomeGrants.grantedAt), desc(outcomeGrants.id))
			.limit(mostGrants);
		const [grants] = await tx.select({ grants: count() }).from(outcomeGrants).where(eq(outcomeGrants.programId, id));
		return {
			program: { id, name: program!.name, timeZone: program!.timeZone, startsOn: program!.startsOn },
			lastDay: lastDayOf(program!.endsOn, extensions),
			firstLastDay: program!.endsOn,
			extensions: extensions.filter(({ personId, of }) => personId === null && of === null),
			requirements,
			cases: extensions
				.filter(({ personId }) => personId !== null)
				.reverse()
				.slice(0, mostCases)
				.map((one) => {
					const { of } = one;
					return { ...one, words: of && (requirements.find(({ key }) => key === scopeKey(of))?.words ?? null) };
				}),
			stacks: ids
				.flatMap((stackVersionId) => {
					const offer = offers.get(stackVersionId);
					if (!offer) return [];
					const open = offered.some(
						(one) =>
							one.stackVersionId === stackVersionId && one.fromAt <= now && (one.untilAt === null || one.untilAt > now)
					);
					return {
						stackVersionId,
						title: offer.title,
						version: numbers.find((one) => one.id === stackVersionId)?.number ?? 1,
						summary: offer.summary,
						rule: offerWords(offer),
						outcomes: offer.outcomes.map(({ words }) => words),
						teachers: bound.find((one) => one.stackVersionId === stackVersionId)?.teachers ?? 0,
						offered: open
					};
				})
				.sort((a, b) => a.title.localeCompare(b.title, 'en') || b.version - a.version),
			granted: granted.map(({ causedBy, ...one }) => ({ ...one, causes: causedBy.length })),
			grants: grants?.grants ?? 0
		};
	});
}
