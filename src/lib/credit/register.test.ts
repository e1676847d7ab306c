import { describe, expect, test } from 'vitest';
import {
	type Asked,
	type Conversion,
	converted,
	creditOf,
	inForce,
	inUnits,
	renewalSheet,
	type Rule,
	sumInWords,
	type SheetLine,
	units
} from './register.ts';

const recordedAt = new Date('2026-11-23T00:00:00Z');
const dated = {
	validFrom: '2026-01-01',
	validUntil: null,
	source: 'a page',
	asOf: '2026',
	supersedes: null,
	reason: null,
	recordedAt
};
const rule = (id: string, more: Partial<Rule> = {}): Rule => ({
	...dated,
	id,
	jurisdiction: 'US-MS',
	issuerId: null,
	issuerNamed: null,
	microcredentialId: null,
	purpose: 'licence-renewal',
	unit: 'contact-hours',
	value: 15,
	statement: 'It counts.',
	approver: null,
	...more
});
const ceu = (jurisdiction: string, fromPerTo: number, more: Partial<Conversion> = {}): Conversion => ({
	...dated,
	id: `${jurisdiction} ceu`,
	jurisdiction,
	fromUnit: 'contact-hours',
	toUnit: 'ceu',
	fromPerTo,
	validFrom: null,
	...more
});
const conversions = [ceu('US-MS', 10), ceu('US-AK', 15)];
const asked: Asked = {
	jurisdiction: 'US-MS',
	issuer: { id: 'commons', name: 'Commons' },
	item: 'wait',
	on: '2026-10-01'
};
const worth = (rules: Rule[], more: Partial<Asked> = {}, by = conversions) =>
	Object.fromEntries(
		units.flatMap((unit) => {
			const { value } = creditOf({ rules, conversions: by }, { ...asked, ...more }).worth[unit];
			return value === null ? [] : [[unit, value]];
		})
	);

test('G11: fifteen contact hours are 1.5 CEU in Mississippi, 1 in Alaska, and elsewhere not known', () => {
	const of = (jurisdiction: string) =>
		converted(
			{ rules: [], conversions },
			{ jurisdiction, value: 15, from: 'contact-hours', to: 'ceu', on: '2026-10-01' }
		);
	expect([of('US-MS'), of('US-AK'), of('US-OR'), of('')]).toEqual([1.5, 1, null, null]);
	const everywhere = ['US-MS', 'US-AK', 'US-OR'].map((jurisdiction) => rule(jurisdiction, { jurisdiction }));
	expect(worth(everywhere)).toEqual({ 'contact-hours': 15, ceu: 1.5 });
	expect(worth(everywhere, { jurisdiction: 'US-AK' })).toEqual({ 'contact-hours': 15, ceu: 1 });
	// Its hours are known, what they are in CEU is not.
	expect(worth(everywhere, { jurisdiction: 'US-OR' })).toEqual({ 'contact-hours': 15 });
	expect(worth(everywhere, { jurisdiction: 'US-WY' })).toEqual({});
});

test.for<[what: string, rules: Rule[], more: Partial<Asked>, expected: object]>([
	['no rule', [], {}, {}],
	['a rule without a number', [rule('a', { value: null })], {}, {}],
	['a rule without a unit', [rule('a', { unit: null, value: null })], {}, {}],
	['the day before it began', [rule('a')], { on: '2025-12-31' }, {}],
	['the day it began', [rule('a')], { on: '2026-01-01' }, { 'contact-hours': 15, ceu: 1.5 }],
	['the last day', [rule('a', { validUntil: '2026-10-01' })], {}, { 'contact-hours': 15, ceu: 1.5 }],
	['the day after', [rule('a', { validUntil: '2026-09-30' })], {}, {}],
	['not known since when', [rule('a', { validFrom: null })], { on: '1999-01-01' }, { 'contact-hours': 15, ceu: 1.5 }],
	['another place', [rule('a', { jurisdiction: 'US-TN' })], {}, {}],
	['another issuer’s', [rule('a', { issuerId: 'other' })], {}, {}],
	['an issuer by its name', [rule('a', { issuerNamed: ' commons' })], {}, { 'contact-hours': 15, ceu: 1.5 }],
	['another issuer by its name', [rule('a', { issuerNamed: 'NEA' })], {}, {}],
	['another microcredential’s', [rule('a', { microcredentialId: 'norms' })], {}, {}],
	['about first-time credentials', [rule('a', { purpose: 'first-credential' })], {}, {}],
	[
		'the closest of three',
		[
			rule('a'),
			rule('b', { issuerId: 'commons', value: 10 }),
			rule('c', { issuerId: 'commons', microcredentialId: 'wait', value: 5 })
		],
		{},
		{ 'contact-hours': 5, ceu: 0.5 }
	],
	[
		'a close one that says not known is not overruled by a wide one',
		[rule('a'), rule('b', { microcredentialId: 'wait', value: null })],
		{},
		{}
	],
	[
		'units side by side, never one for another',
		[rule('a', { unit: 'state-points', value: 6 }), rule('b', { unit: 'clock-hours', value: 3 })],
		{},
		{ 'state-points': 6, 'clock-hours': 3 }
	],
	[
		'a CEU that is said, not the one worked out',
		[rule('a'), rule('b', { unit: 'ceu', value: 2 })],
		{},
		{ 'contact-hours': 15, ceu: 2 }
	],
	['nothing is worth nothing, and known', [rule('a', { value: 0 })], {}, { 'contact-hours': 0, ceu: 0 }]
])('%s', ([, rules, more, expected]) => expect(worth(rules, more)).toEqual(expected));

