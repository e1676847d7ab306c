import { redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { byDay } from '#lib/notification/days.ts';
import { listNotices, markAllRead, muteNotice, unmuteAbout } from '#lib/notification/told.server.ts';
import { formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const now = new Date();
	const from = url.searchParams.get('from');
	const { notices, zone, ...rest } = await listNotices(db(), signedIn(locals), from);
	return {
		...rest,
		days: byDay(notices, zone, now),
		isFirst: from === null,
		until: now.toISOString(),
		done: url.searchParams.get('done')
	};
};

export const actions: Actions = {
	readAll: async ({ locals, request }) => {
		const person = signedIn(locals);
		const until = (await formOf(request)).get('until');
		const at = typeof until === 'string' && until.length <= 40 ? new Date(until) : new Date();
		await markAllRead(db(), person, isNaN(at.getTime()) ? new Date() : at);
		redirect(303, '/notifications?done=read');
	},
	mute: async ({ locals, request }) => {
		const person = signedIn(locals);
		await muteNotice(db(), person, (await formOf(request)).get('notice'));
		redirect(303, '/notifications?done=muted');
	},
	unmute: async ({ locals, request }) => {
		const person = signedIn(locals);
		await unmuteAbout(db(), person, (await formOf(request)).get('about'));
		redirect(303, '/notifications?done=heard');
	}
};
