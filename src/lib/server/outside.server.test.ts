import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { allowedAddress, type Asking, fetchOutside } from './outside.server.ts';

let server: http.Server;
let port: number;
let heard: IncomingMessage[] = [];
let reply: (request: IncomingMessage, response: ServerResponse) => void;
const json =
	(text: string, headers = {}) =>
	(_: IncomingMessage, response: ServerResponse) =>
		void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(text);

beforeAll(async () => {
	server = http.createServer((request, response) => {
		heard.push(request);
		reply(request, response);
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	port = (server.address() as AddressInfo).port;
});
afterAll(() => {
	server.closeAllConnections();
	server.close();
});
beforeEach(() => {
	heard = [];
	reply = json('{"a":1}');
});

/** A server of this machine, which the settings name: the only way to one. */
const asking = (more: Partial<Asking> = {}): Asking => ({
	most: 1000,
	accept: 'application/json',
	types: /json|text\/plain/,
	alsoFrom: [`127.0.0.1:${port}`],
	...more
});
const at = (path = '/', host = `127.0.0.1:${port}`) => `http://${host}${path}`;

test('what was asked for comes back, and nothing of ours went there', async () => {
	const answer = await fetchOutside(at('/x?y#z'), asking());
	expect(answer).toEqual({ body: Buffer.from('{"a":1}'), address: at('/x?y'), type: 'application/json' });
	expect(Object.keys(heard[0]!.headers).toSorted()).toEqual([
		...['accept', 'accept-encoding', 'connection', 'host', 'user-agent']
	]);
});

describe('an address inside a network is not asked', () => {
	test.for([
		'https://127.0.0.1/',
		'https://localhost/',
		'https://2130706433/', // 127.0.0.1 as one number
		'https://0x7f.1/',
		'https://0177.0.0.1/',
		'https://10.0.0.5/x',
		'https://169.254.169.254/latest/meta-data/',
		'https://[::1]/',
		'https://[::ffff:127.0.0.1]/',
		'https://[fd00:ec2::254]/',
		'https://[64:ff9b::a00:5]/'
	])('%s', async (address) => {
		await expect(fetchOutside(address, asking())).rejects.toThrow('lies inside a network');
	});

	test('nor is a name that means one, nor one of whose addresses is one', async () => {
		for (const found of [['10.1.2.3'], ['93.184.215.14', '127.0.0.1'], ['fe80::1'], ['93.184.215.14', '::1']])
			await expect(
				fetchOutside(
					'https://inside.example',
					asking({ resolve: async () => found.map((address) => ({ address, family: 4 })) })
				)
			).rejects.toThrow('lies inside a network');
		expect(heard).toEqual([]);
	});

	test('nor by way of a redirect', async () => {
		for (const location of [
			'https://127.0.0.1/',
			'https://169.254.169.254/',
			`https://localhost:${port}/`,
			'//[::1]/'
		]) {
			reply = (_, response) => void response.writeHead(302, { location }).end();
			await expect(fetchOutside(at(), asking())).rejects.toThrow(/lies inside a network|begin with https/);
		}
		expect(heard).toHaveLength(4);
	});
});

test('a name is resolved once, and what it means a moment later is not asked', async () => {
	let times = 0;
	const to: unknown[] = [];
	reply = (request, response) => {
		to.push(request.socket.localAddress);
		json('{}')(request, response);
	};
	const resolve = async () => [{ address: ++times === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
	await fetchOutside(at('/', `moving.example:${port}`), asking({ resolve, alsoFrom: [`moving.example:${port}`] }));
	expect(times).toBe(1);
	expect(heard[0]!.headers.host).toBe(`moving.example:${port}`);
	expect(to).toEqual(['127.0.0.1']);
});

test.for<[address: string, sentence: RegExp]>([
	['http://example.org/', /Only addresses that begin with https/],
	['ftp://example.org/', /Only addresses that begin with https/],
	['file:///etc/passwd', /not an address/],
	['data:application/json,{}', /not an address/],
	['gopher://example.org:70/', /Only addresses that begin with https/],
	['example.org', /not an address/],
	['', /not an address/],
	['https://', /not an address/],
	['https://user:secret@example.org/', /a name or a password/],
	['https://example.org:22/', /port that is not one of the web/],
	[`https://example.org/${'x'.repeat(2000)}`, /not an address/]
])('is refused as it stands: %#', ([address, sentence]) => {
	expect(() => allowedAddress(address)).toThrow(sentence);
});

test('a redirect is followed a few times, by its own address, and not for ever', async () => {
	reply = (request, response) =>
		void (request.url === '/end'
			? json('{}')(request, response)
			: response.writeHead(301, { location: request.url === '/one' ? 'two' : '/end' }).end());
	expect((await fetchOutside(at('/one'), asking())).address).toBe(at('/end'));
	reply = (_, response) => void response.writeHead(307, { location: '/again' }).end();
	await expect(fetchOutside(at('/again'), asking())).rejects.toThrow('leads on and on');
});

test('more than is read is not read: said, sent without saying, or packed', async () => {
	const much = 'x'.repeat(5000);
	reply = json(much, { 'content-length': 5000 });
	await expect(fetchOutside(at(), asking())).rejects.toThrow('larger than');
	reply = (_, response) => {
		response.writeHead(200, { 'content-type': 'application/json' });
		response.on('error', () => {});
		const more = () => !response.destroyed && response.write(much, more);
		more();
	};
	await expect(fetchOutside(at(), asking())).rejects.toThrow('larger than');
	reply = (_, response) =>
		void response
			.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
			.end(gzipSync(Buffer.alloc(1_000_000)));
	await expect(fetchOutside(at(), asking({ most: 5000 }))).rejects.toThrow('larger than');
	reply = (_, response) =>
		void response
			.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
			.end(gzipSync('{"b":2}'));
	expect(String((await fetchOutside(at(), asking())).body)).toBe('{"b":2}');
});

test('who answers drop by drop, or not at all, is left after the time that it has', async () => {
	reply = (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{');
	await expect(fetchOutside(at(), asking({ seconds: 0.2 }))).rejects.toThrow('took too long');
	reply = () => {};
	await expect(fetchOutside(at(), asking({ seconds: 0.2 }))).rejects.toThrow('took too long');
	const never = () => new Promise<never>(() => {});
	await expect(fetchOutside('https://slow.example/', asking({ seconds: 0.2, resolve: never }))).rejects.toThrow(
		'took too long'
	);
});

test.for<[status: number, type: string, sentence: RegExp]>([
	[404, 'text/plain', /nothing at this address \(404\)/],
	[401, 'text/plain', /only to those it knows/],
	[500, 'application/json', /did not answer with what was asked for \(500\)/],
	[200, 'text/html', /a web page, for people to read/],
	[200, 'image/png', /something else than data to read \(image\/png\)/],
	[200, '', /without a type/]
])('is said in a sentence: %i %s', async ([status, type, sentence]) => {
	reply = (_, response) => void response.writeHead(status, type ? { 'content-type': type } : {}).end('x');
	await expect(fetchOutside(at(), asking())).rejects.toThrow(sentence);
});

test('who is not there, or breaks off, is said too', async () => {
	reply = (_, response) => void response.destroy();
	await expect(fetchOutside(at(), asking())).rejects.toThrow('could not be reached, or broke off');
	const nobody = async () => {
		throw new Error('ENOTFOUND');
	};
	await expect(fetchOutside('https://nobody.example/', asking({ resolve: nobody }))).rejects.toThrow(
		'There is no nobody.example'
	);
});
