import { fail, redirect } from '@sveltejs/kit';
import { Refusal } from '#lib/errors.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import {
	addCalendarAddress,
	addCalendarFile,
	readOwnTimes,
	removeCalendar,
	saveZone,
	saveTimetable
} from '#lib/meeting/calendars.server.ts';
import { makeFeed, revokeFeed } from '#lib/meeting/feed.server.ts';
import { sayTime } from '#lib/meeting/meeting.ts';
import { linesOf, readPeriods } from '#lib/meeting/timetable.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import { requestLimits } from '#lib/server/limits/limits.server.ts';
import { readSettings } from '#lib/server/settings.ts';
import { ownOrigin } from '#lib/server/origin.ts';
import { when } from '#lib/ui/when.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { periods, calendars, ...own } = await readOwnTimes(db(), signedIn(locals));
	const now = new Date();
	return {
		...own,
		calendars: calendars.map(({ readAt, failingSince, ...one }) => ({
			...one,
			read: readAt && when(readAt, 'ago', own.zone, now),
			failing: failingSince && when(failingSince, 'ago', own.zone, now)
		})),
		lines: linesOf(periods),
		zones: Intl.supportedValuesOf('timeZone'),
		now: sayTime({ startsAt: now, minutes: 0 }, own.zone),
		done: url.searchParams.get('done')
	};
};

async function act(
	{ locals, request }: RequestEvent,
	form: string,
	work: (person: ReturnType<typeof signedIn>, sent: FormData) => Promise<unknown>
) {
	const person = signedIn(locals);
	const sent = await formOf(request);
	const result = await answer(work(person, sent));
	if (isRefused(result)) {
		const address = sent.get('address');
		return fail(result.status, { ...result.data, form, address: typeof address === 'string' ? address : '' });
	}
	redirect(303, `/account/calendar?done=${form}`);
}

export const actions: Actions = {
	addAddress: (event) =>
		act(event, 'address', async (person, sent) => {
			// Each asks another's server for us; whoever tries more than this is looking for something else than a calendar.
			const wait = sent.get('address') ? await requestLimits().take('costly', person.id, readSettings().DEMO) : null;
			if (wait) throw new Refusal('too-many', wait.sentence);
			return addCalendarAddress(db(), person, sent.get('address'));
		}),
	addFile: (event) =>
		act(event, 'file', async (person, sent) => {
			const file = sent.get('file');
			if (!(file instanceof File) || file.size === 0)
				throw new Refusal('rule', 'Please choose a calendar file first; its name ends in .ics.');
			return addCalendarFile(db(), person, { name: file.name, text: await file.text() });
		}),
	remove: (event) => act(event, 'removed', (person, sent) => removeCalendar(db(), person, sent.get('calendar'))),
	saveTimetable: (event) =>
		act(event, 'timetable', async (person, sent) =>
			saveTimetable(db(), person, { periods: readPeriods(sent), offersPrep: sent.has('offersPrep') })
		),
	saveZone: (event) => act(event, 'told', (person, sent) => saveZone(db(), person, sent.get('zone'))),
	makeFeed: async ({ locals, url }) => {
		const secret = await makeFeed(db(), signedIn(locals));
		return { form: 'feed', message: null, address: '', feed: `${ownOrigin(url)}/calendar/${secret}.ics` };
	},
	revokeFeed: (event) => act(event, 'revoked', (person) => revokeFeed(db(), person))
};
