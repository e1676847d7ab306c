import { fail, isActionFailure, redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { askForAddress, forgetProof, proveAddress, removeAddress } from '#lib/identity/address.server.ts';
import { signedInAsker } from '#lib/identity/asker.server.ts';
import { orProve } from '#lib/identity/proof.server.ts';
import { readWays, rememberWays } from '#lib/identity/provider-cookie.server.ts';
import { beginLinking, listProviders, readProvider, unlinkProvider } from '#lib/identity/provider.server.ts';
import { isReason, nameOfProvider, reasons } from '#lib/identity/provider.ts';
import { readWaysIn } from '#lib/identity/ways-in.server.ts';
import { answer, formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const asker = signedInAsker(event);
	const said = event.url.searchParams;
	const [because, linked] = [said.get('because'), said.get('linked')];
	const name = nameOfProvider(linked ?? said.get('with') ?? '');
	const providers = listProviders();
	const known = providers.some((one) => one.name === name);
	return {
		...(await readWaysIn(db(), asker)),
		providers,
		sentence: known && isReason(because) ? reasons[because](name) : null,
		done: known && linked ? `${name} can sign you in from now on. Your other devices were signed out.` : null
	};
};

type Part = 'accounts' | 'addresses' | 'code';

/** A page with several forms has to know beside which one the sentence belongs. */
async function beside<T>(part: Part, here: { here: string }, work: Promise<T>) {
	const result = await answer(orProve(here, work));
	if (!isActionFailure(result)) return result;
	const { status, data } = result as { status: number; data: { message: string } };
	return fail(status, { ...data, part });
}

const page = () => resolve('/account/sign-in');

export const actions: Actions = {
	link: async (event) => {
		const asker = signedInAsker(event);
		const form = await formOf(event.request);
		const provider = readProvider(String(form.get('provider') ?? ''));
		const setting = { provider, origin: asker.origin, ways: readWays(event), shared: false };
		const way = await beside('accounts', event.locals, beginLinking(db(), asker, setting));
		if (!('ways' in way)) return way;
		rememberWays(event, way.ways);
		return { onTheWay: { name: provider.name, address: way.address } };
	},

	unlink: async (event) => {
		const asker = signedInAsker(event);
		const form = await formOf(event.request);
		const account = { issuer: String(form.get('issuer') ?? ''), subject: String(form.get('subject') ?? '') };
		const failed = await beside('accounts', event.locals, unlinkProvider(db(), asker, account));
		if (failed) return failed;
		redirect(303, page());
	},

	add: async (event) => {
		const asker = signedInAsker(event);
		const form = await formOf(event.request);
		const address = String(form.get('email') ?? '');
		const failed = await beside('addresses', event.locals, askForAddress(db(), asker, address));
		if (failed) return fail(failed.status, { ...failed.data, address });
		redirect(303, `${page()}#code`);
	},

	prove: async (event) => {
		const asker = signedInAsker(event);
		const form = await formOf(event.request);
		const added = await beside('code', event.locals, proveAddress(db(), asker, String(form.get('code') ?? '')));
		if (isActionFailure(added)) return added;
		redirect(303, page());
	},

	forget: async (event) => {
		await forgetProof(db(), signedInAsker(event));
		redirect(303, page());
	},

	remove: async (event) => {
		const asker = signedInAsker(event);
		const form = await formOf(event.request);
		const work = removeAddress(db(), asker, String(form.get('address') ?? ''));
		const failed = await beside('addresses', event.locals, work);
		if (failed) return failed;
		redirect(303, page());
	}
};
