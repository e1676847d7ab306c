import { fail, isActionFailure, redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import type { Whence } from '#lib/audit/event.ts';
import { Refusal } from '#lib/errors.ts';
import { orProve } from '#lib/identity/proof.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { markSeen } from '#lib/notification/told.server.ts';
import { endingOf } from '#lib/pairing/endings.ts';
import { takeStep } from '#lib/pairing/life.server.ts';
import { endPair } from '#lib/pairing/pair.server.ts';
import { beginReflection } from '#lib/progress/beginning.server.ts';
import { readPairSpace } from '#lib/progress/pair-space.server.ts';
import { aboutReached } from '#lib/progress/reach.server.ts';
import { mayStay } from '#lib/reflection/local-copy.ts';
import { answer, formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, setHeaders, isDataRequest }) => {
	const person = signedIn(locals);
	const space = await orProve(locals, readPairSpace(db(), person, locals.session, params.id, new Date()));
	// What is shown to a coach can be withdrawn, so it stays on no device.
	const { standing } = space.pair;
	if (standing === 'teacher' || standing === 'mentor') setHeaders(mayStay(person, locals.session));
	if (!isDataRequest) await markSeen(db(), person, [aboutReached(params.id)]);
	return space;
};

/** A page with two forms has to know beside which one the sentence belongs. */
async function beside<T>(form: 'start' | 'end' | 'step', work: Promise<T>) {
	const result = await answer(work);
	if (!isActionFailure(result)) return result;
	const { status, data } = result as { status: number; data: { message: string } };
	return fail(status, { ...data, form });
}

const text = (value: FormDataEntryValue | null) => (typeof value === 'string' ? value : '');

export const actions: Actions = {
	step: async (event) => {
		const { locals, params, request } = event;
		const person = signedIn(locals);
		const sent = await formOf(request);
		const asked = { step: sent.get('step'), reason: sent.get('reason') };
		const done = await beside('step', takeStep(db(), person, params.id, asked, whenceOf(event)));
		if (isActionFailure(done)) return done;
		redirect(303, `/pairs/${params.id}`);
	},

	startReflection: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		const started = await beside(
			'start',
			beginReflection(
				db(),
				person,
				{
					pairId: params.id,
					microcredentialVersionId: text(sent.get('microcredentialVersionId')),
					title: text(sent.get('title')),
					alone: sent.get('with') === 'nobody',
					why: { choice: sent.get('why'), words: sent.get('whyWords') }
				},
				new Date()
			)
		);
		if (typeof started !== 'string') return started;
		redirect(303, `/reflections/${started}`);
	},

	endPair: async (event) => {
		const { locals, params, request } = event;
		const person = signedIn(locals);
		const sent = await formOf(request);
		const ended = await orProve(
			locals,
			beside('end', endAsAsked(person, locals.session, params.id, sent, whenceOf(event)))
		);
		if (isActionFailure(ended)) return ended;
		redirect(303, `/pairs/${params.id}`);
	}
};

async function endAsAsked(
	person: Parameters<typeof endPair>[1],
	proof: Parameters<typeof endPair>[2],
	pairId: string,
	sent: FormData,
	whence: Whence
) {
	const ending = endingOf(sent.get('ending'));
	if (!ending) throw new Refusal('rule', 'Please choose what fits best. Nothing has changed yet.');
	if (sent.get('sure') !== 'yes') throw new Refusal('rule', 'Please tick that you are sure. Nothing has changed yet.');
	return endPair(db(), person, proof, pairId, { endedAs: ending.endedAs, reason: ending.words }, whence);
}
