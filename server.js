/**
 * Production: `npm run build && npm start`. Pages and live connections on one port, in one process.
 *
 * Settings are read and checked when the product starts (`src/lib/server/settings.ts`), before anything listens; a bad
 * one is printed as a sentence and the process ends with 1.
 */
import process from 'node:process';

// An empty line in .env means the default, to the framework's server too.
for (const name of ['HOST', 'PORT', 'ORIGIN', 'ADDRESS_HEADER', 'XFF_DEPTH'])
	if (!process.env[name]?.trim()) delete process.env[name];
// The framework's server has no setting for the address people use; it takes it from headers that it is told to trust.
// These two are set below on every request, so nobody outside can say anything in them.
process.env.PROTOCOL_HEADER = 'x-wayfellow-protocol';
process.env.HOST_HEADER = 'x-wayfellow-host';
// An orchestrator waits ten seconds before it kills; requests still running by then are cut.
process.env.SHUTDOWN_TIMEOUT ??= '8';
// The largest file that is read into a reflection, and the form around it. Every other door takes half a megabyte
// (`src/hooks.server.ts`).
process.env.BODY_SIZE_LIMIT = '10304K';

/** @param {unknown} error */
function giveUp(error) {
	const { code, message, port, syscall } = /** @type {NodeJS.ErrnoException & { port?: number }} */ (error ?? {});
	/** @type {Record<string, string>} */
	const sentences = {
		EADDRINUSE: `Port ${port} is taken. Stop what listens there, or set PORT to another.`,
		EACCES: `Port ${port} is not ours to use. Set PORT to one above 1023.`,
		EADDRNOTAVAIL: `HOST is ${process.env.HOST}, which is no address of this machine. Set it to one, or leave it empty.`,
		ENOTFOUND: `HOST is ${process.env.HOST}, and nobody knows that name. Set it to an address of this machine, or leave it empty.`
	};
	const sentence = syscall === 'listen' || syscall === 'getaddrinfo' ? sentences[code ?? ''] : undefined;
	console.error(sentence ? `Wayfellow can't start:\n  ${sentence}` : (message ?? String(error)));
	process.exit(1);
}

process.on('uncaughtException', giveUp); // until it listens
/**
 * What the build left. By address, so that type checking does not follow into bundled code.
 * @param {string} file
 */
const built = (file) => import(new URL(`./build/${file}`, import.meta.url).href).catch(giveUp);
const { server } = await built('index.js');
// Second, and not a static import: it shares modules that the server has to evaluate first.
const { handleUpgrade, closeLive } = await built('server/live.js');
if (server.listening) process.off('uncaughtException', giveUp);
else server.once('listening', () => process.off('uncaughtException', giveUp));

// Whoever sends their request drop by drop holds a connection and pays nothing for it. Node looks every 30 s.
// Headers are sent at once by every browser; ten seconds allow for a line that stumbles.
server.headersTimeout = 10_000;
// A whole request, its body too: ten megabytes, the largest file that is taken, over a line of 1.5 Mbit/s.
server.requestTimeout = 60_000;
// Browsers send twenty to thirty, proxies some more. What is over it is not read.
server.maxHeadersCount = 100;

/** What can't be read at all is answered in words too, before any of our pages could. */
server.on(
	'clientError',
	(/** @type {NodeJS.ErrnoException} */ error, /** @type {import('node:net').Socket} */ socket) => {
		if (!socket.writable || socket.bytesWritten > 0) return void socket.destroy();
		/** @type {Record<string, [status: string, sentence: string]>} */
		const answers = {
			HPE_HEADER_OVERFLOW: [
				'431 Request Header Fields Too Large',
				'This request carries more in its headers or its address than Wayfellow reads. Clear the cookies of this site and try again.'
			],
			ERR_HTTP_REQUEST_TIMEOUT: [
				'408 Request Timeout',
				'This request took too long to arrive, so nothing was done. Please try again.'
			]
		};
		const [status, sentence] = answers[error.code ?? ''] ?? [
			'400 Bad Request',
			'This request can not be read, so nothing was done.'
		];
		const headers = `content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\ncache-control: no-store`;
		socket.end(
			`HTTP/1.1 ${status}\r\n${headers}\r\nconnection: close\r\ncontent-length: ${sentence.length}\r\n\r\n${sentence}`
		);
	}
);

const origin = process.env.ORIGIN ? new URL(process.env.ORIGIN) : null;

/**
 * Where this request came in, for checks of forms and for links: ORIGIN, or what the request itself says. We speak plain
 * http; a proxy that ends TLS in front says so.
 * @param {IncomingMessage} request
 */
function address({ headers }) {
	if (origin) return { protocol: origin.protocol.slice(0, -1), host: origin.host };
	const forwarded = String(headers['x-forwarded-proto'] ?? '')
		.split(',')[0]
		?.trim();
	return { protocol: forwarded === 'https' ? 'https' : 'http', host: headers.host ?? 'localhost' };
}

/** @param {IncomingMessage} request */
const isLive = ({ url, headers }) => !!url?.startsWith('/live/') && headers.upgrade?.toLowerCase() === 'websocket';

/** @typedef {import('node:http').IncomingMessage} IncomingMessage */
/** @typedef {import('node:http').ServerResponse} ServerResponse */

server.prependListener('request', (/** @type {IncomingMessage} */ request, /** @type {ServerResponse} */ response) => {
	const { protocol, host } = address(request);
	request.headers['x-wayfellow-protocol'] = protocol;
	request.headers['x-wayfellow-host'] = host;
	// Also on files and on the framework's own last words, which no hook of ours sees.
	response.setHeader('x-content-type-options', 'nosniff');
	response.setHeader('cross-origin-resource-policy', 'same-origin');
});

// Some clients offer to speak another protocol with every plain request (`curl --http2`). Such an offer is passed over;
// older Nodes can't, and hang up.
server.shouldUpgradeCallback = isLive;

server.on(
	'upgrade',
	(
		/** @type {IncomingMessage} */ request,
		/** @type {import('node:stream').Duplex} */ socket,
		/** @type {Buffer} */ head
	) => {
		if (isLive(request)) void handleUpgrade(request, socket, head);
		else socket.destroy();
	}
);

// The framework's server stops accepting and waits for its last request; live connections would keep it waiting for
// ever, so they are sent away first (1012: come back), and what they sent is stored. The database closes after that.
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void closeLive());
