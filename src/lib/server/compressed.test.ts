import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compressed } from './compressed.ts';

const request = (encoding: string, method = 'GET') =>
	new Request('http://localhost/', { method, headers: encoding ? { 'accept-encoding': encoding } : {} });
const html = (body: BodyInit | null = '<p>Hello</p>', headers: Record<string, string> = {}) =>
	new Response(body, { headers: { 'content-type': 'text/html', ...headers } });

test('a page is zipped for who takes it, and says so', async () => {
	const response = compressed(request('gzip, br'), html('<p>Hello</p>', { 'content-length': '12' }));
	expect(response.headers.get('content-encoding')).toBe('gzip');
	expect(response.headers.get('vary')).toBe('accept-encoding');
	expect(response.headers.has('content-length')).toBe(false);
	expect(gunzipSync(await response.bytes()).toString()).toBe('<p>Hello</p>');
});

test.for([[''], ['br'], ['gzip;q=0'], ['gzip; q=0.0, br']])('"%s" gets the page as it is', async ([encoding]) => {
	const response = compressed(request(encoding!), html());
	expect(response.headers.has('content-encoding')).toBe(false);
	expect(await response.text()).toBe('<p>Hello</p>');
});

test('pictures, empty answers, and what is zipped already stay as they are', () => {
	const png = new Response('x', { headers: { 'content-type': 'image/png' } });
	expect(compressed(request('gzip'), png)).toBe(png);
	const empty = html(null);
	expect(compressed(request('gzip'), empty)).toBe(empty);
	const zipped = html('x', { 'content-encoding': 'br' });
	expect(compressed(request('gzip'), zipped)).toBe(zipped);
});

test('the first half of a streamed page arrives before the second is written', async () => {
	const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
	const writer = writable.getWriter();
	const response = compressed(request('gzip'), html(readable));
	const reader = response.body!.pipeThrough(new DecompressionStream('gzip') as never).getReader();
	const text = async () => new TextDecoder().decode((await reader.read()).value as Uint8Array);
	void writer.write(new TextEncoder().encode('first'));
	expect(await text()).toBe('first');
	void writer.write(new TextEncoder().encode('second'));
	expect(await text()).toBe('second');
	await writer.close();
});

test('a page that breaks half-way breaks for the reader too', async () => {
	const broken = new ReadableStream({
		start(controller) {
			controller.enqueue(new TextEncoder().encode('first'));
			setTimeout(() => controller.error(new Error('gone')), 5);
		}
	});
	await expect(compressed(request('gzip'), html(broken)).bytes()).rejects.toThrow();
});
