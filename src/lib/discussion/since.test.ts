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
	['2026-01-01T05:30:00Z', '31 Dec 2025'], // an hour before midnight there, and a year before its name in London
	['2026-11-23T15:00:01Z', 'you last looked'] // a clock that runs ahead
])('somebody who was here last at %s reads: new since %s', ([last, words]) => {
	expect(sinceWords(new Date(last), 'America/Chicago', now)).toBe(words);
});

test('the night in which the clocks change is a night', () => {
	const at = (iso: string) => new Date(iso);
	expect(sinceWords(at('2026-11-01T04:30:00Z'), 'America/Chicago', at('2026-11-01T18:00:00Z'))).toBe('yesterday');
	// Six days of 24 hours and one more hour, and the other way round in spring.
	expect(sinceWords(at('2026-10-27T05:10:00Z'), 'America/Chicago', at('2026-11-02T05:50:00Z'))).toBe('Tuesday');
	expect(sinceWords(at('2026-03-08T05:10:00Z'), 'America/Chicago', at('2026-03-09T04:50:00Z'))).toBe('yesterday');
});
