import { fail, isActionFailure, redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { Refusal } from '#lib/errors.ts';
import { requirePasskey } from '#lib/identity/proof.server.ts';
import { inviteByLink, inviteRoster, lookAtRoster, readInviting } from '#lib/program/invitation.server.ts';
import { roleOf } from '#lib/program/roles.ts';
import { answer, formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import { ownOrigin } from '#lib/server/origin.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, params }) =>
	readInviting(db(), await requirePasskey(locals, db()), params.id);

/** A page with two forms: which one a sentence belongs beside, and what was typed there. */
async function beside<T>(form: 'list' | 'link', typed: object, work: Promise<T>) {
	const result = await answer(work);
	if (!isActionFailure(result)) return result;
	const { status, data } = result as { status: number; data: { message: string } };
	return fail(status, { ...data, form, typed });
}

const text = (value: FormDataEntryValue | null) => (typeof value === 'string' ? value : '');

async function sentBy(event: RequestEvent) {
	const person = await requirePasskey(event.locals, db());
	const form = await formOf(event.request);
	const typed = {
		text: text(form.get('list')),
		role: text(form.get('role')),
		cohort: text(form.get('cohort')),
		name: text(form.get('name')).trim().slice(0, 100)
	};
	return { person, by: { person, proof: event.locals.session, whence: whenceOf(event) }, typed };
}

/** @throws Refusal rule when no role was chosen */
function listOf({ text, role, cohort }: { text: string; role: string; cohort: string }) {
	const chosen = roleOf(role);
	if (!chosen) throw new Refusal('rule', 'Please choose what they are invited to do. Nothing was sent.');
	return { text, role: chosen, cohortId: cohort || null };
}

export const actions: Actions = {
	look: async (event) => {
		const { person, typed } = await sentBy(event);
		const look = async () => ({ looked: await lookAtRoster(db(), person, event.params.id, listOf(typed)), typed });
		return beside('list', typed, look());
	},
	invite: async (event) => {
		const { by, typed } = await sentBy(event);
		const invite = async () => inviteRoster(db(), by, event.params.id, listOf(typed), ownOrigin(event.url));
		const done = await beside('list', typed, invite());
		if (!('invited' in done)) return done;
		redirect(303, `/programs/${event.params.id}/people?sent=${done.invited}#invitations`);
	},
	link: async (event) => {
		const { by, typed } = await sentBy(event);
		const make = async () => {
			const { role, cohortId } = listOf(typed);
			const wish = { name: typed.name || null, role, cohortId };
			return { made: await inviteByLink(db(), by, event.params.id, wish, ownOrigin(event.url)), typed };
		};
		return beside('link', typed, make());
	}
};
