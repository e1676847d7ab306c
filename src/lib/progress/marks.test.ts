import { expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import { type Mark, marksToday, readMark } from './marks.ts';

const today = '2026-11-25';

test('a note has no day, the others have one', () => {
	expect(readMark({ kind: 'note', words: '  They like mornings. ', until: '2026-12-01' }, today)).toEqual({
		kind: 'note',
		words: 'They like mornings.',
		until: null
	});
	expect(readMark({ kind: 'follow-up', words: 'Ask again', until: '2026-11-26' }, today).until).toBe('2026-11-26');
	expect(readMark({ kind: 'not-now', words: 'Report cards', until: '2027-01-24' }, today).until).toBe('2027-01-24');
});

test.for<[what: string, asked: Record<'kind' | 'words' | 'until', unknown>, why: string]>([
	['of no kind', { kind: 'star', words: 'x', until: null }, 'Please choose what this is'],
	['without words', { kind: 'note', words: '  ', until: null }, 'a few words'],
	['not now without why', { kind: 'not-now', words: '', until: '2026-12-01' }, 'why not now'],
	['too long', { kind: 'note', words: 'x'.repeat(2001), until: null }, '2000 letters'],
	['without a day', { kind: 'follow-up', words: 'x', until: '' }, 'choose a day'],
	['on a day that is in no calendar', { kind: 'follow-up', words: 'x', until: '2026-02-30' }, 'choose a day'],
	['on a day that is over', { kind: 'not-now', words: 'x', until: today }, 'later one'],
	['out of sight for too long', { kind: 'not-now', words: 'x', until: '2027-01-25' }, 'at most 60 days'],
	['too far away', { kind: 'follow-up', words: 'x', until: '2027-11-27' }, 'up to 2027-11-26']
])('is refused: %s', ([, asked, why]) => {
	expect(() => readMark(asked, today)).toThrow(Refusal);
	expect(() => readMark(asked, today)).toThrow(why);
});

const mark = (kind: Mark['kind'], until: string | null): Mark => ({ kind, words: `${kind} ${until}`, until });

test.for<[what: string, open: Mark[], notNow: string | null, due: string | null]>([
	['nothing noted', [], null, null],
	['a note changes nothing', [mark('note', null)], null, null],
	['not now, until tomorrow', [mark('not-now', '2026-11-26')], '2026-11-26', null],
	['the day has come', [mark('not-now', today)], null, null],
	['of two the longer one', [mark('not-now', '2026-12-09'), mark('not-now', '2026-12-01')], '2026-12-09', null],
	['to look again today', [mark('follow-up', today)], null, today],
	['to look again tomorrow', [mark('follow-up', '2026-11-26')], null, null],
	['the one that is due for longest', [mark('follow-up', today), mark('follow-up', '2026-11-20')], null, '2026-11-20']
])('%s', ([, open, notNow, due]) => {
	const said = marksToday(open, today);
	expect([said.notNow?.until ?? null, said.due?.until ?? null]).toEqual([notNow, due]);
});
