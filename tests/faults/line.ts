/** A TCP line to a server that a test may freeze (it stays open, and no byte passes) and cut (reset, and nobody gets through). */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

type Call = {
	near: Socket;
	far: Socket;
	/** What the caller said first: Postgres is told there who is calling. */
	greeting: string;
	forgotten: boolean;
};

export class Line {
	readonly #server: Server;
	readonly #calls = new Set<Call>();
	#frozen: string | undefined;
	#cut: string | undefined;
	/** The address of the server at its other end, by way of this line. */
	readonly url: string;

	private constructor(server: Server, url: URL) {
		this.#server = server;
		server.on('connection', (near) => this.#connect(near, url));
		const here = new URL(url);
		here.hostname = '127.0.0.1';
		here.port = String((server.address() as AddressInfo).port);
		this.url = here.href;
	}

	static async to(url: string): Promise<Line> {
		const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
		await once(server, 'listening');
		return new Line(server, new URL(url));
	}

	/**
	 * Until it is mended no byte passes, in either direction.
	 * @param whose only of calls that began with these words
	 * @returns how many calls stand still
	 */
	freeze(whose = ''): number {
		this.#frozen = whose;
		for (const call of this.#calls) this.#flow(call);
		return this.#count(whose);
	}

	/**
	 * Resets the calls that there are, and every new one until it is mended.
	 * @param whose only those that began with these words
	 * @returns how many calls there were
	 */
	cut(whose = ''): number {
		this.#cut = whose;
		const count = this.#count(whose);
		for (const call of this.#calls) if (call.greeting.includes(whose)) this.#reset(call);
		return count;
	}

	/** Bytes that waited arrive. */
	mend(): void {
		this.#frozen = undefined;
		this.#cut = undefined;
		for (const call of this.#calls) this.#flow(call);
	}

	/** As a firewall does: no byte of the calls that there are will ever pass again, and nobody is told. New ones are as ever. */
	forget(): void {
		for (const call of this.#calls) {
			call.forgotten = true;
			this.#flow(call);
		}
	}

	close(): void {
		this.cut();
		this.#server.close();
	}

	#count(whose: string): number {
		return [...this.#calls].filter(({ greeting }) => greeting.includes(whose)).length;
	}

	#connect(near: Socket, { hostname, port }: URL): void {
		const far = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
		const call: Call = { near, far, greeting: '', forgotten: false };
		this.#calls.add(call);
		this.#flow(call);
		near.once('data', (bytes) => {
			call.greeting = bytes.toString('latin1');
			if (this.#cut !== undefined && call.greeting.includes(this.#cut)) this.#reset(call);
			else this.#flow(call);
		});
		for (const [from, to] of [
			[near, far],
			[far, near]
		] as const) {
			from.on('data', (bytes) => void (to.write(bytes) || from.pause()));
			from.on('drain', () => this.#flow(call));
			from.on('end', () => to.end());
			from.on('error', () => this.#reset(call));
			from.on('close', () => this.#calls.delete(call));
			from.setNoDelay(true);
		}
	}

	/** Lets a call's bytes through, or not. Each side waits for the other to take what it was given. */
	#flow({ near, far, greeting, forgotten }: Call): void {
		const frozen = forgotten || (this.#frozen !== undefined && greeting.includes(this.#frozen));
		for (const [from, to] of [
			[near, far],
			[far, near]
		] as const)
			if (frozen || to.writableNeedDrain) from.pause();
			else from.resume();
	}

	#reset({ near, far }: Call): void {
		for (const side of [near, far]) side.resetAndDestroy();
	}
}
