import { readFeed } from '#lib/meeting/feed.server.ts';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

/** No cookie is looked at: a calendar program has none, and whoever knows the address is let in by it. */
export const GET: RequestHandler = async ({ params }) =>
	new Response(await readFeed(db(), params.feed.replace(/\.ics$/, '')), {
		headers: {
			'content-type': 'text/calendar; charset=utf-8',
			'content-disposition': 'inline; filename="wayfellow.ics"',
			'cache-control': 'private, no-store',
			'x-robots-tag': 'noindex'
		}
	});
