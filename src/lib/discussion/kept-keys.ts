/** The names under which posts that were begun lie in this browser, for whoever only asks whether there are any. */

/** Where words are going to stand: an answer in a thread, other words in a post, a new thread in a cohort. */
export type Place = `thread ${string}` | `post ${string}` | `cohort ${string}`;

export const prefix = 'post-kept/';
export const keysOf = (personId: string, place: Place | '') => `${prefix}${personId}/${place}`;
export const keyOf = (personId: string, place: Place, form: string) => `${keysOf(personId, place)}/${form}`;

/** What a page says to itself when it leaves something that was sent and not answered. */
export const leftEvent = 'post-left';

/** Whether something may lie there. */
export function isKeptThere(personId: string, place: Place): boolean {
	try {
		return Object.keys(localStorage).some((key) => key.startsWith(`${keysOf(personId, place)}/`));
	} catch {
		return false; // a browser that keeps nothing
	}
}
