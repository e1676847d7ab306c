import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { forgetSession } from '#lib/identity/session-cookie.server.ts';
import { endSession } from '#lib/identity/session.server.ts';
import { knowing } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => {
	knowing(event.locals); // else the cookie would go and the session stay
	if (event.locals.session) await endSession(db(), event.locals.session.sessionId);
	forgetSession(event);
	redirect(303, resolve('/sign-in'));
};
