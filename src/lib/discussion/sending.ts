/** What became of a post that was sent, read off the server's answer, and how long to wait before the next try. Pure. */

export type Answer =
	| { kind: 'posted'; number: number | null; location: string }
	/** Said no, in a sentence: nothing was posted, and the same once more would be refused again. */
	| { kind: 'refused'; sentence: string }
	| { kind: 'signed-out' }
	/** Nobody knows whether it arrived. The same form once more is the same post, so it is sent again. */
	| { kind: 'again' };

export type ActionAnswer = {
	type?: unknown;
	status?: unknown;
	location?: unknown;
	data?: { message?: unknown } | null;
	error?: { message?: unknown };
};

/**
 * What a form action answered; null where it is nothing of ours. Of its data only the sentence is read: that takes a line,
 * and the framework's own way is all of its script, on pages that have none.
 */
export function readAnswer(text: string): ActionAnswer | null {
	try {
		const said = JSON.parse(text) as Record<string, unknown> | null;
		if (typeof said !== 'object') return null;
		if (typeof said?.data !== 'string') return said;
		// A list of values, the first of which says where in it each part of the whole stands.
		const values = JSON.parse(said.data) as unknown[];
		const { message } = (values[0] ?? {}) as { message?: unknown };
		return { ...said, data: { message: values[message as number] } };
	} catch {
		return null; // a page of some proxy
	}
}

const sentenceIn = (said: unknown) => (typeof said === 'string' && said !== '' ? said : null);

/** @param said what a form action answered; null when it was nothing that can be read */
export function answerOf(status: number, said: ActionAnswer | null): Answer {
	if (said?.type === 'redirect' && typeof said.location === 'string') {
		if (/^\/sign-in(\?|$)/.test(said.location)) return { kind: 'signed-out' };
		const number = Number(/#post-(\d+)$/.exec(said.location)?.[1] ?? NaN);
		return { kind: 'posted', number: Number.isNaN(number) ? null : number, location: said.location };
	}
	const sentence = sentenceIn(said?.data?.message) ?? sentenceIn(said?.error?.message);
	// Somebody else is signed in: for whoever wrote it that is the same.
	if (said?.type === 'failure' && said.status === 401) return { kind: 'signed-out' };
	if (said?.type === 'failure') return { kind: 'refused', sentence: sentence ?? unsaid };
	// A proxy's 408 or 425 is no opinion on the words.
	if (status >= 400 && status < 500 && status !== 408 && status !== 425)
		return { kind: 'refused', sentence: sentence ?? unsaid };
	return { kind: 'again' };
}

const unsaid = 'This was not taken. What you wrote is still here.';

const first = 1_000;
const longest = 30_000;

/** After so many tries in vain: longer each time, and not all of a staff room at once. @param chance from 0 to 1 */
export const pauseAfter = (tries: number, chance: number): number =>
	Math.min(longest, first * 2 ** Math.min(tries - 1, 10)) * (0.75 + chance / 2);
