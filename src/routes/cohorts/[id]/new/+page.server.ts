import { fail, redirect } from '@sveltejs/kit';
import { uuidv7 } from 'uuidv7';
import { resolve } from '$app/paths';
import { readNewThread } from '#lib/discussion/cohorts.server.ts';
import { kindOf } from '#lib/discussion/kinds.ts';
import { listLoose, takeFiles } from '#lib/discussion/files.server.ts';
import { askNameless, readNamelessOffer } from '#lib/discussion/nameless.server.ts';
import { openThread } from '#lib/discussion/posting.server.ts';
import { byAnother, filesIn, postIn, somebodyElse, typedIn } from '#lib/discussion/sent.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = signedIn(locals);
	const found = await readNewThread(db(), person, params.id);
	const asked = url.searchParams.get('competency');
	return {
		...found,
		nameless: await readNamelessOffer(db(), person, params.id),
		competency: found.competencies.find(({ id }) => id === asked)?.id ?? null,
		kind: kindOf(url.searchParams.get('kind')),
		form: uuidv7(),
		keeps: !locals.session?.shared
	};
};

export const actions: Actions = {
	default: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		if (byAnother(sent, person)) return fail(401, somebodyElse);
		let files: string[] = [];
		const asked = {
			...postIn(sent),
			cohortId: params.id,
			microcredentialId: sent.get('competency'),
			kind: sent.get('kind'),
			title: sent.get('title')
		};
		const typed = () => typedIn(sent, 'competency', 'kind', 'title', 'form', 'nameless');
		if (sent.get('nameless') === 'yes') {
			const more = { files: filesIn(sent), sure: sent.get('sure') === 'yes' };
			const done = await answer(askNameless(db(), person, { ...asked, ...more }));
			if (isRefused(done)) return fail(done.status, { ...done.data, typed: typed(), files: [] });
			redirect(303, `${resolve('/cohorts/without-a-name')}?asked`);
		}
		const done = await answer(
			(async () => {
				files = await takeFiles(db(), person, { cohortId: params.id }, sent);
				return openThread(db(), person, { ...asked, files });
			})()
		);
		if (isRefused(done))
			return fail(done.status, {
				...done.data,
				typed: typed(),
				files: await listLoose(db(), person, files)
			});
		const unheard = done.said.length > 0 ? '?named=1' : '';
		redirect(303, `${resolve('/threads/[id]', { id: done.threadId })}${unheard}#post-1`);
	}
};
