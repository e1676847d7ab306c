import { signedInHeader } from '#lib/reflection/local-copy.ts';
import { countUnread, mostCounted } from '#lib/notification/told.server.ts';
import { writesAnywhere } from '#lib/reflection/reflection.server.ts';
import { db } from '#lib/server/current.ts';
import { readSettings } from '#lib/server/settings.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals: { person }, setHeaders }) => {
	if (person) setHeaders({ [signedInHeader]: person.id });
	// A page that says that something broke needs this frame as well, so the frame doesn't break with it.
	const [writes, unread] = person
		? await Promise.all([writesAnywhere(db(), person).catch(() => false), countUnread(db(), person).catch(() => 0)])
		: [false, 0];
	return {
		person,
		demo: readSettings().DEMO,
		writes,
		// As it is read out, and as it is seen.
		told:
			unread === 0
				? 'Notifications'
				: `Notifications, ${unread > mostCounted ? `more than ${mostCounted}` : unread} unread`,
		unread: unread === 0 ? undefined : unread > mostCounted ? `${mostCounted}+` : unread
	};
};
