import { fail, redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { appointModerator, endModerator, readModerators } from '#lib/discussion/moderators.server.ts';
import { orProve, requirePasskey } from '#lib/identity/proof.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = await requirePasskey(locals, db());
	return { ...(await readModerators(db(), person, params.id, url.searchParams.get('cohort'))), now: new Date() };
};

const back = (id: string, cohort: unknown) =>
	`${resolve('/programs/[id]/moderators', { id })}${typeof cohort === 'string' ? `?cohort=${encodeURIComponent(cohort)}` : ''}`;

export const actions: Actions = {
	appoint: async (event) => {
		const { locals, params, request } = event;
		const by = { person: signedIn(locals), proof: locals.session, whence: whenceOf(event) };
		const form = await formOf(request);
		const asked = { cohortId: form.get('cohort'), personId: form.get('person') };
		const done = await answer(orProve(locals, appointModerator(db(), by, params.id, asked)));
		if (isRefused(done)) return fail(done.status, done.data);
		redirect(303, back(params.id, asked.cohortId));
	},
	end: async (event) => {
		const { locals, params, request } = event;
		const by = { person: signedIn(locals), proof: locals.session, whence: whenceOf(event) };
		const form = await formOf(request);
		const done = await answer(orProve(locals, endModerator(db(), by, form.get('moderator'))));
		if (isRefused(done)) return fail(done.status, done.data);
		redirect(303, back(params.id, form.get('cohort')));
	}
};
