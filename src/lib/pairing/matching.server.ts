/** Matching a program: what is known, a plan out of it that managers change by hand, and proposing it. */
import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import { Refusal } from '#lib/errors.ts';
import type { FreeTime } from '#lib/identity/first-steps.ts';
import type { Person } from '#lib/identity/person.ts';
import { type Acting, managedProgram, type ProgramManaged, programToChange } from '#lib/program/managing.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { sqlStateOf } from '#lib/server/sql-state.ts';
import { lifeRefusal, readCapacity, readMentorPlaces } from './capacity.server.ts';
import { proposeIn, readOverride } from './life.server.ts';
import {
	alternativesFor,
	type Asked,
	costsOf,
	explained,
	type MentorFacts,
	mostMentors,
	mostTeachers,
	type TeacherFacts,
	unknownOf,
	usualWeights,
	type Weights
} from './matching.ts';
import { type Competency, listCompetencies } from './mentors.server.ts';
import { type Draft, readFacts, readWeights } from './plan.ts';
import { readReadiness } from './readiness.server.ts';
import { matchings, pairs, teachingFacts } from './schema.server.ts';
import { solving } from './solving-thread.server.ts';

const rowsOf = async <Row>(tx: Tx, query: ReturnType<typeof sql>) =>
	((await tx.execute(query)) as unknown as { rows: Row[] }).rows;

type Known = Omit<Asked, 'locks' | 'before'> & { competencies: Competency[]; draft: Draft | null };

/** Everybody to be matched, with what is known of them. */
async function readKnown(tx: Tx, programId: string): Promise<Known> {
	const found = await rowsOf<{
		person_id: string;
		name: string;
		teaches: boolean;
		school: string | null;
		district: string | null;
		free: FreeTime[];
	}>(tx, sql`select * from app.people_to_match(${programId}::uuid)`);
	const entered = new Map(
		(await tx.select().from(teachingFacts).where(eq(teachingFacts.programId, programId))).map((row) => [
			row.personId,
			row
		])
	);
	const competencies = await listCompetencies(tx, programId);
	const titleOf = new Map(competencies.map(({ microcredentialId, title }) => [microcredentialId, title]));
	const readiness = await readReadiness(tx, programId);
	const places = await readMentorPlaces(tx, programId, await readCapacity(tx, programId));
	const base = (row: (typeof found)[number]) => {
		const facts = entered.get(row.person_id);
		return {
			id: row.person_id,
			name: row.name,
			subjects: facts?.subjects ?? [],
			grades: facts?.grades ?? [],
			languages: facts?.languages ?? [],
			school: row.school,
			district: row.district,
			free: row.free
		};
	};
	const teachers = found.flatMap((row): TeacherFacts[] => {
		if (!row.teaches) return [];
		const begins = entered.get(row.person_id)?.beginsWithId ?? null;
		return [
			{ ...base(row), begins: begins ? { id: begins, title: titleOf.get(begins) ?? 'what they begin with' } : null }
		];
	});
	const mentors = found.flatMap((row): MentorFacts[] => {
		const place = row.teaches ? undefined : places.get(row.person_id);
		if (!place) return [];
		const of = competencies.map(({ microcredentialId: id }) => ({ id, is: readiness.of(row.person_id, id) }));
		return [
			{
				...base(row),
				taken: place.taken,
				most: place.most,
				ready: of.flatMap(({ id, is }) => (is.ready ? [id] : [])),
				earned: of.flatMap(({ id, is }) => (is.by === 'earned' ? [id] : []))
			}
		];
	});
	// Two whose pair ended otherwise than completed are not matched again by a plan; by hand they may be.
	const before = await tx
		.select({ teacherId: pairs.teacherId, mentorId: pairs.mentorId })
		.from(pairs)
		.where(
			and(eq(pairs.programId, programId), isNotNull(pairs.endedAs), inArray(pairs.endedAs, ['rematched', 'withdrawn']))
		);
	const [kept] = await tx.select().from(matchings).where(eq(matchings.programId, programId));
	const draft = kept?.draft ?? null;
	return {
		teachers,
		mentors,
		weights: kept?.weights ?? usualWeights,
		apart: [...before, ...(draft?.apart ?? [])],
		competencies,
		draft
	};
}

