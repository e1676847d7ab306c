import { describe, expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import { groupNames, kindNames, kinds } from './kinds.ts';
import { readSettingsForm, settingsOf, usual, wayOf } from './settings.ts';

const form = (...fields: [string, string][]) => {
	const sent = new FormData();
	for (const [name, value] of fields) sent.append(name, value);
	return sent;
};

describe('the form', () => {
	test('what is not chosen is as everybody has it', () => {
		expect(
			readSettingsForm(form(['digest', 'weekly'], ['quiet', 'yes'], ['quiet-from', '19:00'], ['quiet-to', '07:00']))
		).toEqual(usual);
	});

	test('what is chosen is kept', () => {
		expect(
			readSettingsForm(
				form(
					['mail-pair', 'off'],
					['mail-cohort', 'digest'],
					['mail-coach', ''],
					['digest', 'daily'],
					['digest-weekday', '5'],
					['digest-hour', '16']
				)
			)
		).toEqual({
			mail: { pair: 'off', cohort: 'digest' },
			digest: 'daily',
			digestWeekday: 5,
			digestHour: 16,
			quietFrom: '00:00',
			quietTo: '00:00'
		});
	});

	test.for<[what: string, fields: [string, string][]]>([
		['no digest', []],
		['a digest that there is not', [['digest', 'hourly']]],
		[
			'a way that there is not',
			[
				['digest', 'off'],
				['mail-pair', 'pigeon']
			]
		],
		[
			'the eighth day',
			[
				['digest', 'weekly'],
				['digest-weekday', '8']
			]
		],
		[
			'no day',
			[
				['digest', 'weekly'],
				['digest-weekday', '0']
			]
		],
		[
			'25 o’clock',
			[
				['digest', 'weekly'],
				['digest-hour', '24']
			]
		],
		[
			'an hour in words',
			[
				['digest', 'weekly'],
				['digest-hour', 'seven']
			]
		],
		[
			'quiet without hours',
			[
				['digest', 'off'],
				['quiet', 'yes']
			]
		],
		[
			'a quiet hour that there is not',
			[
				['digest', 'off'],
				['quiet', 'yes'],
				['quiet-from', '24:00'],
				['quiet-to', '07:00']
			]
		]
	])('refuses %s, with a sentence', ([, fields]) => {
		expect(() => readSettingsForm(form(...fields))).toThrow(Refusal);
	});
});

test('what a newer version wrote is passed over', () => {
	const row = { ...usual, quietFrom: '19:00:00', quietTo: '07:00:00' };
	expect(settingsOf({ ...row, mail: { pair: 'off', neighbours: 'soon', cohort: 'owl' } }).mail).toEqual({
		pair: 'off'
	});
	expect(settingsOf({ ...row, mail: null })).toEqual(usual);
	expect(settingsOf(null)).toEqual(usual);
});

test('whoever wants no mail of a group gets none of it, whatever its kind', () => {
	const mail = Object.fromEntries(groupNames.map((group) => [group, 'off'])) as never;
	for (const kind of kindNames) expect(wayOf(kinds[kind], { ...usual, mail })).toBe('none');
});

test('an invitation does not wait for a digest', () => {
	expect(wayOf(kinds.meeting, { ...usual, mail: { pair: 'digest' } })).toBe('at-once');
	expect(wayOf(kinds['check-in'], { ...usual, mail: { pair: 'digest' }, digest: 'off' })).toBe('none');
});
