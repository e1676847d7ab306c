import { notFound } from '#lib/errors.ts';
import { db } from '#lib/server/current.ts';
import { listMail } from '#lib/server/mail.ts';
import { readSettings } from '#lib/server/settings.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ setHeaders }) => {
	if (!readSettings().DEMO) throw notFound('page');
	setHeaders({ 'cache-control': 'no-store' });
	return { mail: await listMail(db()) };
};
