import { fail, type ActionFailure } from '@sveltejs/kit';
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
