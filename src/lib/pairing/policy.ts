/**
 * Who may know of a pair and who may end it. A notice on the wall; the database says the same in its policies on
 * `pairs`, and `policy.cases.ts` is tested against both. Who may read a pair's words stands in `reflection/policy.ts`.
 */

/** How a person stands to a pair now. A coach only while the pair is on their caseload. */
export type Standing = 'teacher' | 'mentor' | 'coach' | 'manager' | 'stranger';

export type PairState = {
	status: 'proposed' | 'accepted' | 'active' | 'paused' | 'ended';
	/** Only for an ended pair. */
	endedAs: 'completed' | 'rematched' | 'withdrawn' | null;
};

/**
 * What a person sees of a pair.
 * - `everything`: its people, its lifecycle, and what `reflection/policy.ts` opens of its words.
 * - `rhythm`: its people, its lifecycle, and when each of the two last wrote. Never a title, never a word.
 * - `lifecycle`: its people and when it began and ended; a manager needs no more to run a program.
 */
export type Sight = 'everything' | 'rhythm' | 'lifecycle' | 'nothing';

const sights: Record<Standing, Sight> = {
	teacher: 'everything',
	mentor: 'everything',
	coach: 'rhythm',
	manager: 'lifecycle',
	stranger: 'nothing'
};

/** A pair that ended stays part of everybody's history, so its state takes nothing away here. */
export const sightOf = (standing: Standing): Sight => sights[standing];

/**
 * Either of the two ends a pair alone, without asking the other: a rematch has to be easy. So does a manager, who has
 * to act when one of them has left. A coach helps them to decide and does not decide.
 */
export const mayEnd = (pair: PairState, standing: Standing): boolean =>
	pair.status !== 'ended' && (standing === 'teacher' || standing === 'mentor' || standing === 'manager');

/** What the two do with a pair before it ends; each of them may, and what takes both is agreed between them. */
export type Act = 'accept' | 'decline' | 'begin' | 'pause' | 'resume' | 'answer';

const whileIn: Record<Act, readonly PairState['status'][]> = {
	// What is done already may be done again, and stays done: two who press at once are both right.
	accept: ['proposed', 'accepted'],
	decline: ['proposed', 'accepted'],
	begin: ['accepted', 'active'],
	pause: ['active'],
	resume: ['paused'],
	answer: ['active', 'paused']
};

/** Nobody accepts, pauses or goes on for somebody else: a manager proposes and ends, and a coach does neither. */
export const mayDo = (act: Act, pair: PairState, standing: Standing): boolean =>
	(standing === 'teacher' || standing === 'mentor') && whileIn[act].includes(pair.status);

/** Who proposes a pair, or a new mentor in the place of another: it takes places that others wait for. */
export const mayPropose = (standing: 'manager' | 'member' | 'stranger'): boolean => standing === 'manager';
