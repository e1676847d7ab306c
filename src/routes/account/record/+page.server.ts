import { isGroup } from '#lib/audit/event.ts';
import { readRecord } from '#lib/identity/record.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const person = signedIn(locals);
	const asked = url.searchParams.get('about');
	const group = isGroup(asked) ? asked : null;
	const before = url.searchParams.get('before');
	return { person, group, before, ...(await readRecord(db(), person, { before, group })) };
};
