/**
 * Who wrote each character of a reflection.
 *
 * A Yjs client id belongs to the person who first wrote under it, so mostly the author of a character is the owner of
 * its id. But text also comes under the id of somebody who did not write it: undo puts deleted text back as new text of
 * whoever undoes, and an editor moves text by deleting it here and inserting the same there (Enter in the middle of a
 * paragraph, joining two, lists, headings). Such text stays its first author's. It is found by reading the log from the
 * first row on, with everything that was deleted still in it:
 *
 * 1. **Put back.** Yjs puts an undone deletion directly before the deleted original, and typing never lands there. Equal
 *    text in that place is the original's; all of it, or all of what was deleted there. The same goes for a value of an
 *    array, and for a value of a map that had it before.
 * 2. **Put back with its paragraph.** When the element around it was deleted too, Yjs makes both anew, and the new element
 *    stands before the deleted one. Its text is the original's when it is all that one change, or some changes in a row,
 *    deleted there; what later undoing adds must also fit between what stands around it.
 * 3. **Moved.** Text that a change inserts is the text that the same change deletes, where `same-text.ts` finds it again.
 *    When two move one text at one time the log has only the first deletion; so others' deletions of just before, which
 *    somebody may not have heard of, are looked through as well.
 *
 * 4. **Put back after it went along.** What one writes in a block goes with it when the other replaces it unheard, or undoes
 *    having replaced it, and the pages put it back (`taken-along.ts`), as text of whoever does. From two units on it is
 *    the original's.
 * 5. **Made again.** A change that makes the whole text what it was at an earlier row says so (`restoring.ts`). Where the two
 *    texts are the same, letter by letter, each letter is whose it was then. This comes before everything else.
 *
 * Everything else is by the person who acted (docs/decisions/0008-authorship.md says more). So cutting and pasting makes the paster the author, because it is two
 * changes; a character typed like the one beside it is its typist's; and a moved stretch of under eight units that
 * changed on the way is the mover's. A move within an array or a map is not found either. What one sends after having
 * been away comes as one change, so cutting and pasting offline counts as moving.
 *
 * Nobody can take a character that stands: what is said of it depends on no later row. Nobody can put words into
 * another's mouth beyond putting back, or moving, what that person wrote.
 *
 * Pure, and without a database: it may run in a worker. A recording of 259,778 edits takes about a second and a half of CPU.
 */
import * as Y from 'yjs';
import { type AuthorRun, type Credit, type Owners, runsOf } from './author-runs.ts';
import { rootName } from './document.ts';
import { Ranges } from './live/ranges.ts';
import { scan } from './live/scan.ts';
import {
	cut,
	equalFrom,
	isText,
	itemsBelow,
	lengthOf,
	type Piece,
	sameKind,
	type TextItem,
	textOf,
	valuesOf
} from './pieces.ts';
import { restoredKey, restoredRoot } from './restored.ts';
import { sameText, shortest, splits, type Stretch } from './same-text.ts';
import { Spans } from './spans.ts';

/**
 * A row of the log, as far as authorship goes.
 * `number` is the row's own; without it rows count 1, 2, 3 …
 */
export type Written = { personId: string; updates: readonly Uint8Array[]; number?: number };

/** Deleted things that are looked past, to see what stands beside. */
const mostBetween = 64;
/** Changes of others that somebody may not have heard of, although they came before in the log. */
const mostUnseen = 64;
const mostStretches = 512;
/** Steps that go into finding text again in what was deleted long before: more than any writing needs, some seconds. */
const mostEffort = 100_000_000;
/** Changes back in time in which a block may have gone, or its last letter come: the half minute in which pages put back. */
const mostAlong = 512;
/** And between an undo and what it took along. */
const mostAfterUndo = 8;
/** Times that a letter was moved or put back and is still followed. */
const mostMoves = 64;
/** Changes back in time that one undo is looked for in. */
const mostChanges = 32;

/**
 * Who wrote what of the whole log.
 * @param log every row from the first on; what was deleted must still be in it
 * @param folded the document before the first of these rows, where earlier ones are gone: its deleted text is lost, so
 * putting that back counts as writing it
 */
export function readAuthors(
	log: Iterable<Written>,
	owners: Owners,
	folded?: Uint8Array
): { credits: Credit[]; runs: AuthorRun[] } {
	const reading = new Reading(owners);
	try {
		reading.read(log, folded);
		const credits = reading.credits();
		return { credits, runs: runsOf(reading.doc, owners, credits) };
	} finally {
		reading.doc.destroy();
	}
}

/** Characters that came as a suggestion, and are text because this person accepted it. */
export type Accepted = { client: number; clock: number; length: number; acceptedBy: string };

/** As `readAuthors`, and which characters came in as a suggestion that somebody else than its author accepted. */
export function readAccepted(log: Iterable<Written>, owners: Owners): { credits: Credit[]; accepted: Accepted[] } {
	const reading = new Reading(owners);
	try {
		reading.read(log);
		return { credits: reading.credits(), accepted: reading.accepted() };
	} finally {
		reading.doc.destroy();
	}
}

