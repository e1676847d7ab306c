/**
 * Asks a real database everything the reflection policy says, and lists where it answers differently. A list and not
 * assertions, so that a test can also break a policy on purpose and see that it is noticed.
 */
import { eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { pairs } from '#lib/pairing/schema.server.ts';
import { cases } from '#lib/reflection/policy.cases.ts';
import {
	reflectionClients,
	reflectionHistory,
	reflections,
	reflectionSnapshots,
	reflectionUpdates
} from '#lib/reflection/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import type { World } from './world.ts';

/** Tables that hold a reflection's words, or whose and when they are. */
const words = { reflectionUpdates, reflectionSnapshots, reflectionHistory, reflectionClients };

export async function disagreements(db: Database, world: World): Promise<string[]> {
	const found: string[] = [];
	for (const [status, endedAs, who, may] of cases) {
		const pair = world.pairs.find((candidate) => candidate.status === status && candidate.endedAs === endedAs);
		if (!pair) throw new Error(`The world has no pair that is ${status} ${endedAs}.`);
		const person = pair.people[who];
		const say = (what: string) => found.push(`${who} of a pair ${endedAs ?? status}, who may ${may}: ${what}`);

		const reads = await db.asPerson(person, async (tx) => {
			const seen = await tx.select({ id: reflections.id }).from(reflections);
			const answers: Record<string, string[]> = { reflections: seen.map(({ id }) => id) };
			for (const [name, table] of Object.entries(words)) {
				const rows = await tx.select({ id: table.reflectionId }).from(table);
				answers[name] = rows.map(({ id }) => id);
			}
			return answers;
		});
		const expected = may === 'none' ? [] : [pair.reflectionId];
		for (const [name, ids] of Object.entries(reads))
			if (ids.join() !== expected.join()) say(`sees ${ids.length} rows of ${name}`);

		const row = { pairId: pair.pairId, microcredentialVersionId: world.versionId, title: 'New' };
		const starts = await allowed(db, person, (tx) => tx.insert(reflections).values({ ...row, createdBy: person }));
		if (starts !== (may === 'write')) say(starts ? 'starts a reflection' : 'can not start a reflection');

		const other = who === 'teacher' ? pair.people.mentor : pair.people.teacher;
		const forges: Record<string, (tx: Tx) => PromiseLike<unknown>> = {
			'starts a reflection in the name of somebody else': (tx) =>
				tx.insert(reflections).values({ ...row, id: uuidv7(), createdBy: other }),
			'writes the log past the live engine': (tx) =>
				tx.insert(reflectionUpdates).values({
					reflectionId: pair.reflectionId,
					number: 3,
					personId: person,
					updates: new Uint8Array([1])
				}),
			'deletes from the log': (tx) => tx.delete(reflectionUpdates),
			'renames a reflection': (tx) => tx.update(reflections).set({ title: 'Mine' }),
			'makes somebody else the mentor': (tx) =>
				tx.update(pairs).set({ mentorId: world.pairs[0]!.people.stranger }).where(eq(pairs.id, pair.pairId))
		};
		for (const [what, act] of Object.entries(forges)) if (await allowed(db, person, act)) say(what);
	}
	return found;
}

/** Whether the database lets a person do something; what was done is taken back. */
export async function allowed(db: Database, person: string, act: (tx: Tx) => PromiseLike<unknown>): Promise<boolean> {
	const undo = new Error('taken back');
	try {
		await db.asPerson(person, async (tx) => {
			await act(tx);
			throw undo;
		});
	} catch (error) {
		if (error === undo) return true;
		const { code } = ((error as Error).cause ?? {}) as { code?: string };
		if (code === '42501') return false; // insufficient privilege, a row policy's refusal as well
		throw error;
	}
	throw new Error('unreachable');
}

/** Names of tables in which a person sees any row. */
export async function tablesSeen(db: Database, person: string): Promise<string[]> {
	return db.asPerson(person, async (tx) => {
		const tables = (await tx.execute(
			sql`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
				and has_table_privilege(oid, 'select') order by 1`
		)) as unknown as { rows: { name: string }[] };
		const seen: string[] = [];
		for (const { name } of tables.rows) {
			const any = (await tx.execute(sql`select 1 from ${sql.identifier(name)} limit 1`)) as unknown as {
				rows: unknown[];
			};
			if (any.rows.length > 0) seen.push(name);
		}
		return seen;
	});
}
