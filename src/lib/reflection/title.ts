/**
 * A title as it is kept: one line, well-formed, with something to see in it. Postgres stores no null character, a line
 * break would tear lists apart, and an override of the writing direction that is left open turns round what stands
 * beside it. Marks that scripts and emoji need (joiners, direction marks) stay.
 * @returns an empty text when there is nothing to see
 */
export function titleOf(typed: string): string {
	const title = typed
		.toWellFormed()
		.replace(/[\u202A-\u202E\u2066-\u2069]/g, '')
		.replace(/[\p{Cc}\s]+/gu, ' ')
		.trim();
	return /[^\p{C}\p{Z}\p{M}]/u.test(title) ? title : '';
}
