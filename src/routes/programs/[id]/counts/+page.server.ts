import { redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { countNow, readCounts } from '#lib/counts/counts.server.ts';
import { orProve, requirePasskey } from '#lib/identity/proof.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { answer, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

const askedOf = (url: URL) => ({
	place: url.searchParams.get('place') || null,
	search: url.searchParams.get('q')?.trim().slice(0, 100) || null,
	after: url.searchParams.get('after') || null
});

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = await requirePasskey(locals, db());
	const asked = askedOf(url);
	return { ...(await readCounts(db(), person, params.id, asked)), asked };
};

export const actions: Actions = {
	count: async (event) => {
		const { locals, params, url } = event;
		const by = { person: signedIn(locals), proof: locals.session, whence: whenceOf(event) };
		const done = await answer(orProve(locals, countNow(db(), by, params.id)));
		if (isRefused(done)) return done;
		const { place } = askedOf(url);
		redirect(303, `/programs/${params.id}/counts${place ? `?${new URLSearchParams({ place })}` : ''}`);
	}
};
