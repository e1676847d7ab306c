import { readdirSync, readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';

export async function migrate(db: Database, folder = 'supabase/migrations'): Promise<string[]> {
	const files = readdirSync(folder)
		.filter((f) => /^\d+_.*\.sql$/.test(f))
		.sort();
	return db.asOwner(async (tx) => {
		for (const file of files)
			for (const statement of readFileSync(`${folder}/${file}`, 'utf8').split('--> statement-breakpoint'))
				await tx.execute(sql.raw(statement));
		return files;
	});
}
