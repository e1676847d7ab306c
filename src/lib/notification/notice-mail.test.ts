import { expect, test } from 'vitest';
import { kindNames, kinds } from './kinds.ts';
import { linesOf, type Said } from './lines.ts';
import { noticeMail } from './notice-mail.ts';

let n = 0;
const said = (kind: string, title: string, more: Partial<Said> = {}): Said => ({
	id: `id-${++n}`,
	kind,
	title,
	about: null,
	place: null,
	at: new Date(Date.UTC(2026, 10, 30, 12, n)),
	...more
});
const to = { stop: 'https://w.example/unsubscribe/token', origin: 'https://w.example', digest: 'weekly' } as const;
const thread = { about: 'thread:1', place: '“Five seconds feels like for ever”' };

test('several of one kind about one thing are one line, and lead to the newest', () => {
	const posts = [1, 2, 3].map(() => said('reply', 'Somebody wrote', thread));
	expect(linesOf([posts[2]!, posts[0]!, posts[1]!])).toEqual([
		{ group: 'cohort', lines: [{ words: '3 new replies in “Five seconds feels like for ever”', id: posts[2]!.id }] }
	]);
});

test('of different kinds, or about nothing that they share, they stay apart', () => {
	const lines = linesOf([
		said('reply', 'Rosa replied', thread),
		said('new-post', 'Tess wrote', thread),
		said('new-thread', 'A'),
		said('new-thread', 'B')
	]);
	expect(lines[0]!.lines.map(({ words }) => words)).toEqual(['Rosa replied', 'Tess wrote', 'A', 'B']);
});

test('what has no name for several is told by its newest', () => {
	expect(
		linesOf([said('reply', 'Rosa replied', { about: 'x:1' }), said('reply', 'Tess replied', { about: 'x:1' })])[0]!
			.lines
	).toMatchObject([{ words: 'Tess replied, and 1 more like it' }]);
});

test('every kind has a line for one and for several', () => {
	for (const kind of kindNames) {
		// One a day and thread, of which nobody knows how many posts it was.
		expect(kinds[kind].many(1)).toMatch(kind === 'new-post' ? /^New posts$/ : /^1 \w/);
		expect(kinds[kind].many(2)).toMatch(kind === 'new-post' ? /^New posts$/ : /^2 \w/);
	}
});

test('a line that ends as a sentence does gets no second end, and no subject is longer than a list of mails shows', () => {
	const body = (title: string) => noticeMail([said('reply', title)], 'cohort', to).bodyText.split('\n')[0];
	expect(body('Rosa checked in')).toBe('Rosa checked in.');
	expect(body('Rosa replied in “Waiting”')).toBe('Rosa replied in “Waiting”.');
	expect(body('Somebody asked “How long?”')).toBe('Somebody asked “How long?”');
	expect(body('Rosa replied in “Very lon…')).toBe('Rosa replied in “Very lon…');
	const long = noticeMail(
		[said('reply', `Rosa replied in “${'so long '.repeat(33)}”`), said('reply', 'x')],
		'cohort',
		to
	);
	expect(long.subject).toMatch(/^Rosa replied in “so long .*…, and 1 more$/);
	expect(long.subject.length).toBeLessThan(120);
	expect(long.bodyText).toContain('so long '.repeat(33));
});

test('one notice is a mail with one way on; plain and HTML say the same, and how it stops', () => {
	const one = said('reply', 'Rosa replied in “Is <b> & "why" bold?”');
	const mail = noticeMail([one], 'cohort', to);
	expect(mail.subject).toBe('Rosa replied in “Is <b> & "why" bold?”');
	expect(mail.bodyText).toBe(`Rosa replied in “Is <b> & "why" bold?”

Open it:
https://w.example/notifications/${one.id}

You get this because you had not read it in Wayfellow ten minutes after it happened. Nobody reads replies to this mail.
To stop mails about your cohort, without signing in:
https://w.example/unsubscribe/token
To choose what comes how:
https://w.example/account/notifications
`);
	expect(mail.bodyHtml).toContain('Is &lt;b&gt; &amp; &quot;why&quot; bold?');
	expect(mail.bodyHtml).not.toContain('<b>');
	expect(mail.bodyHtml).toContain(`href="https://w.example/notifications/${one.id}"`);
	expect(mail.bodyHtml).toContain('href="https://w.example/unsubscribe/token"');
	expect(mail.headers).toEqual({
		'List-Unsubscribe': '<https://w.example/unsubscribe/token>',
		'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click'
	});
});

test('a digest says in short lines what is new with whom, the pair first', () => {
	const mail = noticeMail(
		[
			said('new-post', 'x', thread),
			said('new-post', 'y', thread),
			said('check-in', 'Tess checked in'),
			said('new-thread', 'Rosa asks: “Who waits?”')
		],
		'digest',
		to
	);
	expect(mail.subject).toBe('Your weekly digest: Tess checked in, and 2 more');
	expect(mail.bodyText).toMatch(
		/^What you have not read in Wayfellow yet:\n\nYour pair\n- Tess checked in\n {2}https:\S+\n\nYour cohort\n- New posts in “Five seconds feels like for ever”\n {2}https:\S+\n- Rosa asks: “Who waits\?”\n/
	);
	expect(mail.bodyText).toContain('To stop the digest, without signing in:');
	expect(noticeMail([said('reply', 'R')], 'digest', { ...to, digest: 'daily' }).subject).toBe('Your daily digest: R');
});

test('a mail about very much stays short and says how much there is', () => {
	const many = Array.from({ length: 57 }, (_, i) => said('new-thread', `Thread ${i}`));
	const { bodyText, bodyHtml } = noticeMail(many, 'digest', to);
	expect(bodyText.match(/^- /gm)).toHaveLength(20);
	expect(bodyText).toContain('And 37 more in Wayfellow.');
	expect(bodyHtml.match(/<li /g)).toHaveLength(20);
	// What there is much of crowds out nothing else.
	const mixed = [...many, said('check-in', 'Tess checked in'), said('moderation', 'A moderator wrote')];
	const both = noticeMail(mixed, 'digest', to).bodyText;
	expect(both.match(/^- /gm)).toHaveLength(20);
	for (const line of ['- Tess checked in', '- Thread 0', '- Thread 17', '- A moderator wrote', 'And 39 more'])
		expect(both).toContain(line);
});
