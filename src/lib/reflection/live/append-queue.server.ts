/**
 * Group commit: everything that arrived since the last commit goes into one statement. One queue per process; each
 * commit costs the database the same whatever is in it, so under load the batches grow and the cost per edit falls.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Database, ServiceSession } from '#lib/server/database.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { sqlStateOf } from '#lib/server/sql-state.ts';
import { appendRows, type Appended, type NewRow } from '../log.server.ts';
import { limits } from './limits.ts';
import { metrics } from './metrics.server.ts';

/** An update that waits for the database. */
export type Waiting = {
	personId: string;
	sessionId: string;
	/** What to store; null when there is nothing to store and only the order of acknowledgements matters. */
	update: Uint8Array | null;
};

/** Why something could not be stored. */
export type Failure =
	/** The pair, the person or the session may not write any more. */
	| 'not-allowed'
	/** The database can't be reached, for longer than we wait. */
	| 'unreachable'
	/** The database refuses exactly this. */
	| 'unstorable';

/** What the queue asks of an open document. */
export interface Appending<W extends Waiting> {
	readonly id: string;
	/** Number of the last row of the log that this document has. */
	readonly number: number;
	/** Hands over what waits, in the order in which it came. */
	take(): W[];
	/** Client ids in these updates that the log has not seen, and those of them of which nobody knows whose they are. */
	newClients(entries: W[]): Pick<NewRow, 'clients' | 'strayClients'>;
	/** These are durable, in row `number`; null when there was nothing to store. */
	stored(entries: W[], number: number | null): void;
	/** These are not, and will not be. What still waits may have to be judged again. */
	failed(entries: W[], why: Failure): void;
	/** Somebody else wrote first. The document reads what it missed, judges these again, and offers itself again. */
	fellBehind(entries: W[]): void;
}

type Lot<W extends Waiting> = { document: Appending<W>; rows: { row: NewRow; entries: W[] }[]; fences: W[] };

export class AppendQueue<W extends Waiting> {
	readonly #session: ServiceSession;
	readonly #documents = new Set<Appending<W>>();
	#running: Promise<void> | undefined;
	/** When the next batch may begin. */
	#next = 0;
	#closing = false;
	/** For whoever measures: statements and updates so far. */
	readonly counted = { batches: 0, updates: 0 };

	constructor(db: Database) {
		this.#session = db.serviceSession();
	}

	/** Says that a document has something waiting. */
	offer(document: Appending<W>): void {
		this.#documents.add(document);
		this.#running ??= this.#run().finally(() => (this.#running = undefined));
	}

	/** Resolves when nothing waits, or when it has waited long enough. */
	async drain(): Promise<void> {
		this.#closing = true;
		await Promise.race([this.#running, wait(limits.drainMs, undefined, { ref: false })]);
	}

	async close(): Promise<void> {
		await this.drain();
		await this.#session.close();
	}

	async #run(): Promise<void> {
		while (this.#documents.size > 0) {
			// Everything that arrives in the same turn of the event loop goes together.
			const early = this.#next - performance.now();
			if (early > 0 && !this.#closing)
				await wait(Math.ceil(early)); // timers drop the fraction
			else await new Promise(setImmediate);
			this.#next = performance.now() + limits.batchEveryMs;
			const lots = this.#take();
			try {
				await this.#write(lots);
			} catch (error) {
				// A fault of ours: nobody may believe that these are saved.
				log('append-fault', traceOf(error));
				for (const lot of lots) fail(lot, 'unreachable');
			}
		}
	}

	/** Takes what waits, document by document, up to what one statement should carry. */
	#take(): Lot<W>[] {
		const lots: Lot<W>[] = [];
		let updates = 0;
		let bytes = 0;
		for (const document of this.#documents) {
			if (updates >= limits.batchUpdates || bytes >= limits.batchBytes) break;
			this.#documents.delete(document);
			const entries = document.take();
			const fences: W[] = [];
			const bySession = new Map<string, W[]>();
			for (const entry of entries) {
				if (!entry.update) {
					fences.push(entry);
					continue;
				}
				updates++;
				bytes += entry.update.length;
				const same = bySession.get(entry.sessionId);
				if (same) same.push(entry);
				else bySession.set(entry.sessionId, [entry]);
			}
			const rows = [...bySession.values()].map((same) => ({ entries: same, row: rowOf(document, same) }));
			lots.push({ document, rows, fences });
		}
		return lots;
	}

	async #write(lots: Lot<W>[]): Promise<void> {
		const filled = lots.filter(({ rows }) => rows.length > 0);
		let outcome: Appended[] | Failure;
		if (filled.length === 0) outcome = [];
		else {
			outcome = await this.#append(filled.flatMap(({ rows }) => rows.map(({ row }) => row)));
			if (outcome === 'unstorable' && filled.length > 1) {
				// One of them is the reason; the others must not pay for it.
				for (const lot of lots) await this.#write([lot]);
				return;
			}
		}
		let at = 0;
		for (const lot of lots) {
			if (typeof outcome === 'string') fail(lot, outcome);
			else {
				this.#settle(lot, outcome.slice(at, at + lot.rows.length));
				at += lot.rows.length;
			}
		}
	}

	#settle({ document, rows, fences }: Lot<W>, outcome: Appended[]): void {
		const refused: W[] = [];
		const behind: W[] = [];
		rows.forEach(({ entries }, i) => {
			const result = outcome[i]!;
			if (result.kind === 'written') {
				this.counted.updates += entries.length;
				document.stored(entries, result.number);
			} else (result.kind === 'behind' ? behind : refused).push(...entries);
		});
		if (behind.length === 0 && fences.length > 0) document.stored(fences, null);
		// Only now: what waits is judged again against all that was stored.
		if (refused.length > 0) document.failed(refused, 'not-allowed');
		if (behind.length > 0) document.fellBehind([...behind, ...fences]);
	}

	/** One statement, tried again while the database is away. It may have committed before it failed: then it finds its own rows. */
	async #append(rows: NewRow[]): Promise<Appended[] | Failure> {
		const giveUp = performance.now() + limits.retryMs;
		for (let attempt = 0; ; attempt++) {
			const began = performance.now();
			try {
				const outcome = await appendRows(this.#session, rows);
				this.counted.batches++;
				const written = rows.flatMap(({ updates }, i) => (outcome[i]!.kind === 'written' ? updates : []));
				const bytes = written.reduce((sum, { length }) => sum + length, 0);
				metrics.committed(written.length, bytes, (performance.now() - began) / 1000);
				return outcome;
			} catch (error) {
				const code = sqlStateOf(error);
				// Another server wrote the same number at this instant; now the statement sees it.
				if (code === '23505' && attempt < 20) continue;
				metrics.counts.commitFailures++;
				log('append-failed', { ...traceOf(error), rows: rows.length, attempt });
				if (/^(22|23|42|54)/.test(code)) return 'unstorable';
				if (performance.now() > giveUp || this.#closing) return 'unreachable';
				await wait(Math.min(2000, 50 * 2 ** attempt));
			}
		}
	}
}

function rowOf<W extends Waiting>(document: Appending<W>, entries: W[]): NewRow {
	return {
		reflectionId: document.id,
		after: document.number,
		personId: entries[0]!.personId,
		sessionId: entries[0]!.sessionId,
		updates: entries.map(({ update }) => update!),
		...document.newClients(entries)
	};
}

function fail<W extends Waiting>({ document, rows, fences }: Lot<W>, why: Failure): void {
	const entries = [...rows.flatMap((row) => row.entries), ...fences];
	if (entries.length > 0) document.failed(entries, why);
}
