import { signedIn } from '#lib/identity/signed-in.server.ts';
import { mayStay } from '#lib/reflection/local-copy.ts';
import { readReflection } from '#lib/reflection/reflection.server.ts';
import { renderUpdate } from '#lib/reflection/render.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, isDataRequest, setHeaders }) => {
	const person = signedIn(locals);
	const reflection = await readReflection(db(), person, params.id);
	// On a shared computer nothing is kept: no copy of the words, and no page.
	setHeaders(mayStay(person, locals.session));
	return {
		person,
		reflection,
		keep: !locals.session?.shared,
		// With a whole page the text travels as HTML, which is drawn from the state; once more in the data would double it.
		text: isDataRequest ? renderUpdate(Buffer.from(reflection.state, 'base64')) : null
	};
};
