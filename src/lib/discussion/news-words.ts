/**
 * How many posts are new, as a person says it: those that came since they were here last, and those that they left then. Pure.
 * @param fresh how many of the unread ones came since
 */
export function newsWords({ unread, fresh, since }: { unread: number; fresh: number; since: string | null }): string {
	if (unread === 0) return 'nothing new';
	if (since === null || fresh === 0) return `${unread} to read`;
	return fresh === unread ? `${unread} new since ${since}` : `${unread} to read, ${fresh} of them new since ${since}`;
}
