import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { publishDraft, readPreview } from '#lib/catalogue/editing.server.ts';
import { requirePasskey } from '#lib/identity/proof.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) =>
	readPreview(db(), await requirePasskey(locals, db()), params.draft);

export const actions: Actions = {
	publish: async (event) => {
		const person = await requirePasskey(event.locals, db());
		const revision = Number((await formOf(event.request)).get('revision'));
		const by = { person, proof: event.locals.session, whence: whenceOf(event) };
		const published = await answer(publishDraft(db(), by, event.params.draft, revision));
		if (isRefused(published)) return published;
		redirect(303, `${resolve('/catalogue/edit')}?did=published`);
	}
};
