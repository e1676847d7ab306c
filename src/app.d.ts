import type { Person } from '#lib/identity/person.ts';
import type { SignedIn } from '#lib/identity/session.server.ts';

declare global {
	namespace App {
		interface Locals {
			/** Who is asking; null when nobody is signed in. */
			person: Person | null;
			/** The session behind the cookie, and how its person came in; null when nobody is signed in. */
			session: Omit<SignedIn, 'person'> | null;
			/** Whether the database, which knows who is asking, did not answer. */
			away: boolean;
			/** The address asked for, to come back to after signing in. */
			here: string;
		}
		interface Error {
			/** A whole sentence for a person. */
			message: string;
			/** Of an error we did not expect: the same id stands in the log. */
			id?: string;
		}
	}
}

export {};
