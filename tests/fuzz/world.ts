/**
 * One reflection as the engine sees it (clocks, deleted ranges, roots, owners) beside the same one in Yjs, and what must
 * be so of every update that comes in: whatever Yjs would make of it other than what we store and relay is a fault.
 */
import * as Y from 'yjs';
import { DocumentBytes } from '#lib/reflection/live/document-bytes.ts';
import { mergeTree, nothing, throughDocument } from '#lib/reflection/live/merge.ts';
import { Places } from '#lib/reflection/live/places.ts';
import { Ranges } from '#lib/reflection/live/ranges.ts';
import { scan, Unreadable, type Scan } from '#lib/reflection/live/scan.ts';
import { judge, type Verdict } from '#lib/reflection/live/verdict.ts';
import type { Id } from './hostile.ts';
import type { Random } from './random.ts';
import { apply, blank, everything, mustBeSound, pending } from './seen.ts';

export type Outcome = 'new' | 'trimmed' | 'known' | 'gap' | 'foreign' | 'unreadable';

/**
 * - `whole`: an editor's updates in order, or all that the server lacks: must be taken.
 * - `part`: an editor's updates, of which some are missing or come in another order: may be refused as a gap.
 * - `forged`: anything.
 */
export type Kind = 'whole' | 'part' | 'forged';

export class World {
	/** What somebody sees who was here all the time. */
	readonly doc = blank();
	/** What is stored, in order: the last state, and the updates since. */
	#snapshot: Uint8Array | null = null;
	#log: Uint8Array[] = [];
	/** What an open reflection holds of it, and what of that is being folded. */
	#durable = new DocumentBytes();
	#unfolded: { durable: DocumentBytes; clocks: Map<number, number>; rows: number; update: Uint8Array } | undefined;
	readonly accepted: Uint8Array[] = [];
	readonly clocks = new Map<number, number>();
	readonly owners = new Map<number, string>();
	/** What the structs of accepted updates hold, by kind: how far the run has come around. */
	readonly structs = new Map<string, number>();
	#places = new Places();
	readonly #random: Random;

	constructor(random: Random) {
		this.#random = random;
	}

