import { expect, test } from 'vitest';
import { normaliseAddress, readCode, safeNext, showCode, wrongCode } from './sign-in.ts';

test.for<[typed: string, address: string | null]>([
	['rosa@wayfellow.example', 'rosa@wayfellow.example'],
	['  Rosa@WayFellow.example ', 'rosa@wayfellow.example'],
	// Full-width letters are the same mailbox once normalised …
	['ｒｏｓａ@wayfellow.example', 'rosa@wayfellow.example'],
	['rosa@ﬁne.example', 'rosa@fine.example'],
	// … and a full-width at sign must not hide a second one.
	['rosa＠evil.example@wayfellow.example', null],
	// Cyrillic letters stay what they are: another address than the Latin one.
	['rоsa@wayfellow.example', 'rоsa@wayfellow.example'],
	['rosa+class@wayfellow.example', 'rosa+class@wayfellow.example'],
	['rosa', null],
	['rosa@localhost', null],
	['rosa@wayfellow.example\nbcc: all@wayfellow.example', null],
	['rosa@wayfellow.example,idris@wayfellow.example', null],
	['"rosa"@wayfellow.example', null],
	['Rosa <rosa@wayfellow.example>', null],
	['ro\u200bsa@wayfellow.example', null],
	[`${'r'.repeat(65)}@wayfellow.example`, null],
	[`rosa@${'w'.repeat(250)}.example`, null],
	['', null]
])('%j is kept as %j', ([typed, address]) => expect(normaliseAddress(typed)).toBe(address));

test.for<[typed: string, code: string | null]>([
	['BCDF-GHJK', 'BCDFGHJK'],
	['bcdfghjk', 'BCDFGHJK'],
	[' bcdf ghjk ', 'BCDFGHJK'],
	['BCDF-GHJ', null],
	['BCDF-GHJKM', null],
	['BCDF-GHJ0', null],
	['', null],
	['B'.repeat(10_000), null]
])('the typed code %s reads %s', ([typed, code]) => expect(readCode(typed)).toBe(code));

test.for<[left: number | 'dead', sentence: RegExp]>([
	['dead', /no longer works/],
	[0, /no longer works/],
	[1, /try once more\./],
	[4, /try 4 more times\./]
])('with %s tries left a wrong code is answered %s', ([left, sentence]) => expect(wrongCode(left)).toMatch(sentence));

test('a code is shown in two halves', () => expect(showCode('BCDFGHJK')).toBe('BCDF-GHJK'));

test.for<[next: string | null, safe: string]>([
	['/reflections/1?part=2', '/reflections/1?part=2'],
	['/', '/'],
	[null, '/'],
	['', '/'],
	['reflections', '/'],
	['//evil.example', '/'],
	['/\\evil.example', '/'],
	['/\t/evil.example', '/'],
	['https://evil.example', '/'],
	['/..//evil.example', '/'],
	['javascript:alert(1)', '/'],
	[`/${'a'.repeat(600)}`, '/']
])('after signing in, %j leads to %j', ([next, safe]) => expect(safeNext(next)).toBe(safe));
