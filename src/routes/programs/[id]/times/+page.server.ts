import { redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { orProve, requirePasskey } from '#lib/identity/proof.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { readProgramTimes, setProgramTimes, setWorkShare } from '#lib/meeting/contact.server.ts';
import { readShareAsked, readTimesAsked } from '#lib/meeting/program-times.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = await requirePasskey(locals, db());
	return { ...(await readProgramTimes(db(), person, params.id)), done: url.searchParams.get('done') };
};

export const actions: Actions = {
	setTimes: async (event) => {
		const { locals, params, request } = event;
		const by = { person: signedIn(locals), proof: locals.session, whence: whenceOf(event) };
		const form = await formOf(request);
		const work = async () => setProgramTimes(db(), by, params.id, readTimesAsked(form));
		const done = await answer(orProve(locals, work()));
		if (isRefused(done)) return done;
		redirect(303, `/programs/${params.id}/times?done=times`);
	},
	setShare: async (event) => {
		const { locals, params, request } = event;
		const by = { person: signedIn(locals), proof: locals.session, whence: whenceOf(event) };
		const form = await formOf(request);
		const work = async () => setWorkShare(db(), by, params.id, readShareAsked(form));
		const done = await answer(orProve(locals, work()));
		if (isRefused(done)) return done;
		redirect(303, `/programs/${params.id}/times?done=share`);
	}
};
