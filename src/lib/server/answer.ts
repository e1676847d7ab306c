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

/**
 * The fields of a form.
 * @throws Refusal `rule` when what was sent is no form, or broke off on the way
 */
export async function formOf(request: Request): Promise<FormData> {
	try {
		return await request.formData();
	} catch (error) {
		// Too large is said by the framework, with a status of its own.
		if (!(error instanceof TypeError)) throw error;
		throw new Refusal('rule', 'This form did not arrive whole. Please go back and send it again.');
	}
}
