/** What a form for a post holds, whoever filled it in: a plain field, or an editor in its place. */
export const postIn = (form: FormData) => ({
	form: form.get('form'),
	/** An editor's document; without one the plain words count. */
	body: form.get('body') || undefined,
	text: form.get('text'),
	quotes: form.get('quotes'),
	quote: form.get('quote'),
	files: form.getAll('files')
});

/**
 * Whether a form was filled in by somebody else than who is signed in now: in a page that was open while the next person
 * signed in, or by words that waited for a network. They are never posted in another person's name.
 */
export function byAnother(form: FormData, person: { id: string }): boolean {
	const by = form.get('by');
	return typeof by === 'string' && by !== '' && by !== person.id;
}

/** What is said then: without what was typed, which is not for whoever is signed in. */
export const somebodyElse = {
	message:
		'Somebody else has signed in in this browser since that page was opened, so nothing was posted. Whoever wrote it can go back one page: it is still there.',
	typed: null,
	files: []
};

/** What somebody typed, to stand in the form again where it was refused. */
export const typedIn = (form: FormData, ...names: string[]): Record<string, string> =>
	Object.fromEntries(
		['text', 'body', ...names].map((name) => {
			const value = form.get(name);
			return [name, typeof value === 'string' ? value : ''];
		})
	);

/** Whatever stands for a file in a form: what was sent before, and what comes along. An empty field sends an empty one. */
export const filesIn = (form: FormData): FormDataEntryValue[] => [
	...form.getAll('files'),
	...form.getAll('file').filter((file) => typeof file !== 'string' && (file.size > 0 || file.name !== ''))
];
