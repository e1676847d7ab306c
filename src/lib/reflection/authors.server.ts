/** Who wrote each character of a reflection, out of the database. */
import type { Tx } from '#lib/server/database.ts';
import type { AuthorRun, Credit } from './author-runs.ts';
import { readAuthors } from './authors.ts';
import { ownersOf, readHistory, readLog } from './log.server.ts';

/** What `readAuthors` needs of a reflection; it can be sent to a worker as it is. */
export async function readWritten(tx: Tx, reflectionId: string) {
	const rows = await readHistory(tx, reflectionId);
	const isWhole = rows.length > 0 && rows.every(({ number }, i) => number === i + 1);
	// What was folded before history kept rows is only in the state, without what had been deleted by then.
	const { snapshot } = isWhole ? { snapshot: null } : await readLog(tx, reflectionId);
	return {
		log: rows.map(({ personId, updates }) => ({ personId, updates })),
		// After the rows, so that no row's author is missing.
		owners: await ownersOf(tx, reflectionId),
		folded: snapshot?.state
	};
}

/**
 * The author of every character of a reflection, and the credits with which `runsOf` says the same of a document that a
 * browser has open. Row policies apply: somebody who may not read finds nothing.
 *
 * It reads everything that was ever written here. Ten thousand edits take about 0.1 s, the 259,778 of the longest recording
 * 1.5 s of CPU; where others wait for the same thread, give `readWritten` to a worker instead.
 */
export async function readAuthorship(tx: Tx, reflectionId: string): Promise<{ credits: Credit[]; runs: AuthorRun[] }> {
	const { log, owners, folded } = await readWritten(tx, reflectionId);
	return readAuthors(log, owners, folded);
}

/** Who wrote each character, in the order of the document. It stays the same through folding and undo. */
export const authorsOf = async (tx: Tx, reflectionId: string): Promise<AuthorRun[]> =>
	(await readAuthorship(tx, reflectionId)).runs;
