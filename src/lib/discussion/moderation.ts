/** Looking after what is said: words of it, and what is asked for. Pure. */
import { Refusal } from '#lib/errors.ts';
import { cleanText } from './body.ts';

export const reportReasons = ['unkind', 'private', 'off-topic', 'other'] as const;
export type ReportReason = (typeof reportReasons)[number];
export const reportWords: Record<ReportReason, string> = {
	unkind: 'It hurts somebody',
	private: 'It tells something private, of a child or of a colleague',
	'off-topic': 'It does not belong here',
	other: 'Something else'
};
export const reportReasonOf = (said: unknown): ReportReason | null =>
	reportReasons.find((reason) => reason === said) ?? null;

export const acts = ['hide', 'show', 'lock', 'unlock', 'move', 'warn'] as const;
export type Act = (typeof acts)[number];

/** What was done, as whoever it concerns reads it. @param whole whether to a thread as a whole */
export function actWords(act: Act, whole: boolean): string {
	const words: Record<Act, [post: string, thread: string]> = {
		hide: ['Hidden', 'The thread was hidden'],
		show: ['Shown again', 'The thread is shown again'],
		lock: ['Locked', 'The thread was locked'],
		unlock: ['Opened again', 'The thread is open again'],
		move: ['Moved', 'The thread was moved to another competency'],
		warn: ['A word to its author', 'A word to its author']
	};
	return words[act][whole ? 1 : 0];
}

export const outcomeWords = {
	hidden: 'The post was hidden.',
	warned: 'Whoever wrote it was spoken to, and the post stands.',
	kept: 'A moderator read it, and the post stands.'
} as const;

/** Characters of a reason. Three: "spam" is one. */
export const shortestReason = 3;
export const longestReason = 500;

/** @throws Refusal rule */
export function readReason(typed: unknown, what = 'Nothing has changed.'): string {
	const words = typeof typed === 'string' ? cleanText(typed).replace(/\r\n?/g, '\n').trim() : '';
	const length = [...words].length;
	if (length < shortestReason || length > longestReason)
		throw new Refusal(
			'rule',
			`Please say why, in ${shortestReason} to ${longestReason} characters: whom it concerns reads it. ${what}`
		);
	return words;
}

/** One line to whom an act concerns. @param to what: a post of theirs, a thread that they opened, or one in which they wrote */
export function actNotice(act: Act, to: 'post' | 'thread' | 'among'): string {
	const what = { post: 'a post of yours', thread: 'your thread', among: 'a thread in which you wrote' }[to];
	switch (act) {
		case 'hide':
			return `A moderator has hidden ${what}, and says why`;
		case 'show':
			return `A moderator shows ${what} again`;
		case 'lock':
			return `A moderator has locked ${what}, and says why`;
		case 'unlock':
			return `A moderator has opened ${what} again`;
		case 'move':
			return `A moderator has moved ${what} to another competency`;
		case 'warn':
			return 'A moderator has written to you about a post of yours';
	}
}

/** One line to whoever reported. */
export const settledNotice = (outcome: keyof typeof outcomeWords): string =>
	outcome === 'hidden'
		? 'The post that you reported was hidden'
		: outcome === 'warned'
			? 'Whoever wrote the post that you reported was spoken to'
			: 'A moderator has read the post that you reported, and it stands';
