import { fail, redirect } from '@sveltejs/kit';
import { uuidv7 } from 'uuidv7';
import { resolve } from '$app/paths';
import { markHelped, react } from '#lib/discussion/answering.server.ts';
import { wordsOf } from '#lib/discussion/body.ts';
import { listLoose, takeFiles } from '#lib/discussion/files.server.ts';
import { reactions } from '#lib/discussion/kinds.ts';
import { addNamelessWord } from '#lib/discussion/nameless.server.ts';
import { readUnheard } from '#lib/discussion/mentions.server.ts';
import { inPageOnly } from '#lib/discussion/once.ts';
import { openThreadPage } from '#lib/discussion/opening.server.ts';
import { textOfBody } from '#lib/discussion/plain-text.ts';
import {
	addPost,
	bringBackPost,
	editPost,
	readOwnBody,
	renameThread,
	takeBackPost
} from '#lib/discussion/posting.server.ts';
import { readQuoted } from '#lib/discussion/quoting.server.ts';
import { markRead, markUnread } from '#lib/discussion/reading.server.ts';
import { byAnother, filesIn, postIn, somebodyElse, typedIn } from '#lib/discussion/sent.ts';
import type { Listener } from '#lib/discussion/standing.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { mayStay } from '#lib/reflection/local-copy.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url, isDataRequest, depends, setHeaders }) => {
	depends('app:thread');
	const person = signedIn(locals);
	const asked = (name: string) => url.searchParams.get(name);
	const { people, ...found } = await openThreadPage(db(), person, params.id, { at: asked('at') });
	const quoted = asked('quote');
	const edited = asked('edit');
	if (writesHere(people, person)) setHeaders(mayStay(person, locals.session));
	return {
		...found,
		posts: isDataRequest ? found.posts : inPageOnly(found.posts),
		/** What those are to the cohort who are more than one of its teachers. */
		parts: Object.fromEntries(people.flatMap(({ id, part }) => (part === 'teacher' ? [] : [[id, part]]))),
		quote: quoted ? await readQuoted(db(), person, params.id, quoted) : null,
		change: edited ? await changeOf(person, edited) : null,
		/** Who was named in what the person just posted, and will not read it. */
		unheard: asked('named') ? await readUnheard(db(), person, params.id, asked('named')) : [],
		form: uuidv7(),
		keeps: !locals.session?.shared,
		now: new Date()
	};
};

/** What coaches and moderators see of others stays on no device. */
const writesHere = (people: Listener[], { id }: { id: string }) =>
	people.some((one) => one.id === id && (one.part === 'teacher' || one.part === 'mentor'));

/** One's own post as it is to be changed; where it can't be any more, the page shows it as it is. */
async function changeOf(person: Parameters<typeof readOwnBody>[1], postId: string) {
	const found = await answer(readOwnBody(db(), person, postId));
	return isRefused(found)
		? null
		: {
				id: postId,
				number: found.number,
				revision: found.revision,
				text: textOfBody(found.body),
				words: wordsOf(found.body),
				body: found.body,
				files: found.files
			};
}

/** Where a post is read, and the page that was open stays the same if it can. */
const placeOf = (id: string, number: number, at: unknown = null, said: string[] = []) =>
	`${resolve('/threads/[id]', { id })}?at=${typeof at === 'string' && /^\d{1,9}$/.test(at) ? at : number}${said.length > 0 ? `&named=${number}` : ''}#post-${number}`;

