import { fail, redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { canWait, groupNames, groups } from '#lib/notification/kinds.ts';
import { addBrowser, pushKey, removeBrowser } from '#lib/notification/push.server.ts';
import { readSettingsForm } from '#lib/notification/settings.ts';
import { readHowTold, saveHowTold, unmuteAbout } from '#lib/notification/told.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import { readSettings } from '#lib/server/settings.ts';
import { exactly, when } from '#lib/ui/when.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { settings, zone, muted, browsers } = await readHowTold(db(), signedIn(locals));
	const now = new Date();
	return {
		settings,
		zone,
		now: exactly(now, zone),
		groups: groupNames.map((name) => ({ name, canWait: canWait(name), ...groups[name] })),
		muted: muted.map(({ about, place, until }) => ({ about, place, until: until && when(until, 'day', zone, now) })),
		browsers: browsers.map(({ id, name, addedAt, sentAt }) => ({
			id,
			name,
			added: when(addedAt, 'day', zone, now),
			sent: sentAt && when(sentAt, 'ago', zone, now)
		})),
		pushKey: pushKey(readSettings()),
		isShared: locals.session?.shared ?? false,
		done: url.searchParams.get('done')
	};
};

async function act(event: RequestEvent, done: string, work: (sent: FormData) => Promise<unknown>) {
	const result = await answer((async () => work(await formOf(event.request)))());
	if (isRefused(result)) return fail(result.status, { ...result.data, form: done });
	redirect(303, `/account/notifications?done=${done}`);
}

export const actions: Actions = {
	save: (event) => {
		const person = signedIn(event.locals);
		return act(event, 'saved', async (sent) => saveHowTold(db(), person, readSettingsForm(sent)));
	},
	unmute: (event) => {
		const person = signedIn(event.locals);
		return act(event, 'heard', async (sent) => unmuteAbout(db(), person, sent.get('about')));
	},
	addBrowser: (event) => {
		const person = signedIn(event.locals);
		return act(event, 'browser', async (sent) =>
			addBrowser(
				db(),
				person,
				sent.get('subscription'),
				event.request.headers.get('user-agent'),
				readSettings(),
				event.locals.session?.shared
			)
		);
	},
	removeBrowser: (event) => {
		const person = signedIn(event.locals);
		return act(event, 'removed', async (sent) => removeBrowser(db(), person, sent.get('browser')));
	}
};
