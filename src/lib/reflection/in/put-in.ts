/**
 * Puts a text that waits in this tab at the end of a reflection, as an edit like any other: rights, undo, authorship and
 * the way to the server are the editor's. Loaded only when something waits.
 */
import type { EditorView } from 'prosemirror-view';
import { forget, look } from './waiting.ts';

export function putIn(view: EditorView, reflectionId: string, personId: string): void {
	const blocks = look(reflectionId, personId);
	if (!blocks || view.isDestroyed) return;
	if (!view.editable)
		return say(
			view,
			'This reflection can only be read now, so the text of your file was not put in. It waits in this tab; your file is unchanged.'
		);
	const { doc, schema, tr } = view.state;
	const made = schema.nodeFromJSON({ type: 'doc', content: blocks });
	// Before an empty last line and not in its place: at this moment somebody else may write in it.
	const last = doc.lastChild;
	const at =
		doc.content.size - (last && last.type === schema.nodes.paragraph && last.content.size === 0 ? last.nodeSize : 0);
	view.dispatch(tr.insert(at, made.content));
	// In the same moment, so that it can't be put in twice.
	forget(reflectionId);
	say(view, 'The text of your file stands at the end. One undo takes it out again.');
	view.dom.children[view.state.doc.resolve(at).index(0)]?.scrollIntoView({ block: 'center' });
}

function say(view: EditorView, sentence: string): void {
	const notice = document.createElement('p');
	notice.className = 'notice';
	notice.role = 'status';
	// Below the text, and in sight wherever in it one is.
	notice.style.cssText = 'position: sticky; bottom: calc(var(--foot) + 16px); z-index: 2';
	view.dom.after(notice);
	// A screen reader hears what changes, not what was there from the start.
	setTimeout(() => (notice.textContent = sentence), 100);
}
