/** How many posts are new, as a person says it. Pure. */
export function newsWords({ unread, since }: { unread: number; since: string | null }): string {
	if (unread === 0) return 'nothing new';
	return since === null ? `${unread} to read` : `${unread} new since ${since}`;
}
