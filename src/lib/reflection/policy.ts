/**
 * Who may read and write a reflection. A notice on the wall; the database says the same in
 * `app.readable_pair_ids()` and `app.writable_pair_ids()`, and `policy.cases.ts` is tested against both.
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
 * - Nobody else, ever: a coach sees rhythm, a manager counts.
 */
export function accessTo(pair: PairState, standing: Standing): Access {
	if (standing !== 'teacher' && standing !== 'mentor') return 'none';
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
