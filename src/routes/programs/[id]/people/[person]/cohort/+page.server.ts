import { fail, redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { moveToCohort, readMove } from '#lib/discussion/moving.server.ts';
import { orProve, requirePasskey } from '#lib/identity/proof.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = await requirePasskey(locals, db());
	const found = await readMove(db(), person, params.id, params.person, url.searchParams.get('to'));
	return { ...found, moved: url.searchParams.has('moved'), now: new Date() };
};

export const actions: Actions = {
	default: async (event) => {
		const { locals, params, request } = event;
		const by = { person: signedIn(locals), proof: locals.session, whence: whenceOf(event) };
		const form = await formOf(request);
		const asked = { cohortId: form.get('to'), reason: form.get('reason') };
		const done = await answer(orProve(locals, moveToCohort(db(), by, params.id, params.person, asked)));
		if (isRefused(done))
			return fail(done.status, { ...done.data, reason: typeof asked.reason === 'string' ? asked.reason : '' });
		redirect(
			303,
			`${resolve('/programs/[id]/people/[person]/cohort', { id: params.id, person: params.person })}?moved`
		);
	}
};
