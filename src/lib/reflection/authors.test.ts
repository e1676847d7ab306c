import { baseKeymap, lift, setBlockType, toggleMark, wrapIn } from 'prosemirror-commands';
import { liftListItem, sinkListItem, splitListItem, wrapInList } from 'prosemirror-schema-list';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { rehearse } from '../../../scripts/replay/rehearsal.ts';
import { readTrace } from '../../../scripts/replay/trace.ts';
import { Desk, Editor } from '../../../tests/writers.ts';
import { rootName } from './document.ts';
import { type AuthorRun, runsOf } from './author-runs.ts';
import { readAuthors } from './authors.ts';
import { schema } from './schema.ts';

const { nodes, marks } = schema;

/** `teacher:I waited mentor:too`, a text after the other with a bar between. */
const said = (runs: AuthorRun[]) =>
	runs
		.map(({ author, text, path }, i) => {
			const before = runs[i - 1];
			return `${before ? (before.path === path ? ' ' : ' | ') : ''}${author}:${text}`;
		})
		.join('');
const saidAt = (desk: Desk) => said(readAuthors(desk.log, desk.owners).runs);

/** The same numbers for the same seed. */
const dice = (seed: number) => () => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;

/** Teacher and mentor at one plain text; both hear everything at once unless told otherwise. */
function atText(options = { captureTimeout: 0 }) {
	const desk = new Desk();
	const [teacher, mentor] = ['teacher', 'mentor'].map((who, i) => {
		const doc = desk.sit(who, i + 1);
		const text = doc.getText('text');
		return { doc, text, history: new Y.UndoManager(text, options) };
	}) as [Seat, Seat];
	return { desk, teacher, mentor };
}
type Seat = { doc: Y.Doc; text: Y.Text; history: Y.UndoManager };

/** Teacher and mentor at one reflection in the editor; the mentor sits down once the teacher has written. */
function atEditor(...paragraphs: string[]) {
	const desk = new Desk();
	const teacher = new Editor(desk.sit('teacher', 1));
	paragraphs.forEach((text, i) => {
		if (i > 0) teacher.run(baseKeymap.Enter!);
		teacher.type(text);
	});
	const doc = desk.sit('mentor', 2);
	desk.hear();
	const mentor = new Editor(doc);
	return { desk, teacher, mentor };
}

