import { fail, redirect } from '@sveltejs/kit';
import { orProve } from '#lib/identity/proof.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { isKind, readMinutes, readOffered, readStart } from '#lib/meeting/meeting.ts';
import {
	acceptMeeting,
	addToAgenda,
	cancelMeeting,
	confirmMeeting,
	proposeMeeting
} from '#lib/meeting/meetings.server.ts';
import { readMeetingSpace } from '#lib/meeting/space.server.ts';
import { aboutMeetings } from '#lib/meeting/telling.server.ts';
import { readOwnZone } from '#lib/meeting/zone.server.ts';
import { markSeen } from '#lib/notification/told.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url, isDataRequest }) => {
	const person = signedIn(locals);
	const asked = { minutes: url.searchParams.get('minutes'), outside: url.searchParams.has('outside') };
	const space = await orProve(locals, readMeetingSpace(db(), person, locals.session, params.id, asked));
	if (!isDataRequest) await markSeen(db(), person, [aboutMeetings(params.id)]);
	return {
		...space,
		done: url.searchParams.get('done')
	};
};

const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** Beside which form the sentence belongs, with what was typed in it. */
async function beside(form: string, sent: FormData, work: Promise<unknown>, pairId: string, done: string) {
	const result = await answer(work);
	if (isRefused(result)) {
		const typed = { day: text(sent.get('day')), clock: text(sent.get('clock')), words: text(sent.get('words')) };
		return fail(result.status, { ...result.data, form, typed });
	}
	redirect(303, `/pairs/${pairId}/meetings?done=${done}`);
}

export const actions: Actions = {
	propose: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		const work = async () => {
			const kind = sent.get('kind') ?? 'meeting';
			const now = new Date();
			const offered = sent.get('at');
			const startsAt = offered
				? readOffered(offered, now)
				: readStart(sent.get('day'), sent.get('clock'), await readOwnZone(db(), person, params.id), now);
			return proposeMeeting(db(), person, params.id, {
				kind: isKind(kind) ? kind : 'meeting',
				startsAt,
				minutes: readMinutes(sent.get('minutes')),
				inPrep: sent.has(`prep ${text(offered)}`)
			});
		};
		return beside(sent.has('day') ? 'own' : 'slots', sent, work(), params.id, 'proposed');
	},
	accept: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		const asked = { meeting: sent.get('meeting'), sequence: sent.get('sequence') };
		return beside('meetings', sent, acceptMeeting(db(), person, params.id, asked), params.id, 'accepted');
	},
	cancel: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		const asked = { meeting: sent.get('meeting'), sequence: sent.get('sequence') };
		return beside('meetings', sent, cancelMeeting(db(), person, params.id, asked), params.id, 'cancelled');
	},
	confirm: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		const work = async () =>
			confirmMeeting(db(), person, params.id, {
				meeting: sent.get('meeting'),
				sequence: sent.get('sequence'),
				minutes: readMinutes(sent.get('minutes'))
			});
		return beside('meetings', sent, work(), params.id, 'confirmed');
	},
	addToAgenda: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		return beside('agenda', sent, addToAgenda(db(), person, params.id, sent.get('words')), params.id, 'added');
	}
};
