/**
 * What reflections left in this browser, and taking it away again: for the service worker and for the pages that look
 * after it (docs/decisions/0012). One rule above all: words that the server may lack are never taken away in silence.
 */
import { isLocalCopy, openedMark, unsavedMark } from './local-copy.ts';

/** How long a copy stays after its person last opened it here: a fortnight covers any holiday of a school week. */
export const keptFor = 14 * 24 * 3_600_000;

export type LeftHere = {
	/** The database's name. */
	name: string;
	personId: string;
	reflectionId: string;
	/** It may hold words that the server lacks. */
	unsaved: boolean;
	/** When it was last opened here, in ms; null when nobody wrote that down. */
	openedAt: number | null;
	/** When its person was last asked to send it, in ms. */
	askedAt: number | null;
};

const askedMark = 'asked';

/** What becomes of a copy when somebody opens the product. Pure. */
export function fateOf(copy: Pick<LeftHere, 'unsaved' | 'openedAt'>, now: number, open: boolean): 'stays' | 'goes' {
	if (open || copy.unsaved || copy.openedAt === null) return 'stays';
	return now - copy.openedAt > keptFor ? 'goes' : 'stays';
}

/** Whether its person is to be brought to the page that sends it: once a day, or nobody could go anywhere else. Pure. */
export const isToBeSent = (copy: LeftHere, personId: string, now: number, open: boolean): boolean =>
	copy.unsaved && copy.personId === personId && !open && now - (copy.askedAt ?? 0) > 24 * 3_600_000;

const partsOf = (name: string) => {
	const [, personId = '', reflectionId = ''] = name.split('/');
	return { name, personId, reflectionId };
};

/** Every copy in this browser, whoever's it is. */
export async function copiesHere(): Promise<LeftHere[]> {
	const found: LeftHere[] = [];
	for (const { name } of (await indexedDB.databases?.().catch(() => [])) ?? [])
		if (name && isLocalCopy(name)) {
			const marks = await marksOf(name, [unsavedMark, openedMark, askedMark]);
			const [unsaved, openedAt, askedAt] = marks ?? [];
			found.push({
				...partsOf(name),
				// When in doubt, the words stay.
				unsaved: unsaved !== 0,
				openedAt: typeof openedAt === 'number' ? openedAt : null,
				askedAt: typeof askedAt === 'number' ? askedAt : null
			});
		}
	// Last keys that no copy has taken yet. A service worker can't see them.
	if (typeof localStorage !== 'undefined')
		for (const key of Object.keys(localStorage).filter(isLocalCopy)) {
			const name = key.split('/').slice(0, 3).join('/');
			const known = found.find((copy) => copy.name === name);
			if (known) known.unsaved = true;
			else found.push({ ...partsOf(name), unsaved: true, openedAt: null, askedAt: null });
		}
	return found;
}

/** Whether this copy may hold words that the server lacks. */
export const isUnsaved = async (name: string) => (await marksOf(name, [unsavedMark]))?.[0] !== 0;

/** Takes a copy away, also while another tab has it open: that one then goes on without. */
export async function forgetCopy(name: string): Promise<void> {
	if (typeof localStorage !== 'undefined')
		for (const key of Object.keys(localStorage)) if (key.startsWith(`${name}/`)) localStorage.removeItem(key);
	await new Promise<void>((resolve) => {
		const deleting = indexedDB.deleteDatabase(name);
		deleting.onsuccess = deleting.onerror = deleting.onblocked = () => resolve();
	});
}

/** Takes away what the server has as well. @param which of them; all when left out */
export async function forgetSaved(which: (copy: LeftHere) => boolean = () => true): Promise<void> {
	for (const copy of await copiesHere()) if (!copy.unsaved && which(copy)) await forgetCopy(copy.name);
}

/** Takes away what nobody opened for a fortnight. @param isOpen whether some tab shows this reflection now */
export async function forgetOld(isOpen: (reflectionId: string) => boolean, now = Date.now()): Promise<void> {
	for (const copy of await copiesHere()) {
		const open = isOpen(copy.reflectionId);
		if (fateOf(copy, now, open) === 'goes') await forgetCopy(copy.name);
		// Left by an older version: its time begins now.
		else if (copy.openedAt === null && !open) await mark(copy.name, openedMark, now);
	}
}

/** Under which keys drafts of comments lie in a copy. In here, because nobody who takes a copy away may forget them. */
export const draftKeys = () => IDBKeyRange.bound('draft ', 'draft \uffff');

/** Whether somebody has begun a comment there. */
export const hasDrafts = async (name: string): Promise<boolean> =>
	Number((await inCustom(name, 'readonly', (store) => [store.count(draftKeys())]))?.[0] ?? 0) > 0;

/** Notes that its person was brought to the page that sends it. */
export const noteAsked = (name: string, now = Date.now()) => mark(name, askedMark, now);

function marksOf(name: string, keys: string[]): Promise<unknown[] | null> {
	return inCustom(name, 'readonly', (store) => keys.map((key) => store.get(key)));
}

const mark = (name: string, key: string, value: number) =>
	inCustom(name, 'readwrite', (store) => [store.put(value, key)]);

/** Asks the copy's own store; null when it can't be asked. */
function inCustom(
	name: string,
	mode: IDBTransactionMode,
	ask: (store: IDBObjectStore) => IDBRequest[]
): Promise<unknown[] | null> {
	return new Promise((resolve) => {
		const opening = indexedDB.open(name);
		// Gone in this moment: asking must not make an empty one, which nothing could be kept in.
		opening.onupgradeneeded = () => opening.transaction!.abort();
		opening.onerror = () => resolve(null);
		opening.onsuccess = () => {
			const database = opening.result;
			const answer = (found: unknown[] | null) => {
				database.close();
				resolve(found);
			};
			try {
				const transaction = database.transaction('custom', mode);
				const asked = ask(transaction.objectStore('custom'));
				transaction.oncomplete = () => answer(asked.map(({ result }) => result as unknown));
				transaction.onerror = transaction.onabort = () => answer(null);
			} catch {
				answer(null);
			}
		};
	});
}
