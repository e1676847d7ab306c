/**
 * The database of this process. Kept on `globalThis`, because Vite evaluates a module again after an edit and an
 * embedded database must never be opened twice.
 */
import type { Database } from './database.ts';

const key = Symbol.for('wayfellow.database');
const shelf = globalThis as { [key]?: Database };

/** @throws Error before `ready()` of `start.server.ts` has opened it */
export function db(): Database {
	const database = shelf[key];
	if (!database) throw new Error('The database is not open yet: ready() comes first.');
	return database;
}

/** Says which database `db()` answers with; null when it is closed. */
export function setCurrent(database: Database | null): void {
	if (database) shelf[key] = database;
	else delete shelf[key];
}
