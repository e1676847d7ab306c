/**
 * Who may read and write a reflection, and who decides about that. A notice on the wall; the database says the same in
 * `app.readable_reflection_ids()`, `app.writable_reflection_ids()` and their kin, and `policy.cases.ts` is tested against
 * both.
 */

import type { PairState, Standing } from '#lib/pairing/policy.ts';

export type { PairState, Standing };

export type Access = 'none' | 'read' | 'write';

/**
 * The pair's words belong to the pair.
 * - Both write while the pair is active; a pause keeps everything readable and asks nothing.
 * - Before it is active there is nothing to read, and a mentor who was only proposed is still a stranger.
 * - When it ends, writing ends for both. The teacher keeps reading: it may be evidence next year. The mentor keeps
 *   reading only when the two completed what they set out to do; after a rematch the words are not theirs any more.
 * - A teacher may begin alone: until it is shared, and after it was taken back, a reflection is not there for the mentor,
 *   whatever the pair is.
 * - Nobody else, ever: a coach sees rhythm, and the passages that the two show them; a manager counts.
 *
 * @param shared whether it is shared with the mentor now; of a pair as a whole one asks about what is shared
 */
export function accessTo(pair: PairState, standing: Standing, shared: boolean): Access {
	if (standing !== 'teacher' && (standing !== 'mentor' || !shared)) return 'none';
	switch (pair.status) {
		case 'active':
			return 'write';
		case 'paused':
			return 'read';
		case 'ended':
			return standing === 'teacher' || pair.endedAs === 'completed' ? 'read' : 'none';
		default:
			return 'none';
	}
}

/** A reflection as far as its rights go. */
export type Held = {
	shared: boolean;
	/** Who of the two began it. */
	begunBy: 'teacher' | 'mentor';
	/** Whether a version of it is frozen, to be handed in. */
	frozen: boolean;
};

const together = ({ status }: PairState) => status === 'active' || status === 'paused';

/** Only the teacher shares, and only with a mentor who is there. What is shared already may be shared again: it stays so. */
export const mayShare = (pair: PairState, standing: Standing): boolean => standing === 'teacher' && together(pair);

/**
 * Only the teacher takes back what they began. What the mentor began is as much the mentor's; what is frozen stays visible
 * to the two, so that both can see what was handed in; and what a pair had when it ended is kept as it was then.
 */
export const mayTakeBack = (pair: PairState, standing: Standing, { begunBy, frozen }: Held): boolean =>
	standing === 'teacher' && together(pair) && begunBy === 'teacher' && !frozen;

/**
 * The teacher shows the coach passages. While the mentor can't see the reflection, only where every word is the teacher's:
 * each of the two may withdraw what is shown, and nobody withdraws what they can't see.
 */
export const mayShow = (
	pair: PairState,
	standing: Standing,
	{ shared, mentorWrote }: { shared: boolean; mentorWrote: boolean }
): boolean => standing === 'teacher' && together(pair) && (shared || !mentorWrote);

/** An exact version to hand in is frozen by the teacher, who hands it in, while the pair writes. */
export const mayFreeze = (pair: PairState, standing: Standing): boolean =>
	standing === 'teacher' && pair.status === 'active';