describe('In a plain text', () => {
	test('who types is the author', () => {
		const { desk, teacher, mentor } = atText();
		teacher.text.insert(0, 'I waited');
		desk.hear();
		mentor.text.insert(8, ' too');
		mentor.text.insert(1, ',');
		expect(saidAt(desk)).toBe('teacher:I mentor:, teacher: waited mentor: too');
	});

	test('what undo puts back stays its first author’s, however often', () => {
		const { desk, teacher, mentor } = atText();
		teacher.text.insert(0, 'I waited');
		desk.hear();
		mentor.text.insert(8, ' too');
		mentor.text.delete(2, 8);
		for (let i = 0; i < 3; i++) {
			mentor.history.undo();
			expect(mentor.text.toString()).toBe('I waited too');
			expect(saidAt(desk)).toBe('teacher:I waited mentor: too');
			mentor.history.redo();
			expect(saidAt(desk)).toBe('teacher:I mentor:oo'.replace('I ', 'I  '));
		}
	});

	test('what was written into it meanwhile is by whoever wrote it', () => {
		const { desk, teacher, mentor } = atText();
		teacher.text.insert(0, 'I waited');
		desk.hear();
		mentor.text.delete(0, 8);
		mentor.history.undo();
		mentor.text.insert(1, ' really');
		mentor.text.insert(mentor.text.length, '!');
		desk.hear();
		teacher.text.insert(0, 'Yes, ');
		expect(saidAt(desk)).toBe('teacher:Yes, I mentor: really teacher: waited mentor:!');
	});

	test('deleting and typing the same is writing it', () => {
		const { desk, teacher, mentor } = atText();
		teacher.text.insert(0, 'ab');
		desk.hear();
		mentor.text.delete(0, 1);
		mentor.text.insert(0, 'a');
		expect(saidAt(desk)).toBe('mentor:a teacher:b');
	});

	test('a letter like the one beside it is its typist’s, also when that one is deleted in the same moment', () => {
		const { desk, teacher, mentor } = atText();
		teacher.text.insert(0, 'hal');
		desk.hear();
		mentor.text.insert(2, 'l');
		mentor.text.insert(2, 'l');
		expect(saidAt(desk)).toBe('teacher:ha mentor:ll teacher:l');
		teacher.text.delete(2, 1);
		mentor.text.insert(4, 'l');
		desk.hear();
		expect(saidAt(desk)).toBe('teacher:ha mentor:lll');
	});

	test('cutting and pasting makes the paster the author; in one change it is moving', () => {
		const { desk, teacher, mentor } = atText();
		teacher.text.insert(0, 'One. Two.');
		desk.hear();
		mentor.text.delete(0, 5);
		mentor.text.insert(4, ' One.');
		expect(saidAt(desk)).toBe('teacher:Two. mentor: One.');
		desk.hear();
		teacher.doc.transact(() => {
			teacher.text.delete(4, 5);
			teacher.text.insert(0, ' One.');
		});
		expect(saidAt(desk)).toBe('mentor: One. teacher:Two.');
	});

	test('what one did offline comes as one update and is found in it', () => {
		const { desk, teacher, mentor } = atText();
		teacher.text.insert(0, 'I waited for three seconds.');
		desk.hear();
		const away = new Y.Doc();
		away.clientID = 9;
		desk.owners.set(9, 'mentor');
		Y.applyUpdate(away, Y.encodeStateAsUpdate(mentor.doc));
		const text = away.getText('text');
		const history = new Y.UndoManager(text, { captureTimeout: 0 });
		text.delete(1, 7);
		history.undo();
		text.insert(8, ' there');
		desk.log.push({ personId: 'mentor', updates: [Y.encodeStateAsUpdate(away, Y.encodeStateVector(mentor.doc))] });
		expect(saidAt(desk)).toBe('teacher:I waited mentor: there teacher: for three seconds.');
	});

	test('emoji are never halved', () => {
		const { desk, teacher, mentor } = atText();
		teacher.text.insert(0, '😀😃');
		desk.hear();
		mentor.text.delete(2, 2);
		mentor.history.undo();
		mentor.text.insert(4, '😁');
		expect(saidAt(desk)).toBe('teacher:😀😃 mentor:😁');
	});

	test('an id of nobody has no author, and undo gives it none', () => {
		const { desk, teacher, mentor } = atText();
		teacher.text.insert(0, 'Whose?');
		desk.hear();
		mentor.text.delete(0, 6);
		mentor.history.undo();
		desk.owners.delete(1);
		const { credits, runs } = readAuthors(desk.log, desk.owners);
		expect(said(runs)).toBe('null:Whose?');
		expect(credits).toEqual([{ client: 2, clock: 0, length: 6, author: null }]);
	});
});