const toSolve = (known: Known): Asked => {
	const { teachers, mentors, weights, apart, draft } = known;
	return {
		teachers,
		mentors,
		weights,
		apart,
		locks: draft?.locks ?? [],
		before: (draft?.pairs ?? []).flatMap(({ teacherId, mentorId }) => (mentorId ? [{ teacherId, mentorId }] : []))
	};
};

export type PlanRow = {
	teacher: { id: string; name: string };
	mentor: { id: string; name: string } | null;
	/** Why these two. */
	why: string;
	/** Set by hand. */
	locked: boolean;
	override: string | null;
	/** Not known of the teacher, and so no wish. */
	unknown: string[];
	/** Other mentors, the best first. */
	others: { id: string; name: string; free: boolean; why: string; ready: boolean }[];
};

export type MatchingShown = {
	program: ProgramManaged;
	weights: Weights;
	competencies: Competency[];
	teachers: number;
	mentors: number;
	/** Free places of all mentors together. */
	places: number;
	draft: (Omit<Draft, 'pairs'> & { matched: number }) | null;
	/** People of the plan who have a mentor by now, or are not in the program any more. */
	stale: number;
	rows: PlanRow[];
	found: number;
};

/** Shown at once; the others are found by name. */
const mostRows = 40;

/** @throws Refusal not-found for whoever does not manage the program */
export const readMatching = (
	db: Database,
	person: Person,
	programId: string,
	search: string | null
): Promise<MatchingShown> =>
	db.asPerson(person.id, async (tx) => {
		const program = await managedProgram(tx, programId);
		const known = await readKnown(tx, program.id);
		const { teachers, mentors, weights, draft, competencies } = known;
		const teacherOf = new Map(teachers.map((one) => [one.id, one]));
		const mentorOf = new Map(mentors.map((one, i) => [one.id, { one, i }]));
		const lockOf = new Map((draft?.locks ?? []).map((lock) => [lock.teacherId, lock]));
		const planned = (draft?.pairs ?? []).filter(({ teacherId }) => teacherOf.has(teacherId));
		const wanted = planned.filter(
			({ teacherId }) => search === null || teacherOf.get(teacherId)!.name.toLowerCase().includes(search.toLowerCase())
		);
		// Who is left over comes first: it is what a manager has to look at.
		const shown = [...wanted]
			.sort((a, b) => Number(a.mentorId !== null) - Number(b.mentorId !== null))
			.slice(0, mostRows);
		const some: Asked = {
			...toSolve(known),
			teachers: shown.map(({ teacherId }) => teacherOf.get(teacherId)!),
			locks: [],
			before: []
		};
		const costs = costsOf(some);
		const used = new Map<string, number>();
		for (const { mentorId } of planned) if (mentorId) used.set(mentorId, (used.get(mentorId) ?? 0) + 1);
		const rows = shown.map(({ teacherId, mentorId }, t): PlanRow => {
			const teacher = teacherOf.get(teacherId)!;
			const mentor = mentorId ? (mentorOf.get(mentorId)?.one ?? null) : null;
			const mine = Int32Array.from(shown, (_, i) => (i === t && mentorId ? (mentorOf.get(mentorId)?.i ?? -1) : -1));
			return {
				teacher: { id: teacher.id, name: teacher.name },
				mentor: mentor && { id: mentor.id, name: mentor.name },
				why: mentor ? explained(teacher, mentor, weights) : 'No mentor yet',
				locked: lockOf.has(teacherId),
				override: lockOf.get(teacherId)?.override ?? null,
				unknown: unknownOf(teacher),
				others: othersFor(some, costs, mine, t, teacher).map(({ mentorId: id, why }) => {
					const { one } = mentorOf.get(id)!;
					return {
						id,
						name: one.name,
						why,
						free: one.taken + (used.get(id) ?? 0) < one.most,
						ready: !teacher.begins || one.ready.includes(teacher.begins.id)
					};
				})
			};
		});
		return {
			program,
			weights,
			competencies,
			teachers: teachers.length,
			mentors: mentors.length,
			places: mentors.reduce((sum, { taken, most }) => sum + Math.max(0, most - taken), 0),
			draft: draft && {
				locks: draft.locks,
				apart: draft.apart,
				worth: draft.worth,
				bound: draft.bound,
				collisions: draft.collisions,
				solvedAt: draft.solvedAt,
				matched: planned.filter(({ mentorId }) => mentorId).length
			},
			stale: (draft?.pairs.length ?? 0) - planned.length,
			rows,
			found: wanted.length
		};
	});

