import { expect, test } from 'vitest';
import { sameText, type Stretch } from './same-text.ts';

/** `¶` before a text says that its paragraph came or went with the change, `·` that it is one's own. */
const stretches = (texts: string[]): Stretch[] =>
	texts.map((text) => ({ text: text.replace(/^[¶·]+/, ''), whole: /^·?¶/.test(text), own: /^¶?·/.test(text) }));

/** Each found part as `text <place in inserted>=<place in deleted>`. */
const found = (deleted: string[], inserted: string[], unsure = false) => {
	const [gone, come] = [stretches(deleted), stretches(inserted)];
	return sameText(gone, come, unsure)
		.map(({ inserted, from, deleted, at, length }) => {
			expect(gone[deleted]!.text.slice(at, at + length)).toBe(come[inserted]!.text.slice(from, from + length));
			return `${come[inserted]!.text.slice(from, from + length)} ${inserted}:${from}=${deleted}:${at}`;
		})
		.sort();
};

test.for<[what: string, deleted: string[], inserted: string[], found: string[]]>([
	['a sentence dragged elsewhere', ['She waited. '], ['She waited. '], ['She waited.  0:0=0:0']],
	['one letter, and the change did nothing else', ['a'], ['a'], ['a 0:0=0:0']],
	['one letter of many', ['a', 'bc'], ['a', 'd'], []],
	['the end of a paragraph, by Enter', ['nd'], ['¶nd'], ['nd 0:0=0:0']],
	['a paragraph joined to the one before', ['¶nd', 'x'], ['nd'], ['nd 0:0=0:0']],
	['a key over the end of one and the beginning of the next', ['lo', '¶world'], ['!ld'], ['ld 0:1=1:3']],
	['a key over two, where both are made anew', ['¶Hello', '¶world'], ['¶Hel!ld'], ['Hel 0:0=0:0', 'ld 0:4=1:3']],
	['two short ones joined', ['¶ab', '¶cd'], ['¶abcd'], ['ab 0:0=0:0', 'cd 0:2=1:0']],
	['an emoji over the end of one', ['lo', '¶world'], ['😀ld'], ['ld 0:2=1:3']],
	['a paragraph pasted over another that ends alike', ['¶I slept.'], ['They ran.'], []],
	['a word corrected', ['eh'], ['he'], []],
	[
		'a word changed within a long text',
		['She waited for them'],
		['She sat with them, and waited for'],
		[' waited for 0:22=0:3']
	],
	['chance', ['and the dog'], ['for the cat'], []],
	['two copies of one', ['She waited.'], ['She waited.', 'She waited.'], ['She waited. 0:0=0:0']],
	['one of two, and one is her own', ['She waited.', '·She waited.'], ['She waited.'], ['She waited. 0:0=1:0']],
	[
		'sentences in another order',
		['One is here. Two is there. '],
		['Two is there. One is here. '],
		['One is here.  0:14=0:0', 'Two is there.  0:0=0:13']
	],
	['emoji that begin alike', ['12345678😀'], ['x12345678😁'], ['12345678 0:1=0:0']],
	['nothing', [], ['She waited.'], []]
])('%s', ([, deleted, inserted, expected]) => expect(found(deleted, inserted)).toEqual(expected));

test('of another change only what is more than a character, and whole or long, is the same', () => {
	expect(found(['a'], ['¶a'], true)).toEqual([]);
	expect(found(['nd'], ['nd'], true)).toEqual([]);
	expect(found(['nd'], ['¶nd'], true)).toEqual(['nd 0:0=0:0']);
	expect(found(['¶Hello'], ['¶Hel'], true)).toEqual([]);
	expect(found(['She waited for them'], ['I waited for'], true)).toEqual([' waited for 0:1=0:3']);
});

test('a page of equal letters is found once', () => {
	const page = 'a'.repeat(100_000);
	const parts = sameText(stretches([page]), stretches([`${page}b${page}`]));
	expect(parts.map(({ from, length }) => [from, length])).toEqual([[0, 100_000]]);
});
