import type { Database } from './database.ts';
import { openEmbedded } from './embedded.ts';
import { openPostgres } from './postgres.ts';
import type { Settings } from './settings.ts';

/** Opens the database that the settings name: DATABASE_URL, or the embedded one in DATA_DIR. Does not migrate. */
export function openDatabase(
	settings: Pick<Settings, 'DATABASE_URL' | 'MIGRATION_DATABASE_URL' | 'DATA_DIR'>
): Promise<Database> {
	return settings.DATABASE_URL
		? openPostgres(settings.DATABASE_URL, settings.MIGRATION_DATABASE_URL)
		: openEmbedded(settings.DATA_DIR);
}
