/** What becomes of a pair's words when one of the two deletes their account. Pure; `app.delete_person()` does the same. */

export type PairHeld = {
	/** What the one who deletes is in it. */
	as: 'teacher' | 'mentor';
	status: 'proposed' | 'accepted' | 'active' | 'paused' | 'ended';
	endedAs: 'completed' | 'rematched' | 'withdrawn' | null;
	/** The other's account was deleted before. */
	otherGone: boolean;
	/** Whether the mentor could see it. */
	shared: boolean;
};

/**
 * A reflection stays as long as anybody who is still here may read it: the teacher reads for good, the mentor reads what
 * the two completed and what was shared with them (`accessTo`). A pair that is open ends with the account, and was not completed.
 */
export function fateOf({ as, status, endedAs, otherGone, shared }: PairHeld): 'deleted' | 'kept' {
	if (otherGone) return 'deleted';
	if (as === 'mentor') return 'kept';
	return status === 'ended' && endedAs === 'completed' && shared ? 'kept' : 'deleted';
}

/** What has to be typed, so that nobody deletes an account by a slip. */
export const phrase = 'delete my account';
export const isPhrase = (typed: string) => typed.trim().replace(/\s+/g, ' ').toLowerCase() === phrase;
