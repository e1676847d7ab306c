/** Moving a program's last day: an act with a date, a reason and who, seen by everybody in the program. */
import { asc, eq, inArray } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { record } from '#lib/audit/audit.server.ts';
import { people } from '#lib/identity/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { lastDayOf, readExtension } from './extension.ts';
import { type Acting, programToChange } from './managing.server.ts';
import { deadlineExtensions, programs } from './schema.server.ts';

export type ExtensionShown = { id: string; lastDay: string; reason: string; extendedAt: Date; by: string | null };

/** The extensions of these programs that the person asking may see, oldest first, by program. */
export async function listExtensions(tx: Tx, programIds: string[]): Promise<Map<string, ExtensionShown[]>> {
	const extensions = new Map<string, ExtensionShown[]>();
	if (programIds.length === 0) return extensions;
	const rows = await tx
		.select({
			programId: deadlineExtensions.programId,
			id: deadlineExtensions.id,
			lastDay: deadlineExtensions.lastDay,
			reason: deadlineExtensions.reason,
			extendedAt: deadlineExtensions.extendedAt,
			by: people.name
		})
		.from(deadlineExtensions)
		// A teacher need not know the manager by name.
		.leftJoin(people, eq(people.id, deadlineExtensions.extendedById))
		.where(inArray(deadlineExtensions.programId, programIds))
		.orderBy(asc(deadlineExtensions.extendedAt), asc(deadlineExtensions.id));
	for (const { programId, ...row } of rows) {
		const known = extensions.get(programId);
		if (known) known.push(row);
		else extensions.set(programId, [row]);
	}
	return extensions;
}

/**
 * Moves the last day of a program to a later one. What counts is recomputed by everybody's next look; nothing that was
 * done in between is lost.
 * @throws Refusal not-found for whoever does not manage the program, unproven, or rule
 */
export async function extendDeadline(
	db: Database,
	by: Acting,
	programId: string,
	asked: { lastDay: unknown; reason: unknown }
): Promise<{ lastDay: string }> {
	return db.asPerson(by.person.id, async (tx) => {
		const { id } = await programToChange(tx, by, programId);
		const [program] = await tx.select().from(programs).where(eq(programs.id, id));
		const before = (await listExtensions(tx, [id])).get(id) ?? [];
		const from = lastDayOf(program!.endsOn, before);
		const { lastDay, reason } = readExtension(asked, { lastDay: from, startsOn: program!.startsOn });
		const extensionId = uuidv7();
		await tx
			.insert(deadlineExtensions)
			.values({ id: extensionId, programId: id, lastDay, reason, extendedById: by.person.id });
		await record(tx, {
			kind: 'deadline-extended',
			person: by.person.id,
			by: by.person.id,
			whence: by.whence,
			about: { program: id, extension: extensionId, from: from!, to: lastDay }
		});
		return { lastDay };
	});
}
