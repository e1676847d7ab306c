import { expect, test } from 'vitest';
import type { Comment } from './comments.ts';
import { type Draft, mostDrafts, standing, wasSent } from './drafts.ts';
import { keptFor } from './left-here.ts';

const now = Date.parse('2026-11-29T12:00:00Z');
const draft: Draft = {
	place: 'new',
	words: 'Who waited?',
	begunAt: now - 2_000,
	at: now - 1_000,
	id: 'abc123',
	about: null
};

test.for<[what: string, found: unknown, stands: boolean]>([
	['a new comment', draft, true],
	['an answer', { ...draft, place: 'answer x1' }, true],
	['other words in a post', { ...draft, place: 'change x1/12 7' }, true],
	['of fourteen days ago to the moment', { ...draft, at: now - keptFor }, true],
	['of a moment longer ago', { ...draft, at: now - keptFor - 1 }, false],
	['without words', { ...draft, words: ' \n' }, false],
	['longer than a post', { ...draft, words: 'x'.repeat(2_001) }, false],
	['for a place that there is not', { ...draft, place: 'elsewhere' }, false],
	['for no comment in particular', { ...draft, place: 'answer ' }, false],
	['with an id that would not be one', { ...draft, id: 'a"]{}' }, false],
	['that is nothing', null, false],
	['that is a number', 7, false],
	['without a time', { ...draft, at: '1' }, false]
])('a draft %s: does it stand? %3$s', ([, found, stands]) =>
	expect(standing([found], now)).toHaveLength(stands ? 1 : 0)
);

test('the latest come first, and there is a most', () => {
	const many = [...Array(mostDrafts + 10).keys()].map((i) => ({ ...draft, place: `answer ${i}`, at: now - i }));
	const stand = standing(many.toReversed(), now);
	expect(stand).toHaveLength(mostDrafts);
	expect(stand[0]!.place).toBe('answer 0');
});

const post = (words: string, at: number, by = 'rosa', key = '1 0') => ({
	key,
	by,
	words,
	at: new Date(at),
	edited: false,
	changedBy: undefined,
	takenBack: false,
	removed: false
});
const comment = (id: string, ...posts: ReturnType<typeof post>[]): Comment => ({
	id,
	by: 'rosa',
	quote: '',
	posts,
	resolved: null,
	removed: false
});

test.for<[what: string, differs: Partial<Draft>, comments: Comment[], sent: boolean]>([
	['a new comment that is not there', {}, [comment('other', post('Who waited?', now))], false],
	['a new comment that is there', {}, [comment('abc123', post('Who waited?', now))], true],
	['an answer that is not there', { place: 'answer x' }, [comment('x', post('Who?', now))], false],
	['an answer that is there', { place: 'answer x' }, [comment('x', post('Who waited?', now - 500))], true],
	[
		'an answer that is there but for a space at its end',
		{ place: 'answer x', words: 'Who waited? ' },
		[comment('x', post('Who waited?', now))],
		true
	],
	[
		'the same answer from before this one was begun',
		{ place: 'answer x' },
		[comment('x', post('Who waited?', now - 9_000))],
		false
	],
	['the same answer by somebody else', { place: 'answer x' }, [comment('x', post('Who waited?', now, 'idris'))], false],
	['the same answer elsewhere', { place: 'answer x' }, [comment('y', post('Who waited?', now))], false],
	['a change that was made', { place: 'change x/1 0' }, [comment('x', post('Who waited?', now - 9_000))], true],
	['a change that was not', { place: 'change x/1 0' }, [comment('x', post('Who?', now))], false],
	['a change of another post', { place: 'change x/1 9' }, [comment('x', post('Who waited?', now))], false]
])('%s: was it sent? %4$s', ([, differs, comments, sent]) =>
	expect(wasSent({ ...draft, ...differs }, comments, 'rosa')).toBe(sent)
);
