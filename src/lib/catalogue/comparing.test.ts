import { expect, test } from 'vitest';
import { compared, kindsInWords, monthsInWords, type Side } from './comparing.ts';

const side: Side = {
	microcredentialId: 'a',
	issuer: 'One',
	version: 1,
	retired: false,
	proves: ['InTASC 8'],
	measured: { people: 0, lower: null, median: null, upper: null },
	title: 'Wait time',
	competency: 'The teacher waits.',
	keyMethod: null,
	methodComponents: ['Ask', 'Wait'],
	research: [],
	levels: ['Not yet', 'Demonstrated'],
	passingLevel: 1,
	hours: 8,
	licence: 'CC0-1.0',
	reviewBy: null,
	awardMonths: null,
	grades: [],
	subjects: [],
	needs: [],
	ownWordsPercent: null,
	parts: [
		{
			section: 1,
			position: 1,
			prompt: 'Which class?',
			minWords: null,
			maxWords: 150,
			wordsBinding: false,
			artifactKinds: [],
			rubric: []
		},
		{
			section: 2,
			position: 2,
			prompt: 'A recording',
			minWords: null,
			maxWords: null,
			wordsBinding: false,
			artifactKinds: ['video', 'audio'],
			rubric: [{ criterion: 'Pauses', descriptions: ['None.', 'Some.'] }]
		}
	]
};

test('what differs comes first, in an order in which people choose', () => {
	const rows = compared(side, { ...side, issuer: 'Two', hours: null, awardMonths: 36 });
	expect(rows.filter(({ differs }) => differs).map(({ what, a, b }) => [what, a, b])).toEqual([
		['Time, as the issuer says', ['about 8 hours'], ['not known: its issuer has not said']],
		['An award counts', ['for good'], ['3 years']],
		['Issuer', ['One'], ['Two']]
	]);
	expect(rows.findLastIndex(({ differs }) => differs)).toBe(2);
});

test('of two that are the same nothing differs, and all is still there', () => {
	const rows = compared(side, side);
	expect(rows.every(({ differs }) => !differs)).toBe(true);
	expect(rows.find(({ what }) => what === 'Evidence to hand in')!.a).toEqual(['A recording: video or audio']);
	expect(rows.find(({ what }) => what === 'To write')!.a).toEqual(['Which class? (up to 150 words)']);
	expect(rows.find(({ what }) => what === 'A row passes at')!.a).toEqual(['“Demonstrated”, level 2 of 2']);
	expect(rows.find(({ what }) => what === 'Key method')!.a).toEqual([]);
});

test.for<[months: number | null, words: string]>([
	[null, 'for good'],
	[1, '1 month'],
	[12, '1 year'],
	[18, '18 months'],
	[60, '5 years']
])('an award of %o months counts %s', ([months, words]) => expect(monthsInWords(months)).toBe(words));

test.for<[kinds: string[], words: string]>([
	[[], 'Words'],
	[['video'], 'Video'],
	[['video', 'audio', 'file'], 'Video, audio or file']
])('%o are %s', ([kinds, words]) => expect(kindsInWords(kinds)).toBe(words));
