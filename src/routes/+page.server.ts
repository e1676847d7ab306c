import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { listCohorts } from '#lib/discussion/cohorts.server.ts';
import { newsWords } from '#lib/discussion/news-words.ts';
import { owesFirstSteps, readFirstSteps } from '#lib/identity/first-steps.server.ts';
import type { Person } from '#lib/identity/person.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { type Home, readHome } from '#lib/progress/home.server.ts';
import { longestFind } from '#lib/progress/finding.ts';
import { chooseLetters, wantsLetters } from '#lib/progress/letter.server.ts';
import { mayStay } from '#lib/reflection/local-copy.ts';
import { formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

/** Who was led to the first steps since this browser was opened. */
const led = 'first-steps';

export const load: PageServerLoad = async ({ locals, cookies, url, setHeaders }) => {
	const person = signedIn(locals);
	if (cookies.get(led) !== person.id && (await owesFirstSteps(db(), person))) {
		// Once, and again when the browser was closed in between: whoever goes home from there stays home.
		cookies.set(led, person.id, { path: '/', httpOnly: true, sameSite: 'lax', secure: url.protocol === 'https:' });
		redirect(303, resolve('/welcome'));
	}
	const home = await readHome(db(), person, locals.session, new Date());
	if (isForWriting(home)) setHeaders(mayStay(person, locals.session));
	const look = {
		find: (url.searchParams.get('find') ?? '').slice(0, longestFind),
		only: url.searchParams.has('only'),
		all: url.searchParams.has('all'),
		compact: cookies.get('board') === person.id,
		keep: person.id
	};
	const letters = home.caseload ? await wantsLetters(db(), person) : null;
	const cohorts = (await listCohorts(db(), person)).map(({ id, name, ...news }) => ({
		id,
		name,
		news: newsWords(news)
	}));
	return { ...home, cohorts, look, letters, begin: isBare(home) ? await beginningOf(person) : null };
};

export const actions: Actions = {
	letters: async ({ locals, request }) => {
		const person = signedIn(locals);
		const form = await formOf(request);
		await chooseLetters(db(), person, form.get('wanted') === 'yes');
		redirect(303, `${resolve('/')}#letters`);
	}
};

const isBare = ({ learning, waiting, mentoring, caseload, managing, shut }: Home) =>
	!(learning.length || waiting.length || mentoring || caseload || managing.length || shut);

/** What coaches and managers see of others stays on no device: they write nothing there. */
const isForWriting = ({ learning, mentoring, caseload, managing }: Home) =>
	(learning.length > 0 || mentoring) && !caseload && !managing.length;

/** Where somebody begins whose home has nothing to show yet: at the first steps, or at the stack that they left for later. */
async function beginningOf(person: Person): Promise<'steps' | 'stack' | null> {
	const { steps, takenAt } = await readFirstSteps(db(), person);
	if (steps.length > 0 && !takenAt) return 'steps';
	return steps.includes('stack') ? 'stack' : null;
}
