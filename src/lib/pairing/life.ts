/**
 * How a pair goes from a proposal to its end, in words that blame nobody. Like the reasons to end, those to decline and to
 * pause are picked and not written, because a coach and a manager read them and must never read the pair's words. Pure.
 */
import type { PairEvent } from './pair.server.ts';

export type Picked = { key: string; words: string };

export const declines: readonly Picked[] = [
	{ key: 'times', words: 'Times do not fit' },
	{ key: 'subject', words: 'Somebody closer to the subject or grade would help more' },
	{ key: 'full', words: 'There is enough to do just now' },
	{ key: 'other', words: 'Another match would suit better' }
];

export const pauses: readonly Picked[] = [
	{ key: 'school', words: 'A full stretch at school' },
	{ key: 'away', words: 'One of the two is away' },
	{ key: 'life', words: 'Something else comes first for a while' },
	{ key: 'class', words: 'Waiting for a class to practise with' }
];

export const picked = (of: readonly Picked[], key: unknown): Picked | null => of.find((one) => one.key === key) ?? null;

/** What one of the two has asked and the other has not answered. */
export type Ask = { what: 'pause' | 'resume'; byId: string | null; at: Date; reason: string | null };

/** @param events oldest first */
export function openAsk(events: Pick<PairEvent, 'kind' | 'at' | 'byId' | 'reason'>[]): Ask | null {
	let ask: Ask | null = null;
	for (const { kind, at, byId, reason } of events)
		if (kind === 'pause-asked' || kind === 'resume-asked')
			ask = { what: kind === 'pause-asked' ? 'pause' : 'resume', byId, at, reason };
		else if (kind === 'paused' || kind === 'resumed' || kind === 'not-now' || kind === 'ended') ask = null;
	return ask;
}

/** Who has accepted the proposal, by id. @param events oldest first */
export const acceptedBy = (events: Pick<PairEvent, 'kind' | 'byId'>[]): string[] =>
	events.flatMap(({ kind, byId }) => (kind === 'accepted' && byId ? [byId] : []));

/** A reason to match somebody who is not known to be ready; the two read it. */
export const longestOverride = 300;
