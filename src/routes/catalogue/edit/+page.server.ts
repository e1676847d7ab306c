import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { beginNew, beginNext, readDesk } from '#lib/catalogue/editing.server.ts';
import { requirePasskey } from '#lib/identity/proof.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const said = ['published', 'retired', 'gone'] as const;

export const load: PageServerLoad = async ({ locals, url }) => ({
	desk: await readDesk(db(), await requirePasskey(locals, db())),
	said: said.find((one) => one === url.searchParams.get('did')) ?? null
});

async function asked(event: RequestEvent) {
	const person = await requirePasskey(event.locals, db());
	const form = await formOf(event.request);
	const by = { person, proof: event.locals.session, whence: whenceOf(event) };
	return { by, of: String(form.get('of') ?? '') };
}

async function led(begun: Promise<string>) {
	const begins = await answer(begun.then((draft) => ({ draft })));
	if (isRefused(begins)) return begins;
	redirect(303, resolve('/catalogue/edit/[draft]', { draft: begins.draft }));
}

export const actions: Actions = {
	begin: async (event) => {
		const { by, of } = await asked(event);
		return led(beginNew(db(), by, of));
	},
	next: async (event) => {
		const { by, of } = await asked(event);
		return led(beginNext(db(), by, of));
	}
};
