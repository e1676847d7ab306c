import { expect, test } from 'vitest';
import { type About, detailOf, groupOf, groups, isGroup, kinds, kindsOf, sentenceOf } from './event.ts';

test('every kind stands in one group, and every group has kinds', () => {
	const listed = Object.keys(groups).flatMap((group) => kindsOf(group as keyof typeof groups));
	expect(listed.sort()).toEqual(Object.keys(kinds).sort());
	expect(new Set(Object.values(groupOf))).toEqual(new Set(Object.keys(groups)));
});

test.for<[text: string | null, is: boolean]>([
	['rights', true],
	['everything', false],
	['toString', false],
	['', false],
	[null, false]
])('%s names a group: %s', ([text, is]) => expect(isGroup(text)).toBe(is));

test.for<[kind: string, about: About, said: string | null]>([
	['signed-in', { how: 'mail', shared: false }, 'by mail'],
	['signed-in', { how: 'passkey', shared: true }, 'with a passkey, on a shared computer'],
	['signed-in', { how: 'by a way of tomorrow', shared: false }, null],
	['sign-in-refused', { how: 'code' }, 'a wrong code'],
	['signed-out', {}, null],
	['session-ended', { device: 'Chrome on Windows' }, 'Chrome on Windows'],
	['signed-out-everywhere', { devices: 3 }, '3 of them'],
	['pair-ended', { pair: '0192f000-0003-7000-8000-000000000001', ending: 'rematched' }, 'for another match'],
	['not-allowed', { route: '/pairs/[id]', method: 'POST' }, 'the page of a pair'],
	['not-found', { route: '/reflections/[id]/history', method: 'GET' }, 'a reflection'],
	['not-found', { route: '/live/[id]', method: 'GET' }, 'a reflection'],
	['not-found', { route: '/a/page/of/tomorrow', method: 'GET' }, '/a/page/of/tomorrow'],
	['role-given', { role: 'mentor' }, 'mentor'],
	['reflection-copied', { format: 'docx', authors: true }, 'for Word, with who wrote which words'],
	['reflection-copied', { format: 'md', authors: false, comments: true }, 'as Markdown, with comments'],
	['data-exported', {}, null]
])('of %s %o it says: %s', ([kind, about, said]) => expect(detailOf(kind, about)).toBe(said));

test('a kind of another version shows its name', () => {
	expect(sentenceOf('pair-ended')).toBe('A pair ended');
	expect(sentenceOf('badge-revoked')).toBe('badge-revoked');
});
