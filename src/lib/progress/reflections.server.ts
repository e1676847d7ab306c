/** The reflections that a person may read, each with what became of it. Only reads. */
import type { Person } from '#lib/identity/person.ts';
import { listPairsIn } from '#lib/pairing/pair.server.ts';
import { listEnrollments } from '#lib/program/enrollment.server.ts';
import { type ListedReflection, listReflections } from '#lib/reflection/reflection.server.ts';
import type { Database } from '#lib/server/database.ts';
import { listRhythm, readProgress } from './facts.server.ts';
import { type ReflectionState, reflectionState } from './states.ts';

/** In the order of `listReflections`. */
export async function listReflectionsWithState(
	db: Database,
	person: Person,
	now: Date
): Promise<(ListedReflection & { state: ReflectionState })[]> {
	const reflections = await listReflections(db, person);
	if (reflections.length === 0) return [];
	return db.asPerson(person.id, async (tx) => {
		const pairs = new Map((await listPairsIn(tx, person)).map((pair) => [pair.id, pair]));
		const teacherOf = new Map([...pairs].map(([id, { teacher }]) => [id, teacher.id]));
		const enrollments = await listEnrollments(tx, [...new Set(teacherOf.values())]);
		const rhythm = await listRhythm(tx);
		const progress = [...(await readProgress(tx, enrollments, rhythm, teacherOf, now)).values()];
		const versionOf = new Map(rhythm.map((one) => [one.reflectionId, one.microcredentialVersionId]));
		return reflections.map((reflection) => {
			const pair = pairs.get(reflection.pair.id);
			const own = progress.find(
				({ enrollment }) => enrollment.personId === pair?.teacher.id && enrollment.program.id === pair.program.id
			);
			const about = own?.offer.microcredentialOf.get(versionOf.get(reflection.id) ?? '');
			const stone = own?.stones.find(({ microcredentialId }) => microcredentialId === about);
			return {
				...reflection,
				state: reflectionState(reflection.access, reflection.pair.status === 'paused', stone?.state)
			};
		});
	});
}
