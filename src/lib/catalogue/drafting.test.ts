import { describe, expect, test } from 'vitest';
import timeToThink from '../../seed/data/microcredentials-of-others/time-to-think.json' with { type: 'json' };
import waitTime from '../../seed/data/microcredentials/wait-time.json' with { type: 'json' };
import {
	asItStands,
	changed,
	type Draft,
	draftFrom,
	draftOf,
	emptyDraft,
	finished,
	keyOf,
	missing
} from './drafting.ts';
import { readMicrocredential } from './microcredential.ts';

const draftFor = (file: unknown): Draft => {
	const { key, parts, alignments: _, ...offer } = readMicrocredential(file);
	return draftOf(key, offer, parts, []);
};

test.for([
	['wait time', waitTime],
	['time to think', timeToThink]
] as const)('%s comes out of a draft as it went in', ([, file]) => {
	const { alignments: _, ...description } = readMicrocredential(file);
	const { alignments: __, ...again } = finished(draftFor(file));
	expect(again).toEqual(description);
	expect(missing(draftFor(file))).toEqual([]);
	expect(asItStands(draftFor(file)).parts).toEqual(description.parts);
});

/** A draft as the form of its page sends it. */
export function sentBy(draft: Draft): FormData {
	const form = new FormData();
	const { levels, parts, grades, competencies, passing, ...texts } = draft;
	for (const [name, text] of Object.entries(texts)) form.set(name, text.replaceAll('\n', '\r\n'));
	form.set('levels', String(levels.length));
	levels.forEach((level, k) => form.set(`level${k}`, level));
	if (passing !== null) form.set('passing', String(passing));
	for (const grade of grades) form.append('grade', grade);
	for (const id of competencies) form.append('proves', id);
	form.set('parts', String(parts.length));
	parts.forEach((part, i) => {
		form.set(`p${i}.section`, String(part.section));
		form.set(`p${i}.prompt`, part.prompt);
		if (part.section !== 2) {
			form.set(`p${i}.min`, part.minWords);
			form.set(`p${i}.max`, part.maxWords);
			if (part.wordsBinding) form.set(`p${i}.binding`, 'on');
		}
		for (const kind of part.kinds) form.append(`p${i}.kind`, kind);
		form.set(`p${i}.rows`, String(part.rows.length));
		part.rows.forEach((row, j) => {
			form.set(`p${i}.r${j}.criterion`, row.criterion);
			row.descriptions.forEach((text, k) => form.set(`p${i}.r${j}.l${k}`, text));
		});
	});
	return form;
}

describe('a form', () => {
	test('holds a draft as it was, and what can’t be meant as it was typed', () => {
		const draft = { ...draftFor(timeToThink), hours: 'eight or so', awardMonths: '-3', reviewBy: 'soon' };
		expect(draftFrom(sentBy(draft))).toEqual(draft);
		expect(draftFrom(sentBy(emptyDraft()))).toEqual(emptyDraft());
	});

	test.for<[name: string, value: string]>([
		['parts', '1e9'],
		['parts', '-1'],
		['levels', '51'],
		['levels', 'x'],
		['p0.rows', '9999'],
		['title', 'x'.repeat(20_001)]
	])('that says %s is %s is refused', ([name, value]) => {
		const form = sentBy(draftFor(waitTime));
		form.set(name, value);
		expect(() => draftFrom(form)).toThrow(/whole|longer/);
	});

	test('that holds nothing is an empty draft and no fault', () => {
		expect(draftFrom(new FormData())).toMatchObject({ title: '', levels: [], parts: [], passing: null });
	});
});

