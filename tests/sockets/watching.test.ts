/** What an orchestrator and Prometheus ask of the production build. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openReflection } from '../../scripts/replay/client.ts';
import { until } from '../live-room.ts';
import { freshDatabase } from '../postgres-server.ts';
import { startProduct, type Product } from '../product.ts';

const token = 'only-for-this-test';
let product: Product;
beforeAll(async () => {
	product = await startProduct({ METRICS_TOKEN: token });
});
afterAll(() => product?.stop());

const ask = (path: string, headers: Record<string, string> = {}) => fetch(product.base + path, { headers });
const figures = async () => (await ask('/metrics', { authorization: `Bearer ${token}` })).text();

test('figures are for who shows the token', async () => {
	for (const authorization of [undefined, 'Bearer', `Bearer ${token}x`, `Basic ${token}`]) {
		const response = await ask('/metrics', authorization ? { authorization } : {});
		expect(response.status, authorization).toBe(401);
		expect(response.headers.get('www-authenticate')).toBe('Bearer');
		expect(await response.text()).not.toContain('wayfellow_live');
	}
	const response = await ask('/metrics', { authorization: `Bearer ${token}` });
	expect(response.status).toBe(200);
	expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
	expect(response.headers.get('cache-control')).toBe('no-store');
	expect(await response.text()).toMatch(/^process_cpu_seconds_total /m);
});

test('the page that shows the figures and the door of live connections see the same ones', async () => {
	const knocks = async () => Number(/^wayfellow_live_upgrade_requests_total (\d+)$/m.exec(await figures())?.[1]);
	const before = await knocks();
	const socket = new WebSocket(`${product.base.replace('http', 'ws')}/live/nowhere`);
	const [code] = (await once(socket, 'close')) as [number];
	expect(code, 'nobody is signed in').toBe(4401);
	expect(await knocks()).toBe(before + 1);
});

const figure = async (name: string) =>
	Number(new RegExp(`^wayfellow_live_${name} (\\S+)$`, 'm').exec(await figures())?.[1]);

/** Somebody in a new reflection, as a stock client. */
async function somebody() {
	const body = new URLSearchParams({ count: '1' });
	const response = await fetch(`${product.base}/demo/rooms`, { method: 'POST', body });
	const [{ room, teacherCookie }] = (await response.json()) as [{ room: string; teacherCookie: string }];
	return { room, client: openReflection({ base: product.base, email: '', cookie: teacherCookie }, room) };
}

test('who writes is counted, and not counted when gone', async () => {
	expect([await figure('sockets'), await figure('documents')]).toEqual([0, 0]);
	const [joins, stored] = [await figure('joins_total'), await figure('updates_stored_total')];
	const { room, client } = await somebody();
	try {
		client.doc.getText('text').insert(0, 'Counted.');
		await until('it is stored', async () => (await figure('updates_stored_total')) > stored);
		expect([await figure('sockets'), await figure('documents')]).toEqual([1, 1]);
		expect(await figure('joins_total')).toBe(joins + 1);
		expect(await figure('commit_seconds_count')).toBeGreaterThan(0);
		expect(await figure('batch_bytes_sum')).toBeGreaterThan('Counted.'.length);
		const said = await figures();
		expect(said).not.toContain(room);
		expect(said).not.toContain('Counted');
	} finally {
		client.leave();
	}
	await until('nobody is there', async () => (await figure('sockets')) + (await figure('documents')) === 0);
});

test('a long document is folded on a thread of its own, also as the product is built', async () => {
	const [folded, failed] = [await figure('compaction_seconds_count'), await figure('compaction_failures_total')];
	const stored = await figure('updates_stored_total');
	const { client } = await somebody();
	client.doc.getText('text').insert(0, 'long '.repeat(40_000));
	await until('it is stored', async () => (await figure('updates_stored_total')) > stored);
	client.leave();
	await until('it is folded', async () => (await figure('compaction_seconds_count')) > folded);
	expect(await figure('compaction_failures_total')).toBe(failed);
});

test('all is well while all is well', async () => {
	for (const path of ['/livez', '/readyz', '/healthz']) {
		const response = await ask(path);
		expect([response.status, await response.text()], path).toEqual([200, 'ok']);
	}
});

test('told to stop, it is alive and not ready, for whoever can still ask', async () => {
	const { hostname, port } = new URL(product.base);
	/** A request that has begun: the listener waits for it. */
	async function begun(path: string) {
		const socket = connect(Number(port), hostname);
		let said = '';
		socket.setEncoding('utf8').on('data', (text) => (said += text));
		socket.on('error', () => {});
		await once(socket, 'connect');
		socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\n`);
		return async () => {
			socket.write('\r\n');
			await until('it answers', () => /\r\n\r\n[\s\S]+/.test(said));
			return said;
		};
	}
	const [live, ready, health] = [await begun('/livez'), await begun('/readyz'), await begun('/healthz')];
	await wait(100);
	const ended = product.terminate();
	await until('nobody new gets in', () =>
		ask('/livez').then(
			() => false,
			() => true
		)
	);
	for (const answer of [ready, health]) {
		const said = await answer();
		expect(said).toMatch(/^HTTP\/1\.1 503 /);
		expect(said).toContain('The server is stopping.');
	}
	expect(await live()).toMatch(/^HTTP\/1\.1 200 /);
	expect(await ended).toBe(0);
});

test('without a token there are no figures and no door for what comes back; without the database it is alive and not ready', async () => {
	const database = await freshDatabase();
	const other = await startProduct({ DATABASE_URL: database.url });
	try {
		for (const authorization of ['', 'Bearer ', 'Bearer undefined'])
			for (const [path, method] of [
				['/metrics', 'GET'],
				['/mail/bounces', 'POST']
			])
				expect((await fetch(other.base + path, { method, headers: { authorization } })).status, path).toBe(404);
		await database.drop();
		const ready = await fetch(`${other.base}/readyz`);
		expect([ready.status, await ready.text()]).toEqual([503, 'The database does not answer.']);
		expect((await fetch(`${other.base}/livez`)).status).toBe(200);
	} finally {
		await other.stop();
	}
});
