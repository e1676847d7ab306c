/** What a coach can write to a pair, in words; apart from its rules, because forms and the board know it too. */

export const reachKinds = ['nudge', 'slot', 'rematch'] as const;
export type ReachKind = (typeof reachKinds)[number];
export type AddressedTo = 'teacher' | 'mentor' | 'both';

/** What each is called, as the button and as the page of a coach. */
export const reachTitles: Record<ReachKind, string> = {
	nudge: 'Nudge',
	slot: 'Offer a time',
	rematch: 'Suggest a rematch'
};

/** Words to begin with, to be made one's own. */
export const draftWords: Record<ReachKind, string> = {
	nudge: 'Hello,\nhow is it going? If anything stands in the way, tell me; there is no hurry.',
	slot: 'Hello,\nwould you like to sit down together at this time? I can join you if you like.',
	rematch:
		'Hello,\nsometimes two good people do not find the time for each other. Would another pair suit you better? Nobody is to blame for that, and what you wrote stays with the teacher.'
};

/** A short letter. */
export const longestReach = 1000;
