import { whenceOf } from '#lib/audit/audit.server.ts';
import { requirePasskey } from '#lib/identity/proof.server.ts';
import { inviteAgain, readPeopleAndInvitations, withdrawInvitation } from '#lib/program/invitation.server.ts';
import { invitationStates } from '#lib/program/invitation.ts';
import { readDay } from '#lib/program/people.server.ts';
import { roleOf } from '#lib/program/roles.ts';
import { answer, formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import { ownOrigin } from '#lib/server/origin.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = await requirePasskey(locals, db());
	// No name holds a sign that is none, and Postgres would answer with an error.
	const asked = (name: string) => url.searchParams.get(name)?.replaceAll('\0', '').trim().slice(0, 300) || null;
	const [name, roleId] = [asked('name'), asked('after')];
	const [before, id] = [new Date(asked('before') ?? ''), asked('id')];
	const of = {
		on: readDay(asked('on')),
		role: roleOf(asked('role')),
		search: asked('q'),
		after: name && roleId ? { name, roleId } : null
	};
	const state = invitationStates.find((one) => one === asked('state')) ?? null;
	const after = id && Math.abs(before.getTime()) < 8e12 ? { at: before, id } : null;
	const found = await readPeopleAndInvitations(db(), person, params.id, { people: of, invitations: { state, after } });
	const [ended, letIn] = [url.searchParams.has('ended'), url.searchParams.has('letin')];
	return { ...found, asked: of, state, sent: Number(asked('sent')) || 0, ended, letIn };
};

async function asked(event: RequestEvent) {
	const person = await requirePasskey(event.locals, db());
	const invitation = String((await formOf(event.request)).get('invitation') ?? '');
	return { by: { person, proof: event.locals.session, whence: whenceOf(event) }, invitation };
}

export const actions: Actions = {
	withdraw: async (event) => {
		const { by, invitation } = await asked(event);
		return answer(withdrawInvitation(db(), by, event.params.id, invitation).then((withdrawn) => ({ withdrawn })));
	},
	again: async (event) => {
		const { by, invitation } = await asked(event);
		return answer(
			inviteAgain(db(), by, event.params.id, invitation, ownOrigin(event.url)).then((again) => ({ again }))
		);
	}
};