describe('In the editor', () => {
	const at = (editor: Editor, text: string) => {
		let found = -1;
		editor.state.doc.descendants((node, position) => {
			const index = node.isText ? node.text!.indexOf(text) : -1;
			if (index >= 0) found = position + index;
		});
		if (found < 0) throw new Error(`"${text}" is not there`);
		return found;
	};

	test.for<[what: string, does: (mentor: Editor) => unknown, expected: string]>([
		[
			'Enter in a paragraph',
			(e) => (e.select(at(e, 'for')), e.run(baseKeymap.Enter!)),
			'teacher:I waited  | teacher:for an answer. | teacher:Then they spoke.'
		],
		[
			'joining two',
			(e) => (e.select(at(e, 'Then')), e.run(baseKeymap.Backspace!)),
			'teacher:I waited for an answer.Then they spoke.'
		],
		[
			'a key over two',
			(e) => (e.select(at(e, 'answer'), at(e, 'ke.')), e.type('!')),
			'teacher:I waited for an  mentor:! teacher:ke.'
		],
		[
			'a heading',
			(e) => (e.select(at(e, 'Then')), e.run(setBlockType(nodes.heading))),
			'teacher:I waited for an answer. | teacher:Then they spoke.'
		],
		[
			'a list',
			(e) => (e.select(at(e, 'for'), at(e, 'they')), e.run(wrapInList(nodes.bullet_list))),
			'teacher:I waited for an answer. | teacher:Then they spoke.'
		],
		[
			'bold, and then Enter in it',
			(e) => {
				e.select(at(e, 'waited'), at(e, 'waited') + 6);
				e.run(toggleMark(marks.strong));
				e.select(at(e, 'ited'));
				e.run(baseKeymap.Enter!);
			},
			'teacher:I wa | teacher:ited for an answer. | teacher:Then they spoke.'
		],
		[
			'a paragraph deleted and put back',
			(e) => {
				e.select(at(e, 'for'), at(e, 'spoke'));
				e.run(baseKeymap.Backspace!);
				e.undo();
			},
			'teacher:I waited for an answer. | teacher:Then they spoke.'
		],
		[
			'letters taken back and put back, and then their paragraph',
			(e) => {
				for (const letter of ['.', 'e', 'k']) {
					e.select(at(e, letter === '.' ? 'oke.' : 'o') + 1);
					e.select(e.state.doc.content.size - 1);
					e.run((state, dispatch) => {
						const { pos } = state.selection.$head;
						dispatch?.(state.tr.delete(pos - 1, pos));
						return true;
					});
					e.rest();
				}
				e.select(at(e, 'answer'), at(e, 'spo') + 3);
				e.run(baseKeymap.Backspace!);
				for (let i = 0; i < 4; i++) e.undo();
			},
			'teacher:I waited for an answer. | teacher:Then they spoke.'
		],
		[
			'undo, redo and undo of Enter',
			(e) => {
				e.select(at(e, 'for'));
				e.run(baseKeymap.Enter!);
				e.rest();
				e.undo();
				e.redo();
				e.undo();
				e.redo();
			},
			'teacher:I waited  | teacher:for an answer. | teacher:Then they spoke.'
		],
		[
			'a sentence dragged within its paragraph',
			(e) => {
				e.run((state, dispatch) => {
					const from = at(e, 'waited');
					dispatch?.(state.tr.delete(from, from + 7).insertText('waited ', at(e, 'answer') - 7));
					return true;
				});
			},
			'teacher:I for an mentor:  teacher:waited answer. | teacher:Then they spoke.'
		]
	])('%s leaves the teacher what is hers', ([, does, expected]) => {
		const { desk, mentor } = atEditor('I waited for an answer.', 'Then they spoke.');
		mentor.rest();
		does(mentor);
		expect(saidAt(desk)).toBe(expected);
	});

	test('two who press Enter in one paragraph at one time leave each what is theirs', () => {
		const { desk, teacher, mentor } = atEditor('I waited for an answer.');
		teacher.select(at(teacher, 'for'));
		mentor.select(at(mentor, 'an answer'));
		teacher.run(baseKeymap.Enter!);
		mentor.run(baseKeymap.Enter!);
		desk.hear();
		expect(saidAt(desk)).toBe('teacher:I waited  | teacher:for an answer. | teacher:an answer.');
	});
});

test('values of arrays and maps have authors, and texts within', () => {
	const desk = new Desk();
	const [teacher, mentor] = [desk.sit('teacher', 1), desk.sit('mentor', 2)];
	teacher.getArray('list').push(['one', 2, 'three']);
	teacher.getMap('map').set('title', 'Hers');
	teacher.getMap('map').set('text', new Y.Text('Deep'));
	desk.hear();
	const list = mentor.getArray('list');
	const map = mentor.getMap('map');
	const history = new Y.UndoManager([list, map], { captureTimeout: 0 });
	list.delete(0, 3);
	map.set('title', 'Mine');
	map.delete('text');
	expect(saidAt(desk)).toBe('mentor:Mine');
	for (let i = 0; i < 3; i++) history.undo();
	list.push(['four']);
	(map.get('text') as Y.Text).insert(4, 'er');
	expect(readAuthors(desk.log, desk.owners).runs).toEqual([
		{ root: 'list', path: [0], at: 0, text: 'one', author: 'teacher' },
		{ root: 'list', path: [2], at: 0, text: 'three', author: 'teacher' },
		{ root: 'list', path: [3], at: 0, text: 'four', author: 'mentor' },
		{ root: 'map', path: ['title'], at: 0, text: 'Hers', author: 'teacher' },
		{ root: 'map', path: ['text'], at: 0, text: 'Deep', author: 'teacher' },
		{ root: 'map', path: ['text'], at: 4, text: 'er', author: 'mentor' }
	]);
});

