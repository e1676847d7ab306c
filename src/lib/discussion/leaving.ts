/** What was sent to a cohort and nobody has answered: sent once more, from wherever its person is now. */
import { sendForm } from './delivering.ts';
import { keyOf } from './kept-keys.ts';
import { allHere, forgetBegun, hasOthers, type Here, isOwed, unanswered } from './kept-posts.ts';
import type { Answer } from './sending.ts';

/** Where it is sent, with what else its form says; null where that is not known. */
function doorOf({ place, kept: { choices, title } }: Here): [action: string, more: Record<string, string>] | null {
	const [what, id = ''] = place.split(' ');
	if (what === 'thread') return [`/threads/${id}?/reply`, {}];
	if (what === 'cohort') return [`/cohorts/${id}/new`, { ...choices, title }];
	if (what === 'post' && choices.thread)
		return [`/threads/${choices.thread}?/edit`, { post: id, on: choices.on ?? '', 'files-shown': 'yes' }];
	return null;
}

/** The page on which it is written, and read. */
export function pageOf({ place, kept: { choices } }: Here): string | null {
	const [what, id = ''] = place.split(' ');
	if (what === 'thread') return `/threads/${id}#reply`;
	if (what === 'cohort') return `/cohorts/${id}/new`;
	return choices.thread ? `/threads/${choices.thread}?edit=${id}#edit` : null;
}

/** Sends one. Once posted it is nowhere else; what was said no to stays as a draft, with why. */
export async function sendOne(personId: string, here: Here): Promise<Answer | null> {
	const { place, kept } = here;
	const door = doorOf(here);
	if (!door) return null;
	const answer = await sendForm(personId, ...door, kept, AbortSignal.timeout(20_000)).catch((): Answer => ({
		kind: 'again'
	}));
	const key = keyOf(personId, place, kept.form);
	if (answer.kind === 'posted') {
		localStorage.removeItem(key);
		// It is said from where the form leads, which is not where its person is.
		const { pathname, search, hash } = new URL(answer.location, new URL(door[0], location.href));
		return { ...answer, location: pathname + search + hash };
	}
	if (answer.kind === 'refused')
		localStorage.setItem(key, JSON.stringify({ ...kept, sent: false, trouble: answer.sentence }));
	return answer;
}

/** Before somebody signs out. @returns how many are still here: the server may lack them, or has said no */
export async function sendUnanswered(personId: string): Promise<number> {
	for (const here of unanswered(localStorage, personId)) await sendOne(personId, here);
	return allHere(localStorage, personId).filter(({ kept }) => isOwed(kept)).length;
}

export const forgetBegunHere = (personId: string): void => forgetBegun(localStorage, personId);

/** Whether somebody else left something here that only this device has. */
export const isOthersHere = (personId: string): boolean => hasOthers(localStorage, personId);

/** Takes all of this person away, also what nobody has. */
export function forgetAllHere(personId: string): void {
	for (const { place, kept } of allHere(localStorage, personId))
		localStorage.removeItem(keyOf(personId, place, kept.form));
}