/** The best others by the rules, and then some with a place who are not known to be ready: a manager may know better. */
function othersFor(
	asked: Asked,
	costs: ReturnType<typeof costsOf>,
	mentorOf: Int32Array,
	t: number,
	teacher: TeacherFacts
) {
	const best = alternativesFor(asked, costs, mentorOf, t, 5);
	const taken = new Set([...best.map(({ mentorId }) => mentorId), asked.mentors[mentorOf[t]!]?.id]);
	const rest = asked.mentors
		.filter(({ id, taken: used, most }) => !taken.has(id) && id !== teacher.id && used < most)
		.slice(0, Math.max(0, 8 - best.length))
		.map((mentor) => ({ mentorId: mentor.id, free: true, why: explained(teacher, mentor, asked.weights) }));
	return [...best, ...rest];
}

async function keep(
	tx: Tx,
	by: Acting,
	programId: string,
	set: { draft?: Draft | null; weights?: Weights }
): Promise<void> {
	const row = { ...set, changedById: by.person.id, changedAt: new Date() };
	await tx
		.insert(matchings)
		.values({ programId, ...row })
		.onConflictDoUpdate({ target: matchings.programId, set: row });
}

/** One who changes a plan waits for another who does. */
const alone = (tx: Tx, programId: string) =>
	tx.execute(sql`select pg_advisory_xact_lock(hashtext('matching'), hashtext(${programId}))`);

/**
 * Makes a plan, or makes it anew: what is set by hand stays, and of the rest as much as the wishes allow.
 * @throws Refusal not-found, unproven, rule (nobody to match, too many), too-many
 */
export async function planMatching(db: Database, by: Acting, programId: string): Promise<{ matched: number }> {
	const known = await db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		return readKnown(tx, program.id);
	});
	const { teachers, mentors } = known;
	if (teachers.length === 0)
		throw new Refusal(
			'rule',
			'Every teacher inside the program has a mentor, or is asked about one. There is nobody to match.'
		);
	if (mentors.length === 0) throw new Refusal('rule', 'The program has no mentor yet, so nobody can be matched.');
	if (teachers.length > mostTeachers || mentors.length > mostMentors)
		throw new Refusal(
			'rule',
			`A plan takes at most ${mostTeachers} teachers and ${mostMentors} mentors, so that the server has time for others; here are ${teachers.length} and ${mentors.length}. Please match in parts.`
		);
	const asked = toSolve(known);
	const planned = await solving.run(asked);
	return db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		await alone(tx, program.id);
		// What was set by hand while the solver worked is not lost: it stands in the plan that is there, and asks for a new one.
		const now = (await readKnown(tx, program.id)).draft;
		await keep(tx, by, program.id, {
			draft: {
				...planned,
				locks: now?.locks ?? asked.locks,
				apart: now?.apart ?? [],
				solvedAt: new Date().toISOString()
			}
		});
		return { matched: planned.pairs.filter(({ mentorId }) => mentorId).length };
	});
}

/**
 * Changes the plan at hand: sets a mentor for a teacher by hand, frees that again, or keeps two apart.
 * @throws Refusal not-found, unproven, rule
 */
