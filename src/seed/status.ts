import type { CastPair } from './cast.ts';

const after = {
	proposed: 'proposed',
	accepted: 'accepted',
	started: 'active',
	paused: 'paused',
	resumed: 'active',
	ended: 'ended'
} as const;

/** What a pair is now follows from what happened to it last. */
export const statusOf = ({ history }: Pick<CastPair, 'history'>) => after[history.at(-1)!.kind];
