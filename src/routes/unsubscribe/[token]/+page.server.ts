import { fail } from '@sveltejs/kit';
import { scopeWords } from '#lib/notification/notice-mail.ts';
import { readStop, useStop } from '#lib/notification/unsubscribe.server.ts';
import { smallFormOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

/** No cookie is looked at: whoever has the mail may stop its kind. Opening the address changes nothing. */
export const load: PageServerLoad = async ({ params, setHeaders, locals }) => {
	// Whoever is signed in has it set already.
	if (!locals.person && !locals.away) setHeaders({ 'cache-control': 'no-store' });
	const { scope, isStopped } = await readStop(db(), params.token);
	return { what: scopeWords[scope], isStopped };
};

/** Bytes: one field, in the wrapping of a multipart form. */
const longestPress = 4_096;

export const actions: Actions = {
	/** RFC 8058: a mail program sends this one field, without a cookie and from no page of ours. */
	default: async ({ params, request }) => {
		const form = await smallFormOf(request, longestPress);
		if (!form) return fail(413, { message: 'That is much more than a mail program sends, so nothing was changed.' });
		const stops = form.get('List-Unsubscribe') === 'One-Click';
		if (!stops && form.get('again') !== 'yes')
			return fail(422, { message: 'That was sent without saying what to do, so nothing was changed.' });
		await useStop(db(), params.token, stops);
		return { message: null };
	}
};
