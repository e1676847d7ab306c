/**
 * One microcredential at a time, by default: whoever begins another beside it is asked why, once and kindly, and goes on.
 * What is active is derived from facts. Pure.
 */
import { Refusal } from '#lib/errors.ts';
import type { Stone } from './stones.ts';

/** A sentence for the two of the pair. */
export const longestWhy = 300;

/** What one may say; with `other` in one's own words. Keys are stored. */
export const whyChoices = {
	waiting: 'The other one waits, for a lesson or for somebody’s answer',
	'fits-class': 'This one fits what my class does now',
	practised: 'I have taught for some years, and two at once are fine for me',
	other: 'Something else'
} as const;
export type WhyChoice = keyof typeof whyChoices;

export type Why = { choice: WhyChoice; words: string | null };

/** Begun, neither with assessors nor earned, and not resting. */
export const activeOnes = (stones: readonly Stone[], resting: ReadonlySet<string>): Stone[] =>
	stones.filter(({ state, microcredentialId }) => state === 'gathering' && !resting.has(microcredentialId));

export type Beginning = {
	active: readonly Stone[];
	/** What the new reflection is about; null when it is in no stack of the teacher's. */
	microcredentialId: string | null;
	/** Whether the teacher has said that they have taught for some years. Nothing else here knows how long. */
	practised: boolean;
};

/** Beside which ones it would be begun; none where nobody need ask. A second reflection on the same one is no second one. */
export const besides = ({ active, microcredentialId, practised }: Beginning): Stone[] =>
	practised || active.some((one) => one.microcredentialId === microcredentialId) ? [] : [...active];

/**
 * Reads the answer; null when nothing was said.
 * @throws Refusal 'rule' when it is too long, or no choice of ours
 */
export function readWhy(asked: { choice: unknown; words: unknown }): Why | null {
	const words = (typeof asked.words === 'string' ? asked.words.trim() : '') || null;
	if (words !== null && [...words].length > longestWhy)
		throw new Refusal('rule', `Please say why in at most ${longestWhy} letters. Nothing has been begun yet.`);
	const choice = asked.choice;
	if (typeof choice !== 'string' || choice === '') return words === null ? null : { choice: 'other', words };
	if (!Object.hasOwn(whyChoices, choice))
		throw new Refusal('rule', 'Please choose why, or say it in your own words. Nothing has been begun yet.');
	if (choice === 'other' && words === null) return null;
	return { choice: choice as WhyChoice, words };
}

/** What is asked, when nothing was said. */
export function askWhy(beside: readonly Stone[]): string {
	const titles = new Intl.ListFormat('en', { type: 'conjunction' }).format(beside.map(({ title }) => `“${title}”`));
	return `${titles} ${beside.length === 1 ? 'is' : 'are'} in work. One at a time is easier in the first years, so please say briefly why you begin another; both is allowed, and only the two of you read it. Nothing has been begun yet.`;
}
