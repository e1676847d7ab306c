/** The table that `policy.test.ts` (the functions) and `meetings.server.test.ts` (the database) both walk through. */
import type { PairState, Standing } from '#lib/pairing/policy.ts';

type Case = [
	pair: PairState['status'],
	endedAs: PairState['endedAs'],
	who: Standing,
	meetings: boolean,
	words: 'write' | 'read' | 'none'
];

const open = ['proposed', 'accepted', 'active', 'paused'] as const;
const ended = ['completed', 'rematched', 'withdrawn'] as const;
const whoever = ['coach', 'manager', 'stranger'] as const;

export const cases: Case[] = [
	...open.flatMap((status) =>
		(['teacher', 'mentor'] as const).map((who): Case => [
			status,
			null,
			who,
			true,
			status === 'active' || status === 'paused' ? 'write' : 'none'
		])
	),
	...ended.flatMap((endedAs): Case[] => [
		['ended', endedAs, 'teacher', true, 'read'],
		['ended', endedAs, 'mentor', true, endedAs === 'completed' ? 'read' : 'none']
	]),
	...[...open.map((status) => [status, null] as const), ...ended.map((as) => ['ended', as] as const)].flatMap(
		([status, endedAs]) => whoever.map((who): Case => [status, endedAs, who, who === 'coach', 'none'])
	)
];
