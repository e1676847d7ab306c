import { fail, redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { Refusal } from '#lib/errors.ts';
import { holderOf } from '#lib/identity/passkey.server.ts';
import { orProve, requirePasskey } from '#lib/identity/proof.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { readPlace } from '#lib/pairing/place.server.ts';
import { extendDeadline, readTimeOf } from '#lib/program/extension.server.ts';
import { letMemberInAgain } from '#lib/program/lost-keys.server.ts';
import { endRole } from '#lib/program/roles.server.ts';
import { roleEndingOf } from '#lib/program/roles.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	// Nobody needs a passkey to see, or end, what is their own.
	const own = locals.person?.id === params.person;
	const person = own ? signedIn(locals) : await requirePasskey(locals, db());
	const place = await readPlace(db(), person, params.id, params.person);
	const time = own ? null : await readTimeOf(db(), person, params.id, params.person);
	return { ...place, time, given: url.searchParams.has('given'), now: new Date() };
};

export const actions: Actions = {
	end: async (event) => {
		const { locals, params, request } = event;
		const person = signedIn(locals);
		const form = await formOf(request);
		const roleId = String(form.get('role') ?? '');
		const end = async () => {
			if (form.get('sure') !== 'yes')
				throw new Refusal('rule', 'Please tick that you are sure. Nothing has changed yet.');
			const by = { person, proof: locals.session, whence: whenceOf(event) };
			const reason = roleEndingOf(form.get('reason'));
			return endRole(db(), by, { programId: params.id, personId: params.person, roleId, reason });
		};
		const ended = await answer(orProve(locals, end()));
		if (!('role' in ended)) return fail(ended.status, { ...ended.data, roleId });
		redirect(303, person.id === params.person ? '/' : `/programs/${params.id}/people?ended`);
	},
	extend: async (event) => {
		const { locals, params, request } = event;
		const by = { person: signedIn(locals), proof: locals.session, whence: whenceOf(event) };
		const form = await formOf(request);
		const [lastDay, reason, requirement] = ['lastDay', 'reason', 'requirement'].map((name) => {
			const value = form.get(name);
			return typeof value === 'string' ? value : '';
		});
		const asked = { lastDay, reason, requirement, personId: params.person };
		const done = await answer(orProve(locals, extendDeadline(db(), by, params.id, asked)));
		if (isRefused(done)) return fail(done.status, { ...done.data, lastDay, reason, requirement });
		redirect(303, `/programs/${params.id}/people/${params.person}?given`);
	},
	letIn: async (event) => {
		const { locals, params, request } = event;
		await requirePasskey(locals, db());
		const sure = (await formOf(request)).get('sure') === 'yes';
		const asked = { programId: params.id, personId: params.person, sure };
		const done = await answer(orProve(locals, letMemberInAgain(db(), holderOf(event), asked)));
		if (!('letIn' in done)) return fail(done.status, { ...done.data, roleId: null });
		redirect(303, `/programs/${params.id}/people?letin`);
	}
};