export const changePlan = (
	db: Database,
	by: Acting,
	programId: string,
	asked: { teacherId: string; act: unknown; mentorId: string; override: unknown }
): Promise<void> =>
	db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		await alone(tx, program.id);
		const known = await readKnown(tx, program.id);
		const { draft } = known;
		if (!draft)
			throw new Refusal('rule', 'There is no plan any more: it was proposed or thrown away. Nothing has changed.');
		const teacher = known.teachers.find(({ id }) => id === asked.teacherId);
		const at = draft.pairs.find(({ teacherId }) => teacherId === asked.teacherId);
		if (!teacher || !at)
			throw new Refusal(
				'rule',
				'This teacher has a mentor by now, or has left. Nothing has changed; please make the plan anew.'
			);
		const locks = draft.locks.filter(({ teacherId }) => teacherId !== teacher.id);
		if (asked.act === 'free') return keep(tx, by, program.id, { draft: { ...draft, locks } });
		if (asked.act === 'apart') {
			if (!at.mentorId) throw new Refusal('rule', 'There is nobody to keep apart from. Nothing has changed.');
			const apart = [...draft.apart, { teacherId: teacher.id, mentorId: at.mentorId }];
			const left = draft.pairs.map((one) => (one === at ? { ...one, mentorId: null } : one));
			return keep(tx, by, program.id, { draft: { ...draft, locks, apart, pairs: left } });
		}
		if (asked.act !== 'set') throw new Refusal('rule', 'Please choose what to do. Nothing has changed.');
		const mentor = known.mentors.find(({ id }) => id === asked.mentorId);
		if (!mentor || mentor.id === teacher.id) throw new Refusal('rule', 'Please choose a mentor. Nothing has changed.');
		const held = locks.filter(({ mentorId }) => mentorId === mentor.id).length;
		if (mentor.taken + held >= mentor.most)
			throw new Refusal(
				'rule',
				`${mentor.name} has ${mentor.most} places, and all are taken or set by hand. Nothing has changed.`
			);
		const ready = !teacher.begins || mentor.ready.includes(teacher.begins.id);
		const override = ready ? null : readOverride(asked.override);
		if (!ready && !override)
			throw new Refusal(
				'rule',
				`${mentor.name} is not known to be ready for ${teacher.begins!.title}. Please say why they are right all the same. Nothing has changed.`
			);
		const set = draft.pairs.map((one) => (one === at ? { ...one, mentorId: mentor.id } : one));
		// Whoever has to make room is left over, until the plan is made anew.
		const here = set.filter(({ mentorId }) => mentorId === mentor.id);
		const over = here.length + mentor.taken - mentor.most;
		const room = new Set(
			here
				.filter(({ teacherId }) => teacherId !== teacher.id && !locks.some((lock) => lock.teacherId === teacherId))
				.slice(0, Math.max(0, over))
				.map(({ teacherId }) => teacherId)
		);
		await keep(tx, by, program.id, {
			draft: {
				...draft,
				locks: [...locks, { teacherId: teacher.id, mentorId: mentor.id, override }],
				apart: draft.apart.filter((one) => one.teacherId !== teacher.id || one.mentorId !== mentor.id),
				pairs: set.map((one) => (room.has(one.teacherId) ? { ...one, mentorId: null } : one))
			}
		});
	});

/** Throws the plan away. Twice is once. @throws Refusal not-found, unproven */
export const discardPlan = (db: Database, by: Acting, programId: string): Promise<void> =>
	db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		await alone(tx, program.id);
		await keep(tx, by, program.id, { draft: null });
	});

/**
 * Proposes every pair of the plan, all or none; places and readiness are asked once more. The plan is gone afterwards.
 * @throws Refusal not-found, unproven, rule
 */
