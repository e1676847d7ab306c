import { json } from '@sveltejs/kit';
import { readChanges } from '#lib/discussion/threads.server.ts';
import { Refusal } from '#lib/errors.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

/** What has changed in a thread since the version that an open page has. */
export const GET: RequestHandler = async ({ locals, params, url }) => {
	const person = signedIn(locals);
	const asked = url.searchParams.get('since') ?? '';
	// Fifteen digits are more changes than a thread will ever have, and no more than a number holds.
	if (!/^\d{1,15}$/.test(asked))
		throw new Refusal('rule', 'This address does not say since when. Please go back and load the page again.');
	return json(await readChanges(db(), person, params.id, Number(asked)), { headers: { 'cache-control': 'no-store' } });
};
