import { readFile } from '#lib/counts/counts.server.ts';
import { requirePasskey } from '#lib/identity/proof.server.ts';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

/** What may leave the program, as a file. */
export const GET: RequestHandler = async ({ locals, params, url }) => {
	const person = await requirePasskey(locals, db());
	const { name, text } = await readFile(db(), person, params.id, url.searchParams.get('place') || null);
	return new Response(text, {
		headers: {
			'content-type': 'text/csv; charset=utf-8; header=present',
			'content-disposition': `attachment; filename="${name}"`
		}
	});
};
