import { expect, test } from 'vitest';
import { fateOf, isToBeSent, keptFor, type LeftHere } from './left-here.ts';

const now = Date.parse('2026-11-29T12:00:00Z');

test.for<[what: string, unsaved: boolean, openedAgo: number | null, open: boolean, fate: 'stays' | 'goes']>([
	['opened just now', false, 0, false, 'stays'],
	['opened fourteen days ago to the moment', false, keptFor, false, 'stays'],
	['opened a moment more than fourteen days ago', false, keptFor + 1, false, 'goes'],
	['that a tab shows', false, keptFor + 1, true, 'stays'],
	['with words that the server may lack', true, 10 * keptFor, false, 'stays'],
	['of which nobody knows when it was opened', false, null, false, 'stays'],
	['opened by a clock that ran ahead', false, -keptFor, false, 'stays']
])('a copy %s %4$s', ([, unsaved, openedAgo, open, fate]) =>
	expect(fateOf({ unsaved, openedAt: openedAgo === null ? null : now - openedAgo }, now, open)).toBe(fate)
);

const copy: LeftHere = {
	name: 'wayfellow/rosa/1',
	personId: 'rosa',
	reflectionId: '1',
	unsaved: true,
	openedAt: now,
	askedAt: null
};
test.for<[what: string, differs: Partial<LeftHere>, who: string, open: boolean, sends: boolean]>([
	['her own unsaved words', {}, 'rosa', false, true],
	['words that the server has', { unsaved: false }, 'rosa', false, false],
	['somebody else’s words', {}, 'idris', false, false],
	['words that a tab is sending', {}, 'rosa', true, false],
	['words that she was asked about an hour ago', { askedAt: now - 3_600_000 }, 'rosa', false, false],
	['words that she was asked about two days ago', { askedAt: now - 2 * 86_400_000 }, 'rosa', false, true]
])('%s: is she brought to the page that sends them? %4$s', ([, differs, who, open, sends]) =>
	expect(isToBeSent({ ...copy, ...differs }, who, now, open)).toBe(sends)
);
