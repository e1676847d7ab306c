/** `npm run rooms`, as somebody with a y-websocket client of their own would use it, against the production build. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { freePort, startProduct, type Product } from '../product.ts';
import { until } from '../live-room.ts';

let product: Product;
beforeAll(async () => {
	product = await startProduct();
});
afterAll(() => product?.stop());

type Line = { room: string; url: string; teacherCookie: string; mentorCookie: string };

async function rooms(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
	const child = spawn(process.execPath, ['scripts/rooms.ts', ...args], { cwd: join(import.meta.dirname, '../..') });
	let [out, err] = ['', ''];
	child.stdout.on('data', (text) => (out += text));
	child.stderr.on('data', (text) => (err += text));
	const [code] = (await once(child, 'close')) as [number | null];
	return { code, out, err };
}

/** The stock provider; a browser would send the cookie by itself. */
function enter(url: string, cookie: string) {
	const [, base, room] = /^(.*)\/([^/]+)$/.exec(url)!;
	const doc = new Y.Doc();
	const provider = new WebsocketProvider(base!, room!, doc, {
		disableBc: true,
		WebSocketPolyfill: class extends WebSocket {
			constructor(address: string, protocols: string[]) {
				super(address, protocols, { headers: { cookie } });
			}
		} as unknown as typeof globalThis.WebSocket
	});
	return {
		text: doc.getText('text'),
		provider,
		leave() {
			provider.destroy();
			provider.awareness.destroy();
			doc.destroy();
		}
	};
}

test('two stock clients write in each room that it prints, and only there', async () => {
	const { code, out, err } = await rooms('--base', `${product.base}/`, '--count', '102');
	expect(err).toBe('');
	expect(code).toBe(0);
	const lines = out
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as Line);
	expect(new Set(lines.map(({ room }) => room)).size).toBe(102);
	for (const { room, url, teacherCookie, mentorCookie } of [lines[0]!, lines[101]!]) {
		expect(url).toBe(`${product.base.replace('http', 'ws')}/live/${room}`);
		const [teacher, mentor] = [enter(url, teacherCookie), enter(url, mentorCookie)];
		try {
			await until('both are in step', () => teacher.provider.synced && mentor.provider.synced);
			expect(teacher.text.toString(), 'a room is empty').toBe('');
			teacher.text.insert(0, 'I waited. ');
			mentor.text.insert(0, 'And then? ');
			await until('each has both', () =>
				[teacher, mentor].every(({ text }) => text.toString().length === 20 && text.toString().includes('And then?'))
			);
		} finally {
			teacher.leave();
			mentor.leave();
		}
	}
	const stranger = enter(lines[0]!.url, lines[1]!.teacherCookie);
	const [{ code: closedWith }] = (await new Promise((resolve) =>
		stranger.provider.on('closed', (event) => resolve([event]))
	)) as [{ code: number }];
	stranger.leave();
	expect(closedWith).toBe(4403);
});

test.for<[string, string[], RegExp]>([
	['no number', ['--count', 'many'], /^--count takes a whole number from 1 to 10,000\.\n/],
	['too many', ['--count', '10001'], /^--count takes a whole number from 1 to 10,000\.\n/],
	['no address', ['--base', 'here'], /^--base here is not an address\.\n/],
	['a word it does not know', ['--rooms', '3'], /Unknown option '--rooms'/]
])('%s is answered with a sentence', async ([, args, sentence]) => {
	const { code, out, err } = await rooms(...args);
	expect(err).toMatch(sentence);
	expect(out).toBe('');
	expect(code).toBe(1);
});

test('a server that is away is named', async () => {
	const base = `http://localhost:${await freePort()}`;
	const { code, err } = await rooms('--base', base);
	expect(err).toContain(`${base} does not answer: `);
	expect(code).toBe(1);
});

test('the server itself refuses what is too much, and what another site asks for', async () => {
	const ask = (count: string, headers: Record<string, string> = {}) =>
		fetch(`${product.base}/demo/rooms`, {
			method: 'POST',
			headers: { accept: 'application/json', ...headers },
			body: new URLSearchParams({ count })
		});
	for (const count of ['0', '101', '1e1', '']) {
		const response = await ask(count);
		expect(response.status, count).toBe(422);
		expect(((await response.json()) as { message: string }).message).toMatch(/^count takes a whole number/);
	}
	expect((await ask('1', { origin: 'https://elsewhere.example' })).status).toBe(403);
	expect((await fetch(`${product.base}/demo/rooms`)).status).toBe(404);
});

test('outside the demo there is no such address', async () => {
	const earnest = await startProduct({ DEMO: '0' });
	try {
		const { code, out, err } = await rooms('--base', earnest.base);
		expect(err).toBe(`${earnest.base} opens no rooms: start the server with DEMO=1.\n`);
		expect(out).toBe('');
		expect(code).toBe(1);
	} finally {
		await earnest.stop();
	}
});
