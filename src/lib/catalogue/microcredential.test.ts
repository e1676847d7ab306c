import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readMicrocredential, readMicrocredentialFile } from './microcredential.ts';

const folder = new URL('../../seed/data/microcredentials/', import.meta.url);
const file = (key: string) =>
	JSON.parse(readFileSync(new URL(`${key}.json`, folder), 'utf8')) as Record<string, unknown>;

test('wait time reads as its offer, five parts and three rubric rows', () => {
	const waitTime = readMicrocredential(file('wait-time'));
	expect(waitTime).toMatchObject({
		key: 'wait-time',
		title: 'Wait time after questions',
		keyMethod: 'Pause about three seconds after asking and again after an answer; then build on the answer.',
		levels: ['Not yet', 'Developing', 'Demonstrated', 'Exemplary'],
		passingLevel: 2,
		hours: null, // the issuer has not said
		licence: 'CC0-1.0',
		alignments: [
			{ framework: 'intasc-outline', code: '8' },
			{ framework: 'intasc-outline', code: '3' }
		]
	});
	expect(waitTime.methodComponents).toHaveLength(5);
	expect(waitTime.parts.map(({ section, position, maxWords }) => [section, position, maxWords])).toEqual([
		[1, 1, 150],
		[1, 2, 150],
		[2, 3, null],
		[2, 4, null],
		[3, 5, 400]
	]);
	expect(waitTime.parts[2]).toEqual({
		section: 2,
		position: 3,
		prompt: 'Lesson recording 1 (5-10 min)',
		minWords: null,
		maxWords: null,
		wordsBinding: false,
		artifactKinds: ['video', 'audio'],
		rubric: [
			{
				criterion: 'Pauses',
				descriptions: [
					'No pause can be heard.',
					'Pauses after some questions.',
					'Pauses after most planned questions.',
					'Pauses after questions and answers, planned or not.'
				]
			},
			{
				criterion: 'Use of answers',
				descriptions: [
					'Moves on.',
					'Repeats the answer.',
					'Asks for more or links two answers.',
					'Changes the plan because of an answer.'
				]
			}
		]
	});
});

test('every microcredential we publish can be read, worked on and scored', () => {
	const keys = readdirSync(folder).map((name) => name.replace('.json', ''));
	expect(keys).toHaveLength(18);
	for (const key of keys) {
		const { key: read, parts, levels } = readMicrocredential(file(key));
		expect(read).toBe(key);
		expect(new Set(parts.map(({ section }) => section))).toEqual(new Set([1, 2, 3]));
		expect(parts.filter(({ section }) => section === 2).every(({ rubric }) => rubric.length > 0)).toBe(true);
		expect(levels).toHaveLength(4);
	}
});

test.for<[change: Record<string, unknown>, complaint: RegExp]>([
	[{ id: 'Wait Time' }, /id: The id is not lower-case words/],
	[{ competency: ' ' }, /competency: A text is empty/],
	[{ passingLevel: 'Good' }, /its passing level “Good” is not one of its levels/],
	[{ levels: ['Demonstrated', 'Demonstrated'] }, /two of its levels have the same name/],
	[{ levels: ['Not yet', 'Demonstrated'] }, /“Pauses” describes 4 levels where there are 2/],
	[{ part1: [{ prompt: 'Why?', minWords: 200, maxWords: 100 }] }, /at least 200 and at most 100 words/],
	[{ part2: [{ artifact: 'A film', kinds: ['film'], rubric: [] }] }, /part2\.0\.kinds\.0/],
	[{ part3: undefined }, /part3/]
])('a description with a fault is refused with the place: %o', ([change, complaint]) => {
	expect(() => readMicrocredential({ ...file('wait-time'), ...change })).toThrow(complaint);
});

test('a reflection may ask several things', () => {
	const { parts } = readMicrocredential({
		...file('first-routines'),
		part3: [{ prompt: 'What?' }, { prompt: 'And then?', minWords: 50, wordsBinding: true }]
	});
	expect(parts.slice(-2)).toMatchObject([
		{ section: 3, minWords: null },
		{ section: 3, minWords: 50, wordsBinding: true }
	]);
});

test('what else an issuer may say is read, and may be left out', () => {
	const said = {
		reviewBy: '2027-06-30',
		awardMonths: 36,
		grades: ['K-2', 5, 'Grade 4'],
		subjects: ['Science', 'Science', 'Art'],
		needs: ['students shout out']
	};
	expect(readMicrocredential({ ...file('first-routines'), ...said })).toMatchObject({
		reviewBy: '2027-06-30',
		awardMonths: 36,
		grades: ['K', '1', '2', '4', '5'],
		subjects: ['Science', 'Art'],
		needs: ['students shout out']
	});
	const { reviewBy: _, awardMonths: __, grades: ___, needs: ____, ...old } = file('first-routines');
	expect(readMicrocredential(old)).toMatchObject({
		reviewBy: null,
		awardMonths: null,
		grades: [],
		subjects: [],
		needs: []
	});
	expect(readMicrocredential({ ...old, awardMonths: null, reviewBy: null }).awardMonths).toBeNull();
});

test.for<[change: Record<string, unknown>, complaint: RegExp]>([
	[{ reviewBy: 'next year' }, /reviewBy: The day is not written as 2027-06-30/],
	[{ reviewBy: '2027-13-01' }, /reviewBy/],
	[{ awardMonths: 0 }, /awardMonths/],
	[{ awardMonths: 601 }, /awardMonths/],
	[{ grades: ['13'] }, /“13” is no grade/],
	[{ subjects: ['x'.repeat(101)] }, /subjects\.0/],
	[{ needs: [''] }, /needs\.0/]
])('and what can not be meant is refused with the place: %o', ([change, complaint]) => {
	expect(() => readMicrocredential({ ...file('wait-time'), ...change })).toThrow(complaint);
});

test('what we have no place for is left out and said, wherever it stands', () => {
	const whole = file('wait-time');
	const given = structuredClone({ ...whole, video: 'x', issuer: 'commons' }) as Record<string, unknown>;
	(given['part1'] as Record<string, unknown>[])[1]!['hint'] = { deep: true };
	(given['part3'] as Record<string, unknown>)['points'] = 5;
	const before = structuredClone(given);
	const { description, leftOut, issuer } = readMicrocredentialFile(given);
	expect(leftOut.sort()).toEqual(['part1.1.hint', 'part3.points', 'video']);
	expect(issuer).toBe('commons');
	expect(description).toEqual(readMicrocredential(whole));
	expect(given, 'the file itself stays as it was').toEqual(before);
});

test.for<[input: unknown]>([
	[null],
	[[]],
	['text'],
	[{}],
	[Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`k${i}`, i]))]
])('a file that is none is refused: %o', ([input]) =>
	expect(() => readMicrocredentialFile(input)).toThrow(/can't be read/)
);

test('a file that speaks of prototypes changes nothing but itself', () => {
	const hostile = JSON.parse(
		JSON.stringify(file('wait-time')).replace(
			'{',
			'{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},'
		)
	) as unknown;
	readMicrocredentialFile(hostile);
	expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
