import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { mayFetchCopy, zipOf } from '#lib/own-data/copy.server.ts';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

/** The copy that was asked for on the page before. */
export const GET: RequestHandler = async ({ locals }) => {
	const person = signedIn(locals);
	const now = new Date();
	if (!(await mayFetchCopy(db(), person, now))) redirect(303, resolve('/account/data'));
	return new Response(zipOf(db(), person, now), {
		headers: {
			'content-type': 'application/zip',
			'content-disposition': `attachment; filename="wayfellow-copy-${now.toISOString().slice(0, 10)}.zip"`
		}
	});
};
