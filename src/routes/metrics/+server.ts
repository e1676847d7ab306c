import { newsMetrics } from '#lib/discussion/news-metrics.server.ts';
import { notFound } from '#lib/errors.ts';
import { metrics } from '#lib/reflection/live/metrics.server.ts';
import { isBearer } from '#lib/server/bearer.ts';
import { readSettings } from '#lib/server/settings.ts';
import type { RequestHandler } from './$types';

/** For Prometheus, who shows METRICS_TOKEN. Without one there is no such address: it stands on the internet. */
export const GET: RequestHandler = async ({ request }) => {
	const { METRICS_TOKEN } = readSettings();
	if (!METRICS_TOKEN) throw notFound('page');
	const headers = { 'cache-control': 'no-store' };
	if (!isBearer(request.headers.get('authorization'), METRICS_TOKEN))
		return new Response('These figures need the token that METRICS_TOKEN holds.', {
			status: 401,
			headers: { ...headers, 'www-authenticate': 'Bearer' }
		});
	const figures = await Promise.all([metrics.read(), newsMetrics.read()]);
	return new Response(figures.join('\n'), { headers: { ...headers, 'content-type': metrics.contentType } });
};