export const actions: Actions = {
	reply: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		if (byAnother(sent, person)) return fail(401, { ...somebodyElse, at: 'reply' });
		const typed = () => typedIn(sent, 'form', 'quotes', 'quote', 'nameless');
		if (sent.get('nameless') === 'yes') {
			const more = { files: filesIn(sent), sure: sent.get('sure') === 'yes' };
			const done = await answer(addNamelessWord(db(), person, params.id, { ...postIn(sent), ...more }));
			if (isRefused(done)) return fail(done.status, { ...done.data, typed: typed(), files: [], at: 'reply' });
			redirect(303, `${resolve('/cohorts/without-a-name')}?asked`);
		}
		const underName = sent.get('nameless') === 'no';
		let files: string[] = [];
		const done = await answer(
			(async () => {
				files = await takeFiles(db(), person, { threadId: params.id }, sent);
				return addPost(db(), person, params.id, { ...postIn(sent), files, underName });
			})()
		);
		if (isRefused(done))
			return fail(done.status, {
				...done.data,
				typed: typed(),
				files: await listLoose(db(), person, files),
				at: 'reply'
			});
		redirect(303, placeOf(params.id, done.number, null, done.said));
	},

	edit: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		if (byAnother(sent, person)) return fail(401, { ...somebodyElse, at: 'act' });
		const post = sent.get('post');
		const { body, text } = postIn(sent);
		let added: string[] = [];
		const done = await answer(
			(async () => {
				added = await takeFiles(db(), person, { threadId: params.id }, sent);
				// Only a form that shows the files says which of them stay.
				const files = sent.get('files-shown') === 'yes' ? added : undefined;
				return editPost(db(), person, typeof post === 'string' ? post : '', { body, text, on: sent.get('on'), files });
			})()
		);
		if (isRefused(done))
			return fail(done.status, {
				...done.data,
				typed: typedIn(sent, 'form'),
				files: await listLoose(db(), person, added),
				at: 'edit'
			});
		redirect(303, placeOf(params.id, done.number, null, done.said));
	},

	react: async ({ locals, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		const [name, post] = [...sent].find(([name]) => name !== 'at') ?? ['', ''];
		const kind = reactions.find((one) => name === one || name === `un${one}`);
		const done = await answer(react(db(), person, post, { kind, on: name === kind }));
		if (isRefused(done)) return fail(done.status, { ...done.data, typed: null, at: 'act' });
		redirect(303, placeOf(done.threadId, done.number, sent.get('at')));
	},

	helped: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		const done = await answer(markHelped(db(), person, params.id, sent.get('helped')));
		if (isRefused(done)) return fail(done.status, { ...done.data, typed: null, at: 'act' });
		redirect(303, `${resolve('/threads/[id]', { id: params.id })}?at=${Number(sent.get('at')) || 1}`);
	},

	takeBack: async ({ locals, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		const post = sent.get('post');
		const done = await takeBackPost(db(), person, typeof post === 'string' ? post : '');
		redirect(303, placeOf(done.threadId, done.number, sent.get('at')));
	},

	/** Of what was said without a name, which otherwise goes some minutes later. */
	takeBackNow: async ({ locals, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		const post = sent.get('post');
		const done = await takeBackPost(db(), person, typeof post === 'string' ? post : '', new Date(), { atOnce: true });
		redirect(303, placeOf(done.threadId, done.number, sent.get('at')));
	},

	bringBack: async ({ locals, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		const post = sent.get('post');
		const done = await answer(bringBackPost(db(), person, typeof post === 'string' ? post : ''));
		if (isRefused(done)) return fail(done.status, { ...done.data, typed: null, at: 'act' });
		redirect(303, placeOf(done.threadId, done.number, sent.get('at')));
	},

	rename: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const title = (await formOf(request)).get('title');
		const done = await answer(renameThread(db(), person, params.id, title));
		if (isRefused(done)) return fail(done.status, { ...done.data, typed: null, at: 'act' });
		redirect(303, resolve('/threads/[id]', { id: params.id }));
	},

	read: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		await markRead(db(), person, params.id, (await formOf(request)).get('upTo'));
		redirect(303, resolve('/threads/[id]', { id: params.id }));
	},

	later: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		await markUnread(db(), person, params.id, (await formOf(request)).get('from'));
		// Away from what is to be read later.
		redirect(303, resolve('/cohorts'));
	}
};
