/** What a browser makes of a message to it. Pure, and small: the service worker takes it along. */

/** What is shown where no line can be had: nobody is signed in, the line was taken back, there is no network. */
export const withoutWords = 'There is something new in Wayfellow';

export type Told = {
	/** Of the notice; null where the message says none. */
	id: string | null;
	/** The next one under it takes the place of this one. */
	tag: string;
	/** Where a press on it leads. */
	path: string;
};

/** @param sent what came, as text; anything else than ours is a notice without words */
export function readPush(sent: string | null | undefined): Told {
	let said: unknown;
	try {
		said = JSON.parse(sent ?? '');
	} catch {
		said = null;
	}
	const { id, tag } = (typeof said === 'object' && said !== null ? said : {}) as { id?: unknown; tag?: unknown };
	if (typeof id !== 'string' || !/^[0-9a-f-]{36}$/.test(id)) return { id: null, tag: 'new', path: '/notifications' };
	return { id, tag: typeof tag === 'string' && tag ? tag : id, path: `/notifications/${id}` };
}
