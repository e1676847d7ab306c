import { fail, isActionFailure, type ActionFailure } from '@sveltejs/kit';
import { Refusal, statusOf } from '#lib/errors.ts';

/**
 * The answer of a form action: what the verb gives, or the sentence of a broken rule beside the form.
 * Everything else (not found, not allowed, our own faults) becomes a page in `hooks.server.ts`.
 */
export async function answer<T>(work: Promise<T>): Promise<T | ActionFailure<{ message: string }>> {
	try {
		return await work;
	} catch (error) {
		if (error instanceof Refusal && (error.reason === 'rule' || error.reason === 'too-many'))
			return fail(statusOf[error.reason], { message: error.message });
		throw error;
	}
}

/** Whether `answer` gave a sentence back. The framework's own question forgets, in its type, that there is one. */
export const isRefused = (answered: unknown): answered is ActionFailure<{ message: string }> =>
	isActionFailure(answered);

/**
 * The same for doors that take a form without being told its length: reads no further than `most` bytes.
 * @returns null when there is more
 * @throws Refusal `rule` as `formOf` does
 */
export async function smallFormOf(request: Request, most: number): Promise<FormData | null> {
	const pieces: Uint8Array[] = [];
	let length = 0;
	try {
		const reader = request.body?.getReader();
		for (let next; reader && !(next = await reader.read()).done;) {
			length += next.value.length;
			// Not cancelled: that would end the connection, and nobody would hear why.
			if (length > most) return null;
			pieces.push(next.value);
		}
	} catch {
		throw new Refusal('rule', 'This form did not arrive whole. Please go back and send it again.');
	}
	const { url, headers } = request;
	return formOf(new Request(url, { method: 'POST', headers, body: Buffer.concat(pieces) }));
}

/**
 * The fields of a form.
 * @throws Refusal `rule` when what was sent is no form, broke off on the way, or holds what is no text
 */
export async function formOf(request: Request): Promise<FormData> {
	try {
		const form = await request.formData();
		// No keyboard makes one, no column of text holds one, and Postgres would answer with an error.
		const isText = [...form].flat().every((text) => typeof text !== 'string' || !text.includes('\0'));
		if (!isText) throw new Refusal('rule', 'Something in this form is no text. Please go back and type it again.');
		return form;
	} catch (error) {
		// Too large is said by the framework, with a status of its own.
		if (!(error instanceof TypeError)) throw error;
		throw new Refusal('rule', 'This form did not arrive whole. Please go back and send it again.');
	}
}
