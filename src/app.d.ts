import type { Person } from '#lib/identity/person.ts';

declare global {
	namespace App {
		interface Locals {
			/** Who is asking; null when nobody is signed in. */
			person: Person | null;
			/** Id of the session behind the cookie; ends with it. */
			sessionId: string | null;
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
