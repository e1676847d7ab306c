import { fail, redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { readRetiring, retire } from '#lib/catalogue/editing.server.ts';
import { requirePasskey } from '#lib/identity/proof.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) =>
	readRetiring(db(), await requirePasskey(locals, db()), params.id);

export const actions: Actions = {
	default: async (event) => {
		const person = await requirePasskey(event.locals, db());
		const sent = (await formOf(event.request)).get('reason');
		const reason = typeof sent === 'string' ? sent : '';
		const by = { person, proof: event.locals.session, whence: whenceOf(event) };
		const retired = await answer(retire(db(), by, event.params.id, reason).then(() => ({ retired: true })));
		if (isRefused(retired)) return fail(retired.status, { ...retired.data, reason });
		redirect(303, `${resolve('/catalogue/edit')}?did=retired`);
	}
};
