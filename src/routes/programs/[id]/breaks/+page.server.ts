import { fail, redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { orProve, requirePasskey } from '#lib/identity/proof.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { addBreak, readProgramBreaks, takeBreakAway } from '#lib/program/breaks.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = await requirePasskey(locals, db());
	return {
		...(await readProgramBreaks(db(), person, params.id)),
		now: new Date(),
		added: url.searchParams.has('added')
	};
};

const text = (one: unknown) => (typeof one === 'string' ? one : '');

export const actions: Actions = {
	add: async (event) => {
		const { locals, params, request } = event;
		const by = { person: signedIn(locals), proof: locals.session, whence: whenceOf(event) };
		const form = await formOf(request);
		const asked = { name: form.get('name'), firstDay: form.get('firstDay'), lastDay: form.get('lastDay') };
		const done = await answer(orProve(locals, addBreak(db(), by, params.id, asked)));
		if (isRefused(done)) {
			const typed = { name: text(asked.name), firstDay: text(asked.firstDay), lastDay: text(asked.lastDay) };
			return fail(done.status, { ...done.data, ...typed });
		}
		redirect(303, `/programs/${params.id}/breaks?added`);
	},
	takeAway: async (event) => {
		const { locals, params, request } = event;
		const by = { person: signedIn(locals), proof: locals.session, whence: whenceOf(event) };
		const form = await formOf(request);
		const done = await answer(orProve(locals, takeBreakAway(db(), by, params.id, form.get('break'))));
		return isRefused(done) ? done : { takenAway: done };
	}
};
