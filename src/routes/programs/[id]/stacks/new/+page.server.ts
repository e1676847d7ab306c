import { fail, redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { orProve, requirePasskey } from '#lib/identity/proof.server.ts';
import { publishStack } from '#lib/program/stack-publishing.server.ts';
import { readProgramStacks } from '#lib/progress/program-stacks.server.ts';
import { lookAtStack, type Tried } from '#lib/progress/trying.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const person = await requirePasskey(locals, db());
	const { program } = await readProgramStacks(db(), person, params.id, new Date());
	return { program };
};

async function asked(event: RequestEvent) {
	const person = await requirePasskey(event.locals, db());
	const form = await formOf(event.request);
	const stack = form.get('stack');
	const tried = new Map<string, Tried>();
	for (const [name, value] of form)
		if (name.startsWith('has ') && (value === 'submitted' || value === 'earned')) tried.set(name.slice(4), value);
	const by = { person, proof: event.locals.session, whence: whenceOf(event) };
	return { by, text: typeof stack === 'string' ? stack : '', tried };
}

export const actions: Actions = {
	look: async (event) => {
		const { by, text, tried } = await asked(event);
		const look = lookAtStack(db(), by, event.params.id, text, tried, new Date()).then((found) => ({
			look: found,
			text
		}));
		const done = await answer(orProve(event.locals, look));
		return isRefused(done) ? fail(done.status, { ...done.data, text }) : done;
	},
	publish: async (event) => {
		const { by, text } = await asked(event);
		const done = await answer(orProve(event.locals, publishStack(db(), by, event.params.id, text)));
		if (isRefused(done)) return fail(done.status, { ...done.data, text });
		redirect(303, `/programs/${event.params.id}/stacks?published`);
	}
};
