import { readFile, removeFile } from '#lib/discussion/files.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

/** A file of a post, for whoever reads the post. Only a picture that we made ourselves is shown; all else is saved. */
export const GET: RequestHandler = async ({ locals, params }) => {
	const { name, type, content } = await readFile(db(), signedIn(locals), params.id);
	const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
	const said = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
	return new Response(new Uint8Array(content), {
		headers: {
			'content-type': type,
			'content-length': String(content.length),
			'content-disposition': `${type === 'image/webp' ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${said}`,
			// Whatever it is, on its own page it runs nothing and reaches nobody.
			'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'"
		}
	});
};

/** Takes away a file that no post has yet. */
export const DELETE: RequestHandler = async ({ locals, params }) => {
	await removeFile(db(), signedIn(locals), params.id);
	return new Response(null, { status: 204 });
};
