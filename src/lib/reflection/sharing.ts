/** Who can see a reflection, in sentences for the two who write it. Pure. */
import { type Held, mayTakeBack, type PairState } from './policy.ts';

export type Names = { teacher: string; mentor: string };

/** One span in which the mentor could see it. */
export type Span = { sharedAt: Date; sharedBy: 'teacher' | 'mentor'; takenBackAt: Date | null };

export type Happened = { at: Date; who: 'teacher' | 'mentor'; what: string };

/** How a reflection came to be seen by whom, oldest first. */
export function howItWent(
	{ startedAt, begunBy }: { startedAt: Date; begunBy: 'teacher' | 'mentor' },
	spans: Span[],
	{ mentor }: Names
): Happened[] {
	const first = spans[0];
	// Begun and shared in one transaction, which has one time.
	const together = first?.sharedAt.getTime() === startedAt.getTime();
	return [
		{ at: startedAt, who: begunBy, what: together ? 'began it, for both to read and write' : 'began it alone' },
		...spans.flatMap(({ sharedAt, sharedBy, takenBackAt }, i): Happened[] => [
			...(together && i === 0 ? [] : [{ at: sharedAt, who: sharedBy, what: `shared it with ${mentor}` }]),
			...(takenBackAt ? [{ at: takenBackAt, who: 'teacher' as const, what: 'took it back' }] : [])
		])
	];
}

/** Why a teacher can't take it back; null when they can. */
export function whyNotTakenBack(pair: PairState, held: Held, { mentor }: Names): string | null {
	if (mayTakeBack(pair, 'teacher', held)) return null;
	if (pair.status === 'ended') return 'The pair has ended. Whoever could see this then keeps seeing it.';
	if (held.begunBy === 'mentor') return `${mentor} began this one, so it stays with both of you.`;
	if (held.frozen)
		return `A version of this is frozen to be handed in. From then on it stays with both of you, so that you both can see what was handed in.`;
	return 'The pair has not begun yet.';
}
