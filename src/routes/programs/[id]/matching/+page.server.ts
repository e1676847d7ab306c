import { fail, redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { orProve, requirePasskey } from '#lib/identity/proof.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import {
	changePlan,
	discardPlan,
	enterFacts,
	planMatching,
	proposePlan,
	readMatching,
	setWeights
} from '#lib/pairing/matching.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = await requirePasskey(locals, db());
	const search = url.searchParams.get('name')?.trim().slice(0, 100) || null;
	return { ...(await readMatching(db(), person, params.id, search)), search, done: url.searchParams.get('done') };
};

const text = (form: FormData, name: string) => {
	const value = form.get(name);
	return typeof value === 'string' ? value : '';
};

async function act<T>(
	event: RequestEvent,
	which: string,
	work: (by: Parameters<typeof planMatching>[1], form: FormData) => Promise<T>
) {
	const { locals, params, request } = event;
	const by = { person: signedIn(locals), proof: locals.session, whence: whenceOf(event) };
	const form = await formOf(request);
	const done = await answer(orProve(locals, work(by, form)));
	if (isRefused(done)) return fail(done.status, { ...done.data, which, teacher: text(form, 'teacher') });
	return redirect(303, `/programs/${params.id}/matching?done=${which}`);
}

export const actions: Actions = {
	plan: (event) => act(event, 'plan', (by) => planMatching(db(), by, event.params.id)),
	change: (event) =>
		act(event, 'change', (by, form) =>
			changePlan(db(), by, event.params.id, {
				teacherId: text(form, 'teacher'),
				act: form.get('act'),
				mentorId: text(form, 'mentor'),
				override: form.get('override')
			})
		),
	propose: (event) => act(event, 'propose', (by) => proposePlan(db(), by, event.params.id)),
	discard: (event) => act(event, 'discard', (by) => discardPlan(db(), by, event.params.id)),
	weights: (event) =>
		act(event, 'weights', (by, form) => setWeights(db(), by, event.params.id, (name) => form.get(name))),
	facts: async (event) => {
		const { locals, params, request } = event;
		const by = { person: signedIn(locals), proof: locals.session, whence: whenceOf(event) };
		const typed = (await formOf(request)).get('facts');
		const done = await answer(orProve(locals, enterFacts(db(), by, params.id, typed)));
		if (isRefused(done)) return fail(done.status, { ...done.data, which: 'facts', teacher: '' });
		return { which: 'entered', teacher: '', message: '', ...done };
	}
};
