/** The table that `policy.test.ts` (the functions) and `tests/pair-policies.test.ts` (the database) both walk through. */
import type { PairState, Sight, Standing } from './policy.ts';

type Case = [pair: PairState['status'], endedAs: PairState['endedAs'], who: Standing, sees: Sight, mayEnd: boolean];

export const cases: Case[] = [
	['proposed', null, 'teacher', 'everything', true],
	['proposed', null, 'mentor', 'everything', true],
	['proposed', null, 'coach', 'rhythm', false],
	['proposed', null, 'manager', 'lifecycle', true],
	['proposed', null, 'stranger', 'nothing', false],
	['accepted', null, 'teacher', 'everything', true],
	['accepted', null, 'mentor', 'everything', true],
	['accepted', null, 'coach', 'rhythm', false],
	['accepted', null, 'manager', 'lifecycle', true],
	['accepted', null, 'stranger', 'nothing', false],
	['active', null, 'teacher', 'everything', true],
	['active', null, 'mentor', 'everything', true],
	['active', null, 'coach', 'rhythm', false],
	['active', null, 'manager', 'lifecycle', true],
	['active', null, 'stranger', 'nothing', false],
	['paused', null, 'teacher', 'everything', true],
	['paused', null, 'mentor', 'everything', true],
	['paused', null, 'coach', 'rhythm', false],
	['paused', null, 'manager', 'lifecycle', true],
	['paused', null, 'stranger', 'nothing', false],
	['ended', 'completed', 'teacher', 'everything', false],
	['ended', 'completed', 'mentor', 'everything', false],
	['ended', 'completed', 'coach', 'rhythm', false],
	['ended', 'completed', 'manager', 'lifecycle', false],
	['ended', 'completed', 'stranger', 'nothing', false],
	['ended', 'rematched', 'teacher', 'everything', false],
	['ended', 'rematched', 'mentor', 'everything', false],
	['ended', 'rematched', 'coach', 'rhythm', false],
	['ended', 'rematched', 'manager', 'lifecycle', false],
	['ended', 'rematched', 'stranger', 'nothing', false],
	['ended', 'withdrawn', 'teacher', 'everything', false],
	['ended', 'withdrawn', 'mentor', 'everything', false],
	['ended', 'withdrawn', 'coach', 'rhythm', false],
	['ended', 'withdrawn', 'manager', 'lifecycle', false],
	['ended', 'withdrawn', 'stranger', 'nothing', false]
];
