import { signedIn } from '#lib/identity/signed-in.server.ts';
import { readCaseload } from '#lib/progress/caseload.server.ts';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

/** The stamp of the asker's board, and nothing of what stands on it; empty for whoever looks after nobody. */
export const GET: RequestHandler = async ({ locals }) => {
	const caseload = await readCaseload(db(), signedIn(locals), locals.session, new Date());
	return new Response(caseload?.stamp ?? '', {
		headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }
	});
};
