import { redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { fetchFramework, layDown, readImporting } from '#lib/catalogue/importing.server.ts';
import { requirePasskey } from '#lib/identity/proof.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import { readSettings } from '#lib/server/settings.ts';
import { fail } from '@sveltejs/kit';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals }) =>
	readImporting(db(), { person: await requirePasskey(locals, db()), proof: locals.session });

async function sentBy(event: RequestEvent) {
	const person = await requirePasskey(event.locals, db());
	return { by: { person, proof: event.locals.session, whence: whenceOf(event) }, form: await formOf(event.request) };
}

export const actions: Actions = {
	file: async (event) => {
		const { by, form } = await sentBy(event);
		const file = form.get('file');
		const lay = async () => {
			const bytes = file instanceof File ? await file.bytes() : new Uint8Array();
			return layDown(db(), by, file instanceof File ? file.name : '', bytes);
		};
		const laid = await answer(lay());
		if (isRefused(laid)) return fail(laid.status, { ...laid.data, form: 'file', address: '' });
		redirect(303, `/frameworks/import/${laid}`);
	},
	address: async (event) => {
		const { by, form } = await sentBy(event);
		const address = String(form.get('address') ?? '').slice(0, 2000);
		const found = await answer(fetchFramework(db(), by, address, readSettings().FETCH_HOSTS ?? []));
		if (isRefused(found)) return fail(found.status, { ...found.data, form: 'address', address });
		if ('choices' in found) return { choices: found.choices, form: 'address', address };
		redirect(303, `/frameworks/import/${found.draft}`);
	}
};
