import { fail, redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { draftWords, reachKinds } from '#lib/progress/reach-words.ts';
import { reachOut, readReaching } from '#lib/progress/reach.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = signedIn(locals);
	const now = new Date();
	const found = await readReaching(db(), person, locals.session, params.id, now);
	const kind = reachKinds.find((one) => one === url.searchParams.get('kind')) ?? 'nudge';
	const to = kind === 'rematch' ? 'teacher' : 'both';
	return { ...found, now, kind, to, draft: draftWords[kind], done: url.searchParams.has('sent') };
};

const text = (one: unknown) => (typeof one === 'string' ? one : '');

export const actions: Actions = {
	default: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const form = await formOf(request);
		const asked = {
			kind: form.get('kind'),
			to: form.get('to'),
			words: form.get('words'),
			day: form.get('day'),
			clock: form.get('clock'),
			minutes: form.get('minutes')
		};
		const done = await answer(reachOut(db(), person, locals.session, params.id, asked, new Date()));
		if (isRefused(done)) {
			const { to, words, day, clock, minutes } = asked;
			const typed = { to: text(to), words: text(words), day: text(day), clock: text(clock), minutes: text(minutes) };
			return fail(done.status, { ...done.data, ...typed });
		}
		redirect(303, `/pairs/${params.id}/reach-out?sent`);
	}
};
