import { describe, expect, test } from 'vitest';
import { cases } from './policy.cases.ts';
import { accessTo, mayFreeze, mayShare, mayShow, mayTakeBack, type PairState, type Standing } from './policy.ts';

test.for(cases)('in a pair that is %s (%s) a %s, of what is %s, may %s', ([status, endedAs, who, is, may]) => {
	expect(accessTo({ status, endedAs }, who, is === 'shared')).toBe(may);
});

describe('only the teacher decides about a reflection, while the pair is together', () => {
	const held = { shared: true, begunBy: 'teacher', frozen: false } as const;
	test.for(cases.filter(([, , , is]) => is === 'shared'))(
		'in a pair that is %s (%s) a %s',
		([status, endedAs, who]) => {
			const pair = { status, endedAs };
			const may = who === 'teacher' && (status === 'active' || status === 'paused');
			expect(mayShare(pair, who)).toBe(may);
			expect(mayTakeBack(pair, who, held)).toBe(may);
			expect(mayShow(pair, who, { shared: true, mentorWrote: true })).toBe(may);
			expect(mayFreeze(pair, who)).toBe(may && status === 'active');
		}
	);

	const [pair, teacher] = [{ status: 'active', endedAs: null } as PairState, 'teacher' as Standing];
	test('what the mentor began, and what is frozen, is not taken back', () => {
		expect(mayTakeBack(pair, teacher, { ...held, begunBy: 'mentor' })).toBe(false);
		expect(mayTakeBack(pair, teacher, { ...held, frozen: true })).toBe(false);
	});
	test('of what the mentor can’t see, the coach is shown only words of the teacher alone', () => {
		expect(mayShow(pair, teacher, { shared: false, mentorWrote: false })).toBe(true);
		expect(mayShow(pair, teacher, { shared: false, mentorWrote: true })).toBe(false);
	});
});
