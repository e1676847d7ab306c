/**
 * Finds text again: lays what a change inserted beside what the same change deleted, and says which of it is the same.
 * Knows nothing of documents or people beyond what `authors.ts` tells it.
 */

/** Text that stands together, without a break. */
export type Stretch = {
	text: string;
	/** The whole paragraph (or other shared type) around it came or went with this change. */
	whole: boolean;
	/** All of it is by the person who made the change. */
	own?: boolean;
	/** Of an inserted one: what follows to the end of its text, and stood there before. */
	after?: string;
};

/** Equal text: `length` units at `from` in one inserted stretch and at `at` in one deleted stretch. */
export type Same = { inserted: number; from: number; deleted: number; at: number; length: number };

/** Shorter equal text is chance: "and the " is eight. Counted in UTF-16 units, as everything here. */
export const shortest = 8;
/** A word. Every equal text of `shortest` units holds a block of this many that begins at a multiple of it. */
const block = 4;
/** Places where a block is looked for, and stretches that are compared end by end: a page of equal letters stays cheap. */
const mostTries = 8;
const mostEnds = 64;
/** Units of a text in which single words are looked for. */
const mostWords = 4096;

/**
 * Each unit is found at most once: of two copies of one deleted text the second is new. In order of trust:
 *
 * 1. A whole stretch is a whole stretch, as when a sentence is dragged elsewhere or a paragraph becomes a heading. A
 *    short one counts where a paragraph came or went (Enter, joining, lists) or when it is all that the change did.
 * 2. Where a paragraph came or went, the beginning of one and the end of one, or the same, make up the text but for one
 *    character: somebody selected across paragraphs and pressed a key.
 * 3. Any equal text that is not short, from the left, and of several the longest. In one text that takes the place of
 *    one, words are enough where they make up three quarters of it.
 *
 * @param unsure the deletions are not of the same change, only of the same time: single characters and ends count as chance
 */
export function sameText(deleted: readonly Stretch[], inserted: readonly Stretch[], unsure = false): Same[] {
	const found: Same[] = [];
	const gone = deleted.map(({ text }) => new Uint8Array(text.length));
	const come = inserted.map(({ text }) => new Uint8Array(text.length));
	const take = (same: Same) => {
		found.push(same);
		gone[same.deleted]!.fill(1, same.at, same.at + same.length);
		come[same.inserted]!.fill(1, same.from, same.from + same.length);
	};

	const byText = new Map<string, number[]>();
	deleted.forEach(({ text }, d) => {
		const equal = byText.get(text);
		if (equal) equal.push(d);
		else byText.set(text, [d]);
	});
	const single = !unsure && deleted.length === 1 && inserted.length === 1;
	inserted.forEach(({ text, whole }, i) => {
		const equal = byText.get(text) ?? [];
		const enough = unsure ? 2 : 1;
		const counts = (d: number) =>
			single || text.length >= shortest || (text.length >= enough && (whole || deleted[d]!.whole));
		// Where one's own words and the partner's are the same, nobody can tell: they are one's own.
		const nearest = equal.slice(0, mostTries);
		const d = nearest.find((d) => counts(d) && deleted[d]!.own) ?? nearest.find(counts);
		if (d === undefined) return;
		equal.splice(equal.indexOf(d), 1);
		take({ inserted: i, from: 0, deleted: d, at: 0, length: text.length });
	});

	const open = (used: Uint8Array[]) => used.flatMap((bytes, n) => (bytes[0] === 0 ? [n] : []));
	const others = unsure ? [] : open(gone).slice(0, mostEnds);
	for (const i of open(come).slice(0, mostEnds)) {
		const { text, whole } = inserted[i]!;
		let start: Same | undefined;
		let end: Same | undefined;
		for (const d of others) {
			const other = deleted[d]!;
			if (!(whole || other.whole) || gone[d]!.includes(1)) continue;
			const first = prefix(text, 0, other.text, 0);
			// An editor leaves a full stop where it is and inserts the words before it.
			const { after = '' } = inserted[i]!;
			const kept = other.text.endsWith(after) ? after.length : 0;
			const last = suffix(text, other.text.slice(0, other.text.length - kept));
			if (first > (start?.length ?? 0)) start = { inserted: i, from: 0, deleted: d, at: 0, length: first };
			if (last > (end?.length ?? 0))
				end = { inserted: i, from: text.length - last, deleted: d, at: other.text.length - kept - last, length: last };
		}
		const ends: Same[] = [];
		for (const same of [start, end].sort((a, b) => (b?.length ?? 0) - (a?.length ?? 0))) {
			if (!same) continue;
			const [other] = ends;
			// The longer one has its text; what is left of the other still ends where it ended.
			let over = 0;
			if (other) {
				over = Math.max(0, same.length + other.length - text.length);
				if (other.deleted === same.deleted)
					over = Math.max(over, same.length + other.length - deleted[same.deleted]!.text.length);
			}
			const front = same === start ? 0 : over;
			const part = unbroken(
				{ ...same, from: same.from + front, at: same.at + front, length: Math.max(0, same.length - over) },
				text
			);
			if (part.length > 0) ends.push(part);
		}
		const typed = text.length - ends.reduce((sum, { length }) => sum + length, 0);
		const key = ends[0]?.from === 0 ? ends[0].length : 0; // where a typed character would stand
		for (const same of ends)
			if (same.length >= shortest || typed <= (text.codePointAt(key)! > 0xffff ? 2 : 1)) take(same);
	}

	// One text took the place of another of nearly the same words: somebody dragged a word, or corrected two.
	if (single && deleted[0]!.text.length <= mostWords) {
		const words = stretches(deleted, inserted, gone, come, block, 1);
		const length = words.reduce((sum, same) => sum + same.length, 0);
		if (length >= (inserted[0]!.text.length * 3) / 4) return [...found, ...words];
	}
	return [...found, ...stretches(deleted, inserted, gone, come, shortest, block)];
}

