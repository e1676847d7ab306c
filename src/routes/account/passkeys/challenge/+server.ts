import { json } from '@sveltejs/kit';
import { askToAdd, holderOf, siteOf } from '#lib/identity/passkey.server.ts';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => json(await askToAdd(db(), holderOf(event), siteOf(event.url)));
