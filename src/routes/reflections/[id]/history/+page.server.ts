import { redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { nameVersion, readHistory } from '#lib/reflection/history.server.ts';
import { rowOf } from '#lib/reflection/row.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const before = url.searchParams.get('before');
	return {
		...(await readHistory(db(), signedIn(locals), params.id, before === null ? null : rowOf(before))),
		before,
		named: url.searchParams.has('named')
	};
};

export const actions: Actions = {
	name: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const form = await formOf(request);
		const name = String(form.get('name') ?? '');
		const number = form.has('number') ? rowOf(form.get('number')) : null;
		const named = await answer(nameVersion(db(), person, params.id, { name, number }));
		if (isRefused(named)) return named;
		redirect(303, `/reflections/${params.id}/history?named`);
	}
};
