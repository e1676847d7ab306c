/** Makes the files of a reflection without holding up those who type: long ones on a thread of its own. */
import { Apart } from '#lib/server/apart.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { type About, bytesOf, type Files, filesOf, type Written } from './reflection-files.ts';

export type Piece = { about: About; written: Written };

/** Reading this much takes some ten milliseconds; beyond it everybody else would feel it. */
const shortBytes = 48 * 1024;

/** A build puts modules into a folder of chunks, and the worker, which is an entry of its own, beside that folder. */
export const script = new URL(
	/\.ts(\?|$)/.test(import.meta.url) ? './files-worker.server.ts' : '../files-worker.js',
	import.meta.url
);

const thread = new Apart<Piece, Files>({
	script,
	// The longest recording, 259,778 edits, takes two seconds of a processor that has nothing else to do.
	ms: 60_000,
	megabytes: 1024,
	// Each holds its log in memory.
	waiting: 20,
	failed: 'Who wrote which words took too long to read.'
});

/** When the thread can't, the text is made here without who wrote what, which takes a tenth; the files say so. */
export async function makeFiles({ about, written }: Piece, apart: Pick<typeof thread, 'run'> = thread): Promise<Files> {
	if (bytesOf(written) < shortBytes) return filesOf(about, written);
	return apart.run({ about, written }).catch((error: unknown) => {
		log('authors-not-read', { reflection: about.id, ...traceOf(error) });
		return filesOf(about, { ...written, log: null });
	});
}

/** Ends the thread. */
export const closeFiles = () => thread.close();
