/**
 * What the page says about the words on it, in words. One rule above all: "Saved" is said only when the server's
 * database has every change that was made here.
 */

/** What is known about the connection and the copy in this browser. */
export type Facts = {
	/** What the person may do here, as far as the page knows. */
	mayWrite: boolean;
	/** Whether the first exchange with the server, or the first failure to have one, is behind us. */
	begun: boolean;
	connected: boolean;
	/** Server and browser have told each other what they have, on this connection. */
	synced: boolean;
	/** Frames with changes that were sent on this connection and are not yet known to be in the database. */
	unacknowledged: number;
	/** Something was changed here that no connection has taken yet. */
	unsent: boolean;
	/** Whether this browser keeps a copy of its own (IndexedDB). */
	kept: boolean;
	/** The server's last word, when coming back can't help or it would not take a change; a sentence. */
	refused: string | null;
};

export type SaveState =
	| { kind: 'opening' }
	| { kind: 'saving' }
	| { kind: 'saved' }
	/** `dirty`: words written here wait for the server. */
	| { kind: 'offline'; dirty: boolean }
	| { kind: 'cant-save'; reason: string; dirty: boolean }
	| { kind: 'read-only' };

export const notKept = 'You are offline, and this browser keeps no copy. Leave this page open until you are back.';

export function saveState(facts: Facts): SaveState {
	const waiting = facts.unsent || facts.unacknowledged > 0;
	if (facts.refused !== null && (facts.mayWrite || waiting))
		return { kind: 'cant-save', reason: facts.refused, dirty: waiting };
	if (!facts.mayWrite) return { kind: 'read-only' };
	if (!facts.begun && !waiting) return { kind: 'opening' };
	if (!facts.connected)
		return facts.kept || !waiting
			? { kind: 'offline', dirty: waiting }
			: { kind: 'cant-save', reason: notKept, dirty: true };
	if (!facts.synced || waiting) return { kind: 'saving' };
	return { kind: 'saved' };
}

/** True when closing the page now would lose words: they are neither with the server nor in this browser. */
export const closingLoses = ({ unsent, unacknowledged, kept }: Facts): boolean =>
	!kept && (unsent || unacknowledged > 0);
