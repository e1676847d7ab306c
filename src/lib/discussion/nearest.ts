/**
 * How much somebody hears of a thread: what they chose nearest to it counts, and where they chose nothing, what usually fits. A
 * notice on the wall; `choices.server.ts` shows it, and `telling.server.ts` goes by it.
 */
import type { Level } from './kinds.ts';

/** What somebody chose, from near to far; null: nothing. */
export type Chosen = { thread: Level | null; competency: Level | null; cohort: Level | null };
/** Of everybody who reads a cohort, as `app.cohort_people` says it. */
export type Part = string;
export type Heard = {
	/** `nothing`: whoever reads along in several cohorts hears of them only as they choose. */
	level: Level | 'nothing';
	/** Where it comes from. */
	from: 'thread' | 'competency' | 'cohort' | 'taking part' | 'usual';
};

/** Mentors and coaches are in cohorts for the sake of a pair: what is said there is theirs to read, and no news unless they ask for it. */
const comesAlong = (part: Part): boolean => part === 'mentor' || part === 'coach';

/** What somebody hears where they chose nothing at all. */
export const usual = (part: Part): Level | 'nothing' => (comesAlong(part) ? 'nothing' : 'follow');

/** @param takesPart they opened the thread or said something in it, with or without a name */
export function heard(
	{ thread, competency, cohort }: Chosen,
	{ part, takesPart }: { part: Part; takesPart: boolean }
): Heard {
	if (thread) return { level: thread, from: 'thread' };
	const [level, from] = competency ? ([competency, 'competency'] as const) : ([cohort, 'cohort'] as const);
	// Following a whole cohort is no wish to hear less of one's own question; muting it is.
	if (takesPart && level !== 'mute') return { level: 'watch', from: 'taking part' };
	if (level) return { level, from };
	return { level: usual(part), from: 'usual' };
}
