import { expect, test } from 'vitest';
import { closed } from '../closed.ts';
import { metrics } from './metrics.server.ts';

/** The samples as they are served: name and labels to value. */
async function samples(): Promise<Map<string, number>> {
	const lines = (await metrics.read()).split('\n').filter((line) => line && !line.startsWith('#'));
	return new Map(
		lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))])
	);
}

test('what the engine counts is what is read, each time anew', async () => {
	const { counts } = metrics;
	counts.documents = 2;
	counts.sockets += 3;
	counts.joins += 4;
	counts.refusedUpgrades.busy++;
	counts.pauses.person += 2;
	counts.newsSent.redis += 5;
	counts.presenceHeard++;
	for (const expected of [1, 2]) {
		counts.newsHeard.postgres++;
		const read = await samples();
		expect(read.get('wayfellow_live_news_heard_total{bus="postgres"}')).toBe(expected);
		expect(read.get('wayfellow_live_documents')).toBe(2);
		expect(read.get('wayfellow_live_sockets')).toBe(3);
		expect(read.get('wayfellow_live_joins_total')).toBe(4);
		expect(read.get('wayfellow_live_refused_upgrades_total{reason="busy"}')).toBe(1);
		expect(read.get('wayfellow_live_pauses_total{reason="person"}')).toBe(2);
		expect(read.get('wayfellow_live_news_sent_total{bus="redis"}')).toBe(5);
		expect(read.get('wayfellow_live_presence_heard_total')).toBe(1);
	}
	counts.documents = 1;
	expect((await samples()).get('wayfellow_live_documents')).toBe(1);
});

test('every reason to close has a line, at nought before the first', async () => {
	const before = await samples();
	for (const [name, [code]] of Object.entries(closed)) {
		expect(before.get(`wayfellow_live_closes_total{reason="${name}"}`), name).toBe(0);
		metrics.closing(code);
	}
	metrics.closing(1006); // not one of ours
	const after = await samples();
	for (const name of Object.keys(closed)) expect(after.get(`wayfellow_live_closes_total{reason="${name}"}`)).toBe(1);
	expect(after.get('wayfellow_live_closes_total{reason="silent"}')).toBe(0);
});

test('batches and foldings are counted and fall into their buckets', async () => {
	metrics.committed(3, 300, 0.0015);
	metrics.committed(700, 70_000, 0.03);
	metrics.folded(200, 0.02);
	const read = await samples();
	expect(read.get('wayfellow_live_updates_stored_total')).toBe(703);
	expect(read.get('wayfellow_live_batch_updates_bucket{le="2"}')).toBe(0);
	expect(read.get('wayfellow_live_batch_updates_bucket{le="5"}')).toBe(1);
	expect(read.get('wayfellow_live_batch_updates_sum')).toBe(703);
	expect(read.get('wayfellow_live_batch_bytes_sum')).toBe(70_300);
	expect(read.get('wayfellow_live_commit_seconds_bucket{le="0.002"}')).toBe(1);
	expect(read.get('wayfellow_live_commit_seconds_count')).toBe(2);
	expect(read.get('wayfellow_live_compaction_seconds_count')).toBe(1);
	expect(read.get('wayfellow_live_compacted_rows_total')).toBe(200);
});

test('the process is watched too, and names follow the conventions', async () => {
	const read = await samples();
	expect(read.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
	for (const [, name] of (await metrics.read()).matchAll(/^# TYPE (\S+) counter$/gm)) expect(name).toMatch(/_total$/);
});
