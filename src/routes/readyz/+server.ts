import { whyNotReady } from '#lib/server/health.ts';
import type { RequestHandler } from './$types';

/** Whether to send people here. */
export const GET: RequestHandler = async () => {
	const why = await whyNotReady();
	return new Response(why ?? 'ok', { status: why ? 503 : 200, headers: { 'cache-control': 'no-store' } });
};
