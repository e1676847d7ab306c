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
	{ key: 'done', endedAs: 'completed', words: 'We finished what we set out to do' },
	{ key: 'times', endedAs: 'rematched', words: 'Our times no longer fit together' },
	{ key: 'subject', endedAs: 'rematched', words: 'Somebody closer to the subject or grade would help more' },
	{ key: 'change', endedAs: 'rematched', words: 'It is time for a fresh pair of eyes' },
	{ key: 'leaving', endedAs: 'withdrawn', words: 'One of us is leaving the program' }
];

/** What stays readable for whom once a pair has ended this way; the rule itself is in `reflection/policy.ts`. */
export const afterwards: Record<Ending['endedAs'], string> = {
	completed: 'Both of you keep reading what you wrote together. Nobody writes in it any more.',
	rematched: 'What you wrote together stays with the teacher, who keeps reading it. The mentor no longer can.',
	withdrawn: 'What you wrote together stays with the teacher, who keeps reading it. The mentor no longer can.'
};

/** The ending a person chose in a form; undefined when they chose none that there is. */
export const endingOf = (key: unknown): Ending | undefined => endings.find((ending) => ending.key === key);
