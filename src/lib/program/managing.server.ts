/** Acting as a manager: of one program, and in it only. */
import { and, eq, sql } from 'drizzle-orm';
import type { Whence } from '#lib/audit/event.ts';
import { notFound } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Proof } from '#lib/identity/policy.ts';
import { demandProof } from '#lib/identity/proof.server.ts';
import type { Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { programs } from './schema.server.ts';

/** Who acts, how they have shown who they are, and from where. */
export type Acting = { person: Person; proof: Proof | null; whence: Whence };

export type ProgramManaged = { id: string; name: string; timeZone: string };

/**
 * A program that the person asking manages now.
 * @throws Refusal not-found for everybody else, whether or not there is such a program
 */
export async function managedProgram(tx: Tx, programId: string): Promise<ProgramManaged> {
	const [program] = isId(programId)
		? await tx
				.select({ id: programs.id, name: programs.name, timeZone: programs.timeZone })
				.from(programs)
				.where(and(eq(programs.id, programId), sql`${programs.id} = any ((select app.managed_program_ids())::uuid[])`))
		: [];
	if (!program) throw notFound('program');
	return program;
}

/** The same, for changing something there. @throws Refusal not-found, or unproven */
export async function programToChange(tx: Tx, by: Acting, programId: string): Promise<ProgramManaged> {
	const program = await managedProgram(tx, programId);
	demandProof(by.proof, 'role');
	return program;
}
