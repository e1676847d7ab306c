/** Whose mail did not arrive, for whoever runs the program that they are in. */
import { sql } from 'drizzle-orm';
import type { Person } from '#lib/identity/person.ts';
import type { Database } from '#lib/server/database.ts';
import type { FailedMail } from './failed-mail.ts';
import { managedProgram, type ProgramManaged } from './managing.server.ts';

export type FailedMails = {
	program: ProgramManaged;
	/** The newest first; at most two hundred, a morning's work. */
	mails: FailedMail[];
	/** Of how many people and invitations, those below the two hundredth too. */
	everybody: number;
};

/** @throws Refusal not-found for whoever does not manage the program */
export const readFailedMail = (db: Database, person: Person, programId: string): Promise<FailedMails> =>
	db.asPerson(person.id, async (tx) => {
		const program = await managedProgram(tx, programId);
		const { rows } = (await tx.execute(sql`select * from app.failed_mail(${programId}::uuid)`)) as unknown as {
			rows: {
				person_id: string | null;
				name: string | null;
				address: string | null;
				kind: string | null;
				failed_at: string | Date;
				failure: string;
				status: string | null;
				times: string | number;
				since: string | Date;
				unreachable: boolean;
				everybody: string | number;
			}[];
		};
		return {
			program,
			mails: rows.map((row) => ({
				personId: row.person_id,
				name: row.name,
				address: row.address,
				kind: row.kind,
				at: new Date(row.failed_at),
				since: new Date(row.since),
				times: Number(row.times),
				failure: row.failure,
				status: row.status,
				unreachable: row.unreachable
			})),
			everybody: Number(rows[0]?.everybody ?? 0)
		};
	});
