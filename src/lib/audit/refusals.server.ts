/** Writing down that somebody tried what they may not do, without making anybody wait and without letting anybody flood it. */
import type { RefusalReason } from '#lib/errors.ts';
import type { Database } from '#lib/server/database.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { record } from './audit.server.ts';
import type { AuditKind, Whence } from './event.ts';

const minute = 60_000;
const hour = 60 * minute;
/** Somebody who tries every door of the product in an hour tries fewer; whoever tries more is known by then. */
const mostInAnHour = 60;
/** People remembered within an hour. Beyond it nothing is written until the hour is over. */
const mostRemembered = 10_000;

/** What was written down of each person in the hour that runs: how much, and when last at which route. */
let since = 0;
let noted = new Map<string, { count: number; at: Map<string, number> }>();

/**
 * What is written down, and as what. What is not there and what is somebody else's are answered alike, so they are
 * written down alike too. A manager who is first led to their passkey was refused nothing.
 */
const kindOf = {
	'not-allowed': 'not-allowed',
	unproven: 'not-allowed',
	'not-found': 'not-found'
} as const satisfies Partial<Record<RefusalReason, AuditKind>>;

export type Tried = { personId: string; route: string | null; method: string; whence: Whence; reason: RefusalReason };

/**
 * Writes down a refused try, for each person at most one per route and minute and sixty an hour, in each process. Nobody
 * waits for it: the refusal is answered at once, and a database that is away loses the note and nothing else. A broken
 * rule is no try of this kind, and is not written down.
 * @returns when it is written, for tests
 */
export async function noteRefusal(db: Database, tried: Tried, now = Date.now()): Promise<void> {
	const { personId, route, method, whence, reason } = tried;
	if (!(reason in kindOf)) return;
	const kind = kindOf[reason as keyof typeof kindOf];
	if (now - since >= hour || now < since) {
		since = now;
		noted = new Map();
	}
	const known = noted.get(personId);
	if (!known && noted.size >= mostRemembered) return;
	const mine = known ?? { count: 0, at: new Map<string, number>() };
	noted.set(personId, mine);
	const last = mine.at.get(`${kind} ${route}`);
	if (mine.count >= mostInAnHour || (last !== undefined && now - last < minute)) return;
	mine.count++;
	mine.at.set(`${kind} ${route}`, now);
	if (mine.count === mostInAnHour) log('many-refusals', { personId });
	try {
		// Its own transaction, as the product: the one in which it was refused is gone.
		await db.asService((tx) => record(tx, { kind, person: personId, by: personId, whence, about: { route, method } }));
	} catch (error) {
		log('refusal-not-recorded', traceOf(error));
	}
}
