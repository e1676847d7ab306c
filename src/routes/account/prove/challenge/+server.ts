import { json } from '@sveltejs/kit';
import { askToProve, siteOf } from '#lib/identity/passkey.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ locals, url }) =>
	json(await askToProve(db(), signedIn(locals), siteOf(url)));
