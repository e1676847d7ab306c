/** What somebody may be told of, how it is named where they choose, and how its mail goes unless they chose. Pure. */

/** By what people choose, mute and unsubscribe: whom it comes from. */
export const groups = {
	pair: {
		label: 'Your pair',
		means: 'Meetings, check-ins, and what your coach writes to you two. An invitation never waits for a digest.'
	},
	cohort: { label: 'Your cohort', means: 'Threads, replies, and who mentions you.' },
	coach: { label: 'Those you look after', means: 'The list of each Monday: which pairs could use you.' },
	account: { label: 'About you', means: 'What a moderator did with something of yours.' }
} as const;
export type Group = keyof typeof groups;

/**
 * - `soon`: ten minutes later, unless it was read.
 * - `digest`: together with others, on the day and hour that the person chose.
 * - `at-once`: the room that tells it sends the mail itself, by `queueNoticeMail`, because it carries more than a line.
 * - `none`: in the app only.
 */
export type MailWay = 'soon' | 'digest' | 'at-once' | 'none';

type Kind = {
	group: Group;
	mail: MailWay;
	/** Several of one kind about one thing, in a line: "3 new replies". */
	many: (count: number) => string;
	/** Comes through what somebody muted: it asks for this very person, or is about words of their own. */
	throughMutes?: true;
};

const counted = (one: string, several: string) => (count: number) => (count === 1 ? `1 ${one}` : `${count} ${several}`);

/** A room that tells something new gives it its line here. */
export const kinds = {
	reply: { group: 'cohort', mail: 'soon', many: counted('new reply', 'new replies') },
	mention: {
		group: 'cohort',
		mail: 'soon',
		many: counted('mention of you', 'mentions of you'),
		throughMutes: true
	},
	helped: {
		group: 'cohort',
		mail: 'soon',
		many: counted('answer of yours that helped', 'answers of yours that helped'),
		throughMutes: true
	},
	'new-thread': { group: 'cohort', mail: 'digest', many: counted('new thread', 'new threads') },
	'watched-thread': { group: 'cohort', mail: 'soon', many: counted('new thread', 'new threads') },
	// One a day and thread, however many posts that day had.
	'new-post': { group: 'cohort', mail: 'digest', many: () => 'New posts' },
	moderation: { group: 'account', mail: 'soon', many: counted('word of a moderator', 'words of a moderator') },
	reveal: { group: 'account', mail: 'soon', many: counted('question of yours', 'questions of yours') },
	report: { group: 'account', mail: 'soon', many: counted('report to look at', 'reports to look at') },
	meeting: { group: 'pair', mail: 'at-once', many: counted('change of a meeting', 'changes of meetings') },
	'check-in': { group: 'pair', mail: 'soon', many: counted('check-in', 'check-ins') },
	reached: { group: 'pair', mail: 'soon', many: counted('word from your coach', 'words from your coach') },
	letter: { group: 'coach', mail: 'at-once', many: counted('list of a Monday', 'lists of Mondays') }
} as const satisfies Record<string, Kind>;
export type NoticeKind = keyof typeof kinds;

export const kindNames = Object.keys(kinds) as NoticeKind[];
export const groupNames = Object.keys(groups) as Group[];
export const isGroup = (name: unknown): name is Group => typeof name === 'string' && Object.hasOwn(groups, name);

/** Whether mail of a group can wait at all: for ten minutes, or for the digest. */
export const canWait = (group: Group): boolean =>
	Object.values<Kind>(kinds).some((kind) => kind.group === group && (kind.mail === 'soon' || kind.mail === 'digest'));

/** The kinds of a row that a newer or older version wrote are not known here; they are shown, and never mailed. */
export const kindOf = (name: string): Kind | null =>
	Object.hasOwn(kinds, name) ? (kinds as Record<string, Kind>)[name]! : null;
