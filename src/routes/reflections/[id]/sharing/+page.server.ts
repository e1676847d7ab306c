import { fail, redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { freezeReflection } from '#lib/reflection/freeze.server.ts';
import { showPassage, withdrawPassage } from '#lib/reflection/passages.server.ts';
import { readSharing, shareReflection, takeBackReflection } from '#lib/reflection/sharing.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

/** What a form has just done, to be said once more by the page that comes after it. */
const doings = ['shared', 'taken-back', 'shown', 'withdrawn', 'frozen'] as const;

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = signedIn(locals);
	const done = doings.find((doing) => doing === url.searchParams.get('done')) ?? null;
	return { ...(await readSharing(db(), person, params.id)), person, done };
};

/** A page with several forms has to know beside which one the sentence belongs. */
async function beside(
	form: 'who' | 'coach' | 'frozen',
	id: string,
	done: (typeof doings)[number],
	work: Promise<unknown>
) {
	const result = await answer(work);
	if (isRefused(result)) return fail(result.status, { ...result.data, form });
	redirect(303, `/reflections/${id}/sharing?done=${done}#${form}`);
}

const text = (value: FormDataEntryValue | null) => (typeof value === 'string' ? value : '');

export const actions: Actions = {
	share: (event) => {
		const person = signedIn(event.locals);
		const { id } = event.params;
		return beside('who', id, 'shared', shareReflection(db(), person, id, whenceOf(event)));
	},

	takeBack: (event) => {
		const person = signedIn(event.locals);
		const { id } = event.params;
		return beside('who', id, 'taken-back', takeBackReflection(db(), person, id, whenceOf(event)));
	},

	show: async (event) => {
		const person = signedIn(event.locals);
		const { id } = event.params;
		const keys = (await formOf(event.request)).getAll('passage').map(text);
		return beside('coach', id, 'shown', showPassage(db(), person, id, keys, whenceOf(event)));
	},

	withdraw: async (event) => {
		const person = signedIn(event.locals);
		const { id } = event.params;
		const passage = text((await formOf(event.request)).get('passage'));
		return beside('coach', id, 'withdrawn', withdrawPassage(db(), person, id, passage, whenceOf(event)));
	},

	freeze: async (event) => {
		const person = signedIn(event.locals);
		const { id } = event.params;
		const name = text((await formOf(event.request)).get('name'));
		const frozen = await beside('frozen', id, 'frozen', freezeReflection(db(), person, id, name, whenceOf(event)));
		return fail(frozen.status, { ...frozen.data, name });
	}
};
