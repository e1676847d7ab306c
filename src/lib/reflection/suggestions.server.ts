/** Whose the suggestions in a stored reflection are: their ids begin with the Yjs client id of whoever made them. */
import * as Y from 'yjs';
import { rootName } from './document.ts';

/** The Yjs client ids that suggestions name. Most reflections have none, and are not opened for it. */
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
