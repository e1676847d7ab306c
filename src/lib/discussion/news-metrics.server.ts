/** What the live part of threads has done since the start, for whoever watches the server. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { Ending } from './stream.server.ts';

const endings: Ending[] = ['left', 'session', 'access', 'slow', 'old', 'over', 'stopping'];

function make() {
	const registry = new Registry();
	const registers = [registry];
	const counts = {
		/** Open now. */
		streams: 0,
		threads: 0,
		/** Since the start. */
		opened: 0,
		told: 0,
		ended: Object.fromEntries(endings.map((why) => [why, 0])) as Record<Ending, number>,
		refused: { closing: 0, busy: 0, full: 0, 'not-theirs': 0 }
	};
	const gauge = (name: string, help: string, read: () => number) =>
		new Gauge({
			name: `wayfellow_threads_${name}`,
			help,
			registers,
			collect() {
				this.set(read());
			}
		});
	const counter = (name: string, help: string, read: () => number) =>
		new Counter({
			name: `wayfellow_threads_${name}_total`,
			help,
			registers,
			collect() {
				this.reset();
				this.inc(read());
			}
		});
	const counters = (name: string, help: string, of: Record<string, number>) =>
		new Counter({
			name: `wayfellow_threads_${name}_total`,
			help,
			labelNames: ['reason'],
			registers,
			collect() {
				this.reset();
				for (const [reason, value] of Object.entries(of)) this.inc({ reason }, value);
			}
		});
	gauge('streams', 'Pages of threads that are told what happens.', () => counts.streams);
	gauge('open', 'Threads that somebody has open here.', () => counts.threads);
	counter('streams_opened', 'Streams that were let in.', () => counts.opened);
	counter('told', 'Changes of threads that were told to open pages.', () => counts.told);
	counters('streams_ended', 'Streams that ended, and why.', counts.ended);
	counters('streams_refused', 'Streams that were not let in, and why.', counts.refused);
	return { counts, read: () => registry.metrics() };
}

/** On `globalThis` like the hub itself, which outlives an edit in development. */
const key = Symbol.for('wayfellow.discussion.metrics');
const shelf = globalThis as { [key]?: ReturnType<typeof make> };

/** The figures of this process. */
export const newsMetrics = (shelf[key] ??= make());
