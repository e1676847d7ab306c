/** Beginning a reflection: the one way in, whichever door somebody comes through. It asks why before a second one. */
import { and, eq } from 'drizzle-orm';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { listPairsIn, type Pair } from '#lib/pairing/pair.server.ts';
import { listEnrollments } from '#lib/program/enrollment.server.ts';
import { readPauses } from '#lib/program/pausing.server.ts';
import { restingOnes, restsSince } from '#lib/program/pausing.ts';
import { startReflection } from '#lib/reflection/reflection.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { listRhythm, type Progress, readProgress } from './facts.server.ts';
import { activeOnes, askWhy, besides, readWhy } from './one-at-a-time.ts';
import { secondReasons } from './schema.server.ts';
import type { Stone } from './stones.ts';

/** What is active of a teacher, as far as the person asking sees it, and whether the teacher has said that two are fine. */
export async function readActive(
	tx: Tx,
	{ stones, enrollment }: Pick<Progress, 'stones' | 'enrollment'>,
	now: Date
): Promise<{ active: Stone[]; practised: boolean }> {
	const pauses = (await readPauses(tx, [enrollment.id])).get(enrollment.id) ?? [];
	const active = restsSince(pauses, now) ? [] : activeOnes(stones, new Set(restingOnes(pauses, now).keys()));
	if (active.length === 0) return { active, practised: false };
	const [said] = await tx
		.select({ at: secondReasons.at })
		.from(secondReasons)
		.where(and(eq(secondReasons.personId, enrollment.personId), eq(secondReasons.choice, 'practised')))
		.limit(1);
	return { active, practised: said !== undefined };
}

async function progressIn(tx: Tx, pair: Pair, known: Pair[], now: Date): Promise<Progress | undefined> {
	const enrollment = (await listEnrollments(tx, [pair.teacher.id])).find(
		({ program }) => program.id === pair.program.id
	);
	if (!enrollment) return undefined;
	const rhythm = await listRhythm(tx);
	return (await readProgress(tx, [enrollment], rhythm, new Map(known.map((one) => [one.id, one.teacher.id])), now)).get(
		enrollment.id
	);
}

/**
 * Begins a reflection in a pair, and keeps why where it stands beside another microcredential in work.
 * @returns the reflection's id
 * @throws Refusal as `startReflection`, and rule with the question while it is not answered
 */
export async function beginReflection(
	db: Database,
	person: Person,
	asked: {
		pairId: string;
		microcredentialVersionId: string;
		title: string;
		alone?: boolean;
		why: { choice: unknown; words: unknown };
	},
	now: Date
): Promise<string> {
	const why = readWhy(asked.why);
	return db.asPerson(person.id, async (tx) => {
		const known = await listPairsIn(tx, person);
		const pair = known.find(
			({ id, standing }) => id === asked.pairId && (standing === 'teacher' || standing === 'mentor')
		);
		if (!pair) throw notFound('pair');
		// In this very transaction, so that there is never the one without the other.
		const within: Database = Object.assign(Object.create(db) as Database, {
			asPerson: <T>(_: string, work: (tx: Tx) => Promise<T>) => work(tx)
		});
		const progress = pair.status === 'active' ? await progressIn(tx, pair, known, now) : undefined;
		const beside = progress
			? besides({
					...(await readActive(tx, progress, now)),
					microcredentialId: progress.offer.microcredentialOf.get(asked.microcredentialVersionId) ?? null
				})
			: [];
		const begun = await startReflection(within, person, asked);
		if (beside.length === 0) return begun;
		// Asked last: what else is wrong with the form is said first. What was begun is taken back with the transaction.
		if (!why) throw new Refusal('rule', askWhy(beside));
		await tx.insert(secondReasons).values({ reflectionId: begun, personId: person.id, ...why });
		return begun;
	});
}
