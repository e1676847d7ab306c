import { redirect } from '@sveltejs/kit';
import type { Person } from './person.ts';

/** The person asking. Sends everybody else to the sign-in page, and back here afterwards. */
export function signedIn(locals: { person: Person | null; here: string }): Person {
	if (locals.person) return locals.person;
	redirect(303, locals.here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(locals.here)}`);
}
