/** Ending roles. A role is never deleted: who could see what in March stays known. */
import { and, eq, sql } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import { demandProof } from '#lib/identity/proof.server.ts';
import { roles } from '#lib/identity/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import type { Acting } from './managing.server.ts';
import { countManagers, inProgram, readMember } from './people.server.ts';
import { leavesNobody } from './policy.ts';
import type { Role, RoleEnding } from './roles.ts';

/**
 * Ends a role in a program now: of somebody else as its manager, or one's own. What it opened is closed with the next
 * request. A pair goes on, because ending it is another act, with another question.
 * @returns the role that ended
 * @throws Refusal not-found, unproven, or rule: of the last manager, and of a role that has ended
 */
export function endRole(
	db: Database,
	by: Acting,
	asked: { programId: string; personId: string; roleId: string; reason: RoleEnding | null }
): Promise<{ role: Role }> {
	const { programId, personId, roleId, reason } = asked;
	return db.asPerson(by.person.id, async (tx) => {
		if (!isId(roleId) || !isId(programId)) throw notFound('role');
		// Two managers who end theirs at one instant take turns here, or nobody would be left.
		await tx.execute(sql`select pg_advisory_xact_lock(hashtext('roles of program'), hashtext(${programId}))`);
		const member = await readMember(tx, by.person, programId, personId);
		const held = member.roles.find((one) => one.roleId === roleId);
		if (!held) throw notFound('role');
		const { managers, oneself } = await countManagers(tx, programId);
		// Ended by another while this one waited for its turn.
		if (!member.own && !oneself) throw notFound('role');
		if (!member.own) demandProof(by.proof, 'role');
		if (!held.mayEnd) throw new Refusal('rule', 'This role had ended before. Nothing has changed.');
		const about = { own: member.own, role: held.role, ended: false };
		if (leavesNobody(about, managers))
			throw new Refusal(
				'rule',
				`You are the last manager of ${member.program.name}: without one nobody could invite another. Nothing has changed. Please invite a second manager first, and end your role when they have accepted.`
			);
		const [ended] = await tx
			.update(roles)
			// Not before it began: a clock may be a little behind the one that gave it.
			.set({ untilAt: sql`greatest(now(), ${roles.fromAt})` })
			.where(and(eq(roles.id, roleId), eq(roles.personId, personId), inProgram(programId)))
			.returning({ role: roles.role });
		if (!ended) throw notFound('role');
		await record(tx, {
			kind: 'role-ended',
			person: personId,
			by: by.person.id,
			whence: by.whence,
			about: { role: held.role, roleId, program: programId, reason: reason?.key ?? null }
		});
		return ended;
	});
}
