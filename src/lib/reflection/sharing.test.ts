import { describe, expect, test } from 'vitest';
import type { Held, PairState } from './policy.ts';
import { howItWent, whyNotTakenBack } from './sharing.ts';

const names = { teacher: 'Rosa', mentor: 'Idris' };
const at = (minute: number) => new Date(Date.UTC(2026, 10, 29, 9, minute));

describe('how a reflection came to be seen', () => {
	const told = (...given: Parameters<typeof howItWent>) =>
		howItWent(...given).map(({ at, who, what }) => `${at.getUTCMinutes()} ${who} ${what}`);

	test('begun for both', () => {
		const spans = [{ sharedAt: at(0), sharedBy: 'mentor', takenBackAt: null }] as const;
		expect(told({ startedAt: at(0), begunBy: 'mentor' }, [...spans], names)).toEqual([
			'0 mentor began it, for both to read and write'
		]);
	});
	test('begun alone, shared, taken back and shared again', () => {
		const spans = [
			{ sharedAt: at(5), sharedBy: 'teacher' as const, takenBackAt: at(7) },
			{ sharedAt: at(9), sharedBy: 'teacher' as const, takenBackAt: null }
		];
		expect(told({ startedAt: at(0), begunBy: 'teacher' }, spans, names)).toEqual([
			'0 teacher began it alone',
			'5 teacher shared it with Idris',
			'7 teacher took it back',
			'9 teacher shared it with Idris'
		]);
	});
});

const active: PairState = { status: 'active', endedAs: null };
const held: Held = { shared: true, begunBy: 'teacher', frozen: false };
test.for<[string, PairState, Held, RegExp | null]>([
	['of an active pair', active, held, null],
	['in a pause', { status: 'paused', endedAs: null }, held, null],
	['that the mentor began', active, { ...held, begunBy: 'mentor' }, /Idris began this one/],
	['of which a version is frozen', active, { ...held, frozen: true }, /frozen/],
	['of an ended pair', { status: 'ended', endedAs: 'completed' }, held, /has ended/]
])('what is %s can be taken back, or the page says why not', ([, pair, given, why]) => {
	const said = whyNotTakenBack(pair, given, names);
	if (why) expect(said).toMatch(why);
	else expect(said).toBeNull();
});
