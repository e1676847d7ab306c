/** How far people have read, in the database. */
import { sql } from 'drizzle-orm';
import type { Database } from '#lib/server/database.ts';

/** Notes how far somebody has read; it never goes back. Where they may not read, nothing is noted. */
export async function noteLook(db: Database, personId: string, reflectionId: string, number: number): Promise<void> {
	await db.asPerson(personId, (tx) =>
		tx.execute(sql`
			insert into reflection_looks (reflection_id, person_id, up_to_number)
			select r.id, ${personId}::uuid, ${number}::int from reflections r
			where r.id = ${reflectionId}::uuid and r.id = any ((select app.readable_reflection_ids())::uuid[])
			on conflict (reflection_id, person_id) do update
				set up_to_number = greatest(reflection_looks.up_to_number, excluded.up_to_number), looked_at = now()
		`)
	);
}
