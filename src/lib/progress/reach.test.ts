import { expect, test } from 'vitest';
import { readReach } from './reach.ts';
import { longestReach } from './reach-words.ts';

const now = new Date('2026-11-30T18:00:00Z');
const zone = 'America/Chicago';
const slot = { kind: 'slot', to: 'both', words: 'Shall we?', day: '2026-12-03', clock: '15:15', minutes: '45' };

test('a time is read on the coach’s clock', () => {
	expect(readReach(slot, zone, now)).toEqual({
		kind: 'slot',
		addressedTo: 'both',
		words: 'Shall we?',
		startsAt: new Date('2026-12-03T21:15:00Z'),
		minutes: 45
	});
});

test('a word has no time, whatever else was sent', () => {
	expect(readReach({ ...slot, kind: 'nudge', to: 'mentor', words: ' Hello\r\nyou ' }, zone, now)).toEqual({
		kind: 'nudge',
		addressedTo: 'mentor',
		words: 'Hello\nyou',
		startsAt: null,
		minutes: null
	});
});

test.for([
	[{ kind: 'shout' }, 'choose what this is'],
	[{ to: 'everybody' }, 'to whom'],
	[{ kind: 'rematch' }, 'each of them alone'],
	[{ words: '  ' }, 'a few words'],
	[{ words: 'x'.repeat(longestReach + 1) }, 'letters'],
	[{ day: '' }, 'day'],
	[{ clock: '25:00' }, 'time'],
	[{ day: '2026-11-29' }, 'over'],
	[{ minutes: '1' }, 'minutes']
] as const)('%j is refused and says why', ([over, why]) => {
	expect(() => readReach({ ...slot, ...over }, zone, now)).toThrow(why);
});
