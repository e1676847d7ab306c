import { fail, redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { orProve, requirePasskey } from '#lib/identity/proof.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { extendDeadline } from '#lib/program/extension.server.ts';
import { readProgramStacks } from '#lib/progress/program-stacks.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = await requirePasskey(locals, db());
	const now = new Date();
	const found = await readProgramStacks(db(), person, params.id, now);
	return { ...found, now, extended: url.searchParams.has('extended'), published: url.searchParams.has('published') };
};

export const actions: Actions = {
	extend: async (event) => {
		const { locals, params, request } = event;
		const by = { person: signedIn(locals), proof: locals.session, whence: whenceOf(event) };
		const form = await formOf(request);
		const asked = { lastDay: form.get('lastDay'), reason: form.get('reason'), requirement: form.get('requirement') };
		const done = await answer(orProve(locals, extendDeadline(db(), by, params.id, asked)));
		if (isRefused(done)) {
			const text = (one: unknown) => (typeof one === 'string' ? one : '');
			const { lastDay, reason, requirement } = asked;
			return fail(done.status, {
				...done.data,
				lastDay: text(lastDay),
				reason: text(reason),
				requirement: text(requirement)
			});
		}
		redirect(303, `/programs/${params.id}/stacks?extended`);
	}
};
