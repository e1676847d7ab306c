/** Whose the comments and suggestions in a stored reflection are. */
import * as Y from 'yjs';
import type { Tx } from '#lib/server/database.ts';
import { commentClients, commentsIn } from './comments.ts';
import { commentsName } from './document.ts';
import { ownersOf } from './log.server.ts';
import { suggestionClientsIn } from './suggestions.server.ts';

/** Most reflections have no comments, and are not opened for them. */
function ofComments<T>(update: Uint8Array, read: (doc: Y.Doc) => T, none: T): T {
	if (!Buffer.from(update.buffer, update.byteOffset, update.byteLength).includes(commentsName)) return none;
	const doc = new Y.Doc();
	try {
		Y.applyUpdate(doc, update);
		return read(doc);
	} finally {
		doc.destroy();
	}
}

/** The Yjs client ids under which anything about comments was written. */
export const commentClientsIn = (update: Uint8Array): number[] => ofComments(update, commentClients, []);

/** What the page says of comments before their script is there: how many there ever were, and which are open. */
export type CommentsInShort = { all: number; open: string[] };

export const commentsInShort = (update: Uint8Array): CommentsInShort =>
	ofComments(
		update,
		(doc) => ({
			all: doc.getMap(commentsName).size,
			open: commentsIn(doc, () => null).flatMap(({ id, resolved, removed }) => (resolved || removed ? [] : [id]))
		}),
		{ all: 0, open: [] }
	);

/** Who wrote under those ids, as far as anybody knows. Row policies apply. */
export async function commentersIn(tx: Tx, reflectionId: string, update: Uint8Array): Promise<Record<number, string>> {
	const clients = [...new Set([...commentClientsIn(update), ...suggestionClientsIn(update)])];
	if (clients.length === 0) return {};
	const owners = await ownersOf(tx, reflectionId);
	return Object.fromEntries(clients.flatMap((client) => (owners.has(client) ? [[client, owners.get(client)!]] : [])));
}