describe('a button', () => {
	const draft = draftFor(waitTime);
	const prompts = (of: Draft) => of.parts.map(({ section, prompt }) => `${section} ${prompt.slice(0, 10)}`);

	test.for<[act: string, at: string, undoable: boolean, looks: (after: Draft) => unknown, like: unknown]>([
		['add-part 1', 'p2', false, prompts, expect.arrayContaining(['1 '])],
		['add-part 3', 'p5', false, ({ parts }) => parts.length, 6],
		['remove-part 0', 'parts', true, ({ parts }) => parts.map(({ section }) => section), [1, 2, 2, 3]],
		['up-part 1', 'p0', false, ({ parts }) => parts[0]!.prompt, 'What do you expect to change for pupils?'],
		// Sections keep their order.
		['up-part 2', 'p2', false, prompts, prompts(draft)],
		['add-row 2', 'p2r2', false, ({ parts }) => parts[2]!.rows[2], { criterion: '', descriptions: ['', '', '', ''] }],
		['remove-row 2 0', 'p2', true, ({ parts }) => parts[2]!.rows.map(({ criterion }) => criterion), ['Use of answers']],
		[
			'up-row 2 1',
			'p2r0',
			false,
			({ parts }) => parts[2]!.rows.map(({ criterion }) => criterion),
			['Use of answers', 'Pauses']
		],
		[
			'add-level',
			'levels',
			false,
			({ levels, parts }) => [levels.length, parts[2]!.rows[0]!.descriptions.length],
			[5, 5]
		],
		[
			'remove-level 0',
			'levels',
			true,
			({ levels, passing, parts }) => [levels[0], passing, parts[2]!.rows[0]!.descriptions[0]],
			['Developing', 1, 'Pauses after some questions.']
		],
		['remove-level 2', 'levels', true, ({ passing }) => passing, null],
		[
			'up-level 2',
			'levels',
			false,
			({ levels, passing, parts }) => [levels[1], passing, parts[2]!.rows[0]!.descriptions[1]],
			['Demonstrated', 1, 'Pauses after most planned questions.']
		],
		['up-level 3', 'levels', false, ({ passing, levels }) => levels[passing!], 'Demonstrated']
	])('%s does it, and leads to %s', ([act, at, undoable, looks, like]) => {
		const before = structuredClone(draft);
		const after = changed(draft, act)!;
		expect(after).toMatchObject({ at, undoable });
		expect(looks(after.draft)).toEqual(like);
		expect(draft, 'the draft itself stays').toEqual(before);
	});

	test.for([
		'',
		'nonsense',
		'add-part 4',
		'remove-part 99',
		'remove-row 0 0',
		'up-row x y',
		'remove-level -1',
		'add-row'
	])('that is none of ours (“%s”) does nothing', (act) => expect(changed(draft, act)).toBeNull());

	test('adds no more than an issuer asks for', () => {
		let full = draft;
		for (let n = draft.parts.length; n < 50; n++) full = changed(full, 'add-part 1')!.draft;
		expect(() => changed(full, 'add-part 1')).toThrow(/50 of these already/);
	});
});

describe('what is missing', () => {
	test('of an empty draft is said, each with its place', () => {
		const says = missing(emptyDraft());
		expect(says.map(({ at }) => at)).toEqual(['title', 'competency', 'p0', 'p1', 'p1', 'p1r0', 'p1r0', 'p2']);
		for (const one of says) expect(one.says).toMatch(/^\S.*\.$/);
	});

	const whole = draftFor(timeToThink);
	const first = (change: (draft: Draft) => void) => {
		const draft = structuredClone(whole);
		change(draft);
		return missing(draft).map(({ says }) => says);
	};
	test.for<[change: (draft: Draft) => void, says: string | RegExp]>([
		[(d) => (d.passing = null), 'It is not said at which level a row passes.'],
		[(d) => (d.levels[1] = 'Beginning '), 'Two levels are called “Beginning”.'],
		[(d) => (d.levels = ['One']), 'A rubric needs two levels or more.'],
		[(d) => (d.parts[1]!.rows[0]!.descriptions[1] = ' '), 'Row “Who answers” does not describe “Meets”.'],
		[(d) => (d.parts[1]!.rows = []), /has no rubric row/],
		[(d) => (d.parts[1]!.kinds = []), /says no kind of evidence/],
		[(d) => (d.parts = d.parts.filter(({ section }) => section !== 2)), /It asks for no evidence/],
		[(d) => (d.parts[0]!.maxWords = '10'), /at least 50 and at most 10 words/],
		[(d) => (d.parts[0]!.maxWords = 'many'), /“many” is no number of words/],
		[(d) => (d.hours = '0'), /“0” is no whole number from 1/],
		[(d) => (d.awardMonths = '601'), /“601” is no whole number from 1 to 600/],
		[(d) => (d.reviewBy = '2027-02-40'), /is no day/],
		[(d) => (d.key = 'Wait Time'), /small words joined by hyphens/],
		[(d) => (d.competency = 'x'.repeat(2001)), /can't be read/]
	])('is said in a sentence', ([change, says]) => {
		expect(first(change)).toEqual([expect.stringMatching(says)]);
	});
});

test.for<[title: string, key: string]>([
	['Wait time after questions', 'wait-time-after-questions'],
	['Où? À l’école!', 'ou-a-l-ecole'],
	['日本', '']
])('the title “%s” makes the key “%s”', ([title, key]) => expect(keyOf(title)).toBe(key));

test('lines that hold an address are research with one, and no other address is', () => {
	const draft = {
		...draftFor(waitTime),
		research: 'Rowe 1986 https://example.org/a\nhttps://example.org/b\njavascript:alert(1)'
	};
	expect(finished(draft).research).toEqual([
		{ title: 'Rowe 1986', url: 'https://example.org/a' },
		{ title: 'https://example.org/b', url: 'https://example.org/b' },
		{ title: 'javascript:alert(1)' }
	]);
});
