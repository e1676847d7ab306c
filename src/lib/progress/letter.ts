/** The mail of each Monday to a coach: the pairs that could use them most, with what is known and since when. Pure. */
import type { Footer } from '#lib/notification/notice-mail.ts';
import { button, framed, type Message, paragraph } from '#lib/server/mail.ts';
import type { Caseload } from './caseload.server.ts';

/** As many as somebody can see to in a week beside everything else. */
export const namedInLetter = 3;
/** On whose clock it is Monday from when on, and how long a mail that was missed is still of use. */
export const letterHours = { from: 7, lastWeekday: 3 } as const;

export type LetterLine = { who: string; words: string };

/** Whoever asked for a word, whoever has waited longest; then those at which the coach wanted to look again. Nobody where nobody waits. */
export function letterLines({ groups, due }: Pick<Caseload, 'groups' | 'due'>): LetterLine[] {
	const waiting = groups
		.flatMap(({ pairs }) => pairs)
		.sort(
			(a, b) =>
				Number(b.need.reason === 'asked') - Number(a.need.reason === 'asked') ||
				b.need.days - a.need.days ||
				(a.pairId < b.pairId ? -1 : 1)
		)
		.map(({ teacher, mentor, need }) => ({
			who: `${teacher} with ${mentor}`,
			// How it goes stays on the board as well.
			words: `${need.reason === 'asked' ? 'Asked for a word' : need.sentence}. ${need.suggestion}`
		}));
	// What a coach noted for themselves stays on the board: a mail may lie open on a desk.
	const noted = due.map(({ teacher, mentor }) => ({
		who: `${teacher} with ${mentor}`,
		words: 'You wanted to look again.'
	}));
	return [...waiting, ...noted].slice(0, namedInLetter);
}

/** The line of the mail and of the notice. @param waiting how many pairs could use the coach in all */
export const letterSubject = (waiting: number): string =>
	waiting === 1 ? 'One of your pairs could use you this week' : `${waiting} of your pairs could use you this week`;

/** Below the mail. */
export const whyLetter = 'Dates and counts only: nobody but the pair reads what it writes.';

/** @param footer how it stops; @param origin where the product is; @param waiting how many pairs could use the coach in all */
export function letterMail(
	lines: LetterLine[],
	waiting: number,
	{ address, footer }: { address: string; footer: Footer },
	origin: string
): Message {
	const subject = letterSubject(waiting);
	const first =
		waiting > lines.length
			? `Good morning. These ${lines.length} of ${waiting} have waited longest:`
			: 'Good morning. This is who could use you:';
	const said = lines.map(({ who, words }) => `${who}: ${words}`);
	return {
		kind: 'coach-letter',
		toAddress: address,
		subject,
		bodyText: `${[first, ...said, `Your board:\n${origin}/`, footer.text].join('\n\n')}\n`,
		bodyHtml: framed(
			subject,
			[first, ...said].map(paragraph).join('\n') + `\n${button('Open your board', `${origin}/`)}\n${footer.html}`
		)
	};
}
