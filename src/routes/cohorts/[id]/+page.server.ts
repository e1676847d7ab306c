import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { readCohort } from '#lib/discussion/cohorts.server.ts';
import { readPeople } from '#lib/discussion/people.server.ts';
import { markAllRead } from '#lib/discussion/reading.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { mayStay } from '#lib/reflection/local-copy.ts';
import { formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url, setHeaders }) => {
	const person = signedIn(locals);
	const asked = Object.fromEntries(['competency', 'kind', 'page'].map((name) => [name, url.searchParams.get(name)]));
	const found = await readCohort(db(), person, params.id, asked);
	const people = await readPeople(db(), person, params.id);
	const part = people.find(({ id }) => id === person.id)?.part;
	// What coaches and moderators see of others stays on no device.
	if (url.search === '' && (part === 'teacher' || part === 'mentor')) setHeaders(mayStay(person, locals.session));
	return { ...found, people, now: new Date() };
};

export const actions: Actions = {
	read: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const competency = (await formOf(request)).get('competency');
		await markAllRead(db(), person, params.id, competency);
		const here = resolve('/cohorts/[id]', { id: params.id });
		redirect(
			303,
			typeof competency === 'string' && competency ? `${here}?competency=${encodeURIComponent(competency)}` : here
		);
	}
};