test('a conversion holds on its days only, and none is put behind another', () => {
	expect(worth([rule('a')], {}, [ceu('US-MS', 10, { validUntil: '2026-09-30' })])).toEqual({ 'contact-hours': 15 });
	const chain = [ceu('US-MS', 10), ceu('US-MS', 1, { id: 'x', fromUnit: 'ceu', toUnit: 'state-points' })];
	expect(worth([rule('a')], {}, chain)).toEqual({ 'contact-hours': 15, ceu: 1.5 });
});

describe('a rule that takes the place of another', () => {
	const ids = (rows: Rule[], on: string) => inForce(rows, on).map(({ id }) => id);
	const change = [rule('old'), rule('new', { supersedes: 'old', validFrom: '2026-07-01', value: 20 })];

	test('holds from its first day; before that the old one does, for good', () => {
		expect([ids(change, '2026-06-30'), ids(change, '2026-07-01')]).toEqual([['old'], ['new']]);
		expect(worth(change, { on: '2026-06-30' })['contact-hours']).toBe(15);
		expect(worth(change, { on: '2026-07-01' })['contact-hours']).toBe(20);
	});
	test('puts it right when it begins no later: then the old one never held', () => {
		for (const validFrom of ['2026-01-01', '2025-06-01', null]) {
			const right = [rule('old'), rule('new', { supersedes: 'old', validFrom, value: 20 })];
			expect(ids(right, '2026-10-01')).toEqual(['new']);
		}
	});
	test('ends it too where it ended itself', () => {
		const ended = [rule('old'), rule('new', { supersedes: 'old', validFrom: '2026-07-01', validUntil: '2026-08-31' })];
		expect([ids(ended, '2026-08-31'), ids(ended, '2026-09-01')]).toEqual([['new'], []]);
	});
	test('in a row of three, and in a ring that nobody should make, there is an end', () => {
		const three = [...change, rule('last', { supersedes: 'new', validFrom: '2026-09-01' })];
		expect(['2026-02-01', '2026-08-01', '2026-10-01'].map((on) => ids(three, on))).toEqual([
			['old'],
			['new'],
			['last']
		]);
		const ring = [rule('a', { supersedes: 'b' }), rule('b', { supersedes: 'a' })];
		expect(ids(ring, '2026-10-01')).toEqual([]);
	});
});

describe('a renewal sheet', () => {
	const award = (id: string, item: string, earnedOn: string, more: Partial<SheetLine> = {}): SheetLine => ({
		id,
		item,
		title: item,
		issuer: { id: 'commons', name: 'Commons' },
		earnedOn,
		revoked: false,
		...more
	});
	const rules = [
		rule('a', { microcredentialId: 'wait' }),
		rule('b', { microcredentialId: 'norms', value: 0.1 }),
		rule('c', { microcredentialId: 'talk', value: 0.2, unit: 'state-points' })
	];
	const sheet = (awards: SheetLine[], jurisdiction = 'US-MS') =>
		renewalSheet({ rules, conversions }, jurisdiction, awards);

	test('adds what is known, each unit for itself, and says of how many nothing is', () => {
		const { lines, sums } = sheet([
			award('3', 'unheard', '2026-10-03'),
			award('1', 'wait', '2026-10-01'),
			award('2', 'norms', '2026-10-02'),
			award('4', 'talk', '2026-10-04')
		]);
		expect(lines.map(({ id }) => id)).toEqual(['1', '2', '3', '4']);
		expect(sums.map(sumInWords)).toEqual([
			'15.1 contact hours, and 2 not known',
			'1.51 CEU, and 2 not known',
			'0.2 state points, and 3 not known',
			'not known'
		]);
	});
	test('counts nothing that was revoked, and the same twice only once', () => {
		const { lines, sums } = sheet([
			award('1', 'wait', '2026-10-01', { revoked: true }),
			award('2', 'wait', '2026-10-02'),
			award('3', 'wait', '2026-10-03')
		]);
		expect(lines.map(({ left }) => left)).toEqual(['revoked', null, 'again']);
		expect(sumInWords(sums[0]!)).toBe('15 contact hours, and 1 not known');
	});
	test('is “not known” throughout where nobody wrote a rule down, and never a number', () => {
		const { lines, sums } = sheet([award('1', 'wait', '2026-10-01')], 'US-OR');
		expect(Object.values(lines[0]!.credit.worth).every(({ value }) => value === null)).toBe(true);
		expect(sums.map(sumInWords)).toEqual(['not known', 'not known', 'not known', 'not known']);
		expect(sheet([]).sums.map(sumInWords)).toEqual(Array(4).fill('nothing yet'));
	});
	test('is the same in whatever order the awards come', () => {
		const all = ['wait', 'norms', 'talk', 'wait'].map((item, i) => award(String(i), item, `2026-10-0${i + 1}`));
		expect(sheet(all.toReversed())).toEqual(sheet(all));
	});
});

test.for<[value: number, unit: (typeof units)[number], words: string]>([
	[1.5, 'ceu', '1.5 CEU'],
	[1, 'contact-hours', '1 contact hour'],
	[0, 'contact-hours', '0 contact hours'],
	[1 / 3, 'ceu', 'about 0.33 CEU'],
	[1234, 'state-points', '1,234 state points']
])('%d %s is said as “%s”', ([value, unit, words]) => expect(inUnits(value, unit)).toBe(words));
