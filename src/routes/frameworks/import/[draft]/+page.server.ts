import { redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { discardDraft, importDraft, readDraft } from '#lib/catalogue/importing.server.ts';
import { requirePasskey } from '#lib/identity/proof.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) =>
	readDraft(db(), { person: await requirePasskey(locals, db()), proof: locals.session }, params.draft);

export const actions: Actions = {
	import: async (event) => {
		const person = await requirePasskey(event.locals, db());
		const seen = String((await formOf(event.request)).get('seen') ?? '');
		const by = { person, proof: event.locals.session, whence: whenceOf(event) };
		const imported = await answer(importDraft(db(), by, event.params.draft, seen));
		if (isRefused(imported)) return imported;
		redirect(303, `/frameworks/${imported}?imported`);
	},
	discard: async (event) => {
		const person = await requirePasskey(event.locals, db());
		await discardDraft(db(), { person }, event.params.draft);
		redirect(303, '/frameworks/import');
	}
};