/** Whose the characters from `start` on are, and which earlier ones they repeat. */
type Source = { start: number; client: number; clock: number; author: string | null };
/** Three numbers each, client, from, to: what this update was the first to insert and to delete. */
type Change = {
	personId: string | null;
	inserts: number[];
	deletes: number[];
	/** As a scan lists them, also what was deleted before: of changes that say they make an older text again. */
	allDeletes?: number[];
};
/** An element that was made anew before a deleted one, and the text that was deleted there, in order. */
type Remade = {
	made: number;
	/** Whether text of the original has come back; until then it may be a new paragraph that only stands there. */
	sure: boolean;
	text: { piece: Piece; came: number; gone: number }[];
	/** Which clocks are at which index of `text`. */
	places: Spans<number>;
};

/** Reads a log, once. Changes are counted 1, 2, 3 …; 0 is what was folded. */
class Reading {
	readonly doc = new Y.Doc({ gc: false });
	readonly #owners: Owners;
	readonly #changes: Change[] = [{ personId: null, inserts: [], deletes: [] }];
	/** By which change characters came and went. */
	readonly #came = new Spans<number>();
	readonly #went = new Spans<number>();
	readonly #sources = new Spans<Source>();
	readonly #remade = new Map<Y.AbstractType<unknown>, Remade | null>();
	readonly #textGone = new Map<Y.Item, Pick<Remade, 'text' | 'places'>>();
	/** The last change of each row. */
	readonly #changeOf = new Map<number, number>();
	/** Which changes say that they make an older text again: that of a row, out of that of another. */
	readonly #restores = new Map<number, { to: number; seen: number }>();
	#blocksGone: Block[] | undefined;
	/** What went along and was put back. */
	readonly #cameBack = new Ranges();
	#texts: TextItem[] | undefined;
	#order: Map<Y.Item, number> | undefined;
	/** A document that was made to exhaust whoever reads it gets fewer credits, not more time. */
	#effort = mostEffort;

	constructor(owners: Owners) {
		this.#owners = owners;
	}

