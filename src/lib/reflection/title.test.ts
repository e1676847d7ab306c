import { expect, test } from 'vitest';
import { titleOf } from './title.ts';

test.for<[what: string, typed: string, kept: string]>([
	['plain words stay', 'What changed when I waited?', 'What changed when I waited?'],
	['spaces around go', '  What I saw \u00a0', 'What I saw'],
	['line breaks and tabs become a space', 'One\r\n\ttwo', 'One two'],
	['a null character goes', 'a\0b', 'a b'],
	['a family stays one emoji', 'With 👩‍🏫', 'With 👩‍🏫'],
	['Arabic stays, with its marks of direction', 'مرحبا\u200f', 'مرحبا\u200f'],
	['an override of direction goes', 'safe\u202etxt.exe', 'safetxt.exe'],
	['half a character becomes a whole one', 'a\ud800', 'a\ufffd'],
	['nothing to see is no title', '\u200b\u2060 \u0301', ''],
	['nor is nothing', '', '']
])('%s', ([, typed, kept]) => {
	expect(titleOf(typed)).toBe(kept);
});
