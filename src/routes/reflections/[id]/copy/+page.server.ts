import { signedIn } from '#lib/identity/signed-in.server.ts';
import { readForPrint, readForReflection } from '#lib/reflection/copies.server.ts';
import { countWords } from '#lib/reflection/words.ts';
import { renderSettled, settledText } from '#lib/reflection/settled.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = signedIn(locals);
	const wanted = { authors: url.searchParams.has('authors'), comments: url.searchParams.has('comments') };
	const { reflection, shown } = await readForPrint(db(), person, params.id, wanted);
	return {
		person: { id: person.id },
		reflection: {
			id: reflection.id,
			title: reflection.title,
			access: reflection.access,
			shared: reflection.shared,
			pair: reflection.pair
		},
		wanted,
		shown
	};
};

export const actions: Actions = {
	read: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const file = (await formOf(request)).get('file');
		const read = await answer(readForReflection(db(), person, params.id, file instanceof Blob ? file : null));
		if (isRefused(read)) return read;
		const content = read.blocks;
		return {
			read: {
				...read,
				html: renderSettled({ content }),
				words: countWords(settledText({ content }))
			}
		};
	}
};
