import { fail, redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { pauseWork, resumeWork } from '#lib/program/pausing.server.ts';
import { type Arranging, arrangePlan, readPlans } from '#lib/progress/plan.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => ({
	plans: await readPlans(db(), signedIn(locals), new Date()),
	done: url.searchParams.get('done')
});

const text = (value: FormDataEntryValue | null) => (typeof value === 'string' ? value : '');

/** Sends an act of one plan; its sentence stands beside that plan. */
async function act(form: FormData, done: string, work: (enrollmentId: string) => Promise<void>) {
	const enrollment = text(form.get('enrollment'));
	const result = await answer(work(enrollment));
	if (isRefused(result)) return fail(result.status, { ...result.data, enrollment, hours: text(form.get('hours')) });
	redirect(303, `/plan?done=${done}`);
}

const arrange = async ({ locals, request }: RequestEvent, asked: (form: FormData) => Arranging) => {
	const person = signedIn(locals);
	const form = await formOf(request);
	return act(form, 'arranged', (id) => arrangePlan(db(), person, id, asked(form), new Date()));
};

const rest = async (event: RequestEvent, done: 'paused' | 'resumed') => {
	const person = signedIn(event.locals);
	const form = await formOf(event.request);
	const microcredentialId = text(form.get('microcredential')) || null;
	return act(form, done, (enrollmentId) =>
		done === 'paused'
			? pauseWork(db(), person, { enrollmentId, microcredentialId, reason: form.get('reason') }, whenceOf(event))
			: resumeWork(db(), person, { enrollmentId, microcredentialId }, whenceOf(event))
	);
};

export const actions: Actions = {
	hours: (event) => arrange(event, (form) => ({ hours: form.get('hours') })),
	move: (event) =>
		arrange(event, (form) => ({
			move: text(form.get('microcredential')),
			to: form.get('to') === 'later' ? 'later' : 'earlier'
		})),
	instead: (event) => arrange(event, (form) => ({ instead: text(form.get('instead')), take: text(form.get('take')) })),
	pause: (event) => rest(event, 'paused'),
	resume: (event) => rest(event, 'resumed')
};
