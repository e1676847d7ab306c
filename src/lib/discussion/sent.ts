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

/** What somebody typed, to stand in the form again where it was refused. */
export const typedIn = (form: FormData, ...names: string[]): Record<string, string> =>
	Object.fromEntries(
		['text', 'body', ...names].map((name) => {
			const value = form.get(name);
			return [name, typeof value === 'string' ? value : ''];
		})
	);
