import { readWays, rememberWays } from '#lib/identity/provider-cookie.server.ts';
import { beginSignIn, readProvider } from '#lib/identity/provider.server.ts';
import { isReason, reasons } from '#lib/identity/provider.ts';
import { saysShared } from '#lib/identity/session-cookie.server.ts';
import { safeNext } from '#lib/identity/sign-in.ts';
import { answer, formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import { ownOrigin } from '#lib/server/origin.ts';
import type { Actions, PageServerLoad } from './$types';

/** Where a button of the sign-in page leads, and where whoever did not come in is told why. */
export const load: PageServerLoad = ({ params, url }) => {
	const { key, name } = readProvider(params.provider);
	const because = url.searchParams.get('because');
	return {
		provider: { key, name },
		next: safeNext(url.searchParams.get('next')),
		/** What was said a step before. */
		shared: url.searchParams.get('shared') === 'yes',
		because: isReason(because) ? because : null,
		sentence: isReason(because) ? reasons[because](name) : null
	};
};

export const actions: Actions = {
	default: async (event) => {
		const provider = readProvider(event.params.provider);
		const form = await formOf(event.request);
		const way = await answer(
			beginSignIn(db(), {
				provider,
				origin: ownOrigin(event.url),
				ways: readWays(event),
				next: String(form.get('next') ?? ''),
				shared: saysShared(form)
			})
		);
		if (!('ways' in way)) return way;
		rememberWays(event, way.ways);
		return { onTheWay: way.address };
	}
};
