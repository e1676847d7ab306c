/** A stock y-websocket provider under plain Node, which also hears what the server says is durable. */
import * as decoding from 'lib0/decoding';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { frame, sync } from '../../src/lib/reflection/frames.ts';
import type { Visitor } from './visitor.ts';

export type Client = {
	doc: Y.Doc;
	provider: WebsocketProvider;
	/**
	 * Makes one edit, as one transaction that the provider sends as one update.
	 * @returns false when the document already said so, and nothing is sent
	 */
	apply(update: Uint8Array | null): boolean;
	/** Ends the connection and frees the document; nothing comes back. */
	leave(): void;
};

export type Hearing = {
	/** How many of its own edits the document holds at this moment; remembered with each update that goes out. */
	edits?(): number;
	/** The database has the document's first so many own edits. */
	durable?(edits: number): void;
	/** The server closed for good: a code from 4400 to 4499, at which the stock provider gives up. */
	closed?(code: number, reason: string): void;
};

/** Opens a reflection as this visitor. The provider reconnects by itself, as it does in a browser. */
export function openReflection(visitor: Visitor, reflectionId: string, hearing: Hearing = {}): Client {
	const origin = new URL(visitor.base).origin;

	/** The browser's WebSocket sends the cookie and the origin by itself; here we say them. */
	class VisitorSocket extends WebSocket {
		/** For each update frame sent on this socket, the own edits that it and those before it carry. */
		carried: number[] = [];

		constructor(url: string, protocols: string[]) {
			super(url, protocols, { headers: { cookie: visitor.cookie, origin } });
		}

		override send(data: Uint8Array): void {
			if (data[0] === frame.sync && (data[1] === sync.step2 || data[1] === sync.update)) {
				this.carried.push(hearing.edits?.() ?? 0);
			}
			super.send(data);
		}
	}

	const doc = new Y.Doc();
	const provider = new WebsocketProvider(origin.replace(/^http/, 'ws') + '/live', reflectionId, doc, {
		WebSocketPolyfill: VisitorSocket as unknown as typeof globalThis.WebSocket,
		params: { durable: '1' },
		disableBc: true
	});
	provider.messageHandlers[frame.durable] = (_encoder, decoder) => {
		const frames = decoding.readVarUint(decoder);
		const carried = (provider.ws as unknown as VisitorSocket).carried[frames - 1];
		if (carried !== undefined) hearing.durable?.(carried);
	};
	provider.on('closed', ({ code, reason }) => hearing.closed?.(code, reason));
	return {
		doc,
		provider,
		apply(update) {
			let changed = false;
			const note = () => (changed = true);
			doc.on('update', note);
			if (update) Y.applyUpdate(doc, update, 'replay');
			doc.off('update', note);
			return changed;
		},
		leave() {
			provider.destroy();
			doc.destroy();
		}
	};
}

/**
 * Waits until something is so, looking again whenever the document changes and at least every 50 ms.
 * @returns false when the time ran out
 */
export async function until(condition: () => boolean, withinMs: number): Promise<boolean> {
	const end = performance.now() + withinMs;
	while (!condition()) {
		if (performance.now() > end) return false;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	return true;
}
