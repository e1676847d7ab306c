/**
 * The copy of one reflection in this browser (IndexedDB), which is what makes writing without a network safe. It says
 * truthfully whether it keeps everything that is on the page: a full disk, a browser that keeps nothing, a copy that was
 * thrown away or taken away under us all end in `kept` false, and nothing here ever stops anybody from typing.
 *
 * A change is one row, committed in the same breath: left to itself a transaction commits a task later, and a reload that
 * follows the typing at once took the last keys away 5 of 20 times. What is still under way when the page is hidden goes
 * into localStorage, the one store that is written before the page is gone, and the next page takes it from there.
 *
 * After a row could not be written no later one is: a copy with a gap shows nothing of what comes behind it. It is whole
 * again once the whole state could be written, in one transaction with whatever other tabs left there.
 */
import * as Y from 'yjs';

/**
 * Why nothing is kept: no room; a browser that keeps nothing for us; thrown away by the browser; taken away by somebody,
 * in another tab.
 */
export type Trouble = 'full' | 'closed' | 'gone' | 'taken';

type Options = {
	/** Of the database; keys in localStorage begin with it. */
	name: string;
	doc: Y.Doc;
	/** Whether there are words that the server may lack. */
	waiting: () => boolean;
	/** Called when it begins or ceases to keep everything. */
	changed: (trouble: Trouble | null) => void;
};

/** So many rows become one: many small ones make opening slow. */
const mostRows = 500;
const hiding = ['pagehide', 'visibilitychange'];

/** One character a byte: these lie there for a moment only, and never travel. */
const asText = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
const asBytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

export class DeviceCopy {
	readonly #options: Options;
	readonly #underWay = new Set<Uint8Array>();
	#database: IDBDatabase | null = null;
	#trouble: Trouble | null = null;
	#opening: Promise<boolean> | null = null;
	#rows = 0;
	#ended = false;

