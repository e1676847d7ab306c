import { expect, test } from 'vitest';
import { restingDays, restsOf } from './rests.ts';

const zone = 'America/Chicago';
const at = (text: string) => new Date(text);
const thanksgiving = { name: 'Thanksgiving', firstDay: '2026-11-25', lastDay: '2026-11-29' };

test.for<[what: string, since: string, today: string, days: number]>([
	['all before', '2026-11-01', '2026-11-24', 0],
	['the first day of it', '2026-11-24', '2026-11-25', 1],
	['all of it', '2026-11-20', '2026-12-04', 5],
	['begun within it', '2026-11-27', '2026-12-04', 2],
	['on its last day', '2026-11-29', '2026-12-04', 0],
	['on the day itself', '2026-11-26', '2026-11-26', 0],
	['after it', '2026-12-01', '2026-12-04', 0]
])('%s: of %s to %s so many days rest', ([, since, today, days]) => {
	expect(restingDays(since, today, [thanksgiving])).toBe(days);
});

test('a pause is days of the program’s zone, and one that goes on lasts until today', () => {
	const now = at('2026-12-03T02:00:00Z');
	expect(restsOf([], [{ from: at('2026-11-20T03:00:00Z'), until: at('2026-11-22T03:00:00Z') }], now, zone)).toEqual([
		{ name: 'pause', firstDay: '2026-11-19', lastDay: '2026-11-21' }
	]);
	expect(restsOf([], [{ from: at('2026-12-01T15:00:00Z'), until: null }], now, zone)).toEqual([
		{ name: 'pause', firstDay: '2026-12-01', lastDay: '2026-12-02' }
	]);
});

test('a break within a pause is not counted twice', () => {
	const pause = { from: at('2026-11-20T15:00:00Z'), until: at('2026-12-01T15:00:00Z') };
	const rests = restsOf([thanksgiving], [pause], at('2026-12-10T15:00:00Z'), zone);
	expect(restingDays('2026-11-19', '2026-12-10', rests)).toBe(12);
});
