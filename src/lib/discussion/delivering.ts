/** Sends a post as the page's own form would, and reads what became of it. */
import type { Kept } from './kept-posts.ts';
import { type Answer, answerOf, readAnswer } from './sending.ts';

/**
 * @param personId whose words they are: in this browser somebody else may have signed in since
 * @param more further fields of the form
 */
export async function sendForm(
	personId: string,
	action: string,
	more: Record<string, string>,
	{ form, words, body, files, quote }: Kept,
	signal?: AbortSignal
): Promise<Answer> {
	const sent = new FormData();
	sent.set('by', personId);
	sent.set('form', form);
	sent.set('text', words);
	if (body) sent.set('body', JSON.stringify(body));
	for (const { id, alt } of files) {
		sent.append('files', id);
		sent.set(`alt ${id}`, alt ?? '');
	}
	if (quote) {
		sent.set('quotes', quote.id);
		sent.set('quote', quote.text);
	}
	for (const [name, value] of Object.entries(more)) sent.set(name, value);
	return act(action, sent, signal);
}

/** @throws when nothing came back, or nothing that can be read */
export async function act(action: string, sent: FormData, signal?: AbortSignal): Promise<Answer> {
	const response = await fetch(action, {
		method: 'POST',
		body: sent,
		headers: { accept: 'application/json', 'x-sveltekit-action': 'true' },
		cache: 'no-store',
		signal: signal ?? null
	});
	const text = await response.text();
	return answerOf(response.status, readAnswer(text));
}
