import { fail, redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { bringIn, lookAtFile, readDesk } from '#lib/catalogue/editing.server.ts';
import { requirePasskey } from '#lib/identity/proof.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const desk = await readDesk(db(), await requirePasskey(locals, db()));
	return { issuers: desk.map(({ issuer }) => issuer), chosen: url.searchParams.get('issuer') };
};

async function asked(event: RequestEvent) {
	const person = await requirePasskey(event.locals, db());
	const form = await formOf(event.request);
	const file = form.get('file');
	const pasted = form.get('text');
	const text = file instanceof File && file.size > 0 ? await file.text() : typeof pasted === 'string' ? pasted : '';
	const issuer = form.get('issuer');
	return {
		person,
		by: { person, proof: event.locals.session, whence: whenceOf(event) },
		issuer: typeof issuer === 'string' ? issuer : '',
		// A file may hold what no form of text may.
		text: text.replaceAll('\0', '')
	};
}

export const actions: Actions = {
	look: async (event) => {
		const { person, issuer, text } = await asked(event);
		const looked = await answer(lookAtFile(db(), person, issuer, text).then((file) => ({ file })));
		return isRefused(looked) ? fail(looked.status, { ...looked.data, text, issuer }) : { ...looked, text, issuer };
	},
	keep: async (event) => {
		const { by, issuer, text } = await asked(event);
		const kept = await answer(bringIn(db(), by, issuer, text).then((draft) => ({ draft })));
		if (isRefused(kept)) return fail(kept.status, { ...kept.data, text, issuer });
		redirect(303, `${resolve('/catalogue/edit/[draft]', { draft: kept.draft })}?did=saved`);
	}
};
