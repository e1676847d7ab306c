/**
 * Who may send and read a check-in, and who its signal. A notice on the wall; the row policies say the same, and
 * `policy.cases.ts` is tested against both.
 */
import { wordsOf } from '#lib/meeting/policy.ts';
import type { PairState, Standing } from '#lib/pairing/policy.ts';

/** What was said: the two alone, as with the words about a meeting. */
export const readsCheckIns = (pair: PairState, standing: Standing): boolean => wordsOf(pair, standing) !== 'none';

/** How it goes is the teacher's to say, while the two are together or pause. */
export const mayCheckIn = (pair: PairState, standing: Standing): boolean =>
	standing === 'teacher' && (pair.status === 'active' || pair.status === 'paused');

/** When they checked in, and what the teacher allows: whoever reads it, and the coach for as long as the pair is one. */
export const seesSignal = (pair: PairState, standing: Standing): boolean =>
	readsCheckIns(pair, standing) || (standing === 'coach' && pair.status !== 'ended');