	get facts() {
		return {
			clients: [...this.clocks.keys()],
			clock: (client: number) => this.clocks.get(client) ?? 0,
			together: (a: Id, b: Id) =>
				JSON.stringify(this.#places.at(a.client, a.clock)) === JSON.stringify(this.#places.at(b.client, b.clock))
		};
	}

	get stateVector(): Uint8Array {
		return Y.encodeStateVector(this.clocks);
	}

	/**
	 * Takes an update as the engine does, and holds the engine's opinion against Yjs.
	 * @throws Error when something is not as it must be
	 */
	take(update: Uint8Array, person: string, kind: Kind): Outcome {
		let scanned: Scan;
		try {
			scanned = scan(update);
		} catch (error) {
			if (!(error instanceof Unreadable)) throw error;
			if (kind !== 'forged') throw new Error(`an editor's update is unreadable: ${error.message}`, { cause: error });
			return 'unreadable';
		}
		const verdict = judge(update, scanned, {
			clock: (client) => this.#durable.clock(client),
			foreign: (client) => (this.owners.get(client) ?? person) !== person,
			undeleted: (client, from, to) => this.#durable.deleted.missing(client, from, to),
			places: this.#places,
			roots: this.#durable.roots
		});
		if (verdict.kind === 'new') return this.#takeNew(update, person, kind, verdict);
		if (verdict.kind === 'known') {
			// Reading a known struct again can make Yjs cut a pair in two or wait for a neighbour: nobody is told of it.
			const news = kind === 'forged' ? Y.diffUpdate(update, this.stateVector) : update;
			if (this.#differ(this.#state(), news, nothing)) throw new Error('a known update changes something');
			return 'known';
		}
		if (kind === 'whole' || (kind === 'part' && verdict.why !== 'gap'))
			throw new Error(`an editor's update is refused: ${verdict.why}`);
		if (verdict.why === 'gap' && !scanned.skips && !this.#staysPending(update, kind))
			throw new Error('refused as a gap, and Yjs sees none');
		return verdict.why;
	}

	#takeNew(
		update: Uint8Array,
		person: string,
		kind: Kind,
		{ update: stored, scan: found }: Verdict & { kind: 'new' }
	): Outcome {
		const trimmed = stored !== update;
		// The two readers of Yjs, the one for documents and the one for bytes, must agree; looked at now and then.
		const asBytes = this.#random.oneIn(6);
		const before = trimmed || asBytes ? this.#state() : nothing;
		const vector = this.stateVector;
		apply(this.doc, stored);
		if (pending(this.doc)) throw new Error('something stays pending');
		for (const { client, from, to } of found.blocks) {
			if (from !== (this.clocks.get(client) ?? 0)) throw new Error('a known clock is written a second time');
			if ((this.owners.get(client) ?? person) !== person) throw new Error('new structs under somebody else’s id');
			this.owners.set(client, person);
			this.clocks.set(client, to);
		}
		for (const [client, from, to] of triplesOf(found.deletes))
			if (this.#durable.deleted.missing(client, from, to).join() !== `${from},${to}`)
				throw new Error('a deletion is stored a second time');
		this.#places.take(found);
		for (const struct of Y.decodeUpdate(stored).structs) {
			const name = struct instanceof Y.Item ? struct.content.constructor.name.replace('Content', '') : 'GC';
			this.structs.set(name, (this.structs.get(name) ?? 0) + 1);
		}
		this.#store(stored);
		for (const [client, clock] of Y.decodeStateVector(Y.encodeStateVector(this.doc)))
			if (this.clocks.get(client) !== clock) throw new Error('Yjs counts other clocks');

		if (trimmed && this.#differ(before, kind === 'forged' ? Y.diffUpdate(update, vector) : update, stored))
			throw new Error('what is relayed does other than what was sent');
		if (asBytes && this.#differ(before, Y.mergeUpdates([stored, nothing]), stored))
			throw new Error('read as bytes it does something else');
		return trimmed ? 'trimmed' : 'new';
	}

	#store(update: Uint8Array): void {
		this.accepted.push(update);
		this.#log.push(update);
		this.#durable.add(update, scan(update, false));
	}

	/**
	 * Whether two updates do different things to a document. The second one has been done to ours, which saves a copy as
	 * long as no forger has made copies of it differ.
	 */
	#differ(state: Uint8Array, one: Uint8Array, other: Uint8Array): boolean {
		const did = everything(documentOf(state, one));
		return did !== everything(this.doc) && did !== everything(documentOf(state, other));
	}

	#staysPending(update: Uint8Array, kind: Kind): boolean {
		const copy = documentOf(this.#state());
		try {
			apply(copy, update);
		} catch (error) {
			// A struct that gives a new place to its own known half can make Yjs fail: we refused it.
			if (kind === 'forged' && error instanceof TypeError) return true;
			throw error;
		}
		return pending(copy);
	}

	#state(): Uint8Array {
		return Y.encodeStateAsUpdate(this.doc);
	}

	/** Opens the reflection anew, as a server does that was just started: from the state and what came after it. */
	open(): void {
		this.#durable = this.#snapshot ? DocumentBytes.of(this.#snapshot) : new DocumentBytes();
		this.#places = new Places();
		if (this.#snapshot) this.#places.later(this.#snapshot);
		for (const update of this.#log) {
			this.#durable.add(update, scan(update, false));
			this.#places.later(update);
		}
	}

	/** Begins to fold, or ends what was begun: as on a server, people write on in between. */
	fold(): void {
		if (!this.#unfolded) {
			const durable = this.#durable;
			const update = durable.difference(new Map());
			this.#unfolded = { durable, clocks: durable.seal(), rows: this.#log.length, update };
			return;
		}
		const { durable, clocks, rows, update } = this.#unfolded;
		this.#unfolded = undefined;
		this.#snapshot = throughDocument([update], true);
		this.#log = this.#log.slice(rows);
		if (durable === this.#durable) this.#durable = durable.onTopOf(this.#snapshot, clocks);
	}

	/** What somebody is told who comes with these clocks. */
	difference(stateVector: Uint8Array): Uint8Array {
		return this.#durable.difference(Y.decodeStateVector(stateVector));
	}

	/** Somebody who comes for the first time. */
	newcomer(): Y.Doc {
		return documentOf(this.difference(Y.encodeStateVector(new Map())));
	}

	/** What has to be so at the end. */
	check(): void {
		mustBeSound(this.doc);
		// Nothing is collected here, so it still shows why something is deleted.
		const kept = blank({ gc: false });
		for (const update of this.accepted) apply(kept, update);
		mustBeSound(kept);
		const deleted = new Ranges();
		for (const [client, structs] of kept.store.clients)
			for (const struct of structs) {
				if (!struct.deleted) continue;
				const { clock } = struct.id;
				deleted.add(client, clock, clock + struct.length);
				if (this.#durable.deleted.missing(client, clock, clock + struct.length).length > 0 && !followsByItself(struct))
					throw new Error('Yjs deletes what nobody deleted');
			}
		for (const [client, from, to] of triplesOf(this.#durable.deleted.triples()))
			if (deleted.missing(client, from, to).length > 0) throw new Error('a deletion that Yjs does not know');
		const before = everything(this.doc);
		for (const update of this.accepted) apply(this.doc, update);
		if (pending(this.doc) || everything(this.doc) !== before) throw new Error('a second time changes something');
	}

	/**
	 * Every way in which somebody can come to the text: one by one, as the server tells it to a newcomer and to one who
	 * was here at some moment, merged as bytes or through a document.
	 */
	views(): Y.Doc[] {
		const { accepted } = this;
		const middle = this.#random.int(accepted.length + 1);
		// From what is stored: whoever builds on what a state has thrown away is thrown away too, and never meets the rest.
		const stored = this.#snapshot ? [this.#snapshot, ...this.#log] : this.#log;
		const views = [this.newcomer(), documentOf(throughDocument(stored, true)), documentOf(mergeTree(stored))];
		const back = documentOf(...accepted.slice(0, middle));
		apply(back, this.difference(Y.encodeStateVector(back)));
		views.push(this.doc, back);
		for (const view of views) {
			if (pending(view)) throw new Error('somebody who joins has something pending');
			mustBeSound(view);
		}
		return views;
	}
}

function documentOf(...parts: Uint8Array[]): Y.Doc {
	const doc = blank();
	for (const part of parts) apply(doc, part);
	return doc;
}

/**
 * Whether every client deletes this by itself, without being told: it came as deleted, its parent is deleted or no
 * parent at all, or a later value of the same key took its place.
 */
function followsByItself(struct: Y.Item | Y.GC): boolean {
	if (!(struct instanceof Y.Item)) return true;
	const { content, parentSub, parent } = struct;
	return (
		content instanceof Y.ContentDeleted ||
		(parentSub !== null && struct.right !== null) ||
		(parent as Y.AbstractType<unknown>)._item?.deleted === true
	);
}

function* triplesOf(list: number[]): Generator<[client: number, from: number, to: number]> {
	for (let i = 0; i < list.length; i += 3) yield [list[i]!, list[i + 1]!, list[i + 1]! + list[i + 2]!];
}
