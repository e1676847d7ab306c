import { joinBackward, setBlockType, splitBlock, wrapIn } from 'prosemirror-commands';
import { splitListItem, wrapInList } from 'prosemirror-schema-list';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { numbers } from '../../../tests/comment-world.ts';
import { Editor } from '../../../tests/writers.ts';
import { follow } from './following.ts';
import { schema } from './schema.ts';
import { putBackTakenAlong } from './taken-along.ts';

const { nodes } = schema;

/** One page of two. */
class Page {
	readonly doc = new Y.Doc();
	readonly editor: Editor;
	readonly #out: Uint8Array[] = [];

	constructor(clientID: number, state: Uint8Array | null, follows: boolean) {
		this.doc.clientID = clientID;
		if (state) Y.applyUpdate(this.doc, state);
		this.doc.on('update', (update: Uint8Array, origin: unknown) => {
			if (origin !== 'remote') this.#out.push(update);
		});
		this.editor = new Editor(this.doc);
		this.editor.hasFocus = () => true;
		if (!follows) return;
		const taking = () => this.#taking;
		follow(this.editor, this.doc, taking);
		const isOwn = (client: number) => client === clientID;
		putBackTakenAlong(this.doc, { taking, isOwn, later: (act, ms) => void (ms ? this.#late : this.#soon).push(act) });
	}
	#taking: Uint8Array | null = null;
	readonly #soon: (() => void)[] = [];
	readonly #late: (() => void)[] = [];
	/** Some seconds later. */
	wait() {
		for (const act of this.#late.splice(0)) act();
	}
	hear(updates: Uint8Array[]) {
		for (const update of updates) {
			this.#taking = update;
			Y.applyUpdate(this.doc, update, 'remote');
			this.#taking = null;
			for (const act of this.#soon.splice(0)) act();
		}
	}
	said = () => this.#out.splice(0);
	/** A line for each block, with the caret. */
	get text() {
		const { doc, selection } = this.editor.state;
		const lines: string[] = [];
		doc.descendants((node, pos) => {
			if (!node.isTextblock) return;
			const at = selection.head - pos - 1;
			const text = node.textContent;
			lines.push(at >= 0 && at <= text.length ? `${text.slice(0, at)}|${text.slice(at)}` : text);
		});
		return lines.join('\n');
	}
	/** Puts the caret behind these words. */
	behind(words: string) {
		let place = -1;
		this.editor.state.doc.descendants((node, pos) => {
			const at = node.isTextblock ? node.textContent.indexOf(words) : -1;
			if (place < 0 && at >= 0) place = pos + 1 + at + words.length;
		});
		this.editor.select(place);
	}
}

function pair(text = 'Three hands went up in the back row.', follows = true) {
	const writer = new Page(7, null, follows);
	writer.editor.type(text);
	writer.said();
	const other = new Page(2, Y.encodeStateAsUpdate(writer.doc), follows);
	other.said();
	const meet = () => {
		for (let i = 0; i < 6; i++) {
			const [a, b] = [writer.said(), other.said()];
			writer.hear(b);
			other.hear(a);
		}
		expect(other.text.replaceAll('|', '')).toBe(writer.text.replaceAll('|', ''));
	};
	return { writer, other, meet };
}

const changes: [string, (page: Page) => void, string][] = [
	['presses Enter in it', ({ editor }) => void editor.run(splitBlock), '\n'],
	['makes a heading of it', ({ editor }) => void editor.run(setBlockType(nodes.heading, { level: 2 })), ''],
	['makes a list of it', ({ editor }) => void editor.run(wrapInList(nodes.bullet_list)), ''],
	['makes a quotation of it', ({ editor }) => void editor.run(wrapIn(nodes.blockquote)), '']
];

describe.for(changes)('when the other %s', ([, change, line]) => {
	test.for(['Three hands went', 'Three hands went up in the back row.', 'Three hands w'])(
		'the caret behind “%s” stays behind it, and what is typed then lands there',
		(words) => {
			const { writer, other, meet } = pair();
			writer.behind(words);
			other.behind('Three hands ');
			change(other);
			meet();
			const rest = 'Three hands went up in the back row.'.slice(words.length);
			const before = words.replace('hands ', `hands ${line}`);
			expect(writer.text).toBe(`${before}|${rest}`);
			writer.editor.type('X');
			meet();
			expect(writer.text).toBe(`${before}X|${rest}`);
		}
	);
});

test.for(['Three hands went', 'Three hands went up in the back row.'])(
	'letters that the other had not heard of go along with the half they were typed in, behind “%s”',
	(words) => {
		const { writer, other, meet } = pair();
		writer.behind(words);
		other.behind('Three hands ');
		for (const letter of 'XYZ') writer.editor.type(letter);
		other.editor.run(splitBlock);
		meet();
		const rest = 'Three hands went up in the back row.'.slice(words.length);
		expect(writer.text).toBe(`${words.replace('hands ', 'hands \n')}XYZ|${rest}`);
		writer.editor.type('!');
		meet();
		expect(writer.text).toBe(`${words.replace('hands ', 'hands \n')}XYZ!|${rest}`);
	}
);

test('letters typed before where the other breaks the line stay before it', () => {
	const { writer, other, meet } = pair();
	writer.behind('Three');
	other.behind('Three hands ');
	writer.editor.type(' small');
	other.editor.run(splitBlock);
	meet();
	expect(writer.text).toBe('Three small| hands \nwent up in the back row.');
});

test('both press Enter in one paragraph, and each caret stays with its words', () => {
	const { writer, other, meet } = pair();
	other.behind('Three hands ');
	other.editor.run(splitBlock);
	meet();
	writer.behind('up in ');
	writer.editor.run(splitBlock);
	meet();
	expect(writer.text).toBe('Three hands \nwent up in \n|the back row.');
	expect(other.text).toBe('Three hands \n|went up in \nthe back row.');
});

test('in a list, too', () => {
	const { writer, other, meet } = pair();
	other.editor.run(wrapInList(nodes.bullet_list));
	meet();
	writer.behind('the back row.');
	writer.editor.type('XY');
	other.behind('Three hands ');
	other.editor.run(splitListItem(nodes.list_item));
	meet();
	expect(writer.text).toBe('Three hands \nwent up in the back row.XY|');
});

test('a paragraph joined to the one before takes the caret along', () => {
	const { writer, other, meet } = pair();
	other.behind('Three hands ');
	other.editor.run(splitBlock);
	meet();
	writer.behind('went up in');
	other.behind('Three hands ');
	other.editor.select(other.editor.state.selection.head + 2);
	other.editor.run(joinBackward);
	meet();
	expect(writer.text).toBe('Three hands went up in| the back row.');
});

test('what the other takes out leaves the caret where it was', () => {
	const { writer, other, meet } = pair();
	writer.behind('Three hands');
	const { editor } = other;
	editor.dispatch(editor.state.tr.delete(7, 13));
	meet();
	expect(writer.text).toBe('Three |went up in the back row.');
});

test('over random sessions whoever writes on at one place is never torn apart', () => {
	const torn = (follows: boolean) => {
		let count = 0;
		for (let seed = 1; seed <= 60; seed++) {
			const random = numbers(seed);
			const { writer, other, meet } = pair('Three hands went up, and then four more in the back row.', follows);
			writer.behind('Three hands went up');
			const sentence = 'AB CDE F GHIJ KL MNOPQ R STUV WXYZ';
			for (const letter of sentence) {
				writer.editor.type(letter);
				if (random() < 0.5) {
					// Anywhere but in what is being written.
					const { text } = other;
					const to = text.replaceAll('|', '').search(/[A-Z]{2}/);
					other.editor.select(1 + Math.floor(random() * Math.max(1, to < 0 ? 8 : Math.min(to, 12))));
					const [, change] = changes[Math.floor(random() * 4)]!;
					if (random() < 0.4) change(other);
					else other.editor.type('-');
				}
				if (random() < 0.6) {
					meet();
					if (random() < 0.2) for (const page of [writer, other]) page.wait();
				}
			}
			meet();
			for (const page of [writer, other]) page.wait();
			meet();
			if (!writer.text.replaceAll('|', '').includes(sentence)) count++;
		}
		return count;
	};
	const [with_, without] = [torn(true), torn(false)];
	expect(without).toBeGreaterThan(10);
	expect(with_).toBe(0);
});
