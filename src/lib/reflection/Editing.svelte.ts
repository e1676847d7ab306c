/**
 * Writing in the browser: ProseMirror bound to the live document, standing where the server's HTML stood. This file and
 * what it imports is the large part of the page's script; the page asks for it only after its words are on screen.
 */
import { initProseMirrorDoc, yCursorPluginKey, ySyncPlugin } from '@tiptap/y-tiptap';
import { baseKeymap } from 'prosemirror-commands';
import { inputRules, textblockTypeInputRule, wrappingInputRule } from 'prosemirror-inputrules';
import { keymap } from 'prosemirror-keymap';
import type { Node } from 'prosemirror-model';
import { liftListItem, sinkListItem, splitListItem } from 'prosemirror-schema-list';
import { type Command, EditorState, Plugin, TextSelection, type Transaction } from 'prosemirror-state';
import { EditorView } from 'prosemirror-view';
import * as Y from 'yjs';
import { addressFromTyping } from './address.ts';
import { type Answered, answeredIn } from './answered.ts';
import { carets } from './carets.ts';
import { type Active, activeIn, type CommandName, commands, linkAround, nothingActive, setLink } from './commands.ts';
import { commentsName, rootName, rubricName } from './document.ts';
import { LiveConnection } from './LiveConnection.svelte.ts';
import { meaningOfPaste, withoutComments } from './paste.ts';
import { plainText } from './render.ts';
import { schema } from './schema.ts';
import { undoing } from './undoing.ts';

type Options = {
	/** The element with the server's HTML; it becomes the editor. */
	host: HTMLElement;
	/** Id of the title that names the text. */
	labelledBy: string;
	reflectionId: string;
	personId: string;
	mayWrite: boolean;
	/** Whether what the person types is a suggestion, until they say otherwise. */
	suggests: boolean;
	keep: boolean;
	state: Uint8Array;
	accessChanged: () => void;
	/** Alt+F10. */
	toToolbar: () => void;
	/** Mod+K. */
	askForLink: () => void;
	/** Somebody else wrote. */
	heard: (personId: string) => void;
};

/** For whoever sends words without showing them: from here, so that the page's script stays in one piece. */
export async function connect(options: Parameters<typeof LiveConnection.open>[0]): Promise<LiveConnection> {
	const connection = await LiveConnection.open(options);
	await connection.goOnline(async () => {
		const { putBackOn } = await import('./taken-along.ts');
		putBackOn(connection, false, () => true);
	});
	return connection;
}
export { plainText };

/** Counting words waits until the fingers rest, in ms. */
const countAfter = 300;

export class Editing {
	readonly connection: LiveConnection;
	active: Active = $state.raw(nothingActive);
	/** Where the text stands against what is asked; null until it was looked at. */
	answered: Answered | null = $state.raw(null);
	/** Set when the document holds something the editor can't show; the text stays readable and is left alone. */
	unfit = $state(false);
	/** Goes up with everything that is said about the text. */
	commented = $state(0);
	/** Whether pasted words bring this comment along; most are copies, and those say nothing new. */
	keepsComment: (id: string) => boolean = () => false;
	/** Whether what the person types is a suggestion. */
	suggests = $state(false);
	/** Goes up with every change of the text or the selection, for what is shown beside it. */
	changes = $state(0);
	#view: EditorView | null = null;
	/** What makes and keeps apart suggestions; loaded when there are any, and before anybody makes one. */
	#tools: typeof import('./suggesting.ts') | null = null;
	#keeping: (() => void) | null = null;
	#holding: (() => void) | null = null;
	#hasMarks = () => false;
	#stirred = false;
	#counting: ReturnType<typeof setTimeout> | undefined;

	static async open(options: Options): Promise<Editing> {
		// Whoever suggests can type when what makes suggestions is there, and not before: nothing typed has to wait for it.
		const tools = options.suggests ? loadTools() : null;
		const connection = await LiveConnection.open(options);
		const editing = new Editing(connection, options, await tools);
		void connection.goOnline(() => editing.loadHolding());
		return editing;
	}

