import { expect, test } from 'vitest';
import { exactly, when, type WhenStyle } from './when.ts';

const now = new Date('2026-11-25T18:00:00Z');

test.for<[at: string, style: WhenStyle, zone: string, said: string]>([
	['2026-11-09T12:00:00Z', 'day', 'UTC', '9 Nov'],
	['2025-11-09T12:00:00Z', 'day', 'UTC', '9 Nov 2025'],
	// Late evening in Nashville is already tomorrow in UTC.
	['2026-11-10T03:00:00Z', 'day', 'America/Chicago', '9 Nov'],
	['2026-11-25T16:12:00Z', 'time', 'UTC', '4:12 pm UTC'],
	['2026-11-25T16:12:00Z', 'time', 'America/Chicago', '10:12 am'],
	['2026-11-24T16:12:00Z', 'time', 'America/Chicago', '24 Nov'],
	['2026-11-25T17:59:30Z', 'ago', 'UTC', 'just now'],
	['2026-11-25T18:00:20Z', 'ago', 'UTC', 'just now'], // a clock that runs a little ahead
	['2026-11-25T17:53:00Z', 'ago', 'UTC', '7 min ago'],
	['2026-11-25T14:00:00Z', 'ago', 'UTC', '4 h ago'],
	['2026-11-24T20:00:00Z', 'ago', 'UTC', 'yesterday'],
	['2026-11-21T18:00:00Z', 'ago', 'UTC', '4 days ago'],
	['2026-11-11T18:00:00Z', 'ago', 'UTC', '11 Nov']
])('%s as %s in %s is "%s"', ([at, style, zone, said]) => expect(when(new Date(at), style, zone, now)).toBe(said));

test('the exact time names the zone', () => {
	expect(exactly(new Date('2026-10-14T21:12:00Z'), 'UTC')).toMatch(/^Wednesday,? 14 October 2026 at 9:12 pm UTC$/);
});
