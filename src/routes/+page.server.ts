import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { owesFirstSteps } from '#lib/identity/first-steps.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { readHome } from '#lib/progress/home.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

/** Who was led to the first steps since this browser was opened. */
const led = 'first-steps';

export const load: PageServerLoad = async ({ locals, cookies, url }) => {
	const person = signedIn(locals);
	if (cookies.get(led) !== person.id && (await owesFirstSteps(db(), person))) {
		// Once, and again when the browser was closed in between: whoever goes home from there stays home.
		cookies.set(led, person.id, { path: '/', httpOnly: true, sameSite: 'lax', secure: url.protocol === 'https:' });
		redirect(303, resolve('/welcome'));
	}
	return readHome(db(), person, locals.session, new Date());
};
