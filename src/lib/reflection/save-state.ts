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
	/** The server said that it is restarting, a moment ago: no reason to worry anybody. */
	restarting: boolean;
	/** Server and browser have told each other what they have, on this connection. */
	synced: boolean;
	/** Frames with changes that were sent on this connection and are not yet known to be in the database. */
	unacknowledged: number;
	/** Something was changed here that no connection has taken yet. */
	unsent: boolean;
	/** The copy in this browser may have words that no server had when they were typed, on an earlier page perhaps. */
	owed: boolean;
	/** Whether this browser keeps a copy of its own (IndexedDB); on a shared computer none. */
	kept: boolean;
	/** The server's last word, when coming back can't help or it would not take a change; a sentence. */
	refused: string | null;
};

export type SaveState =
	| { kind: 'opening' }
	| { kind: 'saving' }
	| { kind: 'saved' }
	/** `dirty`: words written here wait for the server. `kept`: this browser keeps them meanwhile. */
	| { kind: 'offline'; dirty: boolean; kept: boolean }
	| { kind: 'cant-save'; reason: string; dirty: boolean }
	| { kind: 'read-only' };

export const notKept = 'You are offline, and nothing is kept on this device. Leave this page open until you are back.';

export const overNow = 'Nobody can write here any more.';

export function saveState(facts: Facts): SaveState {
	const waiting = facts.unsent || facts.unacknowledged > 0;
	// Words that were written while they could be, and are nowhere else: that writing has ended does not hide them.
	if (!facts.mayWrite && !waiting) return { kind: 'read-only' };
	const reason = facts.refused ?? (facts.mayWrite ? null : overNow);
	if (reason !== null) return { kind: 'cant-save', reason, dirty: waiting };
	if (!facts.begun && !waiting) return { kind: 'opening' };
	if (!facts.connected && !facts.restarting) {
		const dirty = waiting || facts.owed;
		return facts.kept || !dirty
			? { kind: 'offline', dirty, kept: facts.kept }
			: { kind: 'cant-save', reason: notKept, dirty };
	}
	if (!facts.synced || waiting) return { kind: 'saving' };
	return { kind: 'saved' };
}

/** True when closing the page now would lose words: they are neither with the server nor in this browser. */
export const closingLoses = ({ unsent, unacknowledged, owed, kept }: Facts): boolean =>
	!kept && (unsent || owed || unacknowledged > 0);
