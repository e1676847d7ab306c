/** The table that `policy.test.ts` (the functions) and `checkins.server.test.ts` (the database) both walk through. */
import type { PairState, Standing } from '#lib/pairing/policy.ts';

type Case = [
	pair: PairState['status'],
	endedAs: PairState['endedAs'],
	who: Standing,
	may: 'send' | 'read' | 'none',
	signal: boolean
];

const open = ['proposed', 'accepted', 'active', 'paused'] as const;
const ended = ['completed', 'rematched', 'withdrawn'] as const;

export const cases: Case[] = [
	...open.flatMap((status): Case[] => {
		const together = status === 'active' || status === 'paused';
		return [
			[status, null, 'teacher', together ? 'send' : 'none', together],
			[status, null, 'mentor', together ? 'read' : 'none', together],
			[status, null, 'coach', 'none', true],
			[status, null, 'manager', 'none', false],
			[status, null, 'stranger', 'none', false]
		];
	}),
	...ended.flatMap((endedAs): Case[] => [
		['ended', endedAs, 'teacher', 'read', true],
		['ended', endedAs, 'mentor', endedAs === 'completed' ? 'read' : 'none', endedAs === 'completed'],
		['ended', endedAs, 'coach', 'none', false],
		['ended', endedAs, 'manager', 'none', false],
		['ended', endedAs, 'stranger', 'none', false]
	])
];
