/**
 * Who may see and change what of a pair's meetings. A notice on the wall; the row policies say the same, and
 * `policy.cases.ts` is tested against both.
 */
import type { PairState, Standing } from '#lib/pairing/policy.ts';

/**
 * When they met and how long, and who confirmed it: the two and their coach, for as long as they may know of the pair. A
 * manager runs a program without it.
 */
export const seesMeetings = (standing: Standing): boolean =>
	standing === 'teacher' || standing === 'mentor' || standing === 'coach';

/** Agenda, notes and what was agreed: the two alone, as with the words of a reflection. */
export function wordsOf(pair: PairState, standing: Standing): 'write' | 'read' | 'none' {
	if (standing !== 'teacher' && standing !== 'mentor') return 'none';
	if (pair.status === 'active' || pair.status === 'paused') return 'write';
	if (pair.status !== 'ended') return 'none';
	return standing === 'teacher' || pair.endedAs === 'completed' ? 'read' : 'none';
}

/** Proposing, answering, confirming: the two, while they are together. What is due in a pause can wait, and may not have to. */
export const mayMeet = (pair: PairState, standing: Standing): boolean => wordsOf(pair, standing) === 'write';
