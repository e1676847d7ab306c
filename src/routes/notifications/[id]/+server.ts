import { redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { openNotice } from '#lib/notification/told.server.ts';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

/**
 * Where a notice leads, from the page, from a mail, from a browser's own notice. Following it is reading it: for whoever is signed
 * in and was told it. A program that opens every link of a mail is nobody, and reads nothing.
 */
export const GET: RequestHandler = async ({ locals, params }) =>
	redirect(303, await openNotice(db(), signedIn(locals), params.id));
