import type { RouteId } from '$app/types';
import type { IconName } from './icons.ts';

/**
 * Where the frame around every page leads. The server decides and says it as data, so a further place is a line here,
 * costs the pages no script, and is shown to nobody who has no business there.
 */
export type Place = {
	/** A door without anything to fill in; whatever lies behind it belongs to the same place. */
	route: Exclude<RouteId, `${string}[${string}`>;
	word: string;
	icon: IconName;
	/** What waits there unread, from `unread`. */
	unread?: string;
};

/** What the frame has to know of a person. */
type Known = { writes: boolean; talks: boolean };

/** The main navigation: beside the name of the product, or within reach of a thumb. Four fit there, with short words. */
export const placesFor = ({ writes, talks }: Known): Place[] => [
	{ route: '/', word: 'Home', icon: 'house' },
	...(writes ? [{ route: '/reflections', word: 'Write', icon: 'pen-line' } as const] : []),
	...(talks ? [{ route: '/cohorts', word: 'Cohort', icon: 'messages-square' } as const] : [])
];

/** So many that it no longer matters how many: the bar has room for two figures. */
const many = 99;

/** How many are unread, as the frame says it; nothing when there is nothing. */
export const unread = (count: number): string | undefined =>
	count > many ? `${many}+` : count > 0 ? String(count) : undefined;

/** What stands beside the person's own menu. One fits there on a phone. */
export const linksFor = ({ told }: { told: number }): Place[] => [
	{ route: '/notifications', word: 'Notifications', icon: 'bell', unread: unread(told) }
];