export const proposePlan = (db: Database, by: Acting, programId: string): Promise<{ proposed: number }> =>
	db
		.asPerson(by.person.id, async (tx) => {
			const program = await programToChange(tx, by, programId);
			await alone(tx, program.id);
			const known = await readKnown(tx, program.id);
			const { draft, teachers, mentors, weights } = known;
			if (!draft)
				throw new Refusal('rule', 'There is no plan any more: it was proposed or thrown away. Nothing was proposed.');
			const teacherOf = new Map(teachers.map((one) => [one.id, one]));
			const mentorOf = new Map(mentors.map((one) => [one.id, one]));
			const lockOf = new Map(draft.locks.map((lock) => [lock.teacherId, lock]));
			const proposals = draft.pairs.flatMap(({ teacherId, mentorId }) => {
				const teacher = teacherOf.get(teacherId);
				// Who has a mentor by now is left as they are.
				if (!teacher || !mentorId) return [];
				const mentor = mentorOf.get(mentorId);
				if (!mentor)
					throw new Refusal(
						'rule',
						`A mentor of the plan, for ${teacher.name}, is not in the program any more. Nothing was proposed; please make the plan anew.`
					);
				const lock = lockOf.get(teacherId);
				return [
					{
						teacherId,
						mentorId,
						why: explained(teacher, mentor, weights).split(';')[0]!,
						beginsWithId: teacher.begins?.id ?? null,
						override: lock?.mentorId === mentorId ? lock.override : null
					}
				];
			});
			if (proposals.length === 0)
				throw new Refusal('rule', 'There is no pair in the plan that could be proposed. Nothing was proposed.');
			await proposeIn(tx, by, program.id, proposals);
			await keep(tx, by, program.id, { draft: null });
			await record(tx, {
				kind: 'matching-proposed',
				person: by.person.id,
				by: by.person.id,
				whence: by.whence,
				about: { program: program.id, pairs: proposals.length }
			});
			return { proposed: proposals.length };
		})
		.catch((error: unknown) => {
			throw (error instanceof Refusal ? null : lifeRefusal(sqlStateOf(error))) ?? error;
		});

/** Sets what each wish is worth in this program. @throws Refusal not-found, unproven, rule */
export const setWeights = (
	db: Database,
	by: Acting,
	programId: string,
	typed: (name: keyof Weights) => unknown
): Promise<void> =>
	db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		const weights = readWeights(typed);
		await keep(tx, by, program.id, { weights });
	});

/**
 * Enters what teachers and mentors teach, from a pasted table; who is in it again is entered anew.
 * @returns how many were entered, and of whom the name is not known, or several have it
 * @throws Refusal not-found, unproven, rule
 */
export const enterFacts = (
	db: Database,
	by: Acting,
	programId: string,
	text: unknown
): Promise<{ entered: number; unclear: string[] }> =>
	db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		const lines = readFacts(text);
		const { teachers, mentors, competencies } = await readKnown(tx, program.id);
		const unclear: string[] = [];
		const rows = new Map<string, typeof teachingFacts.$inferInsert>();
		for (const { name, subjects, grades, languages, begins } of lines) {
			const who = [
				...new Set(
					[...teachers, ...mentors].filter((one) => one.name.toLowerCase() === name.toLowerCase()).map(({ id }) => id)
				)
			];
			const what =
				begins === null ? null : competencies.find(({ title }) => title.toLowerCase() === begins.toLowerCase());
			if (who.length !== 1)
				unclear.push(who.length === 0 ? `${name}: nobody of this name` : `${name}: several of this name`);
			else if (what === undefined) unclear.push(`${name}: “${begins}” is not in a stack of the program`);
			else
				rows.set(who[0]!, {
					programId: program.id,
					personId: who[0]!,
					subjects,
					grades,
					languages,
					beginsWithId: what?.microcredentialId ?? null,
					enteredById: by.person.id,
					enteredAt: new Date()
				});
		}
		const all = [...rows.values()];
		for (let i = 0; i < all.length; i += 500)
			await tx
				.insert(teachingFacts)
				.values(all.slice(i, i + 500))
				.onConflictDoUpdate({
					target: [teachingFacts.programId, teachingFacts.personId],
					set: {
						subjects: sql`excluded.subjects`,
						grades: sql`excluded.grades`,
						languages: sql`excluded.languages`,
						beginsWithId: sql`excluded.begins_with_id`,
						enteredById: sql`excluded.entered_by_id`,
						enteredAt: sql`excluded.entered_at`
					}
				});
		return { entered: all.length, unclear: unclear.slice(0, 50) };
	});
