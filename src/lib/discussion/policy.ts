/**
 * Who reads, says and looks after what in a cohort. A notice on the wall; the database says the same in its policies, and
 * `policy.cases.ts` is tested against both.
 */

/**
 * How a person stands to a cohort now. A member is in it: a teacher with a seat, a mentor or coach of a pair in it. A moderator
 * looks after it, by a manager's appointment, and is as a member beside that. A manager runs the program, and reads nothing
 * of what is said.
 */
export type Standing = 'moderator' | 'member' | 'manager' | 'stranger';

/** How a person stands to a post or a thread: whose it is does not hang on whether a name is shown. */
export type Of = { own: boolean; removed: boolean; locked: boolean };

export const readsThreads = (standing: Standing): boolean => standing === 'moderator' || standing === 'member';

/** A thread without a moderator's lock takes posts of everybody who reads it. */
export const mayPost = (standing: Standing, { locked }: Pick<Of, 'locked'>): boolean =>
	readsThreads(standing) && !locked;

/** What was taken back or hidden is read by its author, who may have left since, and by whoever has to judge. */
export const readsWords = (standing: Standing, { own, removed }: Pick<Of, 'own' | 'removed'>): boolean =>
	own || standing === 'moderator' || (standing === 'member' && !removed);

/** Words are changed by their author alone, while they are in the cohort and the thread is open. */
export const mayEdit = (standing: Standing, { own, removed, locked }: Of): boolean =>
	own && !removed && mayPost(standing, { locked });

/** Taking back stays possible in a locked thread: nobody has to leave words standing. */
export const mayTakeBack = (standing: Standing, { own }: Pick<Of, 'own'>): boolean => own && readsThreads(standing);

export const mayModerate = (standing: Standing): boolean => standing === 'moderator';

/** Whoever asked says what helped; a moderator can, where they never come back. Nobody's own answer is what helped them. */
export const mayMarkHelped = (standing: Standing, askedByMe: boolean): boolean =>
	standing === 'moderator' || (askedByMe && standing === 'member');

export const mayAppointModerators = (standing: Standing): boolean => standing === 'manager';
