import { expect, test } from 'vitest';
import { cases } from './capacity.cases.ts';
import { capacityOf, type CapacityRule, matchBy, placesInWords, readCapacitySetting, readHours } from './capacity.ts';

const rule = (key: string, name: string, more: Partial<CapacityRule> = {}): CapacityRule => ({
	key,
	name,
	most: null,
	fullDayHours: null,
	mostFullDay: null,
	matchDays: null,
	matchFrom: null,
	source: 'a law',
	...more
});
const rules: Record<string, CapacityRule> = {
	default: rule('default', 'Wayfellow’s own', { most: 5 }),
	texas: rule('texas', 'Texas', { most: 4, fullDayHours: 6, mostFullDay: 2, matchDays: 30, matchFrom: 'employment' }),
	maryland: rule('maryland', 'Maryland', { most: 15 }),
	california: rule('california', 'California', { matchDays: 30, matchFrom: 'enrollment' }),
	england: rule('england', 'England')
};

test.for(cases)('%s, own number %s, teaching %s hours: %s', ([key, own, hours, most]) => {
	expect(capacityOf(rules[key]!, rules.default!, own, hours).most).toBe(most);
});

test('it says why, and that hours which nobody entered are not known', () => {
	const why = (key: string, hours: number | null) => capacityOf(rules[key]!, rules.default!, null, hours).why;
	expect(why('texas', 6)).toBe('Texas: 2 teachers, because they teach 6 hours a day, which is 6 or more (a law).');
	expect(why('texas', null)).toContain('is not known. Below 6 hours it would be 4');
	expect(why('england', null)).toBe('England sets no number, so ours counts: 5 teachers (a law).');
	expect(capacityOf(rules.maryland!, rules.default!, 1, null).why).toBe(
		'Your program’s own number: 1 teacher, fewer than Maryland allows.'
	);
});

test.for<[key: string, employedOn: string | null, enrolledOn: string | null, day: string | null]>([
	// G8: enrolled 1 September, due by 1 October.
	['california', null, '2026-09-01', '2026-10-01'],
	['california', '2026-08-01', null, 'not known'],
	['texas', '2026-08-10', '2026-09-01', '2026-09-08'],
	['texas', null, '2026-09-01', 'not known'],
	['maryland', '2026-08-10', '2026-09-01', null]
])('in %s, employed %s and enrolled %s, a mentor is due by %s', ([key, employedOn, enrolledOn, day]) => {
	expect(matchBy(rules[key]!, { employedOn, enrolledOn })).toBe(day);
});

test('places taken before a rule changed are said and not taken away', () => {
	expect(placesInWords(2, 5)).toBe('2 of 5 places taken');
	expect(placesInWords(0, 1)).toBe('0 of 1 place taken');
	expect(placesInWords(4, 2)).toContain('no pair ends because of it');
});

test('a program sets a rule from today on, and not a number above its state’s', () => {
	const today = '2026-11-30';
	const read = (asked: Partial<Record<'ruleKey' | 'ownMost' | 'fromOn' | 'reason', unknown>>) =>
		readCapacitySetting(
			{ ruleKey: 'texas', ownMost: '', fromOn: today, reason: ' The law ', ...asked },
			Object.values(rules),
			today
		);
	expect(read({})).toEqual({ ruleKey: 'texas', ownMost: null, fromOn: today, reason: 'The law' });
	expect(read({ ownMost: '3' }).ownMost).toBe(3);
	expect(read({ ruleKey: 'california', ownMost: '8' }).ownMost).toBe(8);
	for (const [wrong, said] of [
		[{ ownMost: '5' }, 'can’t be higher'],
		[{ ownMost: '0' }, 'from 1 to 100'],
		[{ ownMost: 'many' }, 'whole number'],
		[{ fromOn: '2026-11-29' }, 'today or a later day'],
		[{ fromOn: 'soon' }, 'which day'],
		[{ reason: ' ' }, 'Please say why'],
		[{ reason: 'x'.repeat(501) }, 'at most 500'],
		[{ ruleKey: 'mars' }, 'one of the rules']
	] as const)
		expect(() => read(wrong)).toThrow(said);
});

test('hours of a day have at most one digit after the point', () => {
	expect(readHours({ hours: ' 5,9 ', fromOn: '2026-08-01' })).toEqual({ hours: 5.9, fromOn: '2026-08-01' });
	for (const hours of ['', '25', '5.95', '-1', 'six', null])
		expect(() => readHours({ hours, fromOn: '2026-08-01' })).toThrow('hours of a day');
	expect(() => readHours({ hours: '6', fromOn: '' })).toThrow('which day');
});