	private constructor(connection: LiveConnection, options: Options, tools: typeof import('./suggesting.ts') | null) {
		this.connection = connection;
		this.#tools = tools;
		this.suggests = options.suggests && !!tools;
		const fragment = connection.doc.getXmlFragment(rootName);
		const [comments, rubric] = [commentsName, rubricName].map((name) => connection.doc.getMap(name)) as [
			Y.Map<unknown>,
			Y.Map<unknown>
		];
		this.#hasMarks = () => comments.size + rubric.size > 0;
		const look = () => {
			if (this.#stirred) this.#stir();
			this.#count();
		};
		comments.observeDeep(() => {
			this.commented++;
			look();
		});
		rubric.observe(look);
		if (!fit(fragment)) {
			this.unfit = true;
			return;
		}
		// Before the binding looks at the same change: it would throw half way, and later write what it failed to read.
		fragment.observeDeep(() => {
			if (!this.unfit && !fit(fragment)) this.#giveUp(options.host);
		});
		const { doc, mapping } = initProseMirrorDoc(fragment, schema) as unknown as {
			doc: Node;
			mapping: Map<never, never>;
		};
		// eslint-disable-next-line @typescript-eslint/no-this-alias -- ProseMirror calls what is given to it as the view's
		const editing = this;
		let caretsWait = false;
		this.#view = new EditorView(
			{ mount: options.host },
			{
				state: EditorState.create({
					doc: doc.childCount ? doc : undefined,
					schema,
					plugins: [
						ySyncPlugin(fragment, { mapping }),
						...carets(connection.provider.awareness, options.personId),
						...undoing(),
						...keys(options),
						rules(),
						new Plugin({
							// Not in the middle of a word that is being composed: ProseMirror would end that.
							appendTransaction: (_, __, state) =>
								this.#view?.composing ? null : this.#tools?.aboutToType(state, this.#writing)
						}),
						this.#watch(options)
					]
				}),
				editable: () => connection.mayWrite,
				dispatchTransaction(this: EditorView, tr) {
					// Other people's carets are drawn a moment after they are heard of, in a transaction of their own.
					const carets: unknown = tr.getMeta(yCursorPluginKey);
					if (!carets || tr.docChanged) return editing.#apply(this, tr);
					if (caretsWait) return;
					caretsWait = true;
					connection.inTurn(() => {
						caretsWait = false;
						if (!this.isDestroyed) editing.#apply(this, this.state.tr.setMeta(yCursorPluginKey, carets));
					});
				},
				transformPastedHTML: meaningOfPaste,
				handlePaste: (view, event) => {
					const html = event.clipboardData?.getData('text/html') ?? '';
					if (!/mso/i.test(html)) return false;
					// Without a network it is pasted all the same, and its lists are paragraphs.
					import('./paste-word.ts')
						.then(({ meaningOfWord }) => meaningOfWord(html))
						.catch(() => html)
						.then((meant) => view.isDestroyed || view.pasteHTML(meant));
					return true;
				},
				transformPasted: (slice) => withoutComments(slice, this.keepsComment),
				// What is copied from here arrives elsewhere as lines, the way it looks.
				clipboardTextSerializer: (slice) => slice.content.textBetween(0, slice.content.size, '\n\n'),
				attributes: () => ({
					role: 'textbox',
					'aria-multiline': 'true',
					'aria-labelledby': options.labelledBy,
					'aria-readonly': String(!connection.mayWrite),
					tabindex: '0'
				}),
				// Clear of the bars above and below on a phone.
				scrollThreshold: { top: 80, bottom: 140, left: 0, right: 0 },
				scrollMargin: { top: 90, bottom: 150, left: 0, right: 0 }
			}
		);
		options.host.addEventListener('focus', () => this.#stir());
		connection.provider.awareness.on('change', () => this.connection.present.length > 0 && this.#stir());
		connection.beforeRemote = () => !!this.#view && readCaret(this.#view);
		this.#look(this.#view.state);
		// Named as in `in/waiting.ts`, which is not loaded for so little.
		const { reflectionId, personId } = options;
		if (sessionStorage.getItem(`text-for:${reflectionId}`))
			void import('./in/put-in.ts').then(({ putIn }) => this.#view && putIn(this.#view, reflectionId, personId));
	}

	/** How many comments there ever were. */
	get comments(): number {
		return this.connection.doc.getMap(commentsName).size;
	}

	/** What shows the text, for those who work beside it; null when it can't be shown. */
	get view(): EditorView | null {
		return this.#view;
	}

	get #writing() {
		// Suggestions that go on are one; what another page of the same person suggested is not ours to go on with.
		return { suggests: this.suggests, mine: `${this.connection.doc.clientID.toString(36)}.` };
	}

	/** Begins or stops suggesting. */
	async toggleSuggesting() {
		if (!this.suggests) await this.loadTools();
		this.suggests = !this.suggests && !!this.#tools;
		this.#view?.focus();
	}

	/** Puts the caret somewhere, in sight. */
	goTo(from: number, to = from) {
		const view = this.#view;
		if (!view) return;
		const { doc } = view.state;
		view.dispatch(
			view.state.tr.setSelection(TextSelection.between(doc.resolve(from), doc.resolve(to))).scrollIntoView()
		);
		view.focus();
	}

	/** Somebody may change the text from now on: what keeps marks on their words is loaded when there are any. */
	#stir() {
		this.#stirred = true;
		void this.loadHolding().catch(console.error);
		if (this.#hasMarks()) void this.keepMarks().catch(console.error);
	}

	/** Keeps words, and the caret, in their place from now on when the other splits or replaces the block that they are in. */
	async loadHolding() {
		const [{ putBackOn }, { follow }] = await Promise.all([import('./taken-along.ts'), import('./following.ts')]);
		const { connection } = this;
		if (!this.#view || this.#holding) return;
		this.#holding = follow(this.#view, connection.doc, () => connection.taking);
		putBackOn(connection, true, () => !!this.#view && !this.#view.isDestroyed);
	}

	/** Keeps comments, and marks for the rubric, on their words from now on. */
	async keepMarks() {
		const { keepMarks } = await import('./kept-marks.ts');
		if (this.#view) this.#keeping ??= keepMarks(this.connection.doc);
	}

	/** Loads what suggesting needs, so that it is there without a network too. */
	async loadTools() {
		this.#tools ??= await loadTools();
	}

	#apply(view: EditorView, tr: Transaction) {
		const put = (one: Transaction) => {
			view.updateState(view.state.apply(one));
			return view.state;
		};
		if (this.#tools) this.#tools.applyMeant(view.state, tr, this.#writing, put);
		else put(tr);
	}

	/** Runs a command of the toolbar and leaves the caret where it was. */
	run(name: CommandName) {
		this.#dispatch(commands[name]);
	}

	/** What the link box starts with. */
	get link(): { href: string; isLink: boolean } {
		const around = this.#view && linkAround(this.#view.state);
		return { href: around?.href ?? '', isLink: !!around?.href };
	}

	/** @returns false when the address can't be a link */
	setLink(typed: string): boolean {
		const href = addressFromTyping(typed);
		if (href) this.#dispatch(setLink(href));
		return href !== null;
	}

	removeLink() {
		this.#dispatch(setLink(null));
	}

	focus() {
		this.#view?.focus();
	}

	/** All words, also those that are not saved yet, for the clipboard. */
	get text(): string {
		return plainText(this.connection.doc);
	}

	/** After the person's rights changed. */
	set mayWrite(mayWrite: boolean) {
		this.connection.mayWrite = mayWrite;
		this.#view?.setProps({});
	}

	end() {
		clearTimeout(this.#counting);
		this.#keeping?.();
		this.#holding?.();
		this.#view?.destroy();
		this.connection.end();
	}

	#dispatch(command: Command) {
		const view = this.#view;
		if (!view?.editable) return;
		command(view.state, view.dispatch, view);
		view.focus();
	}

	/** Leaves the words that are on screen as plain HTML. */
	#giveUp(host: HTMLElement) {
		this.unfit = true;
		const words = host.cloneNode(true) as HTMLElement;
		this.#view?.destroy();
		this.#view = null;
		words.querySelectorAll('.caret').forEach((caret) => caret.remove());
		host.replaceChildren(...words.childNodes);
	}

	/** Keeps the toolbar, the word count and the news of the other person in step with the text. */
	#watch({ heard }: Options): Plugin {
		const { doc, provider } = this.connection;
		const wrote = (event: Y.Transaction) => {
			if (event.origin !== provider || !event.changedParentTypes.has(doc.getXmlFragment(rootName) as never)) return;
			for (const { cursor, user } of provider.awareness.getStates().values() as Iterable<{
				cursor?: unknown;
				user?: { id?: string };
			}>)
				if (cursor && user?.id) heard(user.id);
		};
		return new Plugin({
			view: () => {
				doc.on('afterTransaction', wrote);
				return {
					update: (view) => this.#look(view.state),
					destroy: () => doc.off('afterTransaction', wrote)
				};
			}
		});
	}

	#look(state: EditorState) {
		this.changes++;
		const active = activeIn(state);
		if (JSON.stringify(active) !== JSON.stringify(this.active)) this.active = active;
		this.#count();
	}

	#count() {
		clearTimeout(this.#counting);
		this.#counting = setTimeout(() => {
			this.answered = answeredIn(this.connection.doc);
			// What is written inside a suggestion is not part of it: that takes the tools.
			if (this.answered.suggestions > 0) void this.loadTools();
		}, countAfter);
	}
}

