/**
 * Hears `notify` on one connection of its own, for all channels. When the connection is lost it comes back by itself,
 * and tells everyone who listens that news may have been missed in between: Postgres keeps none for whoever is away.
 */
import type pg from 'pg';

export interface Listener {
	listen(channel: string, hear: (payload: string) => void, lost?: () => void): Promise<() => Promise<void>>;
	close(): Promise<void>;
}

type Ear = { channel: string; hear: (payload: string) => void; lost?: () => void };

/** First try at once, then slower, so a server that restarts is not stormed. */
const retryMs = [0, 100, 250, 500, 1_000, 2_000, 5_000];
/** A connection can die without a word (a firewall forgets it). A question every half a minute finds out. */
const pingEveryMs = 30_000;
const pingTimeoutMs = 10_000;

/**
 * @param connect makes a client that is not connected yet
 * @param prepare runs on each connection before anything else
 */
export function listenOn(connect: () => pg.Client, prepare: (client: pg.ClientBase) => Promise<void>): Listener {
	const ears = new Set<Ear>();
	let client: pg.Client | undefined;
	/** The connection being made, or made; anew after each loss. */
	let connected: Promise<pg.Client> | undefined;
	/** One statement at a time: pg wants each awaited before the next. */
	let turn: Promise<unknown> = Promise.resolve();
	let ping: NodeJS.Timeout | undefined;
	let retry: NodeJS.Timeout | undefined;
	let wake = () => {};
	let closed = false;

	const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
		const mine = turn.then(act);
		turn = mine.catch(() => {});
		return mine;
	};

	const open = async (): Promise<pg.Client> => {
		const fresh = connect();
		const gone = () => {
			if (client !== fresh) return;
			client = undefined;
			connected = undefined;
			clearInterval(ping);
			void fresh.end().catch(() => {});
			if (!closed && ears.size > 0) void reconnect();
		};
		fresh.on('error', gone);
		fresh.on('end', gone);
		fresh.on('notification', ({ channel, payload }) => {
			for (const ear of ears) if (ear.channel === channel) ear.hear(payload ?? '');
		});
		try {
			await fresh.connect();
			await prepare(fresh);
			for (const channel of new Set([...ears].map((ear) => ear.channel)))
				await fresh.query(`listen ${quoted(channel)}`);
		} catch (error) {
			void fresh.end().catch(() => {});
			throw error;
		}
		if (closed) {
			await fresh.end();
			throw new Error('The listener is closed.');
		}
		client = fresh;
		ping = setInterval(() => {
			const late = setTimeout(gone, pingTimeoutMs).unref();
			inTurn(() => fresh.query('select 1')).then(
				() => clearTimeout(late),
				() => {} // `gone` hears of it too
			);
		}, pingEveryMs).unref();
		return fresh;
	};

	const reconnect = async () => {
		for (let attempt = 0; !closed; attempt++) {
			const ms = retryMs[Math.min(attempt, retryMs.length - 1)]!;
			await new Promise<void>((resolve) => {
				wake = resolve;
				retry = setTimeout(resolve, ms);
			});
			if (closed) return;
			try {
				connected = open();
				await connected;
				console.error('Listening to the database again.');
				for (const ear of ears) ear.lost?.();
				return;
			} catch (error) {
				connected = undefined;
				console.error(`Can't listen to the database: ${error instanceof Error ? error.message : error}`);
			}
		}
	};

	return {
		listen: async (channel, hear, lost) => {
			const ear: Ear = { channel, hear, lost };
			ears.add(ear);
			try {
				const existing = connected;
				const now = await (connected ??= open());
				// A connection made before we came knows nothing of our channel; saying it twice does no harm.
				if (existing) await inTurn(() => now.query(`listen ${quoted(channel)}`));
			} catch (error) {
				ears.delete(ear);
				if (!client) connected = undefined;
				throw error;
			}
			return async () => {
				ears.delete(ear);
				if ([...ears].some((other) => other.channel === channel)) return;
				const now = client;
				if (now) await inTurn(() => now.query(`unlisten ${quoted(channel)}`)).catch(() => {});
			};
		},
		close: async () => {
			closed = true;
			clearInterval(ping);
			clearTimeout(retry);
			wake();
			ears.clear();
			const last = client;
			client = undefined;
			await last?.end().catch(() => {});
		}
	};
}

const quoted = (channel: string) => `"${channel.replaceAll('"', '""')}"`;
