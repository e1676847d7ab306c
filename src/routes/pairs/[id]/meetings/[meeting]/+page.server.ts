import { fail, redirect } from '@sveltejs/kit';
import { orProve } from '#lib/identity/proof.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { fieldsOf, readMinutes, readStart } from '#lib/meeting/meeting.ts';
import {
	acceptMeeting,
	addToAgenda,
	cancelMeeting,
	confirmMeeting,
	moveMeeting,
	readMeeting,
	saveNotes,
	settleNotes,
	tickAgenda
} from '#lib/meeting/meetings.server.ts';
import { readOwnZone } from '#lib/meeting/zone.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = signedIn(locals);
	const read = await orProve(locals, readMeeting(db(), person, locals.session, params.id, params.meeting));
	return { ...read, fields: fieldsOf(read.meeting.startsAt, read.zone), done: url.searchParams.get('done') };
};

const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** Who asks for what, and how it is answered: back to the page, or the sentence beside its form with what was typed. */
async function act(
	{ locals, params, request }: RequestEvent,
	form: 'meeting' | 'agenda' | 'notes',
	done: string,
	work: (person: ReturnType<typeof signedIn>, sent: FormData) => Promise<unknown>
) {
	const person = signedIn(locals);
	const sent = await formOf(request);
	const result = await answer(work(person, sent));
	if (isRefused(result)) {
		const typed = { notes: text(sent.get('notes')), agreed: text(sent.get('agreed')), words: text(sent.get('words')) };
		return fail(result.status, { ...result.data, form, typed });
	}
	const said = typeof result === 'object' && result !== null && 'beside' in result && result.beside ? 'beside' : done;
	redirect(303, `/pairs/${params.id}/meetings/${params.meeting}?done=${said}`);
}

export const actions: Actions = {
	accept: (event) =>
		act(event, 'meeting', 'accepted', (person, sent) =>
			acceptMeeting(db(), person, event.params.id, { meeting: event.params.meeting, sequence: sent.get('sequence') })
		),
	move: (event) =>
		act(event, 'meeting', 'moved', async (person, sent) =>
			moveMeeting(db(), person, event.params.id, {
				meeting: event.params.meeting,
				sequence: sent.get('sequence'),
				startsAt: readStart(
					sent.get('day'),
					sent.get('clock'),
					await readOwnZone(db(), person, event.params.id),
					new Date()
				),
				minutes: readMinutes(sent.get('minutes'))
			})
		),
	cancel: (event) =>
		act(event, 'meeting', 'cancelled', (person, sent) =>
			cancelMeeting(db(), person, event.params.id, { meeting: event.params.meeting, sequence: sent.get('sequence') })
		),
	confirm: (event) =>
		act(event, 'meeting', 'confirmed', async (person, sent) =>
			confirmMeeting(db(), person, event.params.id, {
				meeting: event.params.meeting,
				sequence: sent.get('sequence'),
				minutes: readMinutes(sent.get('minutes'))
			})
		),
	addToAgenda: (event) =>
		act(event, 'agenda', 'added', (person, sent) =>
			addToAgenda(db(), person, event.params.id, sent.get('words'), event.params.meeting)
		),
	tick: (event) =>
		act(event, 'agenda', 'ticked', (person, sent) =>
			tickAgenda(db(), person, event.params.id, {
				meeting: event.params.meeting,
				item: sent.get('item'),
				done: sent.get('done') === 'yes'
			})
		),
	saveNotes: (event) =>
		act(event, 'notes', 'saved', (person, sent) =>
			saveNotes(db(), person, event.params.id, {
				meeting: event.params.meeting,
				on: sent.get('on'),
				notes: sent.get('notes'),
				agreed: sent.get('agreed')
			})
		),
	settle: (event) =>
		act(event, 'notes', 'settled', (person, sent) =>
			settleNotes(db(), person, event.params.id, { meeting: event.params.meeting, number: sent.get('number') })
		)
};
