import { redirect } from '@sveltejs/kit';
import { notFound } from '#lib/errors.ts';
import { browserOf, rememberSession, saysShared } from '#lib/identity/session-cookie.server.ts';
import { signInAsCast } from '#lib/identity/sign-in.server.ts';
import { safeNext } from '#lib/identity/sign-in.ts';
import { formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import { readSettings } from '#lib/server/settings.ts';
import type { RequestHandler } from './$types';

/** One click, or one line of a script: `curl -d email=rosa@wayfellow.example …/sign-in/demo`. */
export const POST: RequestHandler = async (event) => {
	if (!readSettings().DEMO) throw notFound('page');
	const form = await formOf(event.request);
	const session = await signInAsCast(db(), String(form.get('email') ?? ''), browserOf(event, saysShared(form)));
	rememberSession(event, session);
	redirect(303, safeNext(String(form.get('next') ?? '')));
};

export const fallback: RequestHandler = () => {
	throw notFound('page');
};
