import { redirect, fail } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { suggestName } from '#lib/identity/passkey.ts';
import {
	addPasskey,
	holderOf,
	listPasskeys,
	readKeyRing,
	removePasskey,
	renamePasskey,
	siteOf
} from '#lib/identity/passkey.server.ts';
import { isProven } from '#lib/identity/policy.ts';
import { orProve } from '#lib/identity/proof.server.ts';
import { rememberSession } from '#lib/identity/session-cookie.server.ts';
import { safeNext } from '#lib/identity/sign-in.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, request, url }) => {
	const person = signedIn(locals);
	const [passkeys, { must }] = await Promise.all([listPasskeys(db(), person), readKeyRing(db(), person)]);
	return {
		passkeys,
		must,
		/** Whoever must show a passkey shows one before changing any. */
		locked: must && passkeys.length > 0 && !isProven(locals.session, 'role', new Date()),
		suggestion: suggestName(request.headers.get('user-agent')),
		done: url.searchParams.get('done')
	};
};

const text = (form: FormData, field: string) => String(form.get(field) ?? '');
const back = (done: string) => `${resolve('/account/passkeys')}?done=${done}`;

export const actions: Actions = {
	add: async (event) => {
		const holder = holderOf(event);
		const form = await formOf(event.request);
		const next = safeNext(text(form, 'next'));
		const sent = { answer: text(form, 'answer'), name: text(form, 'name') };
		const session = await orProve(event.locals, answer(addPasskey(db(), holder, sent, siteOf(event.url))));
		if (isRefused(session)) return fail(session.status, { ...session.data, beside: 'add', next });
		rememberSession(event, session);
		redirect(303, next === '/' && form.get('next') !== '/' ? back('added') : next);
	},
	rename: async ({ locals, request }) => {
		const person = signedIn(locals);
		const form = await formOf(request);
		const id = text(form, 'id');
		const renamed = await answer(renamePasskey(db(), person, id, text(form, 'name')));
		if (isRefused(renamed)) return fail(renamed.status, { ...renamed.data, beside: id, next: '' });
		redirect(303, back('renamed'));
	},
	remove: async (event) => {
		const holder = holderOf(event);
		const id = text(await formOf(event.request), 'id');
		const removed = await orProve(event.locals, answer(removePasskey(db(), holder, id)));
		if (isRefused(removed)) return fail(removed.status, { ...removed.data, beside: id, next: '' });
		redirect(303, back('removed'));
	}
};
