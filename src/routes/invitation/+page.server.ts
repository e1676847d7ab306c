import { fail, redirect } from '@sveltejs/kit';
import { Refusal } from '#lib/errors.ts';
import { asksForPasskey } from '#lib/identity/policy.ts';
import { browserOf, rememberSession, saysShared } from '#lib/identity/session-cookie.server.ts';
import { linkLife } from '#lib/identity/sign-in.ts';
import { acceptInvitation, type Accepting, askToAccept, readInvitation } from '#lib/program/accept.server.ts';
import { isId } from '#lib/server/id.ts';
import { answer, formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import { ownOrigin } from '#lib/server/origin.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

/** Between asking for a mail and typing its code: which request this browser made, for what mailbox, and whose name. */
const askedName = 'invitation';

function readAsked({ cookies }: Pick<RequestEvent, 'cookies'>) {
	const [requestId = '', address = '', name = ''] = (cookies.get(askedName) ?? '').split('\n');
	return isId(requestId) && address ? { requestId, address, name } : null;
}

/** Looking at an invitation changes nothing: mail scanners open every link before the person does. */
export const load: PageServerLoad = async (event) => {
	const { url, locals, setHeaders } = event;
	setHeaders({ 'cache-control': 'no-store' });
	const short = (name: string) => (url.searchParams.get(name) ?? '').slice(0, 100);
	const [token, proof] = [short('token'), short('proof')];
	const found = await readInvitation(db(), token, { person: locals.person, proof: proof || null });
	const asked = readAsked(event);
	const waits = 'way' in found && found.way.how === 'prove' && asked && !url.searchParams.has('again');
	return { token, proof, found, asked: waits ? { address: asked.address } : null, name: asked?.name ?? '' };
};

/** Back to the page itself, without what was only for once. */
const here = (token: string, more = '') => `/invitation?token=${encodeURIComponent(token)}${more}`;

async function accept(event: RequestEvent, form: FormData, how: Pick<Accepting, 'proof' | 'name'>) {
	const token = String(form.get('token') ?? '');
	const { person } = event.locals;
	const accepted = await answer(acceptInvitation(db(), { token, person, ...how }, browserOf(event, saysShared(form))));
	if (!('role' in accepted)) return accepted;
	if (event.cookies.get(askedName)) event.cookies.delete(askedName, { path: '/invitation' });
	if (accepted.session) rememberSession(event, accepted.session);
	redirect(303, asksForPasskey(accepted.role) ? `/account/prove?next=${encodeURIComponent('/')}` : '/');
}

export const actions: Actions = {
	accept: async (event) => {
		const form = await formOf(event.request);
		const link = String(form.get('proof') ?? '');
		return accept(event, form, { proof: link ? { link } : null, name: String(form.get('name') ?? '') });
	},

	prove: async (event) => {
		const form = await formOf(event.request);
		const token = String(form.get('token') ?? '');
		const address = String(form.get('email') ?? '');
		const name = String(form.get('name') ?? '')
			.replace(/\s+/g, ' ')
			.slice(0, 100);
		const request = { token, address, clientAddress: event.getClientAddress(), origin: ownOrigin(event.url) };
		const asked = await answer(askToAccept(db(), request));
		if (!('requestId' in asked)) return fail(asked.status, { ...asked.data, typed: { address, name } });
		event.cookies.set(askedName, [asked.requestId, asked.address, name].join('\n'), {
			path: '/invitation',
			httpOnly: true,
			sameSite: 'lax',
			secure: event.url.protocol === 'https:',
			maxAge: linkLife / 1000
		});
		redirect(303, here(token));
	},

	code: async (event) => {
		const form = await formOf(event.request);
		const asked = readAsked(event);
		if (!asked)
			return answer(
				Promise.reject(
					new Refusal('rule', 'A code works only in the browser that asked for it. Please ask for a new one here.')
				)
			);
		const code = String(form.get('code') ?? '');
		const name = String(form.get('name') ?? asked.name);
		return accept(event, form, { proof: { requestId: asked.requestId, code }, name });
	}
};
