/**
 * The one way we say no. A verb throws a Refusal with a whole sentence for a person: what happened, what is safe,
 * what to do. `hooks.server.ts` turns it into a page, `answer()` puts a broken rule back beside the form.
 */
export type RefusalReason =
	/** Nothing here that you may know of; the same answer whether it is absent or somebody else's. */
	| 'not-found'
	/** You may know of it and may not do this. */
	| 'not-allowed'
	/** You may, once you have shown with your passkey that it is you; `orProve` leads there. */
	| 'unproven'
	/** Nobody may do this now: a rule of the field or of the form. */
	| 'rule'
	/** Too often; try again later. */
	| 'too-many'
	/** What this needs does not answer; try again in a moment. */
	| 'away';

export class Refusal extends Error {
	readonly reason: RefusalReason;

	constructor(reason: RefusalReason, sentence: string) {
		super(sentence);
		this.name = 'Refusal';
		this.reason = reason;
	}
}

/** HTTP status of each reason. */
export const statusOf: Record<RefusalReason, number> = {
	'not-found': 404,
	'not-allowed': 403,
	unproven: 403,
	rule: 422,
	'too-many': 429,
	away: 503
};

/** Says that a thing is not there, without telling whether it exists for somebody else. */
export const notFound = (thing: string) =>
	new Refusal('not-found', `There is no such ${thing}, or it is not yours to see.`);

/** Says that the database does not answer. Nobody who reads it should fear for their words. */
export const away = () =>
	new Refusal(
		'away',
		'We can not reach our database at the moment. What you wrote and saved is safe. Please try again in a moment.'
	);
