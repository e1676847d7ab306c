import { notFound } from '#lib/errors.ts';
import { db } from '#lib/server/current.ts';
import { readMailHtml } from '#lib/server/mail.ts';
import { readSettings } from '#lib/server/settings.ts';
import type { RequestHandler } from './$types';

/** A mail of the demo's outbox as a mail program shows it: its own HTML, with styles and without any script. */
export const GET: RequestHandler = async ({ params }) => {
	if (!readSettings().DEMO) throw notFound('page');
	const html = await readMailHtml(db(), params.id);
	if (!html) throw notFound('mail');
	return new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' } });
};
