import { fail, isActionFailure } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { readTimes } from '#lib/identity/first-steps.ts';
import { readFirstSteps, saveTimes } from '#lib/identity/first-steps.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { readChosen } from '#lib/program/choosing-form.ts';
import { changeStack, chooseStacks } from '#lib/program/choosing.server.ts';
import { readChoosing } from '#lib/progress/choosing.server.ts';
import { answer, formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const person = signedIn(locals);
	const { times, remind } = await readFirstSteps(db(), person);
	return { times, remind, places: await readChoosing(db(), person, new Date()) };
};

/** A page with two forms has to know beside which one the sentence belongs. */
function said(form: 'stack' | 'times' | 'change', result: unknown) {
	if (!isActionFailure(result)) return { form, saved: true, message: null };
	const { status, data } = result as unknown as { status: number; data: { message: string } };
	return fail(status, { form, saved: false, message: data.message });
}

export const actions: Actions = {
	chooseStack: async (event) => {
		const person = signedIn(event.locals);
		const chosen = readChosen(await formOf(event.request));
		const made = await answer(chooseStacks(db(), person, chosen, whenceOf(event)));
		return said('stack', made);
	},
	changeStack: async (event) => {
		const person = signedIn(event.locals);
		const form = await formOf(event.request);
		const text = (name: string) => String(form.get(name) ?? '');
		const asked = { programId: text('program'), stackVersionId: text('stack') };
		return said('change', await answer(changeStack(db(), person, asked, whenceOf(event))));
	},
	saveTimes: async ({ locals, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		const saved = await answer((async () => saveTimes(db(), person, readTimes(sent)))());
		return said('times', saved);
	}
};
