/**
 * Asks a real database everything the reflection policy says, and lists where it answers differently. A list and not
 * assertions, so that a test can also break a policy on purpose and see that it is noticed.
 */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { pairs } from '#lib/pairing/schema.server.ts';
import { cases } from '#lib/reflection/policy.cases.ts';
import {
	accessTo,
	mayFreeze,
	mayShare,
	mayShow,
	mayTakeBack,
	type PairState,
	type Standing
} from '#lib/reflection/policy.ts';
import {
	reflectionClients,
	reflectionHistory,
	reflectionPassages,
	reflections,
	reflectionSharings,
	reflectionSnapshots,
	reflectionUpdates,
	reflectionVersions
} from '#lib/reflection/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import type { World } from './world.ts';

/** Tables that hold a reflection's words, or whose and when they are. */
const words = { reflectionUpdates, reflectionSnapshots, reflectionHistory, reflectionClients };

export async function disagreements(db: Database, world: World): Promise<string[]> {
	const found: string[] = [];
	for (const [status, endedAs, who, is, may] of cases) {
		const pair = world.pairs.find((candidate) => candidate.status === status && candidate.endedAs === endedAs);
		if (!pair) throw new Error(`The world has no pair that is ${status} ${endedAs}.`);
		const person = pair.people[who];
		const say = (what: string) =>
			found.push(`${who} of a pair ${endedAs ?? status}, who may ${may} what is ${is}: ${what}`);
		const reflectionId = is === 'shared' ? pair.reflectionId : pair.aloneId;
		const ofPair = [pair.reflectionId, pair.aloneId];

		const reads = await db.asPerson(person, async (tx) => {
			const seen = await tx.select({ id: reflections.id }).from(reflections);
			const answers: Record<string, string[]> = { reflections: seen.map(({ id }) => id) };
			for (const [name, table] of Object.entries(words)) {
				const rows = await tx.select({ id: table.reflectionId }).from(table);
				answers[name] = rows.map(({ id }) => id);
			}
			return answers;
		});
		for (const [name, ids] of Object.entries(reads)) {
			const sees = ids.includes(reflectionId);
			if (sees !== (may !== 'none')) say(`${sees ? 'sees' : 'does not see'} rows of ${name}`);
			const others = ids.filter((id) => !ofPair.includes(id)).length;
			if (others > 0) say(`sees ${others} rows of ${name} of other pairs`);
		}
		const writes = (await db.asPerson(person, (tx) =>
			tx.execute(sql`select ${reflectionId}::uuid = any (app.writable_reflection_ids()) as may`)
		)) as unknown as { rows: { may: boolean }[] };
		if (writes.rows[0]!.may !== (may === 'write')) say(writes.rows[0]!.may ? 'writes in it' : 'can not write in it');

		const row = { pairId: pair.pairId, microcredentialVersionId: world.versionId, title: 'New' };
		const starts = await allowed(db, person, (tx) => tx.insert(reflections).values({ ...row, createdBy: person }));
		// Starting asks about the pair: what a mentor starts is shared.
		if (starts !== (accessTo({ status, endedAs }, who, true) === 'write'))
			say(starts ? 'starts a reflection' : 'can not start a reflection');
		await rightsOfTheTeacher(db, { status, endedAs }, who, person, reflectionId, is === 'shared', say);

		const other = who === 'teacher' ? pair.people.mentor : pair.people.teacher;
		const forges: Record<string, (tx: Tx) => PromiseLike<unknown>> = {
			'starts a reflection in the name of somebody else': (tx) =>
				tx.insert(reflections).values({ ...row, id: uuidv7(), createdBy: other }),
			'writes the log past the live engine': (tx) =>
				tx.insert(reflectionUpdates).values({
					reflectionId,
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

/** Sharing, taking back, showing passages and freezing, each tried as a row. */
async function rightsOfTheTeacher(
	db: Database,
	pair: PairState,
	who: Standing,
	person: string,
	reflectionId: string,
	shared: boolean,
	say: (what: string) => void
): Promise<void> {
	const held = { shared, begunBy: 'teacher', frozen: false } as const;
	const now = new Date();
	/** @param act answers with the rows it changed: an update that finds none is refused as well */
	const hold = async (what: string, right: boolean, act: (tx: Tx) => PromiseLike<unknown>) => {
		let found = true;
		const may = await allowed(db, person, async (tx) => {
			const rows = await act(tx);
			if (Array.isArray(rows)) found = rows.length > 0;
		});
		if ((may && found) !== right) say(may && found ? what : `can not do this: ${what}`);
	};
	if (!shared)
		await hold('shares it', mayShare(pair, who), (tx) =>
			tx.insert(reflectionSharings).values({ reflectionId, sharedBy: person })
		);
	await hold('takes it back', shared && mayTakeBack(pair, who, held), (tx) =>
		tx
			.update(reflectionSharings)
			.set({ takenBackBy: person, takenBackAt: now })
			.where(and(eq(reflectionSharings.reflectionId, reflectionId), isNull(reflectionSharings.takenBackAt)))
			.returning({ id: reflectionSharings.id })
	);
	// The mentor has written in both reflections of every pair.
	await hold('shows a passage of it', mayShow(pair, who, { shared, mentorWrote: true }), (tx) =>
		tx.insert(reflectionPassages).values({ reflectionId, content: '{}', grantedBy: person })
	);
	const [content, hash] = ['{}', '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'];
	const frozen = { reflectionId, kind: 'frozen', name: 'x', upToNumber: 1, content, hash } as const;
	await hold('freezes it', mayFreeze(pair, who), (tx) =>
		tx.insert(reflectionVersions).values({ ...frozen, createdBy: person })
	);
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
		// Insufficient privilege, a row policy's refusal as well; and a pair that can't go this way.
		if (code === '42501' || code === 'WF003') return false;
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
