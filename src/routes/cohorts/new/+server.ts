import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { aboutReflection } from '#lib/discussion/people.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

/** From a reflection to a new thread about its competency. Nothing of the text comes along: only where to ask, and about what. */
export const GET: RequestHandler = async ({ locals, url }) => {
	const about = await aboutReflection(db(), signedIn(locals), url.searchParams.get('reflection'));
	redirect(
		303,
		about
			? `${resolve('/cohorts/[id]/new', { id: about.cohortId })}?competency=${about.microcredentialId}`
			: resolve('/cohorts')
	);
};
