import { fail, redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import {
	changeThread,
	type Done,
	hidePost,
	keepPost,
	moveThread,
	readThreadModeration,
	showPost,
	type ThreadAct,
	warnAuthor
} from '#lib/discussion/moderation.server.ts';
import { toldThread } from '#lib/discussion/news.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => ({
	...(await readThreadModeration(db(), signedIn(locals), params.id, url.searchParams.get('post'))),
	now: new Date()
});

type Asking = { person: ReturnType<typeof signedIn>; form: FormData };

/** Asks one verb, wakes open pages, and puts a broken rule beside the form that asked. */
async function act({ locals, request }: RequestEvent, which: string, work: (asking: Asking) => Promise<Done>) {
	const person = signedIn(locals);
	const form = await formOf(request);
	const done = await answer(work({ person, form }));
	if (isRefused(done)) {
		const reason = form.get('reason');
		return fail(done.status, { ...done.data, which, reason: typeof reason === 'string' ? reason : '' });
	}
	toldThread(done.threadId);
	redirect(303, resolve('/cohorts/[id]/moderation', { id: done.cohortId }));
}

const ofThread = (what: ThreadAct) => (event: RequestEvent) =>
	act(event, what, ({ person, form }) => changeThread(db(), person, event.params.id, what, form.get('reason')));

export const actions: Actions = {
	hidePost: (event) =>
		act(event, 'hidePost', ({ person, form }) => hidePost(db(), person, form.get('post'), form.get('reason'))),
	showPost: (event) =>
		act(event, 'showPost', ({ person, form }) => showPost(db(), person, form.get('post'), form.get('reason'))),
	warn: (event) =>
		act(event, 'warn', ({ person, form }) => warnAuthor(db(), person, form.get('post'), form.get('reason'))),
	keep: (event) => act(event, 'keep', ({ person, form }) => keepPost(db(), person, form.get('post'))),
	hide: (event) => ofThread('hide')(event),
	show: (event) => ofThread('show')(event),
	lock: (event) => ofThread('lock')(event),
	unlock: (event) => ofThread('unlock')(event),
	move: (event) =>
		act(event, 'move', ({ person, form }) =>
			moveThread(db(), person, event.params.id, {
				microcredentialId: form.get('competency'),
				reason: form.get('reason')
			})
		)
};
