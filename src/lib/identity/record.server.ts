/** What happened to somebody's account, as they read it. It lives here and not in `audit`, because it names people. */
import { aliasedTable, and, desc, eq, inArray, or, sql } from 'drizzle-orm';
import { type About, type Group, kindsOf } from '#lib/audit/event.ts';
import { auditEvents } from '#lib/audit/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { deviceOf } from './device.ts';
import type { Person } from './person.ts';
import { people } from './schema.server.ts';

/** Nulls for somebody whom the reader does not know (any more): an id would let two such be told apart, or found again. */
export type Named = { id: string; name: string } | { id: null; name: null };

const named = (id: string, name: string | null): Named => (name === null ? { id: null, name } : { id, name });

export type RecordedEvent = {
	id: string;
	kind: string;
	at: Date;
	/** Whom it concerns: the reader, or somebody to whom the reader did it. */
	person: Named;
	/** Who did it; null when the product did, or nobody had proven who they are. */
	by: Named | null;
	onBehalfOf: Named | null;
	network: string | null;
	device: string | null;
	about: About;
};

/** One page: what one reads in a sitting. */
export const recordPage = 50;

const bys = aliasedTable(people, 'bys');
const behalves = aliasedTable(people, 'behalves');

/**
 * What concerns the person, and what the person did to others, newest first.
 * @param before the id of the event where the page before ended
 * @returns `older`: where the next page begins, null when this is the last
 */
export async function readRecord(
	db: Database,
	person: Person,
	{ before, group }: { before?: string | null; group?: Group | null } = {}
): Promise<{ events: RecordedEvent[]; older: string | null }> {
	const rows = await db.asPerson(person.id, (tx) =>
		tx
			.select({
				id: auditEvents.id,
				kind: auditEvents.kind,
				at: auditEvents.at,
				personId: auditEvents.personId,
				personName: people.name,
				byId: auditEvents.byPersonId,
				byName: bys.name,
				behalfId: auditEvents.onBehalfOfId,
				behalfName: behalves.name,
				network: auditEvents.network,
				userAgent: auditEvents.userAgent,
				about: auditEvents.about
			})
			.from(auditEvents)
			.leftJoin(people, eq(people.id, auditEvents.personId))
			.leftJoin(bys, eq(bys.id, auditEvents.byPersonId))
			.leftJoin(behalves, eq(behalves.id, auditEvents.onBehalfOfId))
			.where(
				and(
					or(eq(auditEvents.personId, person.id), eq(auditEvents.byPersonId, person.id)),
					group ? inArray(auditEvents.kind, kindsOf(group)) : undefined,
					before && isId(before)
						? sql`(${auditEvents.at}, ${auditEvents.id}) < (select e.at, e.id from audit_events e where e.id = ${before})`
						: undefined
				)
			)
			.orderBy(desc(auditEvents.at), desc(auditEvents.id))
			.limit(recordPage + 1)
	);
	const events = rows.slice(0, recordPage).map((row): RecordedEvent => ({
		id: row.id,
		kind: row.kind,
		at: row.at,
		person: named(row.personId, row.personName),
		by: row.byId === null ? null : named(row.byId, row.byName),
		onBehalfOf: row.behalfId === null ? null : named(row.behalfId, row.behalfName),
		network: row.network,
		device: row.userAgent === null ? null : deviceOf(row.userAgent),
		about: row.about
	}));
	return { events, older: rows.length > recordPage ? events.at(-1)!.id : null };
}
