/** An award is an earned microcredential; it belongs to the person, not to the school address. */
import { sql } from 'drizzle-orm';
import { check, date, index, pgPolicy, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { microcredentialVersions } from '#lib/catalogue/schema.server.ts';
import { people } from '#lib/identity/schema.server.ts';
import { id, instant } from '#lib/server/columns.ts';
import { authenticated, service } from '#lib/server/roles.ts';

export const awards = pgTable(
	'awards',
	{
		id: id(),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		microcredentialVersionId: uuid()
			.notNull()
			.references(() => microcredentialVersions.id),
		awardedAt: instant().notNull(),
		/** The last day on which it counts, in the program's time zone; null never expires. */
		expiresOn: date(),
		revokedAt: instant(),
		revokedReason: text()
	},
	(t) => [
		check('awards_revoked', sql`(revoked_at is null) = (revoked_reason is null)`),
		index('awards_person').on(t.personId),
		pgPolicy('awards_read', {
			for: 'select',
			to: authenticated,
			using: sql`person_id = any ((select app.progress_person_ids())::uuid[])`
		}),
		pgPolicy('awards_service', { for: 'select', to: service, using: sql`true` })
	]
);
