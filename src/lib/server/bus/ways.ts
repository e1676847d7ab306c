/** How news travel between processes: through Postgres, which is always there, or through Redis. */
import { createClient } from '@redis/client';
import type { Database, ServiceSession } from '../database.ts';
import { log, traceOf } from '../log.ts';

/** As it was when only reflections had news: under another name, servers of two versions would not hear each other. */
const channel = 'reflection_news';
const listed = `select pg_notify('${channel}', $1)`;

/** One way for bytes to every process, this one included. */
export interface Way {
	readonly name: 'postgres' | 'redis';
	/** The most bytes of one message. */
	readonly longest: number;
	/** Whether it carries words and not only numbers, and at once. */
	readonly carriesRows: boolean;
	readonly ready: boolean;
	readonly opened: Promise<unknown>;
	send(message: Uint8Array): Promise<unknown>;
	close(): Promise<void>;
}

/** Sent from a session of its own and never inside a writing transaction. */
export function postgresWay(db: Database, heard: (message: Uint8Array) => void, lost: () => void): Way {
	const session: ServiceSession = db.serviceSession();
	const listening = db.listen(channel, (text) => heard(Buffer.from(text, 'base64')), lost);
	return {
		name: 'postgres',
		longest: 5_900, // a notification holds 8,000 bytes, of text
		carriesRows: false,
		ready: true,
		opened: listening,
		send: (message) => session.run(listed, [Buffer.from(message).toString('base64')]),
		close: async () => {
			await listening.then((stop) => stop()).catch(() => {});
			await session.close();
		}
	};
}

/** Carries whatever there is, at once. While it is away, Postgres takes over. */
export function redisWay(url: string, heard: (message: Uint8Array) => void, lost: () => void): Way {
	const options = {
		url,
		disableOfflineQueue: true, // what can't be sent now goes through Postgres
		pingInterval: 10_000, // a connection can die without a word
		socket: {
			connectTimeout: 3_000,
			socketTimeout: 30_000,
			reconnectStrategy: (tries: number) =>
				Math.min(2_000, 50 * 2 ** Math.min(tries, 6)) + Math.floor(50 * Math.random()) // eslint-disable-line no-restricted-properties -- nobody gains by guessing when we come back
		}
	};
	const speaker = createClient(options);
	const listener = createClient(options);
	let away = false;
	for (const client of [speaker, listener])
		client.on('error', (error: unknown) => {
			if (!away) log('redis-away', traceOf(error));
			away = true;
		});
	listener.on('ready', () => {
		if (away) {
			log('redis-back');
			lost();
		}
		away = false;
	});
	const opening = Promise.all([
		speaker.connect(),
		listener.connect().then(() => listener.subscribe(channel, (message) => heard(message), true))
	]);
	opening.catch(() => {}); // it was logged as an error, and it goes on trying
	return {
		name: 'redis',
		longest: 1024 * 1024,
		carriesRows: true,
		get ready() {
			return speaker.isReady && listener.isReady;
		},
		// A Redis that is away at the start is no reason to wait.
		opened: Promise.race([opening, new Promise((done) => setTimeout(done, 3_000).unref())]),
		send: (message) => speaker.publish(channel, Buffer.from(message)),
		close: async () => {
			for (const client of [speaker, listener]) client.destroy();
			await Promise.resolve();
		}
	};
}
