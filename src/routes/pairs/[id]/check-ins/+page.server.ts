import { fail, redirect } from '@sveltejs/kit';
import { readCheckIns, sendCheckIn, takeBackSignal } from '#lib/checkin/checkins.server.ts';
import { aboutCheckIns } from '#lib/checkin/telling.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { markSeen } from '#lib/notification/told.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url, isDataRequest }) => {
	const person = signedIn(locals);
	const found = await readCheckIns(db(), person, params.id);
	if (!isDataRequest) await markSeen(db(), person, [aboutCheckIns(params.id)]);
	const done = url.searchParams.get('done');
	return { ...found, done: done === 'sent' || done === 'taken-back' ? done : null };
};

const text = (value: unknown) => (typeof value === 'string' ? value : '');

export const actions: Actions = {
	send: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		const asked = {
			form: sent.get('form'),
			on: sent.get('on'),
			going: sent.get('going'),
			stuck: sent.get('stuck'),
			shows: sent.get('shows'),
			level: (id: string) => sent.get(`level ${id}`)
		};
		const done = await answer(sendCheckIn(db(), person, params.id, asked));
		if (isRefused(done)) {
			// What was typed stays in the form, all of it.
			const levels = Object.fromEntries([...sent].filter(([name]) => name.startsWith('level ')));
			const typed = { going: text(asked.going), stuck: text(asked.stuck), shows: text(asked.shows), levels };
			return fail(done.status, { ...done.data, typed });
		}
		redirect(303, `/pairs/${params.id}/check-ins?done=sent`);
	},

	takeBack: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		const done = await answer(takeBackSignal(db(), person, params.id, sent.get('checkIn')));
		if (isRefused(done)) return fail(done.status, { ...done.data, typed: null });
		redirect(303, `/pairs/${params.id}/check-ins?done=taken-back`);
	}
};
