/** Whose the comments and suggestions in a stored reflection are. */
import * as Y from 'yjs';
import type { Tx } from '#lib/server/database.ts';
import { commentClients } from './comments.ts';
import { commentsName } from './document.ts';
import { ownersOf } from './log.server.ts';
import { suggestionClientsIn } from './suggestions.server.ts';

/** The Yjs client ids under which anything about comments was written. Most reflections have none, and are not opened for it. */
export function commentClientsIn(update: Uint8Array): number[] {
	if (!Buffer.from(update.buffer, update.byteOffset, update.byteLength).includes(commentsName)) return [];
	const doc = new Y.Doc();
	try {
		Y.applyUpdate(doc, update);
		return commentClients(doc);
	} finally {
		doc.destroy();
	}
}

/** Who wrote under those ids, as far as anybody knows. Row policies apply. */
export async function commentersIn(tx: Tx, reflectionId: string, update: Uint8Array): Promise<Record<number, string>> {
	const clients = [...new Set([...commentClientsIn(update), ...suggestionClientsIn(update)])];
	if (clients.length === 0) return {};
	const owners = await ownersOf(tx, reflectionId);
	return Object.fromEntries(clients.flatMap((client) => (owners.has(client) ? [[client, owners.get(client)!]] : [])));
}
