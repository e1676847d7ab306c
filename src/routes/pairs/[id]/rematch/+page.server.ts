import { fail, redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { orProve, requirePasskey } from '#lib/identity/proof.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { rematch } from '#lib/pairing/life.server.ts';
import { readRematching } from '#lib/pairing/mentors.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const person = await requirePasskey(locals, db());
	return orProve(locals, readRematching(db(), person, locals.session, params.id));
};

export const actions: Actions = {
	rematch: async (event) => {
		const { locals, params, request } = event;
		const by = { person: signedIn(locals), proof: locals.session, whence: whenceOf(event) };
		const form = await formOf(request);
		const text = (name: string) => {
			const value = form.get(name);
			return typeof value === 'string' ? value : '';
		};
		const asked = { mentorId: text('mentor'), reason: text('ending'), override: text('override') };
		const done = await answer(orProve(locals, rematch(db(), by, params.id, asked)));
		if (isRefused(done)) return fail(done.status, { ...done.data, ...asked });
		redirect(303, `/pairs/${done.pairId}`);
	}
};
