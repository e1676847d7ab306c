/** A connection of its own for single statements that run many times a second: role and texts are settled once. */
import pg from 'pg';
import type { ServiceSession } from './database.ts';

/** As pools do: connections move to the new server after a failover or a changed address. */
const maxLifetimeMs = 1_800_000;

/**
 * @param connect makes a client that is not connected yet; its `query_timeout` bounds how long an answer may take
 * @param prepare runs on each connection before the first statement
 */
export function sessionOn(connect: () => pg.Client, prepare: (client: pg.ClientBase) => Promise<void>): ServiceSession {
	type Open = { client: pg.Client; since: number };
	let current: Promise<Open> | undefined;
	let closed = false;
	/** Prepared statements go by name, within one connection. */
	const names = new Map<string, string>();

	const drop = (which: Promise<Open>) => {
		if (current === which) current = undefined;
		which.then(({ client }) => client.end()).catch(() => {});
	};

	const open = (): Promise<Open> => {
		const opening: Promise<Open> = (async () => {
			const client = connect();
			client.on('error', () => drop(opening)); // without a listener it would end the process
			client.on('end', () => drop(opening));
			try {
				await client.connect();
				await prepare(client);
			} catch (error) {
				void client.end().catch(() => {});
				throw error;
			}
			return { client, since: performance.now() };
		})();
		return opening;
	};

	/** A statement that the server refused leaves the connection as it was; anything else leaves us in doubt. */
	const inDoubt = (error: unknown) => !(error instanceof pg.DatabaseError) || /^(57P|08|25)/.test(error.code ?? '');

	async function run<Row>(text: string, values: (string | number | Buffer)[]): Promise<Row[]> {
		if (closed) throw new Error('The session is closed.');
		const mine = (current ??= open());
		const name = names.get(text) ?? `s${names.size}`;
		names.set(text, name);
		try {
			const { client, since } = await mine;
			const { rows } = await client.query({ name, text, values });
			if (performance.now() - since > maxLifetimeMs) drop(mine);
			return rows as Row[];
		} catch (error) {
			if (inDoubt(error)) drop(mine);
			throw error;
		}
	}

	return {
		run,
		read: async <Row>(text: string, values: (string | number | Buffer)[]) => {
			const old = current;
			try {
				return await run<Row>(text, values);
			} catch (error) {
				// A connection made for this very statement failed just now: another would too.
				if (closed || !old || !inDoubt(error)) throw error;
				return run<Row>(text, values);
			}
		},
		close: async () => {
			closed = true;
			const last = current;
			current = undefined;
			await last?.then(({ client }) => client.end()).catch(() => {});
		}
	};
}
