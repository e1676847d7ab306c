/** Whether somebody may still be told what a pair does, for `notification`, which knows no pair. */
import { inArray } from 'drizzle-orm';
import { concernKey, type StillConcerns } from '#lib/notification/rounds.server.ts';
import { pairs } from './schema.server.ts';

/** The teacher for good; the mentor until the pair ends. What somebody is told is `within` `pair:<id>`. */
export const stillInPair: StillConcerns = async (tx, asked) => {
	const idOf = (about: string) => about.slice('pair:'.length);
	const found = await tx
		.select({ id: pairs.id, teacherId: pairs.teacherId, mentorId: pairs.mentorId, status: pairs.status })
		.from(pairs)
		.where(inArray(pairs.id, [...new Set(asked.map(({ about }) => idOf(about)))]));
	const byId = new Map(found.map((pair) => [pair.id, pair]));
	return new Set(
		asked.flatMap(({ personId, about }) => {
			const pair = byId.get(idOf(about));
			const still = pair && (pair.teacherId === personId || (pair.mentorId === personId && pair.status !== 'ended'));
			return still ? [concernKey(personId, about)] : [];
		})
	);
};
