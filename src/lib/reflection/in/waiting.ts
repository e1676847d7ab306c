/**
 * A text that waits in this tab to be put into a reflection: the page that read the file leaves it here, and the editor
 * takes it when it is open. It never leaves the tab, and waits an hour at most.
 */
import type { SettledBlock } from '../settled.ts';

const keyOf = (reflectionId: string) => `text-for:${reflectionId}`;
const waitsMs = 60 * 60_000;

type Waiting = { personId: string; at: number; blocks: SettledBlock[] };

/** @returns false when the tab has no room for it, or keeps nothing */
export function leave(reflectionId: string, personId: string, blocks: SettledBlock[]): boolean {
	try {
		sessionStorage.setItem(keyOf(reflectionId), JSON.stringify({ personId, at: Date.now(), blocks } satisfies Waiting));
		return true;
	} catch {
		return false;
	}
}

/** What waits for this person here; whatever was another's, or is old, is let go. */
export function look(reflectionId: string, personId: string): SettledBlock[] | null {
	const text = sessionStorage.getItem(keyOf(reflectionId));
	if (!text) return null;
	try {
		const waiting = JSON.parse(text) as Waiting;
		if (waiting.personId === personId && Date.now() - waiting.at < waitsMs) return waiting.blocks;
	} catch {
		// Nothing of ours.
	}
	forget(reflectionId);
	return null;
}

export const forget = (reflectionId: string) => sessionStorage.removeItem(keyOf(reflectionId));
