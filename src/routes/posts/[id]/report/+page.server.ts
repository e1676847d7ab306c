import { fail, redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { readReport, reportPost } from '#lib/discussion/moderation.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, params }) => readReport(db(), signedIn(locals), params.id);

export const actions: Actions = {
	default: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const form = await formOf(request);
		const asked = { reason: form.get('reason'), words: form.get('words') };
		const done = await answer(reportPost(db(), person, params.id, asked));
		const typed = (value: unknown) => (typeof value === 'string' ? value : '');
		if (isRefused(done))
			return fail(done.status, { ...done.data, reason: typed(asked.reason), words: typed(asked.words) });
		redirect(303, resolve('/posts/[id]/report', { id: params.id }));
	}
};
