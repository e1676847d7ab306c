/**
 * News between the processes that serve the same reflections, over the bus that a process has for all its rooms. No
 * process owns a document: the database orders the log, and what is said here may be lost, doubled or late without harm.
 * Where the bus carries rows, they come along; else the ids of logs that have grown.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { newsOf, type Bus } from '#lib/server/bus/bus.ts';

/** A row of the log as other processes hear of it. */
export type RowNews = { number: number; personId: string; updates: Uint8Array[] };

/** What a process does with the news of others. */
export interface Ears {
	/** A log has grown; `row` comes along where the bus carries rows. */
	written(reflectionId: string, row: RowNews | null): void;
	/** Who is here in another process, as an awareness update that it made. */
	presence(node: string, reflectionId: string, states: Uint8Array): void;
	/** Another process has opened a document and wants to know who is here. */
	asked(reflectionId: string): void;
	/** Another process has come up: it knows nothing yet of who is here. */
	arrived(): void;
	/** Another process is gone, and with it everybody who was connected to it. */
	gone(node: string): void;
	/** News may have been missed. */
	lost(): void;
}

/** Of the bus: 0 and 1 are its own. */
const kinds = { written: 2, row: 3, presence: 4, who: 5 } as const;

export class ReflectionNews {
	readonly #bus: Bus;
	readonly #leave: () => void;

	constructor(bus: Bus, { written, presence, asked, ...ears }: Ears) {
		this.#bus = bus;
		this.#leave = bus.join({
			...ears,
			kinds: {
				[kinds.written]: (news) => written(decoding.readVarString(news), null),
				[kinds.row]: (news) => {
					const id = decoding.readVarString(news);
					const number = decoding.readVarUint(news);
					const personId = decoding.readVarString(news);
					const updates: Uint8Array[] = [];
					// Copies of their own: the message is a window on everything that arrived with it.
					for (let left = decoding.readVarUint(news); left > 0; left--)
						updates.push(decoding.readVarUint8Array(news).slice());
					written(id, { number, personId, updates });
				},
				[kinds.presence]: (news, node) =>
					presence(node, decoding.readVarString(news), decoding.readVarUint8Array(news)),
				[kinds.who]: (news) => asked(decoding.readVarString(news))
			}
		});
	}

	/** Says that a row is in the database. Call it after the commit. */
	written(reflectionId: string, row: RowNews): void {
		const room = this.#bus.roomForRows;
		if (room > 0) {
			const news = rowNews(reflectionId, row);
			if (news.length < room) return this.#bus.sayMade(news);
		}
		this.#bus.name(kinds.written, [reflectionId]);
	}

	/** Says of documents that they may have grown, to processes that have just come up. */
	grown(reflectionIds: Iterable<string>): void {
		this.#bus.name(kinds.written, reflectionIds);
	}

	/** Says who is here. */
	presence(reflectionId: string, states: Uint8Array): void {
		this.#bus.say(kinds.presence, (news) => {
			encoding.writeVarString(news, reflectionId);
			encoding.writeVarUint8Array(news, states);
		});
	}

	/** Asks the others who is here: said once, it may have been said before we opened the document. */
	who(reflectionId: string): void {
		this.#bus.say(kinds.who, (news) => encoding.writeVarString(news, reflectionId));
	}

	/** Says what is still to be said, and listens no more. The bus itself stays, for other rooms. */
	async close(): Promise<void> {
		await this.#bus.flush();
		this.#leave();
	}
}

const rowNews = (reflectionId: string, { number, personId, updates }: RowNews): Uint8Array =>
	newsOf(kinds.row, (news) => {
		encoding.writeVarString(news, reflectionId);
		encoding.writeVarUint(news, number);
		encoding.writeVarString(news, personId);
		encoding.writeVarUint(news, updates.length);
		for (const update of updates) encoding.writeVarUint8Array(news, update);
	});
