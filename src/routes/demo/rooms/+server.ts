import { json } from '@sveltejs/kit';
import { notFound } from '#lib/errors.ts';
import { cookieName } from '#lib/identity/session.ts';
import { formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import { readSettings } from '#lib/server/settings.ts';
import type { RequestHandler } from './$types';

/** New pairs with an empty reflection each, for clients that are not ours: `curl -d count=2 …/demo/rooms`. */
export const POST: RequestHandler = async ({ request, url }) => {
	if (!readSettings().DEMO) throw notFound('page');
	const count = String((await formOf(request)).get('count') ?? '');
	// Only in demo: the product itself carries no seeds around.
	const { openRooms } = await import('../../../seed/rooms.server.ts');
	const rooms = await openRooms(db(), /^\d+$/.test(count) ? Number(count) : NaN);
	const cookie = (value: string) => `${cookieName(url.protocol === 'https:')}=${value}`;
	return json(
		rooms.map(({ reflectionId, teacher, mentor }) => ({
			room: reflectionId,
			teacherCookie: cookie(teacher),
			mentorCookie: cookie(mentor)
		})),
		{ headers: { 'cache-control': 'no-store' } }
	);
};

export const fallback: RequestHandler = () => {
	throw notFound('page');
};
