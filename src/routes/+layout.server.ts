import { talksAnywhere } from '#lib/discussion/cohorts.server.ts';
import { countUnread } from '#lib/notification/told.server.ts';
import { signedInHeader } from '#lib/reflection/local-copy.ts';
import { writesAnywhere } from '#lib/reflection/reflection.server.ts';
import { db } from '#lib/server/current.ts';
import { readSettings } from '#lib/server/settings.ts';
import { linksFor, placesFor } from '#lib/ui/frame.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals: { person }, setHeaders, depends }) => {
	// An open page hears when something is new for its person (`notified` of a thread's stream).
	depends('app:told');
	if (person) setHeaders({ [signedInHeader]: person.id });
	// A page that says that something broke needs this frame as well, so the frame doesn't break with it.
	const [writes, talks, told] = person
		? await Promise.all([
				writesAnywhere(db(), person).catch(() => false),
				talksAnywhere(db(), person).catch(() => false),
				countUnread(db(), person).catch(() => 0)
			])
		: [false, false, 0];
	return {
		person,
		demo: readSettings().DEMO,
		writes,
		places: person ? placesFor({ writes, talks }) : [],
		links: person ? linksFor({ told }) : []
	};
};
