/** Which rule of capacity a program goes by, how many places its mentors have, and how long they teach on a day. */
import { and, asc, desc, eq, lte, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { record } from '#lib/audit/audit.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import { type Acting, programToChange } from '#lib/program/managing.server.ts';
import { programs } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { type Capacity, capacityOf, type CapacityRule, readCapacitySetting, readHours } from './capacity.ts';
import { dayIn } from './day.ts';
import { listMentorIds } from './readiness.server.ts';
import { capacityRules, mentorHours, programCapacity } from './schema.server.ts';

/** A program changes its rule a few times in its life. */
const mostSettings = 50;

export type CapacitySetting = {
	ruleKey: string;
	ownMost: number | null;
	fromOn: string;
	reason: string;
	/** Whether it is the one that counts today. */
	now: boolean;
};

export type ProgramCapacity = {
	/** What counts today. */
	rule: CapacityRule;
	ours: CapacityRule;
	own: number | null;
	/** Every rule as it is today, ours first. */
	rules: CapacityRule[];
	/** Which the program has set, newest first. */
	settings: CapacitySetting[];
};

/** The rules of capacity that a program goes by, for everybody in it. */
export async function readCapacity(tx: Tx, programId: string, now = new Date()): Promise<ProgramCapacity> {
	const [program] = await tx.select({ zone: programs.timeZone }).from(programs).where(eq(programs.id, programId));
	if (!program) throw notFound('program');
	const today = dayIn(program.zone, now);
	const rows = await tx
		.select()
		.from(capacityRules)
		.where(sql`${capacityRules.fromOn} is null or ${capacityRules.fromOn} <= ${today}`)
		.orderBy(
			sql`${capacityRules.key} <> 'default'`,
			asc(capacityRules.key),
			sql`${capacityRules.fromOn} desc nulls last`
		);
	const rules: CapacityRule[] = [];
	for (const row of rows) if (!rules.some(({ key }) => key === row.key)) rules.push(row);
	const found = await tx
		.select({
			ruleKey: programCapacity.ruleKey,
			ownMost: programCapacity.ownMost,
			fromOn: programCapacity.fromOn,
			reason: programCapacity.reason
		})
		.from(programCapacity)
		.where(eq(programCapacity.programId, programId))
		.orderBy(desc(programCapacity.fromOn), desc(programCapacity.setAt), desc(programCapacity.id))
		.limit(mostSettings);
	const current = found.find(({ fromOn }) => fromOn <= today);
	const ours = rules.find(({ key }) => key === 'default')!;
	return {
		rule: rules.find(({ key }) => key === current?.ruleKey) ?? ours,
		ours,
		own: current?.ownMost ?? null,
		rules,
		settings: found.map((setting) => ({ ...setting, now: setting === current }))
	};
}

export type MentorPlaces = Capacity & {
	mentorId: string;
	/** Offered, and not answered by both yet. */
	proposed: number;
	/** Accepted by both, begun or paused. */
	begun: number;
	/** Both of them: what holds a place. */
	taken: number;
	/** Of teaching on a day; null: not known. */
	hours: number | null;
};

/** The places of every mentor of a program, for whoever manages it; by id. */
export async function readMentorPlaces(
	tx: Tx,
	programId: string,
	{ rule, ours, own }: ProgramCapacity
): Promise<Map<string, MentorPlaces>> {
	const { rows } = (await tx.execute(sql`select * from app.mentor_places(${programId}::uuid)`)) as unknown as {
		rows: { mentor_id: string; proposed: number; begun: number; hours: string | number | null }[];
	};
	return new Map(
		rows.map((row) => {
			const [proposed, begun] = [Number(row.proposed), Number(row.begun)];
			const hours = row.hours === null ? null : Number(row.hours);
			return [
				row.mentor_id,
				{
					...capacityOf(rule, ours, own, hours),
					mentorId: row.mentor_id,
					proposed,
					begun,
					taken: proposed + begun,
					hours
				}
			];
		})
	);
}

/**
 * Sets which rule a program goes by from a day on. Pairs that are there stay, whatever it says.
 * @returns how many mentors have more teachers than it allows, once it counts today
 * @throws Refusal not-found, unproven, rule
 */
export async function setCapacity(
	db: Database,
	by: Acting,
	programId: string,
	asked: Record<'ruleKey' | 'ownMost' | 'fromOn' | 'reason', unknown>,
	now = new Date()
): Promise<{ over: number }> {
	return db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		const { rules } = await readCapacity(tx, program.id, now);
		const setting = readCapacitySetting(asked, rules, dayIn(program.timeZone, now));
		const id = uuidv7();
		await tx.insert(programCapacity).values({ id, programId: program.id, ...setting, setById: by.person.id });
		await record(tx, {
			kind: 'capacity-set',
			person: by.person.id,
			by: by.person.id,
			whence: by.whence,
			about: { program: program.id, setting: id, rule: setting.ruleKey, own: setting.ownMost, from: setting.fromOn }
		});
		const places = await readMentorPlaces(tx, program.id, await readCapacity(tx, program.id, now));
		return { over: [...places.values()].filter(({ taken, most }) => taken > most).length };
	});
}

/** Enters how long a mentor teaches on a day, from a day on. @throws Refusal not-found, unproven, rule */
export async function enterHours(
	db: Database,
	by: Acting,
	programId: string,
	asked: { mentorId: string; hours: unknown; fromOn: unknown }
): Promise<{ hours: number }> {
	return db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		if (!(await listMentorIds(tx, program.id)).includes(asked.mentorId)) throw notFound('mentor');
		const { hours, fromOn } = readHours(asked);
		const [before] = await tx
			.select({ hours: mentorHours.hours })
			.from(mentorHours)
			.where(and(eq(mentorHours.mentorId, asked.mentorId), lte(mentorHours.fromOn, fromOn)))
			.orderBy(desc(mentorHours.fromOn), desc(mentorHours.enteredAt), desc(mentorHours.id))
			.limit(1);
		if (before?.hours === hours) return { hours }; // a second click says nothing new
		const id = uuidv7();
		const row = { id, programId: program.id, mentorId: asked.mentorId, hours, fromOn, enteredById: by.person.id };
		await tx.insert(mentorHours).values(row);
		await record(tx, {
			kind: 'teaching-hours-entered',
			person: asked.mentorId,
			by: by.person.id,
			whence: by.whence,
			about: { program: program.id, entry: id, hours, from: fromOn }
		});
		return { hours };
	});
}

/** What the trigger `pairs_keep_life` says, as a refusal; everything else as it came. */
export function lifeRefusal(state: string): Refusal | null {
	switch (state) {
		case 'WF000':
			return new Refusal(
				'rule',
				'All places of this mentor are taken, perhaps since a moment ago. Nothing has changed. Please choose another mentor, or wait until a place is free.'
			);
		case 'WF001':
			return new Refusal('rule', 'This person is not a mentor of the program now. Nothing has changed.');
		case 'WF002':
			return new Refusal('rule', 'This person is not a teacher inside the program now. Nothing has changed.');
		case 'WF003':
			return new Refusal(
				'rule',
				'The pair stands elsewhere by now, so nothing has changed. Please look at the page again.'
			);
		case '23505':
			return new Refusal(
				'rule',
				'This teacher has a mentor here already, or was proposed one a moment ago. Nothing has changed.'
			);
		default:
			return null;
	}
}
