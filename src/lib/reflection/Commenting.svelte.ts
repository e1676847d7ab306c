/**
 * Comments in the browser: what was said, where it stands, and what the person is doing with it. Loaded once somebody has
 * commented, or wants to.
 */
import {
	absolutePositionToRelativePosition,
	relativePositionToAbsolutePosition,
	ySyncPluginKey
} from '@tiptap/y-tiptap';
import { Decoration, DecorationSet } from 'prosemirror-view';
import { TextSelection } from 'prosemirror-state';
import { createRelativePositionFromJSON, type Transaction } from 'yjs';
import { aboutIn, type Place, placesIn, putOn } from './comment-places.ts';
import {
	addComment,
	type Comment,
	commentsIn,
	edit,
	full,
	putBack,
	reply,
	resolveComment,
	takeBack
} from './comments.ts';
import { commentsName, rootName } from './document.ts';
import type { Editing } from './Editing.svelte.ts';

/** A comment and the words that it is about now; null when they are gone. */
export type Placed = Comment & { place: Place | null };

type Options = {
	editing: Editing;
	/** Whether the first comment came while the person was here; else nothing of what is there is news. */
	commentedNow: boolean;
	personId: string;
	/** Says something about this person in the page's status line. */
	tell: (personId: string, sentence: string) => void;
	nameOf: (personId: string | null) => string;
	/** Whose Yjs client ids are, as the page knows. */
	commenters: () => Record<number, string>;
	/** Somebody wrote whom the page does not know: it should ask again. */
	askAgain: () => void;
	/** The person pressed on words with a comment. */
	pressed: (id: string) => void;
};

const back = (posts: Comment['posts']) => posts.filter(({ takenBack }) => takenBack).length;

/* eslint svelte/prefer-svelte-reactivity: off -- nothing on screen reads these */
const cssId = /^[\w-]{1,64}$/;

export class Commenting {
	/** In the order of the text; those whose words are gone come last. */
	all: Placed[] = $state.raw([]);
	/** The one that is looked at. */
	current: string | null = $state(null);
	/** What a new comment is going to be about. */
	about: { words: string } | null = $state.raw(null);
	readonly #options: Options;
	readonly #sheet = new CSSStyleSheet();
	readonly #endings: (() => void)[] = [];
	readonly #seen = new Map<number, string>();
	readonly #asked = new Set<number>();
	#waiting = 0;

	constructor(options: Options) {
		this.#options = options;
		const { editing } = options;
		const { doc, provider } = editing.connection;
		const { view } = editing;
		document.adoptedStyleSheets.push(this.#sheet);
		this.#endings.push(() => {
			document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
			cancelAnimationFrame(this.#waiting);
		});
		const text = doc.getXmlFragment(rootName);
		const comments = doc.getMap(commentsName);
		const changed = ({ changedParentTypes }: Transaction) => {
			if (changedParentTypes.has(comments as never)) this.#read(true);
			else if (changedParentTypes.has(text as never)) this.#soon();
		};
		doc.on('afterTransaction', changed);
		this.#endings.push(() => doc.off('afterTransaction', changed));
		const met = () => {
			let news = false;
			for (const [client, { user }] of provider.awareness.getStates() as Map<number, { user?: { id?: string } }>)
				if (user?.id && this.#seen.get(client) !== user.id) {
					this.#seen.set(client, user.id);
					news = true;
				}
			if (news && this.all.length > 0) this.#read();
		};
		provider.awareness.on('change', met);
		this.#endings.push(() => provider.awareness.off('change', met));
		if (view) {
			void editing.keepMarks().catch(console.error);
			editing.keepsComment = (id) =>
				comments.has(id) && (!!(view.dragging as { move?: boolean } | null)?.move || !placesIn(view.state.doc).has(id));
			view.setProps({
				decorations: ({ doc, selection: { from, to } }) =>
					this.about && from < to ? DecorationSet.create(doc, [Decoration.inline(from, to, { class: 'about' })]) : null
			});
			const press = ({ target }: MouseEvent) => {
				const on = target instanceof Element && target.closest<HTMLElement>('[data-comment]');
				// Of several the innermost that is open.
				for (let at = on; at; at = at.parentElement!.closest<HTMLElement>('[data-comment]')) {
					const comment = this.all.find(({ id, resolved }) => id === at!.dataset.comment && !resolved);
					if (!comment) continue;
					this.choose(comment.id);
					options.pressed(comment.id);
					return;
				}
			};
			view.dom.addEventListener('click', press);
			this.#endings.push(() => view.dom.removeEventListener('click', press));
		}
		met();
		this.#read(options.commentedNow);
	}

