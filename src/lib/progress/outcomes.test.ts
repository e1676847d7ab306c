import { describe, expect, test } from 'vitest';
import { items, on } from '../../../tests/stacks/facts.ts';
import type { Ground, ProgressEvent } from './events.ts';
import { grantedWords, metBy, promisedWords } from './outcomes.ts';

const ground: Ground = {
	now: on('2026-11-25'),
	timeZone: 'America/New_York',
	rule: { kind: 'at-least', count: 2, counts: 'earned' },
	items: items('a', 'b', 'c'),
	lastDay: null
};
const award = (id: string, at: string, expiresOn: string | null = null): ProgressEvent => ({
	kind: 'awarded',
	awardId: `award of ${id}`,
	microcredentialId: id,
	at: on(at),
	expiresOn
});
const a = award('a', '2026-09-01', '2026-10-31');
const b = award('b', '2026-10-05');
const c = award('c', '2026-11-20');

describe('what is due rests on the facts of the moment at which the rule was first met', () => {
	test('and not on what came later', () => {
		const met = metBy(ground, [c, b, a])!;
		expect(met.at).toEqual(on('2026-10-05'));
		expect(met.causes.map(({ id, at }) => [id, at.slice(0, 10)])).toEqual([
			['award of a', '2026-09-01'],
			['award of b', '2026-10-05']
		]);
	});
	test('nothing is due while one is missing', () => expect(metBy(ground, [b])).toBe(null));
	test('an award that expired before the next one came was never half of it', () =>
		expect(metBy(ground, [a, c])).toBe(null));
	test('an award that was revoked since was no ground', () => {
		const revoked: ProgressEvent = { kind: 'revoked', awardId: 'award of a', at: on('2026-11-24'), reason: 'r' };
		expect(metBy(ground, [a, b, revoked])).toBe(null);
		expect(metBy(ground, [a, b, c, revoked])!.at).toEqual(on('2026-11-20'));
	});
	test('what comes after now is not known', () =>
		expect(metBy({ ...ground, now: on('2026-10-04') }, [a, b])).toBe(null));
});

test('what was granted stays, and the sentence says so when the stack is not complete any more', () => {
	const granted = [
		{ words: '500 dollars a year', metAt: on('2026-10-05') },
		{ words: 'the role of teacher leader', metAt: on('2026-10-05') }
	];
	const say = (complete: boolean) => grantedWords(granted, complete, 'America/New_York', ground.now);
	expect(say(true)).toBe('Granted when it was complete on 5 Oct: 500 dollars a year and the role of teacher leader.');
	expect(say(false)).toBe(
		'Granted when it was complete on 5 Oct: 500 dollars a year and the role of teacher leader. ' +
			'It stays granted, though the stack is not complete any more.'
	);
	expect(grantedWords([], true, 'UTC', ground.now)).toBe(null);
	expect(promisedWords(['500 dollars a year'])).toBe('Completing it brings 500 dollars a year.');
	expect(promisedWords([])).toBe(null);
});
