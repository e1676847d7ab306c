/** The live part of threads on a small HTTP server of its own, with the framework's own way of sending, and who listens. */
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setResponse } from '@sveltejs/kit/node';
import { News } from '#lib/discussion/news.server.ts';
import { readChanges, type Changes } from '#lib/discussion/threads.server.ts';
import { Refusal, statusOf } from '#lib/errors.ts';
import { cookieFromHeader, readSession } from '#lib/identity/session.server.ts';
import { Bus } from '#lib/server/bus/bus.ts';
import type { Database } from '#lib/server/database.ts';
import type { SignedInHere } from './live-room.ts';

export class NewsRoom {
	readonly db: Database;
	readonly bus: Bus;
	readonly news: News;
	/** Keeps little for whoever does not read, so that a test need not say much. */
	readonly #server = createServer({ highWaterMark: 512 }, (request, response) => void this.#answer(request, response));
	readonly #listeners: { close(): void }[] = [];
	base = '';

	constructor(db: Database, redisUrl?: string) {
		this.db = db;
		this.bus = new Bus(db, redisUrl);
		this.news = new News(db, this.bus);
	}

	async start(port = 0): Promise<this> {
		await new Promise<void>((done) => this.#server.listen(port, '127.0.0.1', done));
		this.base = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
		await this.news.listening();
		return this;
	}

	async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url!, this.base);
		const [, , threadId = '', what] = url.pathname.split('/');
		try {
			const token = cookieFromHeader(request.headers.cookie);
			const found = token ? await readSession(this.db, token) : null;
			if (!found) return void response.writeHead(401).end();
			if (what === 'changes') {
				const changes = await readChanges(this.db, found.person, threadId, Number(url.searchParams.get('since')));
				return setResponse(response, Response.json(changes));
			}
			const gone = new AbortController();
			response.once('close', () => gone.abort());
			const holder = { personId: found.person.id, sessionId: found.sessionId, threadId };
			const { body } = await this.news.open(holder, gone.signal, () => request.socket.destroy());
			setResponse(response, new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
			if (request.headers['x-stuck']) setTimeout(() => request.socket.cork(), 100);
		} catch (error) {
			if (!(error instanceof Refusal)) console.error(error);
			response.writeHead(error instanceof Refusal ? statusOf[error.reason] : 500).end();
		}
	}

	/** Listens as a browser does, with the platform's own client. */
	listen(threadId: string, who: SignedInHere): Listener {
		const listener = new Listener(this.base, threadId, who);
		this.#listeners.push(listener);
		return listener;
	}

	/** A bare request, for what no browser does. */
	raw(threadId: string, { cookie }: SignedInHere, headers: Record<string, string> = {}): Promise<IncomingMessage> {
		return new Promise((done, failed) =>
			get(`${this.base}/threads/${threadId}/live`, { headers: { cookie, ...headers }, agent: false }, (response) => {
				this.#listeners.push({ close: () => response.destroy() });
				response.on('error', () => {});
				done(response);
			}).on('error', failed)
		);
	}

	/** Cuts every line, as a network does that goes away for a moment. */
	cut(): void {
		this.#server.closeAllConnections();
	}

	async close(): Promise<void> {
		for (const listener of this.#listeners) listener.close();
		await this.news.close();
		await this.bus.close();
		this.#server.closeAllConnections();
		await new Promise((done) => this.#server.close(done));
	}
}

/** The session's cookie on every request of the platform's client, which takes none itself. */
function withCookie(cookie: string): unknown {
	type Options = { headers?: Record<string, string> | string[] };
	type Dispatch = (options: Options, handler: unknown) => boolean;
	const shelf = globalThis as { [key: symbol]: { compose(around: (dispatch: Dispatch) => Dispatch): unknown } };
	return shelf[Symbol.for('undici.globalDispatcher.1')]!.compose((dispatch) => (options, handler) => {
		const { headers = {} } = options;
		return dispatch(
			{ ...options, headers: Array.isArray(headers) ? [...headers, 'cookie', cookie] : { ...headers, cookie } },
			handler
		);
	});
}

/** An open page: an EventSource, and the question what has changed. */
export class Listener {
	readonly source: EventSource;
	readonly versions: number[] = [];
	readonly heres: number[] = [];
	notified = 0;
	ended: string | null = null;
	/** How far its person has read, as other devices of theirs said it. */
	readonly reads: number[] = [];
	/** Numbers of the posts that arrived, in the order in which they did. */
	readonly arrived: number[] = [];
	/** What the page shows: the newest of each post. */
	readonly posts = new Map<number, Changes['posts'][number]>();
	version = 0;
	#asking: Promise<void> = Promise.resolve();

	constructor(base: string, threadId: string, { cookie }: SignedInHere) {
		const Source = EventSource as unknown as new (url: string, options: object) => EventSource;
		const dispatcher = withCookie(cookie);
		// Under the one name in the Node that we run on, under the other in the next.
		this.source = new Source(`${base}/threads/${threadId}/live`, { dispatcher, node: { dispatcher } });
		this.source.addEventListener('version', ({ data }) => {
			this.versions.push(Number(data));
			this.#asking = this.#asking.then(async () => {
				if (Number(data) <= this.version) return;
				const response = await fetch(`${base}/threads/${threadId}/changes?since=${this.version}`, {
					headers: { cookie }
				}).catch(() => null);
				if (!response?.ok) return;
				const { thread, posts } = (await response.json()) as Changes;
				this.version = thread.version;
				for (const post of posts) {
					if (!this.posts.has(post.number)) this.arrived.push(post.number);
					this.posts.set(post.number, post);
				}
			});
		});
		this.source.addEventListener('here', ({ data }) => this.heres.push(Number(data)));
		this.source.addEventListener('notified', () => this.notified++);
		this.source.addEventListener('read', ({ data }) => this.reads.push(Number(data)));
		this.source.addEventListener('ended', ({ data }) => {
			this.ended = data as string;
			this.close();
		});
	}

	get here(): number {
		return this.heres.at(-1) ?? 0;
	}

	close(): void {
		this.source.close();
	}
}
