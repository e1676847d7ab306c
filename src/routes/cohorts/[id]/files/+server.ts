import { json } from '@sveltejs/kit';
import { addFile } from '#lib/discussion/files.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

/** Takes one file in for a post that is being written. */
export const POST: RequestHandler = async ({ locals, params, request }) => {
	const person = signedIn(locals);
	const form = await formOf(request);
	const file = form.get('file');
	// Whether they may is asked before what is sent: without a file it is an empty one.
	const { name, bytes } =
		file instanceof File
			? { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }
			: { name: '', bytes: new Uint8Array() };
	return json(await addFile(db(), person, params.id, { name, bytes, alt: form.get('alt') }), { status: 201 });
};
