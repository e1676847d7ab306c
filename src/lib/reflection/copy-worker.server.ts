/** The thread of `copies.server.ts`: makes files out of texts, and reads texts out of files. */
import { parentPort } from 'node:worker_threads';
import { Refusal } from '#lib/errors.ts';
import type { Answered } from '#lib/server/apart.ts';
import type { Done, Piece } from './copies.server.ts';
import { readFileIn } from './in/file.server.ts';
import { makeFile } from './out/make.server.ts';
import { shownOf } from './out/shown.ts';

parentPort!.on('message', (piece: Piece) => {
	const work: Promise<Done> =
		'make' in piece
			? makeFile(piece.make).then((file) => ({ file }))
			: 'show' in piece
				? Promise.try(() => ({ shown: shownOf(piece.show) }))
				: readFileIn(piece.read).then((read) => ({ read }));
	work.then(
		(done) => parentPort!.postMessage({ done } satisfies Answered<Done>),
		(error: unknown) =>
			parentPort!.postMessage(
				(error instanceof Refusal
					? { refused: error.message }
					: { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }) satisfies Answered<Done>
			)
	);
});
