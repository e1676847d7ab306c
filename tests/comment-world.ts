/**
 * Two people who write, format, undo and comment, together and apart, and somebody who remembers for each character which
 * comments it belongs to: by what people meant, not by how it is kept. Every character that is typed is another one, so
 * it can be told apart wherever it stands.
 */
import { baseKeymap, setBlockType, toggleMark, wrapIn } from 'prosemirror-commands';
import type { Node } from 'prosemirror-model';
import { liftListItem, sinkListItem, splitListItem, wrapInList } from 'prosemirror-schema-list';
import { AllSelection, type Command } from 'prosemirror-state';
import type * as Y from 'yjs';
import { schema } from '#lib/reflection/schema.ts';
import { Desk, Editor } from './writers.ts';

const { nodes, marks } = schema;

/** The same numbers for the same seed. */
export function numbers(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

type Writer = { doc: Y.Doc; editor: Editor; here: boolean };

/** What keeps comments on their words, of one editor. */
export type Keeping = (doc: Y.Doc, editor: Editor) => void;

type Letter = {
	/** Comments it belongs to for certain. */
	belongs: Set<string>;
	/** Typed beside words that stood twice. */
	unsure: boolean;
};

export class CommentWorld {
	readonly desk = new Desk();
	readonly writers: Writer[];
	readonly letters = new Map<string, Letter>();
	/** Comments and the letters that were there, for whoever made it, when they were made. */
	readonly comments = new Map<string, { on: Set<string>; saw: Set<string> }>();
	/** Letters that have stood twice: the binding moves words by deleting and inserting, and both did. */
	readonly twice = new Set<string>();
	#next = 0x4e00;

	constructor(keep: Keeping = () => {}) {
		this.writers = [1, 2].map((client) => {
			const doc = this.desk.sit(client === 1 ? 'teacher' : 'mentor', client);
			return { doc, editor: undefined as unknown as Editor, here: true };
		});
		const first = this.writers[0]!;
		first.editor = new Editor(first.doc);
		this.desk.hear();
		this.writers[1]!.editor = new Editor(this.writers[1]!.doc);
		for (const { doc, editor } of this.writers) keep(doc, editor);
	}

	/** Letters nobody has typed yet. */
	fresh(count: number): string {
		let text = '';
		for (let i = 0; i < count; i++) {
			text += String.fromCharCode(this.#next++);
			if (this.#next === 0xd800) this.#next = 0xe000;
		}
		return text;
	}

	type({ editor }: Writer, count: number): void {
		const { $from, $to, empty } = editor.state.selection;
		const letter = (at: number, $at = $from) => {
			const text = $at.parent.textBetween(0, $at.parent.content.size, undefined, '\n');
			return text[at];
		};
		const left = empty ? letter($from.parentOffset - 1) : letter($from.parentOffset);
		const right = letter($to.parentOffset, $to);
		const belongs = new Set([...this.of(left)].filter((id) => this.of(right).has(id)));
		const unsure = [left, right].some(
			(one) => one !== undefined && (this.twice.has(one) || this.letters.get(one)?.unsure)
		);
		const text = this.fresh(count);
		for (const one of text) this.letters.set(one, { belongs, unsure });
		editor.type(text);
	}

	of(letter: string | undefined): Set<string> {
		return (letter && this.letters.get(letter)?.belongs) || new Set();
	}

	comment({ editor }: Writer, from: number, to: number): string | null {
		const id = `c${this.comments.size}`;
		const { state } = editor;
		const on = new Set(state.doc.textBetween(from, to, '', ''));
		if (on.size === 0) return null;
		this.comments.set(id, { on, saw: new Set(state.doc.textBetween(0, state.doc.content.size, '', '')) });
		for (const letter of on) this.letters.get(letter)!.belongs = new Set([...this.of(letter), id]);
		editor.dispatch(state.tr.addMark(from, to, marks.comment.create({ id })).setMeta('addToHistory', false));
		return id;
	}

	/** Everybody who is on line hears what the others wrote, until nobody has anything more to say. */
	hear(): void {
		for (let said = -1; said !== this.desk.log.length;) {
			said = this.desk.log.length;
			for (const { doc, here } of this.writers) if (here) this.desk.hear(doc);
		}
	}

	/** What is wrong in what this person sees. Where both moved the same words they stand twice; each may be the one. */
	wrong({ editor }: Writer): string[] {
		const faults = new Set<string>();
		const seen = lettersOf(editor.state.doc);
		const marked = new Map<string, Set<string>>();
		const twice = new Set<string>();
		for (const { letter, ids } of seen) {
			if (marked.has(letter)) twice.add(letter);
			marked.set(letter, new Set([...ids, ...(marked.get(letter) ?? [])]));
		}
		for (const letter of twice) this.twice.add(letter);
		seen.forEach(({ letter, ids }, at) => {
			const known = this.letters.get(letter);
			if (!known || known.unsure || this.twice.has(letter)) return;
			for (const id of ids)
				if (!known.belongs.has(id) && !this.#mayBe(seen, at, id)) faults.add(`foreign ${id} on ${letter}`);
			for (const id of known.belongs) if (!marked.get(letter)!.has(id)) faults.add(`missing ${id} on ${letter}`);
		});
		return [...faults];
	}

	/** Amid the words of a comment that was made when this was not there: both readings are right. */
	#mayBe(seen: ReturnType<typeof lettersOf>, at: number, id: string): boolean {
		const { saw } = this.comments.get(id)!;
		const step = (by: number) => {
			let to = at + by;
			while (
				seen[to] &&
				seen[to]!.block === seen[at]!.block &&
				!saw.has(seen[to]!.letter) &&
				!this.of(seen[to]!.letter).has(id)
			)
				to += by;
			return seen[to]?.block === seen[at]!.block && this.of(seen[to]!.letter).has(id);
		};
		return !saw.has(seen[at]!.letter) && step(-1) && step(1);
	}
}

export function lettersOf(doc: Node): { letter: string; ids: Set<string>; block: Node }[] {
	const letters: { letter: string; ids: Set<string>; block: Node }[] = [];
	doc.descendants((node, _at, block) => {
		if (!node.isText) return;
		const ids = new Set(node.marks.filter(({ type }) => type === marks.comment).map(({ attrs }) => attrs.id as string));
		[...node.text!].forEach((letter) => letters.push({ letter, ids, block: block! }));
	});
	return letters;
}

/** One thing that somebody does, by chance. */
export function act(world: CommentWorld, random: () => number): string {
	const below = (n: number) => Math.floor(random() * n);
	const writer = world.writers[below(2)]!;
	const { editor } = writer;
	const size = () => editor.state.doc.content.size;
	const somewhere = () => editor.select(below(size() + 1));
	const some = (most: number) => {
		const from = below(size());
		editor.select(from, Math.min(size(), from + 1 + below(most)));
	};
	const run = (command: Command) => () => {
		somewhere();
		editor.run(command);
	};
	const atStart = () => {
		somewhere();
		editor.select(editor.state.selection.$from.start());
	};
	const acts: [number, string, () => void][] = [
		[30, 'type', () => (somewhere(), world.type(writer, 1 + below(6)))],
		[8, 'delete', () => (some(12), editor.run(baseKeymap.Backspace!))],
		[3, 'type over', () => (some(8), world.type(writer, 1 + below(3)))],
		[8, 'Enter', () => (somewhere(), editor.run(splitListItem(nodes.list_item)) || editor.run(baseKeymap.Enter!))],
		[8, 'join', () => (atStart(), editor.run(baseKeymap.Backspace!))],
		[2, 'list', run(wrapInList(nodes.bullet_list))],
		[2, 'out of the list', run(liftListItem(nodes.list_item))],
		[1, 'deeper', run(sinkListItem(nodes.list_item))],
		[2, 'heading', run(setBlockType(nodes.heading, { level: 2 }))],
		[1, 'text', run(setBlockType(nodes.paragraph))],
		[1, 'quote', run(wrapIn(nodes.blockquote))],
		[4, 'bold', () => (some(15), editor.run(toggleMark(marks.strong)))],
		[
			8,
			'comment',
			() => {
				some(20);
				const { from, to } = editor.state.selection;
				if (!(editor.state.selection instanceof AllSelection)) world.comment(writer, from, to);
			}
		],
		[8, 'undo', () => editor.undo()],
		[5, 'redo', () => editor.redo()],
		[6, 'rest', () => editor.rest()],
		[3, 'the network', () => (writer.here = !writer.here)]
	];
	let at = random() * acts.reduce((sum, [weight]) => sum + weight, 0);
	const [, name, does] = acts.find(([weight]) => (at -= weight) < 0) ?? acts[0]!;
	does();
	world.hear();
	return `${name} by ${world.writers.indexOf(writer) + 1}`;
}
