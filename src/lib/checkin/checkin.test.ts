import { describe, expect, test } from 'vitest';
import { changesOf, type CheckIn, isSame, type Level, readCheckIn, saidBefore, signalWords } from './checkin.ts';

const offered = [
	{ microcredentialId: 'a', title: 'Wait time' },
	{ microcredentialId: 'b', title: 'Small groups' }
];
type Sent = { going?: unknown; stuck?: unknown; shows?: unknown; levels?: Record<string, unknown> };
const read = ({ going = 'well', stuck = '', shows = 'day', levels = {} }: Sent) =>
	readCheckIn({ going, stuck, shows, level: (id) => levels[id] }, offered);

describe('what a teacher sends', () => {
	test.for<[what: string, sent: Sent, read: Partial<CheckIn>]>([
		['one answer is enough', {}, { going: 'well', stuck: null, confidence: [], shows: 'day' }],
		['words keep their lines', { stuck: ' One\r\ntwo ' }, { stuck: 'One\ntwo' }],
		['blank words are none', { stuck: ' \n ' }, { stuck: null }],
		[
			'a competency is kept with its title',
			{ levels: { b: 'with-help' } },
			{ confidence: [{ microcredentialId: 'b', title: 'Small groups', level: 'with-help' }] }
		],
		['one that was not offered is not heard', { levels: { z: 'not-yet' } }, { confidence: [] }],
		['a level that there is not is no answer', { levels: { a: '5' } }, { confidence: [] }],
		['a coach sees what is chosen', { shows: 'word' }, { shows: 'word' }],
		['and without a choice only the day', { shows: 'everything' }, { shows: 'day' }]
	])('%s', ([, sent, expected]) => expect(read(sent)).toMatchObject(expected));

	test.for<[what: string, sent: Sent, sentence: RegExp]>([
		['nothing chosen', { going: null }, /choose how it goes/],
		['a made-up answer', { going: '10' }, /choose how it goes/],
		['too many words', { stuck: 'x'.repeat(501) }, /500 letters/]
	])('is refused with a sentence: %s', ([, sent, sentence]) => {
		expect(() => read(sent)).toThrow(sentence);
		expect(() => read(sent)).toThrow('Nothing was sent yet.');
	});
});

test.for<[what: string, other: Sent, same: boolean]>([
	['the same', { stuck: 'x', levels: { a: 'not-yet' } }, true],
	['another word', { stuck: 'y', levels: { a: 'not-yet' } }, false],
	['another level', { stuck: 'x', levels: { a: 'with-help' } }, false],
	['another competency', { stuck: 'x', levels: { b: 'not-yet' } }, false],
	['another answer', { going: 'hard', stuck: 'x', levels: { a: 'not-yet' } }, false],
	['shown to the coach', { shows: 'going', stuck: 'x', levels: { a: 'not-yet' } }, false]
])('two check-ins say the same: %s', ([, other, same]) => {
	expect(isSame(read({ stuck: 'x', levels: { a: 'not-yet' } }), read(other))).toBe(same);
});

const said = (levels: Record<string, Level>) => read({ levels }).confidence;

test('what was said last of each competency is what counts', () => {
	const before = saidBefore([
		{ confidence: said({ a: 'with-help' }) },
		{ confidence: said({ a: 'not-yet', b: 'not-yet' }) }
	]);
	expect([...before]).toEqual([
		['a', 'with-help'],
		['b', 'not-yet']
	]);
});

test('changes are said in words, and what stayed is not said again', () => {
	const before = saidBefore([{ confidence: said({ a: 'not-yet' }) }]);
	expect(changesOf(said({ a: 'with-help', b: 'on-my-own' }), before)).toEqual([
		'Wait time: with help, before that not yet',
		'Small groups: on my own'
	]);
	expect(changesOf(said({ a: 'not-yet' }), before)).toEqual([]);
});

test('a coach is told what is allowed, and no more', () => {
	expect(signalWords({ shows: 'day', going: null })).toBeNull();
	expect(signalWords({ shows: 'going', going: 'hard' })).toBe('“It is hard right now”');
	expect(signalWords({ shows: 'word', going: 'mixed' })).toBe('“Some of it is hard”, and would like a word with you');
});
