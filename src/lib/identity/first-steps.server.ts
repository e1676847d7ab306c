/** The first steps of somebody who came in, as far as a person alone goes; the stack is in the room `program`. */
import { and, asc, eq, gt, isNull, lte, or, sql } from 'drizzle-orm';
import type { Database, Tx } from '#lib/server/database.ts';
import { type FirstStep, type Remind, resumesAt, spansOf, stepsFor, type Times, timesOf } from './first-steps.ts';
import type { Person } from './person.ts';
import { freeTimes, personSettings, roles } from './schema.server.ts';

export type FirstSteps = {
	/** In their order; empty for somebody who has no role yet. */
	steps: FirstStep[];
	/** When they were taken, or passed over. */
	takenAt: Date | null;
	/** Where to go on. */
	next: FirstStep;
	times: Times;
	remind: Remind;
	/** The roles they hold now. */
	roles: (typeof roles.$inferSelect)['role'][];
};

async function rolesNow(tx: Tx, person: Person, now: Date): Promise<FirstSteps['roles']> {
	const held = await tx
		.selectDistinct({ role: roles.role })
		.from(roles)
		.where(
			and(eq(roles.personId, person.id), lte(roles.fromAt, now), or(isNull(roles.untilAt), gt(roles.untilAt, now)))
		)
		.orderBy(asc(roles.role));
	return held.map(({ role }) => role);
}

/** What somebody has said so far, and what is still to say. */
export const readFirstSteps = (db: Database, person: Person, now = new Date()): Promise<FirstSteps> =>
	db.asPerson(person.id, async (tx) => {
		const names = await rolesNow(tx, person, now);
		const [settings] = await tx.select().from(personSettings).where(eq(personSettings.personId, person.id));
		const spans = await tx.select().from(freeTimes).where(eq(freeTimes.personId, person.id));
		const steps = names.length > 0 ? stepsFor(names) : [];
		return {
			steps,
			takenAt: settings?.firstRunAt ?? null,
			next: resumesAt(steps, settings !== undefined),
			times: timesOf(spans),
			remind: settings?.remind ?? 'weekly',
			roles: names
		};
	});

/** Whether home leads to the first steps: for whoever has something to do here and was not led through. */
export const owesFirstSteps = (db: Database, person: Person, now = new Date()): Promise<boolean> =>
	db.asPerson(person.id, async (tx) => {
		// Nearly everybody has taken them: for them this is all that home asks.
		const [settings] = await tx
			.select({ takenAt: personSettings.firstRunAt })
			.from(personSettings)
			.where(eq(personSettings.personId, person.id));
		return !settings?.takenAt && (await rolesNow(tx, person, now)).length > 0;
	});

/** Keeps when there is time and how often to be reminded, in place of what was said before. */
export const saveTimes = (
	db: Database,
	person: Person,
	{ times, remind }: { times: Times; remind: Remind }
): Promise<Times> =>
	db.asPerson(person.id, async (tx) => {
		// First the one row that is a person's own: two tabs that save at once take turns at it.
		await tx
			.insert(personSettings)
			.values({ personId: person.id, remind })
			.onConflictDoUpdate({ target: personSettings.personId, set: { remind } });
		await tx.delete(freeTimes).where(eq(freeTimes.personId, person.id));
		const spans = spansOf(times);
		if (spans.length > 0) await tx.insert(freeTimes).values(spans.map((span) => ({ ...span, personId: person.id })));
		return times;
	});

/** The first steps are taken, or passed over; nobody is led there again. */
export const finishFirstSteps = (db: Database, person: Person, now = new Date()) =>
	db.asPerson(person.id, async (tx) => {
		await tx
			.insert(personSettings)
			.values({ personId: person.id, firstRunAt: now })
			.onConflictDoUpdate({
				target: personSettings.personId,
				set: { firstRunAt: sql`coalesce(${personSettings.firstRunAt}, excluded.first_run_at)` }
			});
	});
