import { redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { haveRead, readDifference } from '#lib/reflection/history.server.ts';
import { rowOf } from '#lib/reflection/row.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, params, url }) => {
	const [from, to] = ['from', 'to'].map((end) => url.searchParams.get(end));
	return readDifference(db(), signedIn(locals), params.id, {
		from: from === null || from === 'last' ? 'last' : rowOf(from),
		to: to === null ? null : rowOf(to)
	});
};

export const actions: Actions = {
	read: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const form = await formOf(request);
		const read = await answer(haveRead(db(), person, params.id, rowOf(form.get('number'))));
		if (isRefused(read)) return read;
		redirect(303, `/reflections/${params.id}`);
	}
};