test('runs say where their text stands, counting what stands between', () => {
	const desk = new Desk();
	const doc = desk.sit('teacher', 1);
	const text = doc.getText('text');
	text.insert(0, 'ab');
	text.insertEmbed(1, { image: 'x' });
	text.format(0, 1, { strong: true });
	const paragraph = new Y.XmlElement('paragraph');
	paragraph.setAttribute('title', 'no words');
	paragraph.insert(0, [new Y.XmlText('one'), new Y.XmlElement('hard_break'), new Y.XmlText('two')]);
	doc.getXmlFragment('prosemirror').insert(0, [new Y.XmlElement('paragraph'), paragraph]);
	const { runs } = readAuthors(desk.log, desk.owners);
	expect(runs.map(({ root, path, at, text }) => [root, path, at, text])).toEqual([
		['text', [], 0, 'a'],
		['text', [], 2, 'b'],
		['prosemirror', [1, 0], 0, 'one'],
		['prosemirror', [1, 2], 0, 'two']
	]);
});

describe('Nobody takes what another wrote', () => {
	test('by inserting before it what it says', () => {
		const { desk, teacher, mentor } = atText();
		teacher.text.insert(0, 'I waited');
		desk.hear();
		mentor.text.insert(0, 'I waited');
		expect(saidAt(desk)).toBe('mentor:I waited teacher:I waited');
		mentor.text.delete(8, 8);
		expect(saidAt(desk)).toBe('mentor:I waited');
	});

	test('and words that the other never wrote stay with whoever wrote them', () => {
		const { desk, teacher, mentor } = atText();
		teacher.text.insert(0, 'I did not wait');
		desk.hear();
		mentor.doc.transact(() => {
			mentor.text.delete(0, 14);
			mentor.text.insert(0, 'I did lie');
		});
		expect(saidAt(desk)).toBe('mentor:I did lie');
	});
});

/** Hands out letters that nobody else has, so that a letter alone says who typed it. */
class Letters {
	readonly typists = new Map<string, string>();
	#next = 0x100;

