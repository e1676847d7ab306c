import { expect, test } from 'vitest';
import { conversionOf, ruleOf, type Typed } from './wish.ts';

const typed = (more: Partial<Typed> = {}): Typed => ({
	purpose: 'licence-renewal',
	unit: 'contact-hours',
	value: '15',
	statement: 'Counts.',
	approver: '',
	issuer: '',
	issuerNamed: '',
	item: '',
	from: '2026-07-01',
	until: '',
	source: 'https://state.example/rule',
	asOf: '2026',
	reason: '',
	fromUnit: 'contact-hours',
	toUnit: 'ceu',
	ratio: '10',
	...more
});

test('what is typed becomes a row; what is left empty is not known', () => {
	expect(ruleOf(typed({ value: ' 1,5 ', approver: ' the district ' }), null)).toMatchObject({
		unit: 'contact-hours',
		value: 1.5,
		approver: 'the district',
		validFrom: '2026-07-01',
		validUntil: null,
		issuerId: null,
		reason: null
	});
	expect(ruleOf(typed({ value: '', unit: '', from: '' }), null)).toMatchObject({
		unit: null,
		value: null,
		validFrom: null
	});
	expect(ruleOf(typed({ value: '0' }), null).value).toBe(0);
	expect(conversionOf(typed(), null)).toMatchObject({ fromUnit: 'contact-hours', toUnit: 'ceu', fromPerTo: 10 });
	expect(ruleOf(typed({ reason: 'The board decided anew.' }), { validFrom: null }).reason).toBe(
		'The board decided anew.'
	);
});

test.for<[what: string, more: Partial<Typed>, sentence: RegExp]>([
	['no purpose', { purpose: 'fun' }, /what it counts for/],
	['a value of nothing', { unit: '' }, /needs its unit/],
	['a value in words', { value: 'fifteen' }, /a number such as/],
	['a negative value', { value: '-1' }, /a number such as/],
	['thousandths', { value: '1.005' }, /two places/],
	['no sentence', { statement: ' ' }, /What the rule says is missing/],
	['too long a sentence', { statement: 'x'.repeat(2001) }, /at most 2,000/],
	['no source', { source: '' }, /The source is missing/],
	['no date of it', { asOf: '' }, /date of the source is missing/],
	['no day', { from: '2026-02-30' }, /not a day/],
	['a day of another age', { from: '0026-02-03' }, /not a day/],
	['an end before the beginning', { until: '2026-06-30' }, /lies before the first/],
	['two issuers', { issuer: 'x', issuerNamed: 'NEA' }, /not both/]
])('%s is said, and nothing written down', ([, more, sentence]) => {
	expect(() => ruleOf(typed(more), null)).toThrow(sentence);
	expect(() => ruleOf(typed(more), null)).toThrow(/Nothing was written down\.$/);
});

test('a conversion needs two units and a number; what takes another’s place needs a reason', () => {
	expect(() => conversionOf(typed({ toUnit: 'contact-hours' }), null)).toThrow('two units that differ');
	expect(() => conversionOf(typed({ ratio: '' }), null)).toThrow('How many make one');
	expect(() => conversionOf(typed({ ratio: '0' }), null)).toThrow('nothing is made of none');
	expect(() => ruleOf(typed(), { validFrom: null })).toThrow('Please say why');
});
