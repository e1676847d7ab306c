import { news } from '#lib/discussion/news.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import type { RequestHandler } from './$types';

const headers = {
	'content-type': 'text/event-stream; charset=utf-8',
	// Whoever compresses on the way would wait for more to press.
	'cache-control': 'no-store, no-transform',
	// nginx, and those who do as it does, hand on what comes at once.
	'x-accel-buffering': 'no'
};

/** Tells an open page, in numbers, that its thread has changed and how many people are here, for as long as they may read it. */
export const GET: RequestHandler = async ({ locals, params, request, platform }) => {
	const { id: personId } = signedIn(locals);
	const holder = { personId, sessionId: locals.session!.sessionId, threadId: params.id };
	const stream = await news().open(holder, request.signal, () => platform?.req.socket.destroy());
	if (request.method === 'HEAD') {
		await stream.body.cancel();
		return new Response(null, { headers });
	}
	return new Response(stream.body, { headers });
};
