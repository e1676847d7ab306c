import { fail, redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { orProve, requirePasskey } from '#lib/identity/proof.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { enterHours, setCapacity } from '#lib/pairing/capacity.server.ts';
import { proposePair } from '#lib/pairing/life.server.ts';
import { readMentors } from '#lib/pairing/mentors.server.ts';
import { enterAnchorScore, takeBackAnchorScore } from '#lib/pairing/readiness.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = await requirePasskey(locals, db());
	const search = url.searchParams.get('name')?.trim().slice(0, 100) || null;
	const found = await readMentors(db(), person, params.id, search);
	return { ...found, search, now: new Date(), done: url.searchParams.get('done'), over: url.searchParams.get('over') };
};

const text = (form: FormData, name: string) => {
	const value = form.get(name);
	return typeof value === 'string' ? value : '';
};

/** Asks one verb, and puts a broken rule beside the form that asked. */
async function act<T>(
	event: RequestEvent,
	which: string,
	work: (by: Parameters<typeof setCapacity>[1], form: FormData) => Promise<T>,
	more: (done: T) => string = () => ''
) {
	const { locals, params, request } = event;
	const by = { person: signedIn(locals), proof: locals.session, whence: whenceOf(event) };
	const form = await formOf(request);
	const done = await answer(orProve(locals, work(by, form)));
	if (isRefused(done)) return fail(done.status, { ...done.data, which, mentor: text(form, 'mentor') });
	redirect(303, `/programs/${params.id}/mentors?done=${which}${more(done as T)}`);
}

export const actions: Actions = {
	capacity: (event) =>
		act(
			event,
			'capacity',
			(by, form) =>
				setCapacity(db(), by, event.params.id, {
					ruleKey: form.get('rule'),
					ownMost: form.get('most'),
					fromOn: form.get('from'),
					reason: form.get('reason')
				}),
			({ over }) => (over > 0 ? `&over=${over}` : '')
		),
	propose: (event) =>
		act(event, 'propose', (by, form) =>
			proposePair(db(), by, event.params.id, {
				teacherId: text(form, 'teacher'),
				mentorId: text(form, 'mentor'),
				beginsWithId: text(form, 'begins') || null,
				override: form.get('override')
			})
		),
	hours: (event) =>
		act(event, 'hours', (by, form) =>
			enterHours(db(), by, event.params.id, {
				mentorId: text(form, 'mentor'),
				hours: form.get('hours'),
				fromOn: form.get('from')
			})
		),
	anchor: (event) =>
		act(event, 'anchor', (by, form) =>
			enterAnchorScore(db(), by, event.params.id, {
				mentorId: text(form, 'mentor'),
				microcredentialId: text(form, 'microcredential'),
				anchor: form.get('anchor'),
				scoredOn: form.get('day')
			})
		),
	takeBack: (event) =>
		act(event, 'takeBack', (by, form) => takeBackAnchorScore(db(), by, event.params.id, text(form, 'entry')))
};
