/** What somebody sends as the words of a post, made ready to be kept. */
import type { Person } from '#lib/identity/person.ts';
import type { Tx } from '#lib/server/database.ts';
import { bodyOfText, type Read, readBody } from './body.ts';

/** From an editor (JSON), or from a plain field (text). */
export type Sent = { body?: unknown; text?: unknown };

/** @throws Refusal rule with what is wrong and that nothing is lost */
export async function settleBody(_tx: Tx, _person: Person, _cohortId: string, { body, text }: Sent): Promise<Read> {
	return readBody(body ?? bodyOfText(typeof text === 'string' ? text : ''));
}
