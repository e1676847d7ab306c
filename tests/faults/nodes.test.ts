/** Several engines on one database, the two people of each pair on different ones: killed, cut off, restarted in turn. */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../live-room.ts';
import type { ServerDatabase } from '../postgres-server.ts';
import { serverDatabase } from '../with-database.ts';
import { Engine } from './engine.ts';
import { amount, full, minutes, tell } from './form.ts';
import {
	acknowledgedBy,
	expectEqualTexts,
	missing,
	nothingMissing,
	pairsOn,
	peopleOf,
	Person,
	typing,
	type Pair
} from './people.ts';

let db: ServerDatabase;
let admin: pg.Client;
beforeAll(async () => {
	db = await serverDatabase();
	admin = new pg.Client({ connectionString: db.url });
	await admin.connect();
});
afterAll(async () => {
	await Promise.all(started.map((node) => node.kill()));
	await admin?.end();
	await db?.close();
});

let nodes: Engine[];
let pairs: Pair[];
let writing: { stop(): void } | undefined;
/** All that were ever started here. Those that still run serve the next test as well. */
const started: Engine[] = [];
async function nodesStart(count: number): Promise<Engine[]> {
	while (started.length < count) started.push(new Engine(db.url));
	nodes = started.slice(0, count);
	await Promise.all(nodes.map((node) => node.alive || node.start()));
	return nodes;
}
beforeEach(() => {
	nodes = [];
	pairs = [];
	writing = undefined;
});
afterEach(() => {
	writing?.stop();
	for (const person of peopleOf(pairs)) person.leave();
});

/** Whoever is on a server that is gone looks for the next one, as behind a balancer. */
function moveFrom(gone: Engine): void {
	const next = nodes.find((node) => node !== gone)!;
	for (const person of peopleOf(pairs)) if (person.provider.serverUrl === gone.base) person.moveTo(next.base);
}

describe.each(full ? [2, 3] : [3])('%i servers', (count) => {
	test(
		'one is killed while pairs type across them: its people move, nothing is lost',
		{ timeout: minutes(2, 20) },
		async () => {
			const kills = amount(1, 10);
			await nodesStart(count);
			pairs = await pairsOn(db, 6, ...nodes.map(({ base }) => base));
			writing = typing(pairs);
			for (let kill = 0; kill < kills; kill++) {
				await wait(500);
				const gone = nodes[kill % count]!;
				await gone.kill();
				moveFrom(gone);
				expect(await missing(db, pairs)).toEqual(nothingMissing);
				const before = acknowledgedBy(pairs);
				await until('people write on', () => acknowledgedBy(pairs) > before + 50, 30_000);
				await gone.start();
				// Half of everybody goes to it, so that pairs are apart again.
				for (const { people } of pairs) {
					people[0]!.moveTo(gone.base);
					people[0]!.provider.disconnect();
					people[0]!.provider.connect();
				}
			}
			await wait(300);
			writing.stop();
			await expectEqualTexts(db, pairs, nodes[0]!.base);
			tell(
				`A server of ${count} killed: ${kills} times while 6 pairs type across them; ${acknowledgedBy(pairs)} updates acknowledged, 0 missing.`
			);
		}
	);
});

test(
	'news between two servers cut off again and again: people write on, and all texts meet',
	{ timeout: minutes(2, 10) },
	async () => {
		const milliseconds = amount(2_000, 20_000);
		await nodesStart(2);
		pairs = await pairsOn(db, 6, ...nodes.map(({ base }) => base));
		writing = typing(pairs);
		let cuts = 0;
		for (const end = Date.now() + milliseconds; Date.now() < end; await wait(50)) {
			const { rowCount } = await admin.query(
				`select pg_terminate_backend(pid) from pg_stat_activity
				where application_name = 'wayfellow listener' and datname = current_database()`
			);
			cuts += rowCount ?? 0;
		}
		expect(cuts).toBeGreaterThan(2);
		expect(await missing(db, pairs)).toEqual(nothingMissing);
		writing.stop();
		// Nothing more is typed, so nothing but the return of the news brings the last words across.
		await expectEqualTexts(db, pairs, nodes[0]!.base);
		expect(peopleOf(pairs).flatMap(({ closes }) => closes)).toEqual([]);
		tell(
			`News cut: ${cuts} connections ended in ${milliseconds / 1_000} s of typing across 2 servers, 0 missing, nobody closed.`
		);
	}
);

