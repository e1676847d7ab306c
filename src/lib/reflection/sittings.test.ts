import { expect, test } from 'vitest';
import { sittingsOf, type Stretch } from './sittings.ts';

const at = (clock: string) => new Date(`2026-11-03T${clock}:00Z`);
const row = (number: number, clock: string, personId = 'rosa'): Stretch => ({
	fromNumber: number,
	toNumber: number,
	personId,
	fromAt: at(clock),
	toAt: at(clock)
});
const run = (fromNumber: number, toNumber: number, from: string, to: string, personId = 'rosa'): Stretch => ({
	fromNumber,
	toNumber,
	personId,
	fromAt: at(from),
	toAt: at(to)
});

/** `0–2 rosa` for the rows after 0 up to 2. */
const cases: [what: string, stretches: Stretch[], sittings: string[]][] = [
	['nothing written is no sitting', [], []],
	['one row is one', [row(1, '10:00')], ['0–1 rosa']],
	['29 minutes are a pause to think', [row(1, '10:00'), row(2, '10:29')], ['0–2 rosa']],
	['30 minutes begin a new one', [row(1, '10:00'), row(2, '10:30')], ['0–1 rosa', '1–2 rosa']],
	[
		'what counts is the pause, however long the sitting',
		[row(1, '10:00'), row(2, '10:25'), row(3, '10:50'), row(4, '11:15')],
		['0–4 rosa']
	],
	['two people at one time sit together', [row(1, '10:00'), row(2, '10:05', 'idris')], ['0–2 rosa idris']],
	[
		'whoever comes while the other writes on comes into the same',
		[row(1, '10:00'), row(2, '10:20', 'idris'), row(3, '10:45')],
		['0–3 rosa idris']
	],
	[
		'lines of history that lie over each other are taken together',
		[run(1, 9, '10:00', '10:40'), run(2, 8, '10:01', '10:20', 'idris'), row(10, '11:05')],
		['0–10 rosa idris']
	],
	['rows in any order', [row(2, '12:00'), row(1, '10:00')], ['0–1 rosa', '1–2 rosa']],
	['a clock that went back begins nothing', [row(1, '10:00'), row(2, '08:00'), row(3, '10:10')], ['0–3 rosa']]
];

test.for(cases)('%s', ([, stretches, sittings]) => {
	expect(
		sittingsOf(stretches).map(({ before, number, personIds }) => `${before}–${number} ${personIds.join(' ')}`)
	).toEqual(sittings);
});

test('a log whose first rows are gone begins with the last of those', () => {
	expect(sittingsOf([row(8, '10:00')], 7)).toMatchObject([{ before: 7, number: 8 }]);
});
