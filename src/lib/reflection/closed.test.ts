import { expect, test } from 'vitest';
import { closed, comeBackAfter, goingAwayFor } from './closed.ts';

test('a server that restarts names the moment, and the client reads it', () => {
	expect(goingAwayFor(1.84)).toEqual([1012, 'The server is restarting. Come back in 1.8 s.']);
	for (const seconds of [0.1, 1.8, 10, 30]) expect(comeBackAfter(goingAwayFor(seconds)[1])).toBeCloseTo(seconds * 1000);
});

test.for(['', closed.goingAway[1], 'Come back in a while.', 'Come back in -3 s.', 'Come back in 1e9 s.'])(
	'"%s" names none',
	(reason) => expect(comeBackAfter(reason)).toBe(0)
);

test('every reason fits into a close frame', () => {
	for (const [, sentence] of [...Object.values(closed), goingAwayFor(10)])
		expect(Buffer.byteLength(sentence)).toBeLessThanOrEqual(123);
});
