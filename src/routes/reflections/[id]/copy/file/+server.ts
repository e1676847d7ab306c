import { whenceOf } from '#lib/audit/audit.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { copyReflection } from '#lib/reflection/copies.server.ts';
import { isFormat } from '#lib/reflection/out/copy.ts';
import { formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

/** Makes the file that was asked for. A change, because it is written down: no other site can ask for it. */
export const POST: RequestHandler = async (event) => {
	const person = signedIn(event.locals);
	const form = await formOf(event.request);
	const format = form.get('format');
	const { name, type, file } = await copyReflection(
		db(),
		person,
		event.params.id,
		{
			format: isFormat(format) ? format : 'pdf',
			authors: form.has('authors'),
			comments: form.has('comments'),
			paper: form.get('paper') === 'a4' ? 'a4' : 'letter'
		},
		whenceOf(event)
	);
	const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
	return new Response(file, {
		headers: {
			'content-type': type,
			'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`
		}
	});
};
