import { signedInHeader } from '#lib/reflection/local-copy.ts';
import { writesAnywhere } from '#lib/reflection/reflection.server.ts';
import { db } from '#lib/server/current.ts';
import { readSettings } from '#lib/server/settings.ts';
import { linksFor, placesFor } from '#lib/ui/frame.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals: { person }, setHeaders }) => {
	if (person) setHeaders({ [signedInHeader]: person.id });
	// A page that says that something broke needs this frame as well, so the frame doesn't break with it.
	const writes = person !== null && (await writesAnywhere(db(), person).catch(() => false));
	return {
		person,
		demo: readSettings().DEMO,
		writes,
		places: person ? placesFor({ writes }) : [],
		links: person ? linksFor() : []
	};
};
