/** What somebody sends as the words of a post, made ready to be kept. */
import type { Person } from '#lib/identity/person.ts';
import type { Tx } from '#lib/server/database.ts';
import { type Read, readBody } from './body.ts';
import { settleNames } from './mentions.server.ts';
import { bodyOfText } from './plain-text.ts';

/** From an editor (JSON), or from a plain field (text). What an editor sends counts, unless it is empty. */
export type Sent = { body?: unknown; text?: unknown };

/** What is kept, and `said`: sentences for whoever posted, such as who is named and will not read it. */
export type SettledPost = Read & { said: string[] };

/**
 * Reads the words of a post, and gives everybody and everything named in it the names of today.
 * @throws Refusal rule with what is wrong and that nothing is lost
 */
export async function settleBody(
	tx: Tx,
	_person: Person,
	cohortId: string,
	{ body, text }: Sent
): Promise<SettledPost> {
	const made = body !== undefined && body !== null && body !== '';
	const read = readBody(made ? body : bodyOfText(typeof text === 'string' ? text : ''));
	// An editor names people by itself, and may also have been typed into like a plain field.
	return settleNames(tx, cohortId, read, true);
}
