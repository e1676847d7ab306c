import { json } from '@sveltejs/kit';
import { challengeLife } from '#lib/identity/passkey.ts';
import { askToSignIn, siteOf } from '#lib/identity/passkey.server.ts';
import { rememberChallenge } from '#lib/identity/session-cookie.server.ts';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => {
	const { requestId, options } = await askToSignIn(db(), siteOf(event.url));
	rememberChallenge(event, requestId, challengeLife / 1000);
	return json(options);
};
