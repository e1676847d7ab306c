/** What `StackChoice.svelte` sends. Pure. */

/** The stacks chosen in a form, one for each program in which one was. */
export const readChosen = (form: FormData): { programId: string; stackVersionId: string }[] =>
	[...form].flatMap(([name, value]) =>
		name.startsWith('stack ') && typeof value === 'string'
			? [{ programId: name.slice('stack '.length), stackVersionId: value }]
			: []
	);
