import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { leaveProgram, readBelonging } from '#lib/own-data/leaving.server.ts';
import { answer, formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, params }) => readBelonging(db(), signedIn(locals), params.program);

export const actions: Actions = {
	default: async (event) => {
		const person = signedIn(event.locals);
		const sure = (await formOf(event.request)).get('sure') === 'yes';
		const left = await answer(leaveProgram(db(), person, event.params.program, sure, whenceOf(event)));
		if (!('left' in left)) return left;
		redirect(303, resolve('/account/data'));
	}
};
