import { redirect } from '@sveltejs/kit';
import { away } from '#lib/errors.ts';
import type { Person } from './person.ts';

type Asking = { person: Person | null; away: boolean; here: string };

/** For whoever needs to know whether somebody is signed in, also when nobody is. @throws Refusal away */
export function knowing(asking: Pick<Asking, 'away'>): void {
	if (asking.away) throw away();
}

/** The person asking. Sends everybody else to the sign-in page, and back here afterwards. @throws Refusal away */
export function signedIn(locals: Asking): Person {
	if (locals.person) return locals.person;
	knowing(locals);
	redirect(303, locals.here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(locals.here)}`);
}