	read(log: Iterable<Written>, folded?: Uint8Array): void {
		const { doc } = this;
		const known = new Map<number, number>();
		const gone = new Ranges();
		let rows = 0;
		// In one transaction: what came and went when is known from the bytes, and the order of a Yjs list never changes.
		doc.transact(() => {
			if (folded) {
				Y.applyUpdate(doc, folded);
				for (const client of doc.store.clients.keys()) {
					known.set(client, Y.getState(doc.store, client));
					this.#came.add(client, 0, known.get(client)!, 0);
				}
				for (const [client, ranges] of Y.createDeleteSetFromStructStore(doc.store).clients)
					for (const { clock, len } of ranges) {
						gone.add(client, clock, clock + len);
						this.#went.add(client, clock, clock + len, 0);
					}
			}
			for (const { personId, updates, number: row = ++rows } of log) {
				for (const update of updates) {
					const number = this.#changes.length;
					const { blocks, deletes } = scan(update);
					const change: Change = { personId, inserts: [], deletes: [], allDeletes: deletes };
					for (const { client, from, to } of blocks) {
						const start = Math.max(from, known.get(client) ?? 0);
						if (start >= to) continue;
						known.set(client, to);
						change.inserts.push(client, start, to);
						this.#came.add(client, start, to, number);
					}
					for (let i = 0; i < deletes.length; i += 3) {
						const [client, from, to] = [deletes[i]!, deletes[i + 1]!, deletes[i + 1]! + deletes[i + 2]!];
						const parts = gone.missing(client, from, to);
						for (let p = 0; p < parts.length; p += 2) {
							change.deletes.push(client, parts[p]!, parts[p + 1]!);
							this.#went.add(client, parts[p]!, parts[p + 1]!, number);
						}
						gone.add(client, from, to);
					}
					this.#changes.push(change);
					Y.applyUpdate(doc, update);
				}
				this.#changeOf.set(row, this.#changes.length - 1);
			}
		});
		this.#readRestores();
		for (let number = 1; number < this.#changes.length; number++) this.#judge(number);
	}

	credits(): Credit[] {
		const credits: Credit[] = [];
		for (const { client, from, to, value } of this.#sources) {
			if (value.author === (this.#owners.get(client) ?? null)) continue;
			const last = credits.at(-1);
			if (last?.client === client && last.clock + last.length === from && last.author === value.author)
				last.length += to - from;
			else credits.push({ client, clock: from, length: to - from, author: value.author });
		}
		return credits;
	}

	/**
	 * A suggested letter is one that came between marks saying so. What became of the marks, and by whose change, is still
	 * in the list; a letter that was moved or put back since is what it was where it came from.
	 */
	accepted(): Accepted[] {
		const marks = new Map<unknown, Mark[]>();
		const settled = new Spans<string>();
		const texts: TextItem[] = [];
		for (const item of itemsBelow(this.doc.getXmlFragment(rootName) as Y.AbstractType<unknown>)) {
			const { content, id, parent } = item;
			if (content instanceof Y.ContentFormat && content.key === 'insertion') {
				const came = this.#came.at(id.client, id.clock)?.value ?? 0;
				const went = this.#went.at(id.client, id.clock)?.value ?? Infinity;
				const there = marks.get(parent);
				if (there) there.push({ came, went, on: content.value !== null });
				else marks.set(parent, [{ came, went, on: content.value !== null }]);
			}
			if (!isText(item)) continue;
			texts.push(item);
			const before = marks.get(parent);
			if (!before) continue;
			for (const came of this.#came.parts(id.client, id.clock, id.clock + item.length))
				for (const went of this.#went.parts(id.client, came.from, came.to)) {
					const by = this.#acceptedBy(before, came.span?.value ?? 0, went.span?.value ?? Infinity);
					const author = this.#sources.at(id.client, went.from)?.value.author ?? this.#owners.get(id.client) ?? null;
					if (by !== null && by !== author) settled.add(id.client, went.from, went.to, by);
				}
		}
		return texts.flatMap((item) => {
			const { client, clock } = item.id;
			if (item.deleted) return [];
			return [...this.#cameIn(settled, client, clock, clock + item.length)].map(({ from, to, by }) => ({
				client,
				clock: from,
				length: to - from,
				acceptedBy: by
			}));
		});
	}

	/** Who last made text of a letter that came suggested, with these marks before it; null when nobody did. */
	#acceptedBy(marks: readonly Mark[], came: number, went: number): string | null {
		const isOn = (change: number) => marks.findLast((mark) => mark.came <= change && mark.went > change)?.on ?? false;
		if (!isOn(came)) return null;
		const changes = new Set(marks.flatMap((mark) => [mark.came, mark.went]));
		let was = true;
		let accepted: number | null = null;
		for (const change of [...changes].filter((one) => one > came && one < went).sort((a, b) => a - b)) {
			this.#effort -= marks.length;
			if (this.#effort < 0) return null;
			const is = isOn(change);
			if (was && !is) accepted = change;
			was = is;
		}
		return was || accepted === null ? null : this.#changes[accepted]!.personId;
	}

	*#cameIn(
		settled: Spans<string>,
		client: number,
		from: number,
		to: number,
		steps = 0
	): Generator<{ from: number; to: number; by: string }> {
		for (const part of settled.parts(client, from, to)) {
			if (part.span) yield { from: part.from, to: part.to, by: part.span.value };
			else if (steps < mostMoves)
				for (const moved of this.#sources.parts(client, part.from, part.to)) {
					if (!moved.span) continue;
					const { client: of, clock, start } = moved.span.value;
					const shift = clock - start;
					for (const { from, to, by } of this.#cameIn(settled, of, moved.from + shift, moved.to + shift, steps + 1))
						yield { from: from - shift, to: to - shift, by };
				}
		}
	}

	/** Finds what a change inserted without writing it. */
	#judge(number: number): void {
		if (this.#restored(number)) return;
		const { inserts } = this.#changes[number]!;
		let open: Piece[] = [];
		for (let i = 0; i < inserts.length; i += 3) {
			let before: PutBack | undefined;
			for (const piece of this.#pieces(inserts[i]!, inserts[i + 1]!, inserts[i + 2]!)) {
				before = this.#putBack(piece, number, before);
				const from = before?.to ?? piece.from;
				if (from < piece.to && isText(piece.item)) open.push({ ...piece, from });
			}
		}
		if (open.length > 0) open = this.#putBackInside(open, number);
		if (open.length > 0) this.#move(open, number);
	}

	// ---- made again ---------------------------------------------------------------------------------------------------

	#readRestores(): void {
		const last = (this.doc.share.get(restoredRoot) as Y.AbstractType<unknown> | undefined)?._map.get(restoredKey);
		for (let item: Y.Item | null = last ?? null; item; item = item.left) {
			const came = this.#came.at(item.id.client, item.id.clock)?.value;
			const [rows] = valuesOf(item);
			if (!came || !Array.isArray(rows)) continue;
			const [to, seen] = (rows as unknown[]).map((row) => (row === 0 ? 0 : this.#changeOf.get(row as number)));
			if (to !== undefined && seen !== undefined && to <= seen && seen < came) this.#restores.set(came, { to, seen });
		}
	}

	/** Whether a change made the text what it was; then each letter of it is whose it was. */
	#restored(number: number): boolean {
		const rows = this.#restores.get(number);
		if (!rows) return false;
		this.#texts ??= [...itemsBelow(this.doc.getXmlFragment(rootName) as Y.AbstractType<unknown>)].filter(isText);
		this.#effort -= 4 * this.#texts.length;
		if (this.#effort < 0) return false;
		const then = this.#texts.flatMap((item) => this.#standing(item, rows.to));
		const deleted = Ranges.of(this.#changes[number]!.allDeletes ?? []);
		const now = this.#texts.flatMap((item) => {
			const { client, clock } = item.id;
			const kept = this.#standing(item, rows.seen).flatMap((piece) => this.#without(deleted, piece));
			const made: Piece[] = [];
			for (const { from, to, span } of this.#came.parts(client, clock, clock + item.length))
				if (span?.value === number) made.push(...this.#without(deleted, { item, from, to }));
			return [...kept, ...made].sort((a, b) => a.from - b.from);
		});
		if (then.map(textOf).join('') !== now.map(textOf).join('')) return false;
		let [at, skipped] = [0, 0];
		for (const { item, from, to } of now) {
			const isMade = this.#came.at(item.id.client, from)!.value === number;
			for (let done = from; done < to;) {
				const source = then[at]!;
				const clock = source.from + skipped;
				const length = Math.min(to - done, source.to - clock);
				if (isMade) this.#repeat(item.id.client, done, source.item.id.client, clock, length);
				done += length;
				skipped += length;
				if (source.from + skipped === source.to) [at, skipped] = [at + 1, 0];
			}
		}
		return true;
	}

	/** What of a text could be read after a change. */
	#standing(item: TextItem, number: number): Piece[] {
		const { client, clock } = item.id;
		const pieces: Piece[] = [];
		// What somebody types into a paragraph that another has deleted meanwhile is deleted by nobody, and not there.
		for (let around = (item.parent as Y.AbstractType<unknown>)._item; around;) {
			if (!this.#stood(around.id.client, around.id.clock, number)) return pieces;
			around = (around.parent as Y.AbstractType<unknown>)._item;
		}
		for (const came of this.#came.parts(client, clock, clock + item.length)) {
			if (!came.span || came.span.value > number) continue;
			for (const { from, to, span } of this.#went.parts(client, came.from, came.to))
				if (!span || span.value > number) pieces.push({ item, from, to });
		}
		return pieces;
	}

	#without(deleted: Ranges, { item, from, to }: Piece): Piece[] {
		const parts = deleted.missing(item.id.client, from, to);
		return Array.from({ length: parts.length / 2 }, (_, i) => ({ item, from: parts[2 * i]!, to: parts[2 * i + 1]! }));
	}

	// ---- put back -----------------------------------------------------------------------------------------------------

	#putBack(piece: Piece, number: number, before: PutBack | undefined): PutBack | undefined {
		const { item, from, to } = piece;
		if (item.parentSub !== null) return this.#putBackValue(item, number);
		const { rightOrigin } = item;
		if (!rightOrigin) return undefined;
		const { client } = rightOrigin;
		// Something was written into what was put back: this is the rest of it.
		const goesOn = before?.to === from && before.rightOrigin && Y.compareIDs(before.rightOrigin, rightOrigin);
		const start = goesOn ? before.next : rightOrigin.clock;
		let length = 0;
		let byAnother = false;
		while (from + length < to) {
			const other = this.#goneBeside(item, client, start + length, number);
			if (!other) break;
			const equal = equalFrom(item, from + length - item.id.clock, other.item, start + length - other.item.id.clock);
			const part = Math.min(equal, to - from - length, other.to - start - length);
			if (part > 0 && this.#changes[other.gone]!.personId !== this.#changes[number]!.personId) byAnother = true;
			length += part;
			if (start + length < other.to) break;
		}
		if (isText(item) && splits(item.content.str, from + length - item.id.clock)) length--;
		const complete = from + length === to || !this.#goneBeside(item, client, start + length, number);
		// A letter typed before an equal one that the partner takes away in the same moment lands in such a place, too.
		if (length === 0 || !complete || (length === 1 && byAnother)) return undefined;
		this.#repeat(item.id.client, from, client, start, length);
		return { to: from + length, rightOrigin, next: start + length };
	}

	/** A deleted original of `item`, by this change or before, at this clock; and how far it goes. */
	#goneBeside(item: Y.Item, client: number, clock: number, number: number) {
		const other = this.#struct(client, clock);
		if (!(other instanceof Y.Item) || other.parent !== item.parent || other.parentSub !== null) return undefined;
		const span = this.#went.at(client, clock);
		if (!span || span.value > number) return undefined;
		return { item: other, to: Math.min(span.to, other.id.clock + other.length), gone: span.value };
	}

	/** A value of a map comes back after others: the last equal one that was there before. */
	#putBackValue(item: Y.Item, number: number): PutBack | undefined {
		let other = item.left;
		for (let tries = 0; other && tries < mostBetween; tries++, other = other.left) {
			const gone = this.#went.at(other.id.client, other.id.clock)?.value;
			if (gone === undefined || gone >= number || equalFrom(item, 0, other, 0) === 0) continue;
			if (this.#changes[gone]!.personId !== this.#changes[number]!.personId) continue;
			this.#repeat(item.id.client, item.id.clock, other.id.client, other.id.clock, 1);
			break;
		}
		return undefined;
	}

	/** Text that came back together with the element around it, or into such an element. Answers the rest. */
	#putBackInside(open: Piece[], number: number): Piece[] {
		const rest: Piece[] = [];
		const inside = new Map<Remade, Piece[]>();
		for (const piece of open) {
			const remade = this.#remadeAround(piece.item.parent as Y.AbstractType<unknown>);
			if (!remade) rest.push(piece);
			else if (inside.has(remade)) inside.get(remade)!.push(piece);
			else inside.set(remade, [piece]);
		}
		for (const [remade, pieces] of inside)
			if (!this.#comesBack(remade, this.#sorted(pieces), number)) rest.push(...pieces);
		return rest;
	}

	#comesBack(remade: Remade, pieces: Piece[], number: number): boolean {
		const text = pieces.map(textOf).join('');
		const isNew = remade.made === number;
		if (!isNew && !remade.sure && text.length < 2) return false;
		const among = [isNew ? remade.text : this.#between(remade, pieces)];
		// What stands beside may itself have been made anew more than once; long text is no chance anywhere in there.
		if (!isNew && text.length >= shortest) among.push(remade.text);
		const originals = among.reduce<Piece[] | undefined>(
			(found, some) => found ?? this.#undone(text, some, number, isNew),
			undefined
		);
		if (!originals) return false;
		this.#repeatAll(pieces, originals);
		remade.sure = true;
		return true;
	}

	/**
	 * Undo takes back one's own changes of a while, all in a row; what one both wrote and deleted in that while stays away.
	 * @param last whether only a while up to the last of these deletions will do, as when the element itself comes back
	 */
	#undone(text: string, among: Remade['text'], number: number, last: boolean): Piece[] | undefined {
		const by = (change: number) => this.#changes[change]!.personId === this.#changes[number]!.personId;
		this.#effort -= among.length;
		if (this.#effort < 0) return undefined;
		const gone = among.filter((each) => each.gone <= number);
		// Where the partner deleted the same, only their deletion is in the log.
		for (const mine of [gone.filter((each) => by(each.gone)), gone]) {
			const ends = latest(mine.map((each) => each.gone)).slice(0, last ? 1 : mostChanges);
			const starts = latest(
				mine.flatMap((each) => (by(each.came) ? [each.gone, each.came, each.came + 1] : [each.gone]))
			);
			for (const end of ends)
				for (const start of starts) {
					if (start > end) continue;
					this.#effort -= mine.length;
					if (this.#effort < 0) return undefined;
					const there = mine.filter(
						(each) => each.gone >= start && each.gone <= end && !(each.came >= start && by(each.came))
					);
					const originals = there.map(({ piece }) => piece);
					if (lengthOf(originals) === text.length && originals.map(textOf).join('') === text) return originals;
				}
		}
		return undefined;
	}

	/** What was deleted between the originals of what stands left and right of these pieces. */
	#between({ text, places }: Remade, pieces: Piece[]): Remade['text'] {
		const placeOf = (client: number, clock: number) => {
			const source = this.#sourceAt(client, clock);
			return source && places.at(source.client, source.clock)?.value;
		};
		const beside = ({ item, from, to }: Piece, step: 'left' | 'right'): number | undefined => {
			const { client, clock } = item.id;
			const inItem = step === 'left' ? from > clock : to < clock + item.length;
			let place = inItem ? placeOf(client, step === 'left' ? from - 1 : to) : undefined;
			let next = item[step];
			for (let tries = 0; place === undefined && next && tries < mostBetween; tries++, next = next[step])
				place = placeOf(next.id.client, step === 'left' ? next.id.clock + next.length - 1 : next.id.clock);
			return place;
		};
		const left = beside(pieces[0]!, 'left');
		return text.slice(left === undefined ? 0 : left + 1, beside(pieces.at(-1)!, 'right'));
	}

	/** The nearest element around a text that stands directly before a deleted one of its kind. */
	#remadeAround(type: Y.AbstractType<unknown>): Remade | null {
		const kept = this.#remade.get(type);
		if (kept !== undefined) return kept;
		const below = [type];
		let found: Remade | null = null;
		for (let item = type._item; item && !found; item = below.at(-1)!._item) {
			const made = this.#came.at(item.id.client, item.id.clock)!.value;
			const original = this.#originalOf(item, made);
			if (original) found = { made, sure: false, ...this.#textGoneIn(original) };
			else {
				const parent = item.parent as Y.AbstractType<unknown>;
				const above = this.#remade.get(parent);
				if (above !== undefined) {
					found = above;
					break;
				}
				below.push(parent);
			}
		}
		for (const each of below) this.#remade.set(each, found);
		return found;
	}

	#originalOf(item: Y.Item, made: number): Y.Item | null {
		const isOriginal = (other: Y.Item) => {
			const gone = this.#went.at(other.id.client, other.id.clock);
			return gone !== undefined && gone.value <= made && sameKind(other, item);
		};
		if (item.parentSub !== null) {
			let other = item.left;
			for (let tries = 0; other && tries < mostBetween; tries++, other = other.left)
				if (isOriginal(other)) return other;
			return null;
		}
		if (!item.rightOrigin) return null;
		const other = this.#struct(item.rightOrigin.client, item.rightOrigin.clock);
		return other instanceof Y.Item && isOriginal(other) ? other : null;
	}

	#textGoneIn(element: Y.Item): Pick<Remade, 'text' | 'places'> {
		const kept = this.#textGone.get(element);
		if (kept) return kept;
		const found = { text: [] as Remade['text'], places: new Spans<number>() };
		const { text, places } = found;
		this.#textGone.set(element, found);
		for (const item of itemsBelow((element.content as Y.ContentType).type as Y.AbstractType<unknown>)) {
			if (!isText(item)) continue;
			const { client, clock } = item.id;
			for (const { from, to, span } of this.#went.parts(client, clock, clock + item.length))
				if (span)
					for (const part of this.#came.parts(client, from, to)) {
						places.add(client, part.from, part.to, text.length);
						text.push({ piece: { item, from: part.from, to: part.to }, came: part.span!.value, gone: span.value });
					}
		}
		return found;
	}

	// ---- moved --------------------------------------------------------------------------------------------------------

	#move(open: Piece[], number: number): void {
		const come: Piece[] = [];
		for (const { item, from, to } of open)
			for (const part of this.#went.parts(item.id.client, from, to))
				if (part.span?.value !== number) come.push({ item, from: part.from, to: part.to });
		let back = this.#together(come, (client, clock) => this.#stood(client, clock, number));
		const gone = this.#gone(number);
		if (gone.length > 0 && back.length > 0) back = this.#same(gone, back, number, true);
		// Two who press Enter in one paragraph at one time both move its end, and whoever comes first has deleted it.
		back = back.filter((pieces) => lengthOf(pieces) > 1);
		if (back.length === 0) return;
		const since = Math.max(1, Math.min(this.#before(number) + 1, number - mostUnseen));
		const unseen: Piece[][] = [];
		for (let other = number - 1; other >= since && this.#effort > 0 && unseen.length < mostStretches; other--) {
			if (this.#changes[other]!.personId === this.#changes[number]!.personId) continue;
			for (const pieces of this.#gone(other)) if (lengthOf(pieces) > 1) unseen.push(pieces);
		}
		this.#effort -= 10 * unseen.reduce((sum, pieces) => sum + lengthOf(pieces), 0);
		if (unseen.length > 0) back = this.#same(unseen, back, number, false);
		this.#putBackAlong(back, number);
	}

	// ---- put back after it went along ---------------------------------------------------------------------------------

	#putBackAlong(back: Piece[][], number: number): void {
		const { personId } = this.#changes[number]!;
		for (const pieces of back) {
			const text = pieces.map(textOf).join('');
			if (text.length < 2) continue;
			for (const block of (this.#blocksGone ??= this.#textsGone())) {
				if (this.#effort < 0) return;
				const there = this.#wentAlong(block, text, number, personId);
				if (!there) continue;
				this.#repeatAll(pieces, there);
				// Found once: a second copy is new.
				for (const { item, from, to } of there) this.#cameBack.add(item.id.client, from, to);
				break;
			}
		}
	}

	/**
	 * This text among what went with a block: what nobody had deleted by then; or, just before, what went as the same person
	 * deleted the block and was not theirs. Looks at nothing that came later, so no later row takes a letter from its author.
	 */
	#wentAlong({ gone, items, last }: Block, text: string, number: number, personId: string | null): Piece[] | undefined {
		if (gone >= number) return undefined;
		const stood = (client: number, clock: number) =>
			this.#came.at(client, clock)!.value < number && (this.#went.at(client, clock)?.value ?? gone) >= gone;
		const find = (wentThen: (went: number | undefined) => boolean): Piece[] | undefined => {
			this.#effort -= items.reduce((sum, { length }) => sum + length, 0);
			const letters: Piece[] = [];
			for (const item of items) {
				const { client, clock } = item.id;
				for (const came of this.#came.parts(client, clock, clock + item.length))
					for (const { from, to, span } of this.#went.parts(client, came.from, came.to))
						if (came.span && came.span.value < number && wentThen(span?.value))
							letters.push(...this.#without(this.#cameBack, { item, from, to }));
			}
			for (const run of this.#together(letters, stood)) {
				const at = run.map(textOf).join('').indexOf(text);
				if (at >= 0) return cut(run, at, text.length);
			}
			return undefined;
		};
		if (Math.max(gone, last) >= number - mostAlong) {
			const unheard = find((went) => went === undefined || went >= number);
			const when =
				unheard && Math.max(gone, ...unheard.map(({ item, from }) => this.#came.at(item.id.client, from)!.value));
			if (when !== undefined && when >= number - mostAlong) return unheard;
		}
		if (gone < number - mostAfterUndo || this.#changes[gone]!.personId !== personId) return undefined;
		const undone = find((went) => went === gone);
		return undone?.some(({ item, from, to }) => this.#isBy(personId, item.id.client, from, to)) ? undefined : undone;
	}

	/** Texts whose block, or one around it, somebody deleted. */
	#textsGone(): Block[] {
		const blocks = new Map<unknown, Block | null>();
		const goneOf = (type: Y.AbstractType<unknown>) => {
			let gone = Infinity;
			for (let around = type._item; around; around = (around.parent as Y.AbstractType<unknown>)._item)
				gone = Math.min(gone, this.#went.at(around.id.client, around.id.clock)?.value ?? Infinity);
			return gone;
		};
		for (const item of itemsBelow(this.doc.getXmlFragment(rootName) as Y.AbstractType<unknown>)) {
			if (!isText(item)) continue;
			let block = blocks.get(item.parent);
			if (block === undefined) {
				const gone = goneOf(item.parent as Y.AbstractType<unknown>);
				block = gone === Infinity ? null : { gone, items: [], last: 0 };
				blocks.set(item.parent, block);
			}
			if (!block) continue;
			block.items.push(item);
			const { client, clock } = item.id;
			for (const { span } of this.#came.parts(client, clock, clock + item.length))
				block.last = Math.max(block.last, span?.value ?? 0);
		}
		return [...blocks.values()].filter((block) => block !== null);
	}

	/** The stretches of text that a change deleted. */
	#gone(number: number): Piece[][] {
		const { deletes } = this.#changes[number]!;
		this.#effort -= deletes.length;
		const gone: Piece[] = [];
		for (let i = 0; i < deletes.length; i += 3)
			for (const piece of this.#pieces(deletes[i]!, deletes[i + 1]!, deletes[i + 2]!)) {
				if (!isText(piece.item)) continue;
				const { client } = piece.item.id;
				for (const { from, to, span } of this.#came.parts(client, piece.from, piece.to))
					if (span && span.value < number) gone.push({ item: piece.item, from, to });
			}
		return this.#together(gone, (client, clock) => this.#stood(client, clock, number - 1));
	}

	/** Finds again what a change inserted in what is gone, in the same change or in others; answers what is left. */
	#same(gone: Piece[][], come: Piece[][], number: number, inOne: boolean): Piece[][] {
		const { personId } = this.#changes[number]!;
		const stretch = (pieces: Piece[], when: Spans<number>): Stretch => ({
			text: pieces.map(textOf).join(''),
			whole: this.#isWith(when, pieces[0]!),
			own: pieces.every(({ item, from, to }) => this.#isBy(personId, item.id.client, from, to))
		});
		const same = sameText(
			gone.map((pieces) => stretch(pieces, this.#went)),
			come.map((pieces) => ({ ...stretch(pieces, this.#came), after: this.#after(pieces.at(-1)!, number) })),
			!inOne
		);
		const found = come.map((): [from: number, to: number][] => []);
		for (const { inserted, from, deleted, at, length } of same) {
			this.#repeatAll(cut(come[inserted]!, from, length), cut(gone[deleted]!, at, length));
			found[inserted]!.push([from, from + length]);
		}
		return come.flatMap((pieces, i) => {
			const length = lengthOf(pieces);
			const left: Piece[][] = [];
			let at = 0;
			for (const [from, to] of [...found[i]!.sort((a, b) => a[0] - b[0]), [length, length]]) {
				if (from! > at) left.push(cut(pieces, at, from! - at));
				at = to!;
			}
			return left;
		});
	}

	/** The text that stood behind a piece before and after a change, when it is a few characters up to the end. */
	#after({ item, to }: Piece, number: number): string {
		let after = '';
		let from = to;
		for (let next: Y.Item | null = item, tries = 0; next; next = next.right, from = next?.id.clock ?? 0) {
			if (!next.countable) continue;
			const end = next.id.clock + next.length;
			if (tries++ === mostBetween || end - from > mostBetween) return '';
			for (let clock = from; clock < end; clock++) {
				if (!this.#stood(next.id.client, clock, number)) continue;
				if (!isText(next) || !this.#stood(next.id.client, clock, number - 1)) return '';
				after += next.content.str[clock - next.id.clock]!;
			}
			if (after.length >= shortest) return '';
		}
		return after;
	}

	/** The change before by the same person. */
	#before(number: number): number {
		const { personId } = this.#changes[number]!;
		let before = number - 1;
		while (before > 0 && this.#changes[before]!.personId !== personId) before--;
		return before;
	}

	/** Whether the element around a piece came, or went, with it. */
	#isWith(when: Spans<number>, { item, from }: Piece): boolean {
		const around = (item.parent as Y.AbstractType<unknown>)._item;
		return !!around && when.at(around.id.client, around.id.clock)?.value === when.at(item.id.client, from)?.value;
	}

	/** Whether a character could be read after this change. */
	#stood(client: number, clock: number, number: number): boolean {
		const came = this.#came.at(client, clock)?.value;
		const went = this.#went.at(client, clock)?.value;
		return came !== undefined && came <= number && !(went !== undefined && went <= number);
	}

	/** Pieces in the order of the document, those together that had nothing between them that could be read. */
	#together(pieces: Piece[], stands: (client: number, clock: number) => boolean): Piece[][] {
		const groups: Piece[][] = [];
		const touch = (a: Piece, b: Piece): boolean => {
			if (a.item.parent !== b.item.parent) return false;
			let left = mostBetween;
			const empty = (item: Y.Item, from: number, to: number) => {
				if (item.content instanceof Y.ContentFormat) return left-- > 0;
				for (let clock = from; clock < to; clock++) if (left-- === 0 || stands(item.id.client, clock)) return false;
				return true;
			};
			if (a.item === b.item) return empty(a.item, a.to, b.from);
			if (!empty(a.item, a.to, a.item.id.clock + a.item.length)) return false;
			let between = a.item.right;
			for (; between && between !== b.item; between = between.right)
				if (!empty(between, between.id.clock, between.id.clock + between.length)) return false;
			return between === b.item && empty(b.item, b.item.id.clock, b.from);
		};
		for (const piece of this.#sorted(pieces)) {
			const group = groups.at(-1);
			if (group && touch(group.at(-1)!, piece)) group.push(piece);
			else groups.push([piece]);
		}
		return groups;
	}

	// ---- what is known of characters ----------------------------------------------------------------------------------

	#struct(client: number, clock: number): Y.Item | Y.GC | undefined {
		const structs = this.doc.store.clients.get(client);
		return structs && clock < Y.getState(this.doc.store, client) ? structs[Y.findIndexSS(structs, clock)] : undefined;
	}

	/** Text and values in these clocks. */
	#pieces(client: number, from: number, to: number): Piece[] {
		const structs = this.doc.store.clients.get(client);
		const pieces: Piece[] = [];
		if (!structs || from >= Y.getState(this.doc.store, client)) return pieces;
		for (let i = Y.findIndexSS(structs, from); i < structs.length && structs[i]!.id.clock < to; i++) {
			const item = structs[i]!;
			if (item instanceof Y.Item && (isText(item) || item.content instanceof Y.ContentAny))
				pieces.push({ item, from: Math.max(from, item.id.clock), to: Math.min(to, item.id.clock + item.length) });
		}
		return pieces;
	}

	/** These characters are those earlier ones again. */
	#repeat(client: number, from: number, of: number, clock: number, length: number): void {
		for (const part of this.#sources.parts(of, clock, clock + length)) {
			const start = from + part.from - clock;
			const author = part.span ? part.span.value.author : (this.#owners.get(of) ?? null);
			this.#sources.add(client, start, start + part.to - part.from, { start, client: of, clock: part.from, author });
		}
	}

	/** As `#repeat`, of pieces that have the same text in all. */
	#repeatAll(pieces: Piece[], there: Piece[]): void {
		let [at, clock] = [0, there[0]!.from];
		for (const { item, from, to } of pieces)
			for (let done = from; done < to;) {
				const other = there[at]!;
				const length = Math.min(to - done, other.to - clock);
				this.#repeat(item.id.client, done, other.item.id.client, clock, length);
				done += length;
				clock += length;
				if (clock === other.to) clock = there[++at]?.from ?? 0;
			}
	}

	#sourceAt(client: number, clock: number): Source | undefined {
		const span = this.#sources.at(client, clock);
		return span && { ...span.value, start: clock, clock: span.value.clock + clock - span.value.start };
	}

	#isBy(personId: string | null, client: number, from: number, to: number): boolean {
		for (const { span } of this.#sources.parts(client, from, to))
			if ((span ? span.value.author : this.#owners.get(client)) !== personId) return false;
		return true;
	}

	// ---- the order of the document, with all that was deleted ---------------------------------------------------------

	#placeOf(item: Y.Item): number {
		if (!this.#order) {
			this.#order = new Map();
			for (const type of this.doc.share.values())
				for (const each of itemsBelow(type as Y.AbstractType<unknown>)) this.#order.set(each, this.#order.size);
		}
		return this.#order.get(item) ?? -1;
	}

	#sorted(pieces: Piece[]): Piece[] {
		return pieces.length < 2
			? pieces
			: pieces.sort((a, b) => this.#placeOf(a.item) - this.#placeOf(b.item) || a.from - b.from);
	}
}

/** Where letters begin, or end, to be only suggested: by which change that came, and went. */
type Mark = { came: number; went: number; on: boolean };

/** The text of a block that somebody deleted: by which change, and when its last letter came. */
type Block = { gone: number; items: TextItem[]; last: number };

/** How far a piece was put back, before which deleted original, and with which of its clocks it would go on. */
type PutBack = { to: number; rightOrigin: Y.ID; next: number };

/** The latest of some changes, each once. */
const latest = (changes: number[]) => [...new Set(changes)].sort((a, b) => b - a).slice(0, mostChanges);
