/** The table that `policy.test.ts` (the function) and `tests/row-policies.test.ts` (the database) both walk through. */
import type { Access, PairState, Standing } from './policy.ts';

type Case = [pair: PairState['status'], endedAs: PairState['endedAs'], who: Standing, may: Access];

export const cases: Case[] = [
	['proposed', null, 'teacher', 'none'],
	['proposed', null, 'mentor', 'none'],
	['proposed', null, 'coach', 'none'],
	['proposed', null, 'manager', 'none'],
	['proposed', null, 'stranger', 'none'],
	['accepted', null, 'teacher', 'none'],
	['accepted', null, 'mentor', 'none'],
	['accepted', null, 'coach', 'none'],
	['accepted', null, 'manager', 'none'],
	['accepted', null, 'stranger', 'none'],
	['active', null, 'teacher', 'write'],
	['active', null, 'mentor', 'write'],
	['active', null, 'coach', 'none'],
	['active', null, 'manager', 'none'],
	['active', null, 'stranger', 'none'],
	['paused', null, 'teacher', 'read'],
	['paused', null, 'mentor', 'read'],
	['paused', null, 'coach', 'none'],
	['paused', null, 'manager', 'none'],
	['paused', null, 'stranger', 'none'],
	['ended', 'completed', 'teacher', 'read'],
	['ended', 'completed', 'mentor', 'read'],
	['ended', 'completed', 'coach', 'none'],
	['ended', 'completed', 'manager', 'none'],
	['ended', 'completed', 'stranger', 'none'],
	['ended', 'rematched', 'teacher', 'read'],
	['ended', 'rematched', 'mentor', 'none'],
	['ended', 'rematched', 'coach', 'none'],
	['ended', 'rematched', 'manager', 'none'],
	['ended', 'rematched', 'stranger', 'none'],
	['ended', 'withdrawn', 'teacher', 'read'],
	['ended', 'withdrawn', 'mentor', 'none'],
	['ended', 'withdrawn', 'coach', 'none'],
	['ended', 'withdrawn', 'manager', 'none'],
	['ended', 'withdrawn', 'stranger', 'none']
];
