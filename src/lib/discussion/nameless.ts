/** Asking without a name: when it is offered, how long it waits, and what in a text gives its author away. Pure. */

/** A question waits so long, in milliseconds, and a further word of whoever asked so long. */
export const waits = {
	question: { from: 60_000, to: 15 * 60_000 },
	word: { from: 60_000, to: 5 * 60_000 }
} as const;

/** So many others might have asked. Fewer, and whoever reads it guesses. */
export const fewestOthers = 4;
/** And so many of them are teachers: what a teacher asks is asked by nobody else here, and of two each would know the other. */
export const fewestTeachers = 2;
/** Questions and words of one person that wait at a time: more is not a question but a flood that nobody can be asked about. */
export const mostWaiting = 5;
/** Characters of a moderator's reason for looking. Ten: "because" is none. */
export const shortestReveal = 10;
export const longestReveal = 500;

export type Ground = {
	/** Who looks after the cohort, the person asking left out. */
	moderators: number;
	/** Teachers, mentors and coaches who read along, the person asking left out. */
	others: number;
	/** The teachers among them. */
	teachers: number;
	/** Whether the person asking looks after the cohort, and whether they teach in it. */
	moderates: boolean;
	teaches: boolean;
};

/** Why nobody can ask without a name here; null where they can. */
export function whyNotNameless({ moderators, others, teachers, moderates, teaches }: Ground): string | null {
	const instead = `You can ask under your name${teaches ? ', or ask your mentor' : ''}.`;
	if (moderators === 0)
		return `${
			moderates
				? 'Nobody but you looks after this cohort, so nobody could step in if somebody was hurt'
				: 'Nobody looks after this cohort yet who could step in if somebody was hurt'
		}. So questions without a name are not offered here. ${instead}`;
	if (others < fewestOthers || teachers < fewestTeachers)
		return `So few people are in this cohort that everybody could guess who asked, so questions without a name are not offered here. ${instead}`;
	return null;
}

/**
 * The moment at which something without a name is said.
 * @param random a whole number from the first to below the second, which nobody can foresee
 */
export function publishAt(kind: keyof typeof waits, now: Date, random: (from: number, below: number) => number): Date {
	const { from, to } = waits[kind];
	return new Date(now.getTime() + random(from, to + 1));
}

/** What is known of whoever asks, by which others would know them. */
export type Clues = {
	name: string;
	/** Their school, and what is above it. */
	organizations: string[];
	addresses: string[];
	/** Whoever is in a pair with them: few teachers have the same mentor. */
	close: { name: string; as: string }[];
};

const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[’‘]/g, "'");
const wordsIn = (text: string) => plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];
/** Words that are in the name of every second school, and name none. */
const common = new Set(
	'school schools elementary middle high primary secondary academy district county city state public union free central the of and for street view department education'.split(
		' '
	)
);
/** Houses of mail that half the world has: they are nobody's school. */
const everybodysMail = new Set([
	'gmail',
	'outlook',
	'hotmail',
	'yahoo',
	'icloud',
	'proton',
	'protonmail',
	'live',
	'aol'
]);

/**
 * What in a text says who wrote it, each as a sentence; empty when nothing was found, which is no promise that nothing is
 * there. It looks for what the product knows, and never at how somebody writes.
 * @param texts the title, the words, and the addresses of links
 */
export function giveaways(texts: string[], clues: Clues): string[] {
	const said = new Set(texts.flatMap(wordsIn));
	const whole = ` ${texts.flatMap((text) => wordsIn(text)).join(' ')} `;
	const found: string[] = [];
	const names = wordsIn(clues.name).filter((word) => word.length >= 3);
	if (
		names.some((word) => said.has(word)) ||
		(names.length === 0 && whole.includes(` ${wordsIn(clues.name).join(' ')} `))
	)
		found.push('It has your name in it.');
	for (const organization of new Set(clues.organizations)) {
		const words = wordsIn(organization);
		const telling = words.filter((word) => !common.has(word) && word.length >= 3);
		if (whole.includes(` ${words.join(' ')} `) || (telling.length > 0 && telling.every((word) => said.has(word))))
			found.push(`It names ${organization}.`);
	}
	const flat = texts.map(plain).join(' ');
	const mail = clues.addresses.some((address) => {
		const [local = '', host = ''] = plain(address).split('@');
		const house = host.split('.')[0] ?? '';
		return (
			flat.includes(plain(address)) ||
			(local.length >= 4 && wordsIn(local).length === 1 && said.has(local)) ||
			(house.length >= 4 && !everybodysMail.has(house) && said.has(house))
		);
	});
	if (mail) found.push('It has an e-mail address of yours in it, or a part of one.');
	for (const { name, as } of clues.close) {
		const parts = wordsIn(name).filter((word) => word.length >= 3);
		if (parts.some((word) => said.has(word))) found.push(`It names ${name}, ${as}, and few people have the same.`);
	}
	return found;
}

/** What the composer says beside the choice, in the order in which it matters. */
export function promises(moderators: string[]): string[] {
	const who =
		moderators.length === 0
			? 'whoever looks after this cohort'
			: moderators.length <= 3
				? listed(moderators)
				: `${moderators.slice(0, 2).join(', ')} and ${moderators.length - 2} others`;
	return [
		'Nobody who reads here sees who asked: no classmate, no coach, no mentor, and not your own.',
		`Only ${who} can look who it was, after writing down why. You are told when somebody looks: who, when and why.`,
		'It appears at some moment within the next fifteen minutes, so that nobody can tell by who is here. Until then you can take it back.',
		'How you write may still tell who you are, and so may what only you can know. It can not be changed later, but taken back: some minutes after you say so, or at once.'
	];
}

const listed = (names: string[]): string =>
	names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** How the refusal of what may tell who asks begins; the form then shows a box to tick. */
export const looksLikeYou = 'This may tell who you are.';
export const asksWhetherSure = (message: string | null | undefined): boolean =>
	message?.startsWith(looksLikeYou) ?? false;

/** When something without a name was said, to the day: "today". */
export function roughly(at: Date, zone: string, now: Date): string {
	const day = (one: Date) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(one);
	const days = Math.round((Date.parse(day(now)) - Date.parse(day(at))) / 86_400_000);
	if (days <= 0) return 'today';
	if (days === 1) return 'yesterday';
	if (days < 7) return `${days} days ago`;
	return new Intl.DateTimeFormat('en-GB', {
		timeZone: zone,
		day: 'numeric',
		month: 'short',
		...(day(at).slice(0, 4) === day(now).slice(0, 4) ? {} : { year: 'numeric' })
	}).format(at);
}