/**
 * What is at least `least` long and not taken yet.
 * @param step where blocks of the deleted text begin; every equal text of `step + block - 1` holds one
 */
function stretches(
	deleted: readonly Stretch[],
	inserted: readonly Stretch[],
	gone: readonly Uint8Array[],
	come: readonly Uint8Array[],
	least: number,
	step: number
): Same[] {
	const found: Same[] = [];
	const [goneNow, comeNow] = [gone.map((used) => used.slice()), come.map((used) => used.slice())];
	const blocks = new Map<string, [d: number, at: number][]>();
	deleted.forEach(({ text }, d) => {
		for (let at = 0; at + block <= text.length; at += step) {
			if (gone[d]![at]) continue;
			const key = text.slice(at, at + block);
			const places = blocks.get(key);
			if (!places) blocks.set(key, [[d, at]]);
			else if (places.length < mostTries) places.push([d, at]);
		}
	});
	if (blocks.size === 0) return found;
	inserted.forEach(({ text }, i) => {
		const taken = comeNow[i]!;
		for (let from = 0; from + block <= text.length;) {
			let best: Same | undefined;
			for (const [d, at] of (!taken[from] && blocks.get(text.slice(from, from + block))) || []) {
				const other = deleted[d]!.text;
				const equal = (n: number) => text[from + n] === other[at + n] && !taken[from + n] && !goneNow[d]![at + n];
				let back = 0;
				while (back < from && back < at && equal(-back - 1)) back++;
				let on = 0;
				while (from + on < text.length && at + on < other.length && equal(on)) on++;
				if (on > 0 && back + on > (best?.length ?? 0))
					best = { inserted: i, from: from - back, deleted: d, at: at - back, length: back + on };
			}
			if (best) best = unbroken(best, text);
			if (best && best.length >= least) {
				found.push(best);
				taken.fill(1, best.from, best.from + best.length);
				goneNow[best.deleted]!.fill(1, best.at, best.at + best.length);
				from = best.from + best.length;
			} else from++;
		}
	});
	return found;
}

/** How many units are equal from here on. */
export function prefix(a: string, from: number, b: string, at: number): number {
	let length = 0;
	while (from + length < a.length && at + length < b.length && a[from + length] === b[at + length]) length++;
	return length;
}

function suffix(a: string, b: string): number {
	let length = 0;
	while (length < a.length && length < b.length && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
	return length;
}

/** Without half of a character that two units make: two emoji may begin alike. */
function unbroken(same: Same, text: string): Same {
	let { from, at, length } = same;
	if (length > 0 && splits(text, from)) {
		from++;
		at++;
		length--;
	}
	if (length > 0 && splits(text, from + length)) length--;
	return { ...same, from, at, length };
}

/** Whether a cut here would part the two units of one character. */
export const splits = (text: string, at: number) =>
	/^[\udc00-\udfff]/.test(text.charAt(at)) && /^[\ud800-\udbff]/.test(text.charAt(at - 1));
