/** The mails of this room, and what stands below every mail that can be stopped. Pure. */
import { button, escapeHtml, framed, type Message, paragraph } from '#lib/server/mail.ts';
import { type Group, groups } from './kinds.ts';
import { linesOf, type Said } from './lines.ts';

/** What one link stops: mail of one group, or the digest. */
export type Scope = Group | 'digest';
export const isScope = (scope: string): scope is Scope => scope === 'digest' || Object.hasOwn(groups, scope);

/** What stops, as it is said in a mail and on the page that the link leads to. */
export const scopeWords: Record<Scope, string> = {
	pair: 'mails about your pair',
	cohort: 'mails about your cohort',
	coach: 'mails about those you look after',
	account: 'mails about what a moderator did',
	digest: 'the digest'
};

export type Footer = { text: string; html: string };

/** Nobody reads further in a mail; the rest stands in the app. */
const mostLines = 20;
/** Lists of mails show no more of a line, and a thread's title may be three times as long. */
const longestSubject = 100;

const cut = (line: string, most: number) =>
	line.length <= most ? line : `${line.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
/** A line as a sentence; one that ends with somebody's question has its end. */
const asSentence = (line: string) => (/[.?!…]”?$/.test(line) ? line : `${line}.`);

/** So many lines of each group that none is crowded out by another. */
function shares(counts: number[], most: number): number[] {
	const given = counts.map(() => 0);
	const fewestFirst = counts.map((count, i) => [count, i] as const).toSorted(([a], [b]) => a - b);
	let left = most;
	fewestFirst.forEach(([count, i], nth) => {
		given[i] = Math.min(count, Math.floor(left / (counts.length - nth)));
		left -= given[i];
	});
	return given;
}

const link = (href: string, words: string) =>
	`<a href="${escapeHtml(href)}" style="color:#075947">${escapeHtml(words)}</a>`;

/** Why a mail comes, and how it stops. @param why a sentence; @param stop the address by which this kind stops */
export function footerOf(why: string, scope: Scope, stop: string, origin: string): Footer {
	const settings = `${origin}/account/notifications`;
	// Whoever answers a mail that names Rosa means Rosa.
	const unread = 'Nobody reads replies to this mail.';
	return {
		text: `${why} ${unread}\nTo stop ${scopeWords[scope]}, without signing in:\n${stop}\nTo choose what comes how:\n${settings}`,
		html: `<p style="margin:0;font-size:14px;color:#54655d">${escapeHtml(why)} ${unread} ${link(stop, `Stop ${scopeWords[scope]}`)}, or ${link(settings, 'choose what comes how')}.</p>`
	};
}

/** RFC 8058: a mail program stops it with one press, by a POST to the same address that the footer shows. */
export const stopHeaders = (stop: string): Record<string, string> => ({
	'List-Unsubscribe': `<${stop}>`,
	'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click'
});

const whySoon = 'You get this because you had not read it in Wayfellow ten minutes after it happened.';
const whyDigest = {
	daily: 'This is your daily digest.',
	weekly: 'This is your weekly digest.'
};

/** The link of a notice: it marks it as read for whoever is signed in, and leads on. */
export const noticeLink = (id: string, origin: string) => `${origin}/notifications/${id}`;

/** A mail about one notice, several, or a digest. @param stop the address by which this kind of mail stops */
export function noticeMail(
	said: readonly Said[],
	scope: Scope,
	{ stop, origin, digest }: { stop: string; origin: string; digest: 'daily' | 'weekly' }
): Pick<Message, 'subject' | 'bodyText' | 'bodyHtml' | 'headers'> {
	const sections = linesOf(said);
	const lines = sections.flatMap((section) => section.lines);
	const first = lines[0]!;
	const rest = lines.length - 1;
	const what = cut(first.words, longestSubject) + (rest === 0 ? '' : `, and ${rest} more`);
	// It comes on the morning after the day, or the week, that it tells of.
	const subject = scope === 'digest' ? `Your ${digest} digest: ${what}` : what;
	const footer = footerOf(scope === 'digest' ? whyDigest[digest] : whySoon, scope, stop, origin);
	const headers = stopHeaders(stop);
	if (lines.length === 1) {
		const href = noticeLink(first.id, origin);
		return {
			subject,
			bodyText: `${asSentence(first.words)}\n\nOpen it:\n${href}\n\n${footer.text}\n`,
			bodyHtml: framed(subject, [paragraph(asSentence(first.words)), button('Open it', href), footer.html].join('\n')),
			headers
		};
	}
	const mine = shares(
		sections.map((section) => section.lines.length),
		mostLines
	);
	const shown = sections.map(({ group, lines }, i) => ({
		heading: groups[group].label,
		lines: lines.slice(0, mine[i])
	}));
	const begin = 'What you have not read in Wayfellow yet:';
	const more = lines.length - shown.reduce((sum, { lines }) => sum + lines.length, 0);
	const moreWords = `And ${more} more in Wayfellow.`;
	const everything = `${origin}/notifications`;
	return {
		subject,
		bodyText: `${[
			begin,
			...shown.map(
				({ heading, lines }) =>
					`${heading}\n${lines.map(({ words, id }) => `- ${words}\n  ${noticeLink(id, origin)}`).join('\n')}`
			),
			...(more > 0 ? [moreWords] : []),
			`All of it:\n${everything}`,
			footer.text
		].join('\n\n')}\n`,
		bodyHtml: framed(
			subject,
			[
				paragraph(begin),
				...shown.map(
					({ heading, lines }) =>
						`<h2 style="margin:0 0 8px;font-size:16px">${escapeHtml(heading)}</h2>\n<ul style="margin:0 0 16px;padding:0 0 0 20px">${lines
							.map(({ words, id }) => `<li style="margin:0 0 8px">${link(noticeLink(id, origin), words)}</li>`)
							.join('')}</ul>`
				),
				...(more > 0 ? [paragraph(moreWords)] : []),
				button('Open all of it', everything),
				footer.html
			].join('\n')
		),
		headers
	};
}
