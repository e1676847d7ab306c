/** Undo in the editor: y-tiptap's, without a memory that it keeps too long. */
import { ySyncPluginKey, yUndoPlugin, yUndoPluginKey } from '@tiptap/y-tiptap';
import { Plugin } from 'prosemirror-state';
import type { UndoManager } from 'yjs';

/**
 * After an undo the binding remembers where the caret was before the undone step, and takes that for its place at the next
 * change. When the partner makes it before anything else happens here, the caret jumps there; and where the text has
 * become shorter since, the binding throws half way, the change stays unseen, and the next key deletes it for everybody.
 */
const forgetting = () =>
	new Plugin({
		view: ({ state }) => {
			const { undoManager } = yUndoPluginKey.getState(state) as { undoManager: UndoManager };
			undoManager.on('stack-item-popped', () => {
				const sync = ySyncPluginKey.getState(state) as { binding: { beforeTransactionSelection: unknown } };
				sync.binding.beforeTransactionSelection = null;
			});
			return {};
		}
	});

export const undoing = () => [yUndoPlugin(), forgetting()];
