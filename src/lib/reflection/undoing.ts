/** Undo in the editor: y-tiptap's and Yjs's, with two faults of theirs mended. */
import { ySyncPluginKey, yUndoPlugin, yUndoPluginKey } from '@tiptap/y-tiptap';
import { Plugin } from 'prosemirror-state';
import { Item, type Transaction, type UndoManager } from 'yjs';

export const undoing = () => [yUndoPlugin(), mending()];

function mending(): Plugin {
	return new Plugin({
		view: ({ state }) => {
			const { undoManager } = yUndoPluginKey.getState(state) as { undoManager: UndoManager };
			const { doc } = undoManager;
			const mend = (transaction: Transaction) => {
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
function sayPlaces({ doc: { clientID, store }, beforeState }: Transaction): void {
	for (const item of store.clients.get(clientID)?.toReversed() ?? []) {
		if (item.id.clock < (beforeState.get(clientID) ?? 0)) break;
		if (!(item instanceof Item) || item.parentSub !== null || !item.rightOrigin) continue;
		// Those that came after it are told of after it.
		const isLater = ({ id }: Item) => id.client === clientID && id.clock > item.id.clock;
		let { left, right } = item;
		while (left && isLater(left)) ({ left } = left);
		while (right && isLater(right)) ({ right } = right);
		item.origin = left && left.lastId;
		item.rightOrigin = right && right.id;
	}
}
