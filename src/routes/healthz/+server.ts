import { sql } from 'drizzle-orm';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

/** Patience with the database; whoever asks (a load balancer) usually waits five seconds. */
const patience = 3000;

export const GET: RequestHandler = async () => {
	const late = new Promise<never>((_, reject) => setTimeout(reject, patience, new Error('late')).unref());
	try {
		await Promise.race([db().asService((tx) => tx.execute(sql`select 1`)), late]);
		return new Response('ok', { headers: { 'cache-control': 'no-store' } });
	} catch {
		return new Response('The database does not answer.', { status: 503, headers: { 'cache-control': 'no-store' } });
	}
};
