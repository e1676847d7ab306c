/**
 * Ids of the cast: valid UUIDs of version 7 that never change, so that a test, a screenshot and a bookmark name the
 * same row for ever. Their time stamp (November 2024) is older than any id the product makes.
 */
const kinds = {
	organization: 1,
	person: 2,
	role: 3,
	framework: 4,
	issuer: 5,
	microcredential: 6,
	stack: 7,
	program: 8,
	cohort: 9,
	enrollment: 10,
	pair: 11,
	pairEvent: 12,
	caseload: 13,
	reflection: 14,
	submission: 15,
	award: 16,
	invitation: 17,
	sharing: 18,
	outcome: 19,
	extension: 20,
	break: 21,
	checkIn: 22,
	thread: 23,
	post: 24,
	moderator: 25
} as const;

export type Kind = keyof typeof kinds;

/** The cast's nth row of a kind. `n` is written out as decimal digits at the end of the id. */
export const castId = (kind: Kind, n: number): string =>
	`0192f000-00${String(kinds[kind]).padStart(2, '0')}-7000-8000-${String(n).padStart(12, '0')}`;

/** Hands out the ids of a kind from `first` on, one per call: for importers that ask for ids as they go. */
export function idsFrom(kind: Kind, first: number): () => string {
	let n = first;
	return () => castId(kind, n++);
}
