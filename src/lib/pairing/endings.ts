/**
 * The ways a pair ends, in words that blame nobody. A person picks one of these and writes nothing of their own,
 * because a coach and a manager read the reason and must never read the pair's words.
 */
import type { PairState } from './policy.ts';

export type Ending = {
	key: string;
	endedAs: NonNullable<PairState['endedAs']>;
	/** Kept as the reason, and read by everybody who may see the pair. */
	words: string;
};

export const endings: readonly Ending[] = [
	{ key: 'done', endedAs: 'completed', words: 'What the two set out to do is done' },
	{ key: 'times', endedAs: 'rematched', words: 'Times no longer fit together' },
	{ key: 'subject', endedAs: 'rematched', words: 'Somebody closer to the subject or grade would help more' },
	{ key: 'change', endedAs: 'rematched', words: 'It is time for a fresh pair of eyes' },
	{ key: 'leaving', endedAs: 'withdrawn', words: 'One of the two is leaving the program' }
];

const staysWithTeacher = 'What the two wrote together stays with the teacher to read. The mentor no longer reads it.';

/** What stays readable for whom once a pair has ended this way; the rule itself is in `reflection/policy.ts`. */
export const afterwards: Record<Ending['endedAs'], string> = {
	completed: 'Both keep reading what they wrote together. Nobody changes it any more.',
	rematched: staysWithTeacher,
	withdrawn: staysWithTeacher
};

/** The ending a person chose in a form; undefined when they chose none that there is. */
export const endingOf = (key: unknown): Ending | undefined => endings.find((ending) => ending.key === key);
