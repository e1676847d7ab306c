/**
 * Comments that were begun and not sent: they survive a reload and an absence of the network, in this browser's copy of the
 * reflection, and leave with it (docs/decisions/0020). Where no copy is kept, they are in this page only.
 */
import type { DeviceCopy } from './device-copy.ts';
import { draftKeys, keptFor } from './left-here.ts';
import { type Comment, commentLimits } from './comments.ts';

/** What is begun where: a new comment, an answer to one, other words in one's own post. */
export type DraftPlace = 'new' | `answer ${string}` | `change ${string}/${string}`;

export type Draft = {
	place: DraftPlace;
	words: string;
	/** When the first letter of it was typed, and the last; in ms. */
	begunAt: number;
	at: number;
	/** The id of the comment that it becomes. */
	id: string;
	/** Where in the text a new one belongs, in the words of the document. */
	about: unknown;
};

/** Of a comment that is going to be. */
export const newId = () => crypto.randomUUID().replaceAll('-', '').slice(0, 12);

/** So many are kept: more than anybody has begun at one time. */
export const mostDrafts = 50;

const isDraft = (found: unknown): found is Draft => {
	const { place, words, begunAt, at, id } = (found ?? {}) as Partial<Record<keyof Draft, unknown>>;
	return (
		typeof place === 'string' &&
		/^(new$|answer .|change .+\/.)/.test(place) &&
		typeof words === 'string' &&
		words.trim() !== '' &&
		words.length <= commentLimits.post &&
		typeof begunAt === 'number' &&
		typeof at === 'number' &&
		typeof id === 'string' &&
		/^\w{1,64}$/.test(id)
	);
};

/** What of all that was found still holds, the latest first. Pure. */
export const standing = (found: unknown[], now: number): Draft[] =>
	found
		.filter(isDraft)
		.filter(({ at }) => now - at <= keptFor)
		.sort((a, b) => b.at - a.at)
		.slice(0, mostDrafts);

/**
 * Whether it has been said already: another tab sent it, or the page went away between sending it and forgetting it. It is
 * never said twice. Pure.
 */
export function wasSent({ place, words, begunAt, id }: Draft, comments: Comment[], personId: string): boolean {
	if (place === 'new') return comments.some((comment) => comment.id === id);
	const [what, whose] = [place.slice(0, place.indexOf(' ')), place.slice(place.indexOf(' ') + 1)];
	const mine = comments.flatMap(({ id, posts }) =>
		posts.filter(({ by }) => by === personId).map((post) => ({ ...post, id }))
	);
	const same = mine.filter((post) => post.words === words.trim());
	return what === 'answer'
		? same.some((post) => post.id === whose && (post.at?.getTime() ?? 0) >= begunAt)
		: same.some((post) => `${post.id}/${post.key}` === whose);
}

type Where = { copy: DeviceCopy | undefined; personId: string; reflectionId: string; mayKeep: () => boolean };

export class Drafts {
	readonly #where: Where;
	readonly #drafts: Map<DraftPlace, Draft>;
	/** Not known to be written yet: a page that goes away leaves these to the next one in its tab. */
	readonly #underWay = new Set<DraftPlace>();

	/** Brings back what was begun here. */
	static async open(where: Where): Promise<Drafts> {
		const kept = await where.copy?.noted('readonly', (notes) => notes.getAll(draftKeys())).catch(() => []);
		return new Drafts(where, standing([...((kept as unknown[] | undefined) ?? []), ...taken(where)], Date.now()));
	}

	private constructor(where: Where, found: Draft[]) {
		this.#where = where;
		this.#drafts = new Map(found.toReversed().map((draft) => [draft.place, draft]));
		addEventListener('pagehide', this.#hide);
	}

	/** The latest first. */
	get all(): Draft[] {
		return [...this.#drafts.values()].sort((a, b) => b.at - a.at);
	}

	wordsOf(place: DraftPlace): string {
		return this.#drafts.get(place)?.words ?? '';
	}

	/** Where in the text it was begun. */
	aboutOf(place: DraftPlace): unknown {
		return this.#drafts.get(place)?.about;
	}

	/** Keeps what stands there now; nothing when there are no words. */
	keep(place: DraftPlace, words: string, about?: unknown): void {
		const before = this.#drafts.get(place);
		if (words.trim() === '') return this.drop(place);
		if (before?.words === words && (about == null || before.about)) return;
		this.#drafts.set(place, {
			place,
			words,
			begunAt: before?.begunAt ?? Date.now(),
			at: Date.now(),
			id: before?.id ?? newId(),
			about: about ?? before?.about ?? null
		});
		this.#write(place);
	}

	/** The draft as it stands; also of words that nobody has typed here. */
	draftOf(place: DraftPlace, words: string): Draft {
		this.keep(place, words);
		return this.#drafts.get(place)!;
	}

	drop(place: DraftPlace): void {
		if (!this.#drafts.delete(place)) return;
		this.#write(place);
		// What an earlier goodbye left is as old as what is dropped.
		taken(this.#where);
	}

	#write(place: DraftPlace) {
		const { copy } = this.#where;
		const draft = this.#drafts.get(place);
		const key = `${draftKeys().lower}${place}`;
		this.#underWay.add(place);
		copy
			?.noted('readwrite', (notes) => (draft ? notes.put(draft, key) : notes.delete(key)))
			.then(
				() => this.#drafts.get(place) === draft && this.#underWay.delete(place),
				() => {} // no room: it stays under way
			);
	}

	#hide = () => {
		if (!this.#where.copy || !this.#where.mayKeep()) return;
		const left = [...this.#underWay].flatMap((place) => this.#drafts.get(place) ?? []);
		if (left.length > 0) leave(this.#where, left);
	};

	end() {
		this.#hide();
		removeEventListener('pagehide', this.#hide);
	}
}

const keyOf = ({ personId, reflectionId }: Where) => `drafts:${personId}/${reflectionId}`;

function leave(where: Where, drafts: Draft[]) {
	try {
		sessionStorage.setItem(keyOf(where), JSON.stringify(drafts));
	} catch {
		// No room there either.
	}
}

function taken(where: Where): unknown[] {
	try {
		const left: unknown = JSON.parse(sessionStorage.getItem(keyOf(where)) ?? '[]');
		sessionStorage.removeItem(keyOf(where));
		return Array.isArray(left) ? left : [];
	} catch {
		return [];
	}
}
