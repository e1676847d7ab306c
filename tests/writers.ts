/**
 * People who write one document, each in a Yjs document of their own, and the log that the server would keep of it.
 * With the editor's own plugins, and without a screen.
 */
import { initProseMirrorDoc, redo, undo, ySyncPlugin, yUndoPluginKey } from '@tiptap/y-tiptap';
import type { Node } from 'prosemirror-model';
import {
	type Command,
	EditorState,
	type Plugin,
	type PluginView,
	TextSelection,
	type Transaction
} from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import * as Y from 'yjs';
import type { Written } from '#lib/reflection/authors.ts';
import { rootName } from '#lib/reflection/document.ts';
import { schema } from '#lib/reflection/schema.ts';
import { undoing } from '#lib/reflection/undoing.ts';

export class Desk {
	/** What the server has, in the order in which it came. */
	readonly log: Written[] = [];
	readonly owners = new Map<number, string>();
	readonly #docs: { doc: Y.Doc; personId: string; heard: number }[] = [];

	/** A document of this person. What it says goes to the log at once; what others say it hears when told to. */
	sit(personId: string, clientId: number): Y.Doc {
		const doc = new Y.Doc();
		doc.clientID = clientId;
		this.owners.set(clientId, personId);
		this.#docs.push({ doc, personId, heard: 0 });
		doc.on('update', (update: Uint8Array, origin: unknown) => {
			if (origin !== this) this.log.push({ personId, updates: [update] });
		});
		return doc;
	}

	get docs(): Y.Doc[] {
		return this.#docs.map(({ doc }) => doc);
	}

	/** Lets one document, or all, hear what the log has. */
	hear(one?: Y.Doc): void {
		for (const here of this.#docs) {
			if (one && here.doc !== one) continue;
			for (; here.heard < this.log.length; here.heard++)
				for (const update of this.log[here.heard]!.updates) Y.applyUpdate(here.doc, update, this);
		}
	}
}

type Meant = (state: EditorState, tr: Transaction, apply: (tr: Transaction) => EditorState) => void;

/** The editor of `Editing.svelte.ts`, as far as it changes a document. */
export class Editor {
	state: EditorState;
	readonly #views: PluginView[];

	readonly #meant: Meant;

	/** @param meant how a change is applied */
	constructor(doc: Y.Doc, plugins: Plugin[] = [], meant: Meant = (_, tr, apply) => void apply(tr)) {
		this.#meant = meant;
		const fragment = doc.getXmlFragment(rootName);
		const { doc: node, mapping } = initProseMirrorDoc(fragment, schema) as unknown as {
			doc: Node;
			mapping: Map<never, never>;
		};
		this.state = EditorState.create({
			doc: node.childCount ? node : undefined,
			schema,
			plugins: [ySyncPlugin(fragment, { mapping }), ...undoing(), ...plugins]
		});
		this.#views = this.state.plugins.flatMap(({ spec }) => spec.view?.(this as unknown as EditorView) ?? []);
	}

	hasFocus = () => false;

	dispatch(tr: Transaction): void {
		this.#meant(this.state, tr, (one) => {
			const before = this.state;
			this.state = before.apply(one);
			for (const view of this.#views) view.update?.(this as unknown as EditorView, before);
			return this.state;
		});
	}

	run(command: Command): boolean {
		return command(this.state, (tr) => this.dispatch(tr));
	}

	select(from: number, to = from): void {
		const size = this.state.doc.content.size;
		const at = (position: number) => this.state.doc.resolve(Math.max(0, Math.min(position, size)));
		this.dispatch(this.state.tr.setSelection(TextSelection.between(at(from), at(to))));
	}

	type(text: string): void {
		this.dispatch(this.state.tr.insertText(text));
	}

	/** The next change is an undo step of its own. */
	rest(): void {
		(yUndoPluginKey.getState(this.state) as { undoManager: Y.UndoManager }).undoManager.stopCapturing();
	}

	undo = () => undo(this.state);
	redo = () => redo(this.state);
}
