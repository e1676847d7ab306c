/** Whether this process should be sent anybody: it has not been told to stop, and the database answers. */
import { sql } from 'drizzle-orm';
import { db } from './current.ts';

/** Patience with the database; whoever asks (a load balancer) usually waits five seconds. */
const patience = 3000;

/** On `globalThis`: whoever hears the signal and whoever answers may be two copies of this module in development. */
const key = Symbol.for('wayfellow.stopping');
const shelf = globalThis as { [key]?: boolean };

/** From now on nobody new should be sent here. */
export function startStopping(): void {
	shelf[key] = true;
}

let asking: Promise<string | null> | undefined;

/** Many who ask at once get one answer: these addresses are open to all. @returns null when all is well, or why not in a sentence */
export async function whyNotReady(): Promise<string | null> {
	if (shelf[key]) return 'The server is stopping.';
	return (asking ??= askDatabase().finally(() => (asking = undefined)));
}

async function askDatabase(): Promise<string | null> {
	const late = new Promise<never>((_, reject) => setTimeout(reject, patience, new Error('late')).unref());
	try {
		await Promise.race([db().asService((tx) => tx.execute(sql`select 1`)), late]);
		return null;
	} catch {
		return 'The database does not answer.';
	}
}
