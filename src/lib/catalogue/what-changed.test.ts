import { describe, expect, test } from 'vitest';
import { paired, type Version, whatChanged } from './what-changed.ts';

const part = (section: number, prompt: string, more: object = {}) => ({
	section,
	position: 1,
	prompt,
	minWords: null,
	maxWords: 150,
	wordsBinding: false,
	artifactKinds: [] as string[],
	rubric: [] as { criterion: string; descriptions: string[] }[],
	...more
});
const version = (parts: ReturnType<typeof part>[], offer: object = {}): Version => ({
	offer: {
		title: 'Wait time',
		competency: 'The teacher waits.',
		keyMethod: 'Ask, wait, listen.',
		methodComponents: ['Ask', 'Wait'],
		levels: ['Not yet', 'Demonstrated'],
		passingLevel: 1,
		hours: null,
		ownWordsPercent: null,
		...offer
	},
	parts
});
const overview = part(1, 'Which class, and what do you want students to do?');
const closing = part(3, 'What changed in what students said, and how do you know?');
const said = (a: Version, b: Version) =>
	whatChanged(a, b).map(({ what, kind, says }) => [kind, what, ...says].join(' | '));

test('two equal versions differ in nothing', () => {
	expect(whatChanged(version([overview, closing]), version([overview, closing]))).toEqual([]);
});

describe('parts', () => {
	test('a prompt in other words is the same part, with what changed in it', () => {
		const [change, ...rest] = whatChanged(
			version([part(1, 'Which class, and what do you want pupils to do?')]),
			version([overview])
		);
		expect(rest).toEqual([]);
		expect(change).toMatchObject({ what: 'Part 1, overview', kind: 'changed', says: [] });
		expect(change!.pieces.filter(({ kind }) => kind !== 'same')).toEqual([
			{ kind: 'out', text: 'pupils' },
			{ kind: 'in', text: 'students' }
		]);
	});
	test('another prompt is one that went and one that came', () => {
		expect(said(version([overview]), version([part(1, 'Describe your school.')]))).toEqual([
			'removed | Part 1, overview',
			'added | Part 1, overview | It asks for up to 150 words, a guide.'
		]);
	});
	test('the same prompts in another order changed nothing', () => {
		expect(said(version([overview, closing]), version([closing, overview]))).toEqual([]);
	});
	test('word ranges are said, whether they bind too', () => {
		expect(
			said(version([overview]), version([{ ...overview, minWords: 50 as never, maxWords: 120, wordsBinding: true }]))
		).toEqual([
			'changed | Part 1, overview | It asked for up to 150 words, a guide; now for 50 to 120 words, a limit.'
		]);
	});
	test('work to show in other forms is said', () => {
		const evidence = part(2, 'A tally of how long you waited', { maxWords: null, artifactKinds: ['table'] });
		expect(said(version([evidence]), version([{ ...evidence, artifactKinds: ['table', 'file'] }]))).toEqual([
			'changed | Part 2, evidence | It took table; now table, file.'
		]);
	});
});

describe('rows of the rubric', () => {
	const row = (criterion: string, ...descriptions: string[]) => ({ criterion, descriptions });
	const withRows = (...rubric: ReturnType<typeof row>[]) => version([{ ...overview, rubric }]);
	const waits = row('Waits', 'Goes on at once.', 'Waits three seconds after most questions.');
	test('come, go and change', () => {
		expect(said(withRows(waits), withRows(waits, row('Listens', 'No.', 'Takes up what students say.')))).toEqual([
			'added | Row “Listens”'
		]);
		expect(said(withRows(waits), withRows())).toEqual(['removed | Row “Waits”']);
		const [change] = whatChanged(
			withRows(waits),
			withRows(row('Waits long enough', 'Goes on at once.', 'Waits five seconds after most questions.'))
		);
		expect(change).toMatchObject({ kind: 'changed', says: ['It was called “Waits”.'] });
		expect(change!.pieces).toContainEqual({ kind: 'in', text: 'five' });
	});
	test('go with their part, which is said there', () => {
		expect(said(withRows(waits), version([]))).toEqual(['removed | Part 1, overview | Its row “Waits” went with it.']);
	});
});

test('the offer itself, its levels and where they pass', () => {
	const before = version([overview]);
	const now = version([overview], {
		title: 'Wait time, longer',
		keyMethod: null,
		levels: ['Not yet', 'Demonstrated', 'Exemplary'],
		passingLevel: 2,
		hours: 12
	});
	expect(said(before, now)).toEqual([
		'changed | Title',
		'removed | Key method',
		'changed | Levels',
		'changed | A row passes from',
		'added | Hours, as the issuer says'
	]);
});

test('each becomes what it is most like, and only one of them', () => {
	expect(paired(['a b c d', 'a b c'], ['a b c', 'a b c d'])).toEqual({ became: [1, 0], came: [] });
	expect(paired(['a b', 'a b'], ['a b'])).toEqual({ became: [0, null], came: [] });
	expect(paired(['x'], ['y'])).toEqual({ became: [null], came: [0] });
	expect(paired([], ['y'])).toEqual({ became: [], came: [0] });
});

test('texts that share nothing any more, however long, are one that went and one that came', () => {
	const long = (word: string) => Array.from({ length: 5_000 }, (_, i) => `${word}${i}`).join(' ');
	const [change] = whatChanged(version([], { keyMethod: long('a') }), version([], { keyMethod: long('b') }));
	expect(change!.pieces.map(({ kind }) => kind)).toEqual(['out', 'in']);
});
