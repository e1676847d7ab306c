/**
 * What is typed a moment before a page goes away. The browser's copy (IndexedDB) is written asynchronously: left to
 * itself a transaction commits a task later, and a reload that follows the typing at once took the last keys away 5 of 20
 * times. So each change is committed in the same breath, and what is still under way when the page is hidden goes into
 * localStorage, the one store that is written before the page is gone. The next page takes it from there.
 */
import { type IndexeddbPersistence, PREFERRED_TRIM_SIZE, storeState } from 'y-indexeddb';
import * as Y from 'yjs';

/** One character a byte: these lie there for a moment only, and never travel. */
const asText = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
const asBytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/**
 * Takes over the storing of changes from `copy`.
 * @param name the copy's own name; keys in localStorage begin with it
 * @returns `recover`, to be called once the copy is open, and `end`
 */
export function keepLastKeys(copy: IndexeddbPersistence, name: string) {
	const { doc } = copy;
	// Tabs of one person don't overwrite each other's.
	const key = `${name}/${doc.clientID}`;
	const underWay = new Set<Uint8Array>();
	doc.off('update', copy._storeUpdate);

	const store = (update: Uint8Array, origin: unknown) => {
		if (!copy.db || origin === copy) return;
		underWay.add(update);
		const writing = copy.db.transaction(['updates'], 'readwrite');
		writing.objectStore('updates').add(update);
		writing.oncomplete = () => {
			underWay.delete(update);
			if (!underWay.size) localStorage.removeItem(key);
		};
		writing.commit();
		// Many small rows make opening slow; now and then they become one.
		if (++copy._dbsize % PREFERRED_TRIM_SIZE === 0) void storeState(copy, false).catch(() => {});
	};
	const hide = () => {
		if (underWay.size) localStorage.setItem(key, asText(Y.mergeUpdates([...underWay])));
	};

	doc.on('update', store);
	// A phone may end a page in the background without another word.
	for (const event of ['pagehide', 'visibilitychange']) addEventListener(event, hide);
	return {
		recover() {
			if (!copy.db) return;
			for (const left of Object.keys(localStorage).filter((one) => one.startsWith(`${name}/`))) {
				Y.applyUpdate(doc, asBytes(localStorage.getItem(left)!), 'last keys');
				localStorage.removeItem(left);
			}
		},
		end() {
			hide();
			doc.off('update', store);
			for (const event of ['pagehide', 'visibilitychange']) removeEventListener(event, hide);
		}
	};
}
