import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { endDevice, listDevices } from '#lib/identity/devices.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	devices: await listDevices(db(), signedIn(locals), locals.session?.sessionId ?? '')
});

export const actions: Actions = {
	end: async (event) => {
		const person = signedIn(event.locals);
		const form = await formOf(event.request);
		await endDevice(db(), person, String(form.get('device') ?? ''), whenceOf(event));
		redirect(303, resolve('/account/devices'));
	}
};
