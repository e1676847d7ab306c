import { fail, redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { endMark, makeMark, readMarks } from '#lib/progress/marks.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = signedIn(locals);
	const now = new Date();
	const found = await readMarks(db(), person, locals.session, params.id, now);
	return { ...found, now, kept: url.searchParams.has('kept') };
};

const text = (one: unknown) => (typeof one === 'string' ? one : '');

export const actions: Actions = {
	keep: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const form = await formOf(request);
		const asked = { kind: form.get('kind'), words: form.get('words'), until: form.get('until') };
		const done = await answer(makeMark(db(), person, locals.session, params.id, asked, new Date()));
		if (isRefused(done)) {
			const typed = { kind: text(asked.kind), words: text(asked.words), until: text(asked.until) };
			return fail(done.status, { ...done.data, ...typed });
		}
		redirect(303, `/pairs/${params.id}/notes?kept`);
	},
	end: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const form = await formOf(request);
		const done = await answer(endMark(db(), person, params.id, form.get('mark'), new Date()));
		if (isRefused(done)) return done;
		redirect(303, `/pairs/${params.id}/notes`);
	}
};
