/** Before somebody signs out: what they sent to their cohorts and nobody has answered is sent once more. */
import { sendForm } from './delivering.ts';
import { keyOf, type Place } from './kept-keys.ts';
import { forgetBegun, hasOthers, type Kept, unanswered } from './kept-posts.ts';

const doorOf = (place: Place, { choices, title }: Kept): [action: string, more: Record<string, string>] | null => {
	const [what, id] = place.split(' ') as [string, string];
	if (what === 'thread') return [`/threads/${id}?/reply`, {}];
	if (what === 'cohort') return [`/cohorts/${id}/new`, { ...choices, title }];
	// Other words for a post stand beside those that are there already, and wait for their page.
	return null;
};

/** @returns how many the server may still lack */
export async function sendUnanswered(personId: string): Promise<number> {
	let left = 0;
	for (const { place, kept } of unanswered(localStorage, personId)) {
		const door = doorOf(place, kept);
		const answer = door && (await sendForm(...door, kept, AbortSignal.timeout(10_000)).catch(() => null));
		if (answer?.kind === 'posted') localStorage.removeItem(keyOf(personId, place, kept.form));
		else left++;
	}
	return left;
}

export const forgetBegunHere = (personId: string): void => forgetBegun(localStorage, personId);

/** Whether somebody else left something here that only this device has. */
export const isOthersHere = (personId: string): boolean => hasOthers(localStorage, personId);

/** Takes all of this person away, also what nobody has. */
export function forgetAllHere(personId: string): void {
	forgetBegun(localStorage, personId);
	for (const { place, kept } of unanswered(localStorage, personId))
		localStorage.removeItem(keyOf(personId, place, kept.form));
}
