import { expect, test } from 'vitest';
import { type Clues, giveaways, promises, publishAt, roughly, waits, whyNotNameless } from './nameless.ts';

const clues: Clues = {
	name: 'Rosa Núñez-Delgado',
	organizations: ['Riverside Elementary', 'Cedar Hollow Schools'],
	addresses: ['rnunez@cedarhollow.k12.tn.us', 'rosie.two@gmail.com'],
	close: [{ name: 'Idris Bell', as: 'who mentors you' }]
};

test.for<[text: string, says: string[]]>([
	['I shout every day.', []],
	['Rosa shouts.', ['your name']],
	['ROSA!', ['your name']],
	['Mrs Nunez shouts.', ['your name']],
	['Mrs NÚÑEZ shouts.', ['your name']],
	['rosary beads', []],
	['Prosaic delegates', []],
	['I teach at Riverside Elementary.', ['Riverside Elementary']],
	['I teach at Riverside.', ['Riverside Elementary']],
	['An elementary school.', []],
	['In Cedar Hollow it snows.', ['Cedar Hollow Schools']],
	['Under the cedar.', []],
	['Write to rnunez@cedarhollow.k12.tn.us', ['address']],
	['Write to rnunez', ['address']],
	['https://www.cedarhollow.k12.tn.us/room', ['address']],
	['My gmail is full.', []],
	['Idris says wait.', ['Idris Bell, who mentors you']],
	['Rosa of Riverside', ['your name', 'Riverside']]
])('%j gives away: %j', ([text, says]) => {
	const found = giveaways(['A title', text], clues);
	expect(found).toHaveLength(says.length);
	for (const [i, one] of says.entries()) expect(found[i]).toContain(one);
});

test('a name of two letters is found as a whole, and a title counts too', () => {
	const bo = { ...clues, name: 'Bo Li' };
	expect(giveaways(['Bo Li asks', ''], bo)).toHaveLength(1);
	expect(giveaways(['To bo or not', 'lithe'], bo)).toEqual([]);
});

test.for<[moderators: number, others: number, teachers: number, offered: boolean]>([
	[1, 4, 2, true],
	[3, 25, 20, true],
	[0, 25, 20, false],
	[1, 3, 3, false],
	// Of two teachers each would know the other, however many lead there.
	[1, 9, 1, false],
	[1, 9, 0, false],
	[0, 0, 0, false]
])('%d moderators and %d others, %d of them teachers: offered %s', ([moderators, others, teachers, offered]) =>
	expect(whyNotNameless({ moderators, others, teachers, moderates: false, teaches: true }) === null).toBe(offered)
);
test('whoever alone looks after the cohort is not told that nobody does, and no mentor is sent to a mentor', () => {
	const ground = { moderators: 0, others: 9, teachers: 9, moderates: true, teaches: false };
	expect(whyNotNameless(ground)).toMatch(/^Nobody but you looks after.*You can ask under your name\.$/);
	expect(whyNotNameless({ ...ground, moderates: false, teaches: true })).toMatch(
		/^Nobody looks after.*or ask your mentor\.$/
	);
});

test('the moment lies within the wait, at both ends too', () => {
	const now = new Date('2026-11-30T12:00:00Z');
	for (const kind of ['question', 'word'] as const) {
		expect(publishAt(kind, now, (from) => from).getTime() - now.getTime()).toBe(waits[kind].from);
		expect(publishAt(kind, now, (_, below) => below - 1).getTime() - now.getTime()).toBe(waits[kind].to);
	}
});

test('the composer names whoever can look', () => {
	expect(promises(['Claire'])[1]).toContain('Claire can look');
	expect(promises(['Claire', 'Pat'])[1]).toContain('Claire and Pat can look');
	expect(promises(['A', 'B', 'C', 'D'])[1]).toContain('A, B and 2 others can look');
});

test.for<[at: string, says: string]>([
	['2026-11-30T16:00:00Z', 'today'],
	['2026-11-30T06:01:00Z', 'today'],
	// Still the day before in Chicago.
	['2026-11-30T05:59:00Z', 'yesterday'],
	['2026-11-26T18:00:00Z', '4 days ago'],
	['2026-11-02T18:00:00Z', '2 Nov'],
	['2025-11-02T18:00:00Z', '2 Nov 2025'],
	// A clock that is a little ahead.
	['2026-12-01T18:00:00Z', 'today']
])('%s is said as %s', ([at, says]) =>
	expect(roughly(new Date(at), 'America/Chicago', new Date('2026-11-30T18:00:00Z'))).toBe(says)
);
