/** Where a stored reflection stands against what is asked. */
import * as Y from 'yjs';
import { type Answered, answeredIn } from './answered.ts';

export type { Answered };

/** @param update the whole text as one Yjs update */
export function answeredFrom(update: Uint8Array): Answered {
	const doc = new Y.Doc();
	try {
		Y.applyUpdate(doc, update);
		return answeredIn(doc);
	} finally {
		doc.destroy();
	}
}
