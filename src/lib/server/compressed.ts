/** Compression of what the server writes itself; files on disk are compressed at build time. */
import { Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';

const worthIt = /^(text\/html|application\/json|text\/plain|image\/svg\+xml)\b/;

/**
 * The same response, in gzip when the client takes that. Every piece is flushed as it comes, so a page that streams
 * still shows its first half at once. No page repeats what a stranger sent beside a secret, which is what attacks on
 * compressed pages (BREACH) need: tokens are in cookies, and the nonce is new each time.
 */
export function compressed(request: Request, response: Response): Response {
	const { headers, body } = response;
	if (
		!body ||
		request.method === 'HEAD' ||
		headers.has('content-encoding') ||
		!worthIt.test(headers.get('content-type') ?? '') ||
		/\bno-transform\b/.test(headers.get('cache-control') ?? '')
	)
		return response;
	const changed = new Headers(headers);
	changed.append('vary', 'accept-encoding');
	if (!/\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(request.headers.get('accept-encoding') ?? ''))
		return new Response(body, { status: response.status, statusText: response.statusText, headers: changed });
	changed.set('content-encoding', 'gzip');
	changed.delete('content-length');
	changed.delete('etag'); // it names the uncompressed bytes
	const zip = createGzip({ level: 6, flush: constants.Z_SYNC_FLUSH });
	const source = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
	// A reader who goes away ends the source too; a source that breaks breaks the answer instead of ending it politely.
	source.on('error', (error) => zip.destroy(error));
	zip.on('close', () => source.destroy());
	return new Response(Readable.toWeb(source.pipe(zip)) as ReadableStream, {
		status: response.status,
		statusText: response.statusText,
		headers: changed
	});
}
