/** A manager lets somebody of their program in again who lost their passkeys. The rule for it is identity's. */
import { Refusal } from '#lib/errors.ts';
import { type Holder, letInAgain } from '#lib/identity/passkey.server.ts';
import type { Database } from '#lib/server/database.ts';
import { readMember } from './people.server.ts';

/**
 * @param asked.sure whoever does it has spoken with that person: a mail that asks for it may be somebody else's
 * @throws Refusal not-found where they are not of this program, rule, unproven, not-allowed
 */
export async function letMemberInAgain(
	db: Database,
	holder: Holder,
	asked: { programId: string; personId: string; sure: boolean }
): Promise<{ letIn: true }> {
	await db.asPerson(holder.person.id, (tx) => readMember(tx, holder.person, asked.programId, asked.personId));
	if (!asked.sure) throw new Refusal('rule', 'Please tick that you have spoken with them. Nothing has changed yet.');
	await letInAgain(db, holder, asked.personId);
	return { letIn: true };
}
