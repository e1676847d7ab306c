/**
 * A check-in: how it goes, in words and never in numbers, and what of it a coach may see. Pure; what is offered and what
 * was said before come from outside.
 */
import { Refusal } from '#lib/errors.ts';
import { longestStuck } from './limits.ts';

export const goings = ['well', 'mixed', 'hard'] as const;
export type Going = (typeof goings)[number];
/** As the form offers them, and as they are said afterwards of somebody. */
export const goingWords: Record<Going, string> = {
	well: 'It goes well',
	mixed: 'Some of it is hard',
	hard: 'It is hard right now'
};

export const levels = ['not-yet', 'with-help', 'on-my-own'] as const;
export type Level = (typeof levels)[number];
export const levelWords: Record<Level, string> = {
	'not-yet': 'Not yet',
	'with-help': 'With help',
	'on-my-own': 'On my own'
};
/** The title as it was when it was asked, so that an old answer stays what it was. */
export type Confidence = { microcredentialId: string; title: string; level: Level };

/** What a coach sees: the day alone, how it goes, or also that the teacher would like a word. */
export const showns = ['day', 'going', 'word'] as const;
export type Shows = (typeof showns)[number];

export type Competency = { microcredentialId: string; title: string };

export type CheckIn = { going: Going; stuck: string | null; confidence: Confidence[]; shows: Shows };

/** What a form sends; `level` is asked for each competency. */
export type Asked = { going: unknown; stuck: unknown; shows: unknown; level: (microcredentialId: string) => unknown };

const among = <T extends string>(all: readonly T[], value: unknown): T | undefined => all.find((one) => one === value);
const no = (sentence: string) => new Refusal('rule', `${sentence} Nothing was sent yet.`);

/**
 * Reads what a teacher sends. A competency without an answer is left out, and one that was not offered is not heard.
 * Whoever says nothing of the coach shows the day alone.
 * @throws Refusal 'rule' with what is missing
 */
export function readCheckIn(asked: Asked, offered: readonly Competency[]): CheckIn {
	const going = among(goings, asked.going);
	if (!going) throw no('Please choose how it goes.');
	const stuck = typeof asked.stuck === 'string' ? asked.stuck.replace(/\r\n?/g, '\n').trim() : '';
	if (stuck.length > longestStuck)
		throw no(`Please keep it to ${longestStuck} letters; a reflection or a meeting has room for more.`);
	const confidence = offered.flatMap(({ microcredentialId, title }) => {
		const level = among(levels, asked.level(microcredentialId));
		return level ? [{ microcredentialId, title, level }] : [];
	});
	return { going, stuck: stuck || null, confidence, shows: among(showns, asked.shows) ?? 'day' };
}

/** Whether two check-ins say the same. */
export const isSame = (one: CheckIn, other: CheckIn): boolean =>
	one.going === other.going &&
	one.stuck === other.stuck &&
	one.shows === other.shows &&
	one.confidence.length === other.confidence.length &&
	one.confidence.every(({ microcredentialId, level }) =>
		other.confidence.some((said) => said.microcredentialId === microcredentialId && said.level === level)
	);

/** Of each competency what was said last before a check-in; the list is newest first, without it. */
export function saidBefore(earlier: readonly { confidence: Confidence[] }[]): Map<string, Level> {
	const said = new Map<string, Level>();
	for (const { confidence } of earlier)
		for (const { microcredentialId, level } of confidence)
			if (!said.has(microcredentialId)) said.set(microcredentialId, level);
	return said;
}

/** What changed in somebody's confidence, in words: "Wait time: with help, before that not yet". What stayed is not said again. */
export function changesOf(confidence: readonly Confidence[], before: ReadonlyMap<string, Level>): string[] {
	return confidence.flatMap(({ microcredentialId, title, level }) => {
		const was = before.get(microcredentialId);
		if (was === level) return [];
		const now = levelWords[level].toLowerCase();
		return [was ? `${title}: ${now}, before that ${levelWords[was].toLowerCase()}` : `${title}: ${now}`];
	});
}

/** What a coach sees of a check-in, as the form says it beside each choice. */
export const shownWords: Record<Shows, { choice: string; sees: string }> = {
	day: { choice: 'Only the day', sees: 'that you checked in, and on which day' },
	going: { choice: 'How it goes', sees: 'the day, and your answer above to how it goes' },
	word: { choice: 'I would like a word', sees: 'the day, how it goes, and that you would like to talk' }
};

/** What a coach is told of the last check-in, in one sentence; its words and the confidence are not in it. */
export const signalWords = ({ shows, going }: { shows: Shows; going: Going | null }): string | null =>
	going === null
		? null
		: shows === 'word'
			? `“${goingWords[going]}”, and would like a word with you`
			: `“${goingWords[going]}”`;
