import { describe, expect, test } from 'vitest';
import { gradesInWords, readGrades } from './grades.ts';
import {
	addressOf,
	apart,
	type Candidate,
	type LookingFor,
	lookingFor,
	meaning,
	narrowed,
	probably,
	wordsOf
} from './looking.ts';

const nothing: LookingFor = {
	words: '',
	framework: null,
	competency: null,
	issuer: null,
	grade: null,
	subject: null,
	hours: null,
	page: 1
};

describe('an address', () => {
	test.for<[address: string, looking: Partial<LookingFor>, again: string]>([
		['', {}, ''],
		['q=+wait+time+', { words: 'wait time' }, '?q=wait+time'],
		['grade=3&subject=Science', { grade: '3', subject: 'Science' }, '?grade=3&subject=Science'],
		['grade=13&hours=7&page=-2', {}, ''],
		['hours=10&page=2', { hours: 10, page: 2 }, '?hours=10&page=2'],
		['hours=not-known&page=1e99', { hours: 'not-known', page: 1000 }, '?hours=not-known&page=1000'],
		['q=a%00b', { words: 'ab' }, '?q=ab']
	])('“%s” asks for %o', ([address, looking, again]) => {
		expect(lookingFor(new URLSearchParams(address))).toEqual({ ...nothing, ...looking });
		expect(addressOf(lookingFor(new URLSearchParams(address)))).toBe(again);
	});
});

test.for<[text: string, words: string[]]>([
	['Wait, wait: TIME!', ['wait', 'time']],
	["students' hands", ['students', 'hands']],
	['a&b|!c:*', ['a', 'b', 'c']],
	['naïve éleves', ['naïve', 'éleves']],
	['…', []]
])('in “%s” the words are %o', ([text, words]) => expect(wordsOf(text)).toEqual(words));

test('whoever says pupils means students', () => {
	expect(meaning('pupils')).toContain('students');
	expect(meaning('wait')).toEqual(['wait']);
});

test.for<[a: string, b: string, far: number]>([
	['time', 'time', 0],
	['tiem', 'time', 1],
	['tim', 'time', 1],
	['thyme', 'time', 2],
	['', 'time', 4],
	['wait', 'question', 7]
])('%s and %s are %i apart', ([a, b, far]) => {
	expect(apart(a, b)).toBe(far);
	expect(apart(b, a)).toBe(far);
});

const vocabulary = ['time', 'times', 'tide', 'question', 'questions', 'routine', 'art', 'waiting'].map((word, i) => ({
	word,
	uses: 20 - i
}));
test.for<[word: string, meant: string | null]>([
	['tiem', 'time'],
	['tume', 'time'],
	['qestoin', 'question'],
	['questoins', 'questions'],
	['quest', 'question'],
	['wiating', 'waiting'],
	['atr', null],
	['xylophone', null]
])('by “%s” is probably meant: %s', ([word, meant]) => expect(probably(word, vocabulary)).toBe(meant));

const candidate = (n: number, more: Partial<Candidate> = {}): Candidate => ({
	versionId: `v${n}`,
	issuerId: 'one',
	grades: [],
	subjects: [],
	hours: null,
	competencyIds: [],
	frameworkIds: [],
	...more
});

describe('narrowing down', () => {
	const all = [
		candidate(1, {
			grades: ['3', '4'],
			subjects: ['Science'],
			hours: 5,
			frameworkIds: ['f'],
			competencyIds: ['c', 'top']
		}),
		candidate(2, { hours: 12, issuerId: 'other', frameworkIds: ['f'], competencyIds: ['d', 'top'] }),
		candidate(3, { grades: ['9'], hours: 6 })
	];
	const shown = (looking: Partial<LookingFor>) =>
		narrowed(all, { ...nothing, ...looking }).shown.map(({ versionId }) => versionId);

	test.for<[looking: Partial<LookingFor>, left: string[]]>([
		[{}, ['v1', 'v2', 'v3']],
		[{ grade: '3' }, ['v1', 'v2']],
		[{ subject: 'Science' }, ['v1', 'v2', 'v3']],
		[{ hours: 5 }, ['v1']],
		[{ hours: 10 }, ['v1', 'v3']],
		[{ hours: 'not-known' }, []],
		[{ competency: 'top' }, ['v1', 'v2']],
		[{ competency: 'c', grade: '3' }, ['v1']],
		[{ issuer: 'other', grade: '9' }, ['v2']],
		[{ framework: 'nowhere' }, []]
	])('by %o leaves %o', ([looking, left]) => expect(shown(looking)).toEqual(left));

	test('says how many each other choice would leave', () => {
		const { counts, total } = narrowed(all, { ...nothing, grade: '9' });
		expect(total).toBe(2);
		expect([counts.grade.get('3'), counts.grade.get('9'), counts.grade.get('1')]).toEqual([2, 2, 1]);
		expect([counts.hours.get('5'), counts.hours.get('10'), counts.hours.get('20')]).toEqual([0, 1, 2]);
		expect(counts.issuer).toEqual(
			new Map([
				['one', 1],
				['other', 1]
			])
		);
	});

	test('shows twenty at a time, and the last page to whoever asks for one behind it', () => {
		const many = Array.from({ length: 45 }, (_, i) => candidate(i));
		expect(narrowed(many, { ...nothing, page: 3 }).shown).toHaveLength(5);
		expect(narrowed(many, { ...nothing, page: 9 })).toMatchObject({ page: 3, pages: 3, total: 45 });
		expect(narrowed([], nothing)).toMatchObject({ page: 1, pages: 1, total: 0, shown: [] });
	});
});

test.for<[text: string, grades: string[] | null, words: string]>([
	['K-2', ['K', '1', '2'], 'grades K to 2'],
	['pre-k', ['PK'], 'grade Pre-K'],
	['Grade 3', ['3'], 'grade 3'],
	['9 to 10', ['9', '10'], 'grades 9, 10'],
	['PK–12', ['PK', 'K', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'], 'any grade'],
	['5-3', null, 'any grade'],
	['13', null, 'any grade']
])('the grades “%s” are %o', ([text, grades, words]) => {
	expect(readGrades(text)).toEqual(grades);
	expect(gradesInWords(grades ?? [])).toBe(words);
});
