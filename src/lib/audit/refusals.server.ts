/** Writing down that somebody tried what they may not do, without making anybody wait and without letting anybody flood it. */
import type { Database } from '#lib/server/database.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { record } from './audit.server.ts';
import type { Whence } from './event.ts';

const minute = 60_000;
/** People and routes remembered within one minute. Beyond it nothing is written until the minute is over. */
const mostRemembered = 10_000;

/** Which person, at which route, was written down in the minute that runs. */
let since = 0;
let seen = new Set<string>();

export type Tried = { personId: string; route: string | null; method: string; whence: Whence };

/**
 * Writes down a refused try, at most one per person, route and minute in each process. Nobody waits for it: the refusal
 * is answered at once, and a database that is away loses the note and nothing else.
 * @returns when it is written, for tests
 */
export async function noteRefusal(db: Database, tried: Tried, now = Date.now()): Promise<void> {
	const { personId, route, method, whence } = tried;
	if (now - since >= minute || now < since) {
		since = now;
		seen = new Set();
	}
	const key = `${personId} ${route}`;
	if (seen.has(key) || seen.size >= mostRemembered) return;
	seen.add(key);
	try {
		// Its own transaction, as the product: the one in which it was refused is gone.
		await db.asService((tx) =>
			record(tx, { kind: 'not-allowed', person: personId, by: personId, whence, about: { route, method } })
		);
	} catch (error) {
		log('refusal-not-recorded', traceOf(error));
	}
}