/** @returns null when they can't be had, as without a network: then words are written, and nothing is suggested */
const loadTools = () =>
	import('./suggesting.ts').catch((error: unknown) => {
		console.error(error);
		return null;
	});

/**
 * Lets ProseMirror see where the caret is now. A browser moves it at once and says so a task later; a change from
 * outside that is drawn in between puts the caret back to where it was, and the next keys land there: 6 of 24 times with
 * a partner who types without a pause, none with this.
 * @returns whether a word is being composed, as on every phone: drawing around it would end that in the middle
 */
function readCaret(view: EditorView): boolean {
	if (view.composing || view.isDestroyed) return view.composing;
	const { domObserver } = view as unknown as { domObserver: { forceFlush(): void; flush(): void } };
	domObserver.forceFlush();
	domObserver.flush();
	return false;
}

/** Whether the binding can show this document: elements at the root, elements and texts below. */
function fit(fragment: Y.XmlFragment): boolean {
	const stack: Y.XmlFragment[] = [fragment];
	for (let parent = stack.pop(); parent; parent = stack.pop())
		for (const child of parent.toArray()) {
			if (child instanceof Y.XmlElement) stack.push(child);
			else if (parent === fragment || !(child instanceof Y.XmlText)) return false;
		}
	return true;
}

const { nodes } = schema;