	ownerOf = (client: number): string | null => {
		const { editing, personId, commenters, askAgain } = this.#options;
		if (client === editing.connection.doc.clientID) return personId;
		const owner = commenters()[client] ?? this.#seen.get(client) ?? null;
		if (owner === null && !this.#asked.has(client) && editing.connection.provider.synced) {
			this.#asked.add(client);
			askAgain();
		}
		return owner;
	};

	/** After the page has asked again who wrote. */
	look() {
		this.#read();
	}

	get open(): Placed[] {
		return this.all.filter(({ resolved, removed }) => !resolved || removed);
	}

	get resolved(): Placed[] {
		return this.all.filter(({ resolved, removed }) => resolved && !removed);
	}

	/** Whether a comment can begin where the person is; it stays so while they write it. */
	begin(): boolean {
		const { view } = this.#options.editing;
		const about = view && aboutIn(view.state);
		if (!view || !about) return false;
		if (view.state.selection.empty)
			view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, about.from, about.to)));
		this.about = { words: about.words };
		view.setProps({});
		return true;
	}

	get #binding() {
		const { view } = this.#options.editing;
		return view && (ySyncPluginKey.getState(view.state) as { type: never; binding: { mapping: never } });
	}

	/** Where the selection is, in the words of the document: to be found again after a reload and others' edits. */
	get here(): unknown {
		const { view } = this.#options.editing;
		if (!view || !this.about) return null;
		const { type, binding } = this.#binding!;
		const { from, to } = view.state.selection;
		const place = (at: number): unknown => absolutePositionToRelativePosition(at, type, binding.mapping);
		return JSON.parse(JSON.stringify({ from: place(from), to: place(to) }));
	}

	/** Goes on with a comment on the words that it was begun about. @returns false when they are gone */
	goOn(here: unknown): boolean {
		const { view, connection } = this.#options.editing;
		if (!view || !here) return false;
		try {
			const { type, binding } = this.#binding!;
			const [from, to] = (['from', 'to'] as const).map((end) =>
				relativePositionToAbsolutePosition(
					connection.doc,
					type,
					createRelativePositionFromJSON((here as Record<string, unknown>)[end]),
					binding.mapping
				)
			);
			if (from == null || to == null || from >= to) return false;
			const { doc, tr } = view.state;
			view.dispatch(tr.setSelection(TextSelection.between(doc.resolve(from), doc.resolve(to))));
			return this.begin();
		} catch {
			// Nothing of ours, or of a text that is not this one any more.
			return false;
		}
	}

	/** @param id of the comment that it becomes; what is there already is not said again. @returns why not, or null */
	say(words: string, id: string): string | null {
		const { view, connection } = this.#options.editing;
		if (connection.doc.getMap(commentsName).has(id)) {
			this.#stop();
			return null;
		}
		const about = view && aboutIn(view.state);
		const refused = full(connection.doc);
		if (refused || !view || !about) {
			this.#stop();
			return refused ?? 'The words are gone that this was going to be about. What you wrote is still here.';
		}
		addComment(connection.doc, { id, quote: about.words, words });
		view.dispatch(putOn(view.state, about, id));
		this.choose(id);
		this.#stop();
		this.#options.tell('comments', 'Your comment is there.');
		return null;
	}

	#stop() {
		this.about = null;
		this.#options.editing.view?.setProps({});
	}

	cancel() {
		this.#stop();
		this.#options.editing.focus();
	}

	reply(id: string, words: string) {
		reply(this.#options.editing.connection.doc, id, words);
		this.#options.tell('comments', 'Your answer is there.');
	}

	edit(id: string, key: string, words: string) {
		edit(this.#options.editing.connection.doc, id, key, words);
		this.#options.tell('comments', 'Changed.');
	}

	/** @returns the words, for `putBack` */
	takeBack(id: string, key: string): string {
		const words = takeBack(this.#options.editing.connection.doc, id, key);
		this.#options.tell('comments', 'You took this back. Undo is here for ten seconds.');
		return words;
	}

	putBack(id: string, key: string, words: string) {
		putBack(this.#options.editing.connection.doc, id, key, words);
		this.#options.tell('comments', 'What you said is there again.');
	}

	resolve(id: string, resolved: boolean) {
		resolveComment(this.#options.editing.connection.doc, id, resolved);
		this.#options.tell('comments', resolved ? 'The comment is resolved.' : 'The comment is open again.');
	}

	/** The comment after or before the one that is looked at, or else after or before the caret. */
	next(list: Placed[], back: boolean): Placed | null {
		if (list.length === 0) return null;
		const at = list.findIndex(({ id }) => id === this.current);
		if (at >= 0) return list[(at + (back ? -1 : 1) + list.length) % list.length]!;
		const { from } = this.#options.editing.view?.state.selection ?? { from: 0 };
		return (
			(back
				? list.findLast(({ place }) => place && place.from < from)
				: list.find(({ place }) => place && place.to > from)) ?? list.at(back ? -1 : 0)!
		);
	}

	/** Puts the caret on the words of a comment. */
	toText(id: string) {
		const { editing } = this.#options;
		const { view } = editing;
		const place = this.all.find((comment) => comment.id === id)?.place;
		if (view && place) {
			const { state } = view;
			view.dispatch(
				state.tr
					.setSelection(TextSelection.between(state.doc.resolve(place.from), state.doc.resolve(place.to)))
					.scrollIntoView()
			);
		}
		editing.focus();
	}

	/** Text changes with every key; where comments stand is looked up once they are drawn. */
	#soon() {
		this.#waiting ||= requestAnimationFrame(() => {
			this.#waiting = 0;
			this.#read();
		});
	}

	#read(news = false) {
		const { editing } = this.#options;
		const places = editing.view ? placesIn(editing.view.state.doc) : new Map<string, Place>();
		const before = this.all;
		this.all = commentsIn(editing.connection.doc, this.ownerOf)
			.map((comment) => ({ ...comment, place: places.get(comment.id) ?? null }))
			.sort((a, b) => {
				if (a.place && b.place) return a.place.from - b.place.from || a.place.to - b.place.to;
				return (
					Number(!a.place) - Number(!b.place) || (a.posts[0]?.at?.getTime() ?? 0) - (b.posts[0]?.at?.getTime() ?? 0)
				);
			});
		this.#draw();
		if (news) {
			this.#tellOthers(before);
			// A comment comes in before its mark does.
			this.#soon();
		}
	}

	/** Says what somebody else did, of everything only the last. */
	#tellOthers(before: Placed[]) {
		const { personId, tell, nameOf } = this.#options;
		const known = new Map(before.map((comment) => [comment.id, comment]));
		for (const { id, by, posts, resolved } of this.all) {
			const was = known.get(id);
			const last = posts.at(-1);
			if (!was) {
				if (by && by !== personId) tell(by, `${nameOf(by)} has commented.`);
			} else if (last?.by && last.by !== personId && posts.length > was.posts.length)
				tell(last.by, `${nameOf(last.by)} has answered a comment.`);
			else if (back(posts) > back(was.posts)) {
				const by = posts.find(
					({ key, takenBack }) => takenBack && was.posts.some((one) => one.key === key && !one.takenBack)
				)?.by;
				if (by && by !== personId) tell(by, `${nameOf(by)} has taken back what they said.`);
			} else if (resolved?.by && resolved.by !== personId && !was.resolved)
				tell(resolved.by, `${nameOf(resolved.by)} has resolved a comment.`);
		}
	}

	/** Words with an open comment are coloured from outside: what the editor draws stays what the server drew. */
	#draw() {
		const shown = this.all.filter(
			({ id, place, resolved }) => place && cssId.test(id) && (!resolved || id === this.current)
		);
		const rule = (ids: string[], style: string) =>
			ids.length ? `${ids.map((id) => `#reflection-text [data-comment="${id}"]`).join()}{${style}}` : '';
		const one = `background:var(--pencil-soft);box-shadow:inset 0 -2px var(--pencil)`;
		const css = [
			rule(
				shown.map(({ id }) => id),
				`${one};cursor:pointer`
			),
			rule(
				shown.flatMap(({ id }) => (id === this.current ? [id] : [])),
				'background:color-mix(in srgb, var(--pencil) 30%, var(--paper))'
			),
			`@media (forced-colors: active){${rule(
				shown.map(({ id }) => id),
				'text-decoration:underline 2px dotted'
			)}}`,
			`@media print{${rule(
				shown.map(({ id }) => id),
				'background:none;box-shadow:none'
			)}}`
		].join('');
		if (css !== this.#drawn) this.#sheet.replaceSync((this.#drawn = css));
	}
	#drawn = '';

	choose(id: string | null) {
		this.current = id;
		this.#draw();
	}

	end() {
		for (const ending of this.#endings) ending();
	}
}
