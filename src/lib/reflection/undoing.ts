/** Undo in the editor: y-tiptap's and Yjs's, with two faults of theirs mended. */
import { ySyncPluginKey, yUndoPlugin, yUndoPluginKey } from '@tiptap/y-tiptap';
import { Plugin } from 'prosemirror-state';
import * as Y from 'yjs';

export const undoing = () => [yUndoPlugin(), mending()];

function mending(): Plugin {
	return new Plugin({
		view: ({ state }) => {
			const { undoManager } = yUndoPluginKey.getState(state) as { undoManager: Y.UndoManager };
			const { doc } = undoManager;
			const mend = (transaction: Y.Transaction) => {
				if (transaction.origin === undoManager) sayPlaces(transaction);
			};
			doc.on('beforeObserverCalls', mend);
			undoManager.on('stack-item-popped', () => {
				const sync = ySyncPluginKey.getState(state) as { binding: { beforeTransactionSelection: unknown } };
				// The binding remembers where the caret was before the undone step, and takes that for its place at the next
				// change. When the partner makes it before anything else happens here, the caret jumps there; and where the text
				// has become shorter since, the binding throws half way, and the next key deletes that change for everybody.
				sync.binding.beforeTransactionSelection = null;
			});
			return { destroy: () => doc.off('beforeObserverCalls', mend) };
		}
	});
}

/**
 * Gives what an undo put back the neighbours that it has. Yjs 13.6 sometimes names a right neighbour that stands left
 * (yjs issue 794: delete some words, undo, write into them, make their paragraph a heading, undo); then everybody else,
 * and the database, puts the words in another place than they have here. Nobody has been told yet.
 */
function sayPlaces({ doc, beforeState }: Y.Transaction): void {
	const { clientID: client, store } = doc;
	const known = beforeState.get(client) ?? 0;
	for (const item of store.clients.get(client)?.slice().reverse() ?? []) {
		if (item.id.clock < known) break;
		if (!(item instanceof Y.Item) || item.parentSub !== null || !item.origin || !item.rightOrigin) continue;
		if (isBefore(Y.getItem(store, item.origin) as Y.Item, Y.getItem(store, item.rightOrigin) as Y.Item)) continue;
		// Those that came after it are told of after it.
		const isLater = ({ id }: Y.Item) => id.client === client && id.clock > item.id.clock;
		let { left, right } = item;
		while (left && isLater(left)) ({ left } = left);
		while (right && isLater(right)) ({ right } = right);
		item.origin = left && left.lastId;
		item.rightOrigin = right && right.id;
	}
}

function isBefore(one: Y.Item, other: Y.Item): boolean {
	let next = one.right;
	while (next && next !== other) next = next.right;
	return next !== null;
}
