import { expect, test } from 'vitest';
import { sinceWords } from './since.ts';

const now = new Date('2026-11-23T15:00:00Z'); // a Monday, nine in the morning in Chicago

test.for<[last: string, words: string]>([
	['2026-11-23T14:00:00Z', 'you last looked'],
	['2026-11-23T05:30:00Z', 'yesterday'], // 11:30 pm on Sunday there
	['2026-11-20T22:00:00Z', 'Friday'],
	['2026-11-17T14:00:00Z', 'Tuesday'],
	['2026-11-16T14:00:00Z', '16 Nov'],
	['2025-11-20T14:00:00Z', '20 Nov 2025'],
	['2026-11-23T15:00:01Z', 'you last looked'] // a clock that runs ahead
])('somebody who was here last at %s reads: new since %s', ([last, words]) => {
	expect(sinceWords(new Date(last), 'America/Chicago', now)).toBe(words);
});

test('the night in which the clocks change is a night', () => {
	const at = (iso: string) => new Date(iso);
	expect(sinceWords(at('2026-11-01T04:30:00Z'), 'America/Chicago', at('2026-11-01T18:00:00Z'))).toBe('yesterday');
});
