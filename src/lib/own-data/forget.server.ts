/** Repeating deletions after an older backup was brought back; only for whoever runs the server. */
import { inArray, isNull, and, sql } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import { people } from '#lib/identity/schema.server.ts';
import type { Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';

/** Ids in a text: bare ones, or those of people in lines `account-deleted` of the log. */
export const idsIn = (text: string): string[] => [
	...new Set(
		(text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi) ?? []).map((id) => id.toLowerCase()).filter(isId)
	)
];

/** Deletes these people as if their two weeks were over. @param tx the owner's @returns who was still there */
export async function forget(tx: Tx, ids: string[]): Promise<string[]> {
	const there = await tx
		.update(people)
		.set({
			deactivatedAt: sql`coalesce(${people.deactivatedAt}, now())`,
			deletionAskedAt: sql`coalesce(${people.deletionAskedAt}, now())`
		})
		.where(and(inArray(people.id, ids), isNull(people.deletedAt)))
		.returning({ id: people.id });
	for (const { id } of there) await tx.execute(sql`select app.delete_person(${id})`);
	await record(
		tx,
		...there.map(({ id }) => ({ kind: 'account-deleted' as const, person: id, by: null, whence: null }))
	);
	return there.map(({ id }) => id);
}