test(
	'two servers stopped and started in turn under load: each ends in good order, everybody comes back',
	{ timeout: minutes(2, 10) },
	async () => {
		await nodesStart(2);
		pairs = await pairsOn(db, 6, ...nodes.map(({ base }) => base));
		writing = typing(pairs);
		let slowest = 0;
		for (const node of nodes) {
			await wait(400);
			const begin = Date.now();
			const ended = node.terminate();
			moveFrom(node);
			expect(await ended).toBe(0);
			slowest = Math.max(slowest, Date.now() - begin);
			expect(slowest).toBeLessThan(10_000);
			await until('everybody is back', () => peopleOf(pairs).every(({ joined }) => joined), 30_000);
			expect(await missing(db, pairs)).toEqual(nothingMissing);
			await node.start();
		}
		writing.stop();
		await expectEqualTexts(db, pairs, nodes[0]!.base);
		tell(
			`Rolling restart of 2 servers: ${acknowledgedBy(pairs)} updates acknowledged, 0 missing; the slower one ended within ${slowest} ms.`
		);
	}
);

test(
	'everybody returns at once after a restart and is in step again, for a bounded number of transactions',
	{ timeout: minutes(3, 10) },
	async () => {
		const sockets = amount(200, 1_000);
		const [node] = (await nodesStart(1)) as [Engine];
		// Others would have transactions of their own.
		for (const other of started.slice(1)) expect(await other.terminate()).toBe(0);
		// A tenth as many pairs: ten devices to a pair, five of each person.
		pairs = await pairsOn(db, sockets / 10, node.base);
		for (const { reflectionId, sessions, people } of pairs)
			for (let i = people.length; i < 10; i++) people.push(new Person(node.base, reflectionId, sessions[i % 2]!));
		const everybody = peopleOf(pairs);
		for (const { people } of pairs) people[0]!.text.insert(0, 'before ');
		const inStep = () =>
			pairs.every(
				({ people }) =>
					people.every(({ joined }) => joined) && new Set(people.map(({ text }) => text.toString())).size === 1
			);
		await until('all are in step', inStep, 90_000);

		const gone = node.terminate();
		expect(await gone).toBe(0);
		await until('all have noticed', () => everybody.every(({ joined }) => !joined), 30_000);
		for (const { people } of pairs) people[1]!.text.insert(0, 'meanwhile ');
		const before = await transactions();
		const began = Date.now();
		await node.start();
		await until(
			'all are in step again',
			() => inStep() && pairs[0]!.people[0]!.text.toString().includes('meanwhile'),
			120_000
		);
		const seconds = (Date.now() - began) / 1_000;
		await node.terminate();
		const spent = (await transactions()) - before;
		await node.start();
		// The session, the rights and the log of each socket; each of them once, and some for the start.
		expect(spent).toBeLessThan(sockets * 6 + 100);
		await expectEqualTexts(db, pairs, node.base);
		tell(
			`${sockets} sockets return at once: all in step within ${seconds.toFixed(1)} s of the start, ${spent} transactions (${(spent / sockets).toFixed(1)} per socket), 0 missing.`
		);
	}
);

/**
 * Transactions of this database so far. A connection reports its own when it ends, or some seconds later, so all that
 * are open are ended first; the servers are down.
 */
async function transactions(): Promise<number> {
	await admin.query(
		'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'
	);
	const { rows } = await admin.query(
		'select xact_commit::int as count from pg_stat_database where datname = current_database()'
	);
	return rows[0].count;
}