	of(personId: string, count: number): string {
		let letters = '';
		for (; count > 0; count--) letters += String.fromCharCode(this.#next++);
		for (const letter of letters) this.typists.set(letter, personId);
		return letters;
	}

	/** Those that have another author than their typist. */
	wrong(runs: AuthorRun[]): string {
		return runs
			.flatMap(({ text, author }) => text.split('').filter((letter) => author !== this.typists.get(letter)))
			.join('');
	}
}

describe('Whatever two people write, delete, undo and redo', () => {
	const seeds = Array.from({ length: 8 }, (_, i) => i + 1);

	function writing(seed: number, hearing: number) {
		const roll = dice(seed);
		const letters = new Letters();
		const { desk, teacher, mentor } = atText();
		for (let step = 0; step < 150; step++) {
			const [who, { doc, text, history }] =
				roll() < 0.5 ? (['teacher', teacher] as const) : (['mentor', mentor] as const);
			const what = roll();
			const place = Math.floor(roll() * (text.length + 1));
			const size = 1 + Math.floor(roll() * 6);
			if (what < 0.4) text.insert(place, letters.of(who, size));
			else if (what < 0.65) text.delete(place, Math.min(size, text.length - place));
			else if (what < 0.85) history.undo();
			else history.redo();
			const heard = roll();
			if (heard < hearing) desk.hear();
			else if (heard < (1 + hearing) / 2) desk.hear(doc);
		}
		desk.hear();
		return { desk, letters };
	}

	test.for(seeds)('in a plain text, every letter is its typist’s (%i)', (seed) => {
		const { desk, letters } = writing(seed, 1);
		const { runs } = readAuthors(desk.log, desk.owners);
		expect(letters.wrong(runs)).toBe('');
		expect(runs.length).toBeGreaterThan(0);
	});

	test.for(seeds)('what was once said of a letter is never taken back, and folding changes nothing (%i)', (seed) => {
		const { desk } = writing(seed, 0.6);
		const whole = readAuthors(desk.log, desk.owners);
		for (const end of [10, 40, 90]) {
			const early = readAuthors(desk.log.slice(0, end), desk.owners);
			const later = new Map(whole.credits.flatMap((credit) => each(credit)));
			for (const [letter, author] of early.credits.flatMap((credit) => each(credit)))
				expect(later.get(letter)).toBe(author);
		}
		const doc = new Y.Doc();
		for (const { updates } of desk.log) for (const update of updates) Y.applyUpdate(doc, update);
		expect(runsOf(doc, desk.owners, whole.credits)).toEqual(whole.runs);
	});
	const each = ({
		client,
		clock,
		length,
		author
	}: {
		client: number;
		clock: number;
		length: number;
		author: unknown;
	}) => Array.from({ length }, (_, i) => [`${client} ${clock + i}`, author] as const);

	test.for([1, 0.8].flatMap((hearing) => seeds.map((seed) => [hearing, seed] as const)))(
		'in the editor, too (hearing %f of it at once, %i)',
		([hearing, seed]) => {
			const roll = dice(seed * 77);
			const letters = new Letters();
			const { desk, teacher, mentor } = atEditor(letters.of('teacher', 20));
			for (let step = 0; step < 80; step++) {
				const [who, editor] = roll() < 0.5 ? (['teacher', teacher] as const) : (['mentor', mentor] as const);
				const { size } = editor.state.doc.content;
				const place = Math.floor(roll() * size);
				editor.select(place, roll() < 0.2 ? Math.floor(roll() * size) : place);
				const what = roll();
				const command = [
					splitListItem(nodes.list_item),
					baseKeymap.Backspace!,
					setBlockType(nodes.heading),
					setBlockType(nodes.paragraph),
					wrapInList(nodes.bullet_list),
					sinkListItem(nodes.list_item),
					liftListItem(nodes.list_item),
					wrapIn(nodes.blockquote),
					lift,
					toggleMark(marks.strong)
				][Math.floor(roll() * 10)]!;
				if (what < 0.35) editor.type(letters.of(who, editor.state.selection.empty ? 8 : 1));
				else if (what < 0.5) editor.run(baseKeymap.Enter!);
				else if (what < 0.75) editor.run(command);
				else if (what < 0.9) editor.undo();
				else editor.redo();
				if (roll() < 0.4) editor.rest();
				if (roll() < hearing) desk.hear();
			}
			desk.hear();
			const { runs } = readAuthors(desk.log, desk.owners);
			expect(letters.wrong(runs)).toBe('');
			expect(runs.length).toBeGreaterThan(0);
			expect(new Set(desk.docs.map((doc) => doc.getXmlFragment(rootName).toString())).size).toBe(1);
		}
	);
});

/** The same writing without Yjs: a row of letters, of which some are gone, and what each person can take back. */
class Plain {
	readonly letters: Letter[] = [];
	readonly #done = new Map<string, Step[]>();
	readonly #undone = new Map<string, Step[]>();

	write(who: string, place: number, deleted: number, inserted: string): void {
		const step: Step = { inserted: [], deleted: [] };
		let at = 0;
		for (let before = 0; before < place; at++) if (!this.letters[at]!.gone) before++;
		// New words come after what was deleted in that place.
		while (this.letters[at]?.gone) at++;
		for (let left = deleted; left > 0; at++) {
			const letter = this.letters[at]!;
			if (letter.gone) continue;
			letter.gone = true;
			step.deleted.push(letter);
			left--;
		}
		while (this.letters[at]?.gone) at++;
		step.inserted = inserted.split('').map((text) => ({ text, author: who, gone: false, again: new Map() }));
		this.letters.splice(at, 0, ...step.inserted);
		this.#of(this.#done, who).push(step);
		this.#undone.delete(who);
	}

	undo = (who: string) => this.#back(who, this.#done, this.#undone);
	redo = (who: string) => this.#back(who, this.#undone, this.#done);

	#of(steps: Map<string, Step[]>, who: string): Step[] {
		if (!steps.has(who)) steps.set(who, []);
		return steps.get(who)!;
	}

