/** The table that `policy.test.ts` (the function) and `tests/row-policies.test.ts` (the database) both walk through. */
import type { Access, PairState, Standing } from './policy.ts';

type Case = [pair: PairState['status'], endedAs: PairState['endedAs'], who: Standing, may: Access];

export const cases: Case[] = [
	['proposed', null, 'teacher', 'none'],
	['proposed', null, 'mentor', 'none'],
	['accepted', null, 'teacher', 'none'],
	['accepted', null, 'mentor', 'none'],
	['active', null, 'teacher', 'write'],
	['active', null, 'mentor', 'write'],
	['active', null, 'coach', 'none'],
	['active', null, 'manager', 'none'],
	['active', null, 'stranger', 'none'],
	['paused', null, 'teacher', 'read'],
	['paused', null, 'mentor', 'read'],
	['paused', null, 'coach', 'none'],
	['ended', 'completed', 'teacher', 'read'],
	['ended', 'completed', 'mentor', 'read'],
	['ended', 'completed', 'coach', 'none'],
	['ended', 'rematched', 'teacher', 'read'],
	['ended', 'rematched', 'mentor', 'none'],
	['ended', 'rematched', 'coach', 'none'],
	['ended', 'withdrawn', 'teacher', 'read'],
	['ended', 'withdrawn', 'mentor', 'none'],
	['ended', 'withdrawn', 'stranger', 'none']
];
