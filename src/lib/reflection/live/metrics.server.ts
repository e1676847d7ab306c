/**
 * What the live engine counts, for Prometheus. The engine adds to plain numbers; a registry of our own reads them when
 * somebody asks. Nothing here says which reflection, whose, or what was written.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { busCounts } from '#lib/server/bus/bus.ts';
import { closed } from '../closed.ts';

/** Why we ended a socket: the keys of `closed`, and a line that had gone dead. */
type Ending = keyof typeof closed | 'silent';

const none = <K extends string>(...names: K[]) =>
	Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>;
const keyOf = new Map<number, Ending>(
	(Object.keys(closed) as (keyof typeof closed)[]).map((key) => [closed[key][0], key])
);

function make() {
	const registry = new Registry();
	const registers = [registry];
	const counts = {
		/** Open now. */
		documents: 0,
		sockets: 0,
		/** Since the start. */
		knocks: 0,
		joins: 0,
		updates: 0,
		commitFailures: 0,
		foldedRows: 0,
		foldFailures: 0,
		presenceHeard: 0,
		presenceSent: 0,
		closes: none<Ending>(...(Object.keys(closed) as (keyof typeof closed)[]), 'silent'),
		refusedUpgrades: none('closing', 'busy', 'otherSite', 'tooMany'),
		pauses: none('person', 'document', 'queue'),
		newsSent: busCounts.sent,
		newsHeard: busCounts.heard
	};

	const gauge = (name: string, help: string, read: () => number) =>
		new Gauge({
			name: `wayfellow_live_${name}`,
			help,
			registers,
			collect() {
				this.set(read());
			}
		});
	const counter = (name: string, help: string, read: () => number) =>
		new Counter({
			name: `wayfellow_live_${name}_total`,
			help,
			registers,
			collect() {
				this.reset();
				this.inc(read());
			}
		});
	const counters = (name: string, help: string, label: string, of: Record<string, number>) =>
		new Counter({
			name: `wayfellow_live_${name}_total`,
			help,
			labelNames: [label],
			registers,
			collect() {
				this.reset();
				for (const [key, value] of Object.entries(of)) this.inc({ [label]: key }, value);
			}
		});
	const histogram = (name: string, help: string, buckets: number[]) =>
		new Histogram({ name: `wayfellow_live_${name}`, help, registers, buckets });

	gauge('documents', 'Reflections that somebody has open here.', () => counts.documents);
	gauge('sockets', 'Live connections that are open.', () => counts.sockets);
	counter('upgrade_requests', 'Requests for a live connection.', () => counts.knocks);
	counter('joins', 'Connections that were let in.', () => counts.joins);
	counters('closes', 'Connections that the server ended, by the names in closed.ts.', 'reason', counts.closes);
	counters('refused_upgrades', 'Connections refused before the handshake.', 'reason', counts.refusedUpgrades);
	counters(
		'pauses',
		'Times that reading from a socket stopped for a moment: the budget of its person or document, or the queue.',
		'reason',
		counts.pauses
	);
	counter('updates_stored', 'Updates that are in the database.', () => counts.updates);
	const batchUpdates = histogram(
		'batch_updates',
		'Updates in one commit.',
		[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000]
	);
	const batchBytes = histogram(
		'batch_bytes',
		'Bytes of updates in one commit.',
		[64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304]
	);
	const commitSeconds = histogram(
		'commit_seconds',
		'From handing a batch to the database until it was committed.',
		[0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
	);
	counter('commit_failures', 'Tries of a commit that failed; most are tried again.', () => counts.commitFailures);
	const foldSeconds = histogram(
		'compaction_seconds',
		'Folding the log of one reflection into a snapshot.',
		[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
	);
	counter('compacted_rows', 'Rows of the log that were folded into snapshots.', () => counts.foldedRows);
	counter('compaction_failures', 'Foldings that failed.', () => counts.foldFailures);
	counters('news_sent', 'Messages to other processes.', 'bus', counts.newsSent);
	counters('news_heard', 'Messages from other processes.', 'bus', counts.newsHeard);
	counter('presence_heard', 'Presence messages that came in.', () => counts.presenceHeard);
	counter('presence_sent', 'Presence messages that went out.', () => counts.presenceSent);

	let watched = false;
	return {
		/** The engine's plain numbers: `counts.joins++`. */
		counts,
		/** We close a socket with this code; the sentence beside it may vary. */
		closing(code: number): void {
			const key = keyOf.get(code);
			if (key) counts.closes[key]++;
		},
		/** A batch is in the database. */
		committed(updates: number, bytes: number, seconds: number): void {
			counts.updates += updates;
			batchUpdates.observe(updates);
			batchBytes.observe(bytes);
			commitSeconds.observe(seconds);
		},
		/** The log of one reflection was folded. */
		folded(rows: number, seconds: number): void {
			counts.foldedRows += rows;
			foldSeconds.observe(seconds);
		},
		contentType: registry.contentType,
		/** Everything, and the process beside it, in Prometheus's text format. */
		async read(): Promise<string> {
			// Watching the event loop and the garbage collector costs a little all the time: only once somebody asks.
			if (!watched) collectDefaultMetrics({ register: registry });
			watched = true;
			return registry.metrics();
		}
	};
}

/** On `globalThis`, because the engine outlives an edit in development and the page that shows the figures does not. */
const key = Symbol.for('wayfellow.live.metrics');
const shelf = globalThis as { [key]?: ReturnType<typeof make> };

/** The figures of this process. */
export const metrics = (shelf[key] ??= make());