	/** Takes back the last step that still changes something. */
	#back(who: string, from: Map<string, Step[]>, to: Map<string, Step[]>): void {
		for (let step = this.#of(from, who).pop(); step; step = this.#of(from, who).pop()) {
			const { inserted, deleted } = step;
			const back = deleted.filter((letter) => !inserted.includes(letter));
			const gone = inserted
				.map((letter) => {
					while (letter.again.has(who)) letter = letter.again.get(who)!;
					return letter;
				})
				.filter((letter) => !letter.gone);
			const made: Letter[] = [];
			for (const letter of back) {
				if (letter.again.has(who)) continue;
				const again = { ...letter, gone: false, again: new Map() };
				letter.again.set(who, again);
				this.letters.splice(this.letters.indexOf(letter), 0, again);
				made.push(again);
			}
			for (const letter of gone) letter.gone = true;
			if (back.length === 0 && gone.length === 0) continue;
			this.#of(to, who).push({ inserted: made, deleted: gone });
			return;
		}
	}

	get authors(): [letter: string, author: string | null][] {
		return this.letters.filter(({ gone }) => !gone).map(({ text, author }) => [text, author]);
	}
}
type Letter = { text: string; author: string; gone: boolean; again: Map<string, Letter> };
type Step = { inserted: Letter[]; deleted: Letter[] };

describe('A recording of two people', () => {
	const lettersOf = (runs: AuthorRun[]) =>
		runs.flatMap(({ text, author }) => text.split('').map((letter) => [letter, author] as const));

	test.for([1, 2])('has its authors letter by letter, after undo, redo and folding (%i)', (seed) => {
		const roll = dice(seed);
		const { desk, teacher, mentor } = atText();
		const plain = new Plain();
		for (const { author, patches } of readTrace('friendsforever').edits.slice(seed * 1000, seed * 1000 + 1500)) {
			const [who, seat] = author === 0 ? (['teacher', teacher] as const) : (['mentor', mentor] as const);
			const { doc, text, history } = seat;
			for (const [position, count, inserted] of patches) {
				const place = Math.min(position, text.length);
				const deleted = Math.min(count, text.length - place);
				doc.transact(() => {
					text.delete(place, deleted);
					text.insert(place, inserted);
				});
				if (deleted || inserted) plain.write(who, place, deleted, inserted);
			}
			if (roll() < 0.03) {
				const place = Math.floor(roll() * text.length);
				const deleted = Math.min(text.length - place, 1 + Math.floor(roll() * 40));
				if (deleted) {
					text.delete(place, deleted);
					plain.write(who, place, deleted, '');
				}
			}
			for (let times = roll() < 0.05 ? Math.floor(roll() * 8) : 0; times > 0; times--)
				if (roll() < 0.6) {
					history.undo();
					plain.undo(who);
				} else {
					history.redo();
					plain.redo(who);
				}
			desk.hear();
		}
		const { runs, credits } = readAuthors(desk.log, desk.owners);
		expect(lettersOf(runs)).toEqual(plain.authors);
		expect(credits.length).toBeGreaterThan(0);
		const folded = new Y.Doc();
		Y.applyUpdate(folded, Y.encodeStateAsUpdate(mentor.doc));
		expect(runsOf(folded, desk.owners, credits)).toEqual(runs);
	});

	test('has its authors as it was recorded, both at one time', () => {
		const trace = readTrace('friendsforever');
		const letters = new Letters();
		const marked = {
			...trace,
			edits: trace.edits.map((edit) => ({
				...edit,
				patches: edit.patches.map(([place, deleted, inserted]): [number, number, string] => [
					place,
					deleted,
					letters.of(String(edit.author), [...inserted].length)
				])
			}))
		};
		const [real, shadow] = [rehearse(trace, 3000), rehearse(marked, 3000)];
		const log = real.steps.flatMap(({ author, update }) =>
			update ? [{ personId: String(author), updates: [update] }] : []
		);
		const { runs } = readAuthors(log, new Map(real.clients.map((client, author) => [client, String(author)])));
		expect(lettersOf(runs).map(([, author]) => author)).toEqual(
			[...shadow.text].map((letter) => letters.typists.get(letter))
		);
		expect(runs.map(({ text }) => text).join('')).toBe(real.text);
	});
});
