/** Whose the comments in a stored reflection are. */
import * as Y from 'yjs';
import type { Tx } from '#lib/server/database.ts';
import { commentClients } from './comments.ts';
import { commentsName, rootName } from './document.ts';
import { ownersOf } from './log.server.ts';

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

/** The same for suggestions, whose ids begin with the client id of whoever made them. */
export function suggestionClientsIn(update: Uint8Array): number[] {
	const bytes = Buffer.from(update.buffer, update.byteOffset, update.byteLength);
	if (!['insertion', 'deletion', 'restyled', 'split', 'join', 'was'].some((name) => bytes.includes(name))) return [];
	const clients = new Set<number>();
	const doc = new Y.Doc();
	const note = (id: unknown) => {
		const client = typeof id === 'string' ? parseInt(id, 36) : NaN;
		if (Number.isSafeInteger(client)) clients.add(client);
	};
	try {
		Y.applyUpdate(doc, update);
		const stack: Y.XmlFragment[] = [doc.getXmlFragment(rootName)];
		for (let parent = stack.pop(); parent; parent = stack.pop())
			for (const child of parent.toArray()) {
				if (child instanceof Y.XmlText)
					for (const { attributes } of child.toDelta() as { attributes?: Record<string, { id?: unknown }> }[])
						for (const name of ['insertion', 'deletion', 'restyled']) note(attributes?.[name]?.id);
				if (!(child instanceof Y.XmlElement)) continue;
				stack.push(child);
				for (const name of ['split', 'join', 'insertion', 'deletion']) note(child.getAttribute(name));
				note(/"id":"([^"]+)/.exec(String(child.getAttribute('was')))?.[1]);
			}
		return [...clients];
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
