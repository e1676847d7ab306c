import { json, redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { openNotice, readLine } from '#lib/notification/told.server.ts';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

/**
 * Where a notice leads, from the page, from a mail, from a browser's own notice. Following it is reading it: for whoever is signed
 * in and was told it. A program that opens every link of a mail is nobody, and reads nothing. A browser that is about to show a
 * notice asks for its line alone (`accept: application/json`), which is not reading it.
 */
export const GET: RequestHandler = async ({ locals, params, request }) => {
	const person = signedIn(locals);
	if (request.headers.get('accept') === 'application/json') return json(await readLine(db(), person, params.id));
	redirect(303, await openNotice(db(), person, params.id));
};