	constructor(options: Options) {
		this.#options = options;
		options.doc.on('update', this.#store);
		// A phone may end a page in the background without another word.
		for (const event of hiding) addEventListener(event, this.#hide);
	}

	/** Opens it, also after trouble, and brings in what it has. @returns whether it keeps everything now */
	open(): Promise<boolean> {
		return (this.#opening ??= this.#open().finally(() => (this.#opening = null)));
	}

	async #open(): Promise<boolean> {
		try {
			const left = this.#recovered();
			if (!this.#database) {
				const database = await opened(this.#options.name);
				if (this.#ended) database.close();
				else this.#listen((this.#database = database));
			}
			if (this.#ended) return false;
			await this.#writeAll();
			for (const key of left) localStorage.removeItem(key);
			this.#say(null);
			return true;
		} catch (error) {
			this.#fail(error);
			return false;
		}
	}

	#listen(database: IDBDatabase) {
		database.onclose = () => this.#lose('gone');
		database.onversionchange = () => {
			database.close();
			this.#lose('taken');
		};
	}

	#lose(trouble: Trouble) {
		this.#database = null;
		this.#say(trouble);
	}

	#say(trouble: Trouble | null) {
		this.#trouble = trouble;
		if (!this.#ended) this.#options.changed(trouble);
	}

	#fail(error: unknown) {
		// What took it away has been said, and says more.
		if (this.#trouble !== 'gone' && this.#trouble !== 'taken')
			this.#say((error as DOMException | null)?.name === 'QuotaExceededError' ? 'full' : 'closed');
	}

	#writeAll(): Promise<void> {
		const { doc } = this.#options;
		return new Promise((resolve, reject) => {
			const writing = this.#database!.transaction('updates', 'readwrite');
			const rows = writing.objectStore('updates');
			let covered: Uint8Array[] = [];
			rows.getAll().onsuccess = ({ target }) => {
				if (this.#ended) return writing.abort();
				const bringIn = () => {
					for (const row of (target as IDBRequest<Uint8Array[]>).result) Y.applyUpdate(doc, row, this);
				};
				Y.transact(doc, bringIn, this, false);
				covered = [...this.#underWay];
				rows.clear();
				rows.add(Y.encodeStateAsUpdate(doc));
			};
			writing.oncomplete = () => {
				this.#rows = 1;
				this.#done(covered);
				resolve();
			};
			writing.onabort = () => reject(writing.error);
		});
	}

	#store = (update: Uint8Array, origin: unknown) => {
		if (origin === this) return;
		this.#underWay.add(update);
		if (!this.#database || this.#trouble) {
			if (this.#underWay.size > mostRows) {
				const merged = Y.mergeUpdates([...this.#underWay]);
				this.#underWay.clear();
				this.#underWay.add(merged);
			}
			return;
		}
		try {
			const writing = this.#database.transaction('updates', 'readwrite');
			writing.objectStore('updates').add(update);
			writing.oncomplete = () => this.#done([update]);
			writing.onabort = () => this.#fail(writing.error);
			writing.commit();
		} catch (error) {
			this.#fail(error);
		}
		if (++this.#rows % mostRows === 0) this.#writeAll().catch((error) => this.#fail(error));
	};

	#done(updates: Uint8Array[]) {
		for (const update of updates) this.#underWay.delete(update);
		if (!this.#underWay.size) this.#locally((key) => localStorage.removeItem(key));
	}

	/** What could not be kept elsewhere, if there is room for it here; what somebody took away stays away. */
	#hide = () => {
		const { doc, waiting } = this.#options;
		if (!this.#underWay.size || this.#trouble === 'taken' || (this.#trouble && !waiting())) return;
		this.#locally((key) =>
			localStorage.setItem(
				key,
				asText(this.#trouble ? Y.encodeStateAsUpdate(doc) : Y.mergeUpdates([...this.#underWay]))
			)
		);
	};

	/** Tabs of one person don't overwrite each other's. Some browsers have no localStorage, or no room in it. */
	#locally(act: (key: string) => void) {
		try {
			act(`${this.#options.name}/${this.#options.doc.clientID}`);
		} catch {
			// `kept` says nothing of it; the page asks before it is closed.
		}
	}

	/** Brings in last keys. @returns where they lay, for when they are kept better */
	#recovered(): string[] {
		const keys: string[] = [];
		this.#locally(() => {
			for (const key of Object.keys(localStorage).filter((one) => one.startsWith(`${this.#options.name}/`))) {
				Y.applyUpdate(this.#options.doc, asBytes(localStorage.getItem(key)!), 'last keys');
				keys.push(key);
			}
		});
		return keys;
	}

	/** Reads or writes what is noted beside the words; answers the last thing asked. */
	noted(mode: IDBTransactionMode, ask: (notes: IDBObjectStore) => IDBRequest): Promise<unknown> {
		return new Promise((resolve, reject) => {
			const asking = this.#database!.transaction('custom', mode);
			const asked = ask(asking.objectStore('custom'));
			asking.oncomplete = () => resolve(asked.result);
			asking.onabort = () => reject(asking.error);
			asking.commit();
		});
	}

	/** Lets go of it, and takes it away. */
	clear(): void {
		this.#underWay.clear();
		this.end();
		indexedDB.deleteDatabase(this.#options.name);
	}

	end(): void {
		if (this.#ended) return;
		this.#hide();
		this.#ended = true;
		this.#options.doc.off('update', this.#store);
		for (const event of hiding) removeEventListener(event, this.#hide);
		// What was begun is finished first.
		this.#database?.close();
	}
}

function opened(name: string): Promise<IDBDatabase> {
	return new Promise((resolve, reject) => {
		const opening = indexedDB.open(name);
		opening.onupgradeneeded = () => {
			opening.result.createObjectStore('updates', { autoIncrement: true });
			opening.result.createObjectStore('custom');
		};
		opening.onsuccess = () => resolve(opening.result);
		opening.onerror = () => reject(opening.error);
	});
}
