/**
 * Names of what a reflection leaves in a browser. Person and reflection are both in the name, because school computers
 * are shared: nobody's copy is ever opened for somebody else.
 */
const prefix = 'wayfellow';

/** Name of the IndexedDB database with this person's copy of this reflection. */
export const localCopy = (personId: string, reflectionId: string) => `${prefix}/${personId}/${reflectionId}`;

/** Key in that database's `custom` store: 1 while it holds words that the server lacks. */
export const unsavedMark = 'unsaved';

/** Another key there: when its person last opened the reflection in this browser, in ms. */
export const openedMark = 'opened';

export const isLocalCopy = (name: string) => name.startsWith(`${prefix}/`);

/** Name of the cache in which the service worker keeps pages of reflections, and those that lead to them. */
export const keptPages = 'pages';

/** Header by which the server says whose page an answer is; the service worker keeps pages only with it. */
export const ownerHeader = 'x-page-of';

/** Header by which a page says who is signed in, so that the service worker knows whose unsent words to ask about. */
export const signedInHeader = 'x-signed-in';

/** For a page that leads its person to their reflections, or is one: it may stay on their device. On a shared one nothing does. */
export const mayStay = (person: { id: string }, session: { shared: boolean } | null): Record<string, string> =>
	session?.shared ? {} : { [ownerHeader]: person.id };