const lineBreak: Command = (state, dispatch) => {
	dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create(), false).scrollIntoView());
	return true;
};

function keys({ toToolbar, askForLink }: Options): Plugin[] {
	// In a list Tab moves the item; after Escape it leaves, so nobody is ever held.
	let leaving = false;
	const unlessLeaving =
		(command: Command): Command =>
		(state, dispatch) =>
			!leaving && command(state, dispatch);
	return [
		new Plugin({
			props: {
				handleKeyDown: (view, event) => {
					// Keys that act on the caret mean where the keys just before have put it. (On phones every key is "Unidentified".)
					if (event.ctrlKey || event.metaKey || /^(Backspace|Delete|Enter|Tab)$/.test(event.key)) readCaret(view);
					if (event.key === 'Escape') leaving = true;
					else if (event.key !== 'Tab' && event.key !== 'Shift') leaving = false;
					return false;
				},
				handleDOMEvents: {
					focus: () => {
						leaving = false;
						return false;
					},
					// Spoken lines come in one piece. Left to the browser they are there, and the caret stays before them.
					beforeinput: (view, event) => {
						const lines = event.inputType === 'insertText' ? event.data?.split('\n') : null;
						if (!lines || lines.length < 2) return false;
						event.preventDefault();
						lines.forEach((line, i) => {
							const enter = new KeyboardEvent('keydown', { key: 'Enter' });
							if (i > 0) view.someProp('handleKeyDown', (handle) => handle(view, enter));
							if (line) view.dispatch(view.state.tr.insertText(line).scrollIntoView());
						});
						return true;
					}
				}
			}
		}),
		keymap({
			'Mod-b': commands.strong,
			'Mod-i': commands.em,
			'Mod-k': () => {
				askForLink();
				return true;
			},
			'Mod-z': commands.undo,
			'Mod-y': commands.redo,
			'Mod-Shift-z': commands.redo,
			'Alt-F10': () => {
				toToolbar();
				return true;
			},
			Enter: splitListItem(nodes.list_item),
			'Shift-Enter': lineBreak,
			Tab: unlessLeaving(sinkListItem(nodes.list_item)),
			'Shift-Tab': unlessLeaving(liftListItem(nodes.list_item))
		}),
		keymap(baseKeymap)
	];
}

const rules = () =>
	inputRules({
		rules: [
			textblockTypeInputRule(/^(#{1,3})\s$/, nodes.heading, ([, hashes]) => ({ level: hashes!.length >= 3 ? 3 : 2 })),
			wrappingInputRule(/^\s*[-*]\s$/, nodes.bullet_list),
			wrappingInputRule(/^1[.)]\s$/, nodes.ordered_list),
			wrappingInputRule(/^\s*>\s$/, nodes.blockquote)
		]
	});
