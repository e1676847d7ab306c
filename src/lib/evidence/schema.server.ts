/** What a teacher hands in. The frozen copy and its artifacts join this row later. */
import { sql } from 'drizzle-orm';
import { check, index, pgPolicy, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { microcredentialVersions } from '#lib/catalogue/schema.server.ts';
import { people } from '#lib/identity/schema.server.ts';
import { id, instant } from '#lib/server/columns.ts';
import { authenticated, service } from '#lib/server/roles.ts';

export const submissions = pgTable(
	'submissions',
	{
		id: id(),
		teacherId: uuid()
			.notNull()
			.references(() => people.id),
		microcredentialVersionId: uuid()
			.notNull()
			.references(() => microcredentialVersions.id),
		submittedAt: instant().notNull(),
		/** When and how the assessors answered; null while in review. */
		decidedAt: instant(),
		decision: text({ enum: ['earned', 'not-yet', 'incomplete'] })
	},
	(t) => [
		check('submissions_decision', sql`decision in ('earned', 'not-yet', 'incomplete')`),
		check('submissions_decided', sql`(decided_at is null) = (decision is null)`),
		index('submissions_teacher').on(t.teacherId),
		pgPolicy('submissions_read', {
			for: 'select',
			to: authenticated,
			using: sql`teacher_id = any ((select app.progress_person_ids())::uuid[])`
		}),
		pgPolicy('submissions_service', { for: 'select', to: service, using: sql`true` })
	]
);
