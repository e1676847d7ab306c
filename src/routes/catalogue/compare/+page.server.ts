import { readComparison, readRivals } from '#lib/catalogue/offer.server.ts';
import { compared } from '#lib/catalogue/comparing.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const person = signedIn(locals);
	const [a, b] = [url.searchParams.get('a'), url.searchParams.get('b')];
	const one = a || b;
	if (!one) return { kind: 'none' as const };
	if (!a || !b || a === b) return { kind: 'one' as const, ...(await readRivals(db(), person, one)) };
	const both = await readComparison(db(), person, a, b);
	const anyway = url.searchParams.has('anyway');
	return { kind: 'both' as const, ...both, anyway, rows: compared(both.a, both.b) };
};
