/**
 * The log of a reflection in the database: appending to it, and reading it back.
 *
 * Rows are numbered 1, 2, 3 … within a reflection. A writer says which number it believes is the last; the statement
 * writes only where that is still so, and the primary key decides between two servers that believe it at one instant.
 */
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { ServiceSession, Tx } from '#lib/server/database.ts';
import { mergeUpdates } from './live/merge.ts';
import { type LogRow, packedLength, packInto, type PackedLog, unpackLog, unpackUpdates } from './packed.ts';
import { reflectionClients, reflectionHistory, reflectionSnapshots, reflectionUpdates } from './schema.server.ts';

export { type LogRow, packRows, packUpdates, unpackUpdates } from './packed.ts';

/** What one signed-in person adds to one reflection in one go. */
export type NewRow = {
	reflectionId: string;
	/** The last number that the writer knows of. */
	after: number;
	personId: string;
	/** The session that the updates came through; it must still stand. */
	sessionId: string;
	updates: Uint8Array[];
	/** Yjs client ids that the reflection has not seen before. */
	clients: number[];
	/** Those of them of which nobody knows whose they are. */
	strayClients?: ReadonlySet<number>;
};

export type Appended =
	/** Durable under this number. */
	| { kind: 'written'; number: number }
	/** The log has moved on: somebody else wrote. Read what is new, judge again, try again. */
	| { kind: 'behind' }
	/** The pair is not active, the person is not in it, it is not shared with them, or the session is over. */
	| { kind: 'not-allowed' };

/** An array as Postgres reads it from text; ids and numbers need no quoting. */
const list = (values: (string | number | boolean)[]) => `{${values.join(',')}}`;

/**
 * The statement of `appendRows`; prepared once per connection. Rights are asked in sub-selects that answer one value:
 * an `exists` would let the planner read all sessions at once, which it finds cheap while there are few.
 */
const appending = (binding = '') => `
	with checked as materialized (
		select g.place, g.reflection_id, g.after_number, g.person_id, g.from_byte, g.byte_count,
			coalesce((
				select p.status = 'active' and (g.person_id = p.teacher_id or g.person_id = p.mentor_id and coalesce((
					select true from reflection_sharings s where s.reflection_id = r.id and s.taken_back_at is null
				), false))
				from reflections r join pairs p on p.id = r.pair_id where r.id = g.reflection_id
			), false) and coalesce((
				select s.person_id = g.person_id and s.expires_at > now() and who.deactivated_at is null
				from sessions s join people who on who.id = s.person_id where s.id = g.session_id
			), false) as allowed,
			exists (
				select from reflection_updates u where u.reflection_id = g.reflection_id and u.number > g.after_number
			) or exists (
				select from reflection_snapshots s
				where s.reflection_id = g.reflection_id and s.up_to_number > g.after_number
			) as behind
		from unnest($2::uuid[], $3::int[], $4::uuid[], $5::text[], $6::int[], $7::int[]) with ordinality
			as g(reflection_id, after_number, person_id, session_id, from_byte, byte_count, place)
	), numbered as materialized (
		select place, reflection_id, person_id, from_byte, byte_count,
			after_number + row_number() over (partition by reflection_id order by place) as number
		from checked where allowed and not behind
	), written as (
		insert into reflection_updates (reflection_id, number, person_id, updates)
		select reflection_id, number, person_id, substring($1::bytea from from_byte for byte_count) from numbered
	)${binding}
	select c.allowed, c.behind, n.number::int as number
	from checked c left join numbered n on n.place = c.place
	order by c.place`;
/** Few updates bring a client id that the reflection has not seen. */
const appendingKnown = appending();
const appendingNew = appending(`, bound as (
		insert into reflection_clients (reflection_id, client_id, person_id)
		select n.reflection_id, c.client_id, case when c.stray then null else n.person_id end
		from unnest($8::int[], $9::bigint[], $10::boolean[]) as c(place, client_id, stray)
		join numbered n on n.place = c.place
		on conflict do nothing
	)`);

/**
 * Appends rows of many reflections in one statement, and checks in that very statement that each may be written, so
 * that nothing is taken from a pair that has ended or a session that is over. (A statement that began before the
 * ending committed counts as having come before it.)
 *
 * The lists travel as text and one long byte string: both drivers agree on those, and one binary parameter costs
 * less than many. A reflection may occur in several rows; either all of them find the log where they expect it or none.
 *
 * @returns one answer per row, in the same order; what is written is durable
 * @throws the driver's error; 23505 when another server wrote the same number at the same instant: nothing is written
 */
export async function appendRows(session: ServiceSession, rows: NewRow[]): Promise<Appended[]> {
	const lengths = rows.map(({ updates }) => packedLength(updates));
	let end = 0;
	const starts = lengths.map((length) => (end += length) - length);
	const packed = Buffer.allocUnsafe(end);
	rows.forEach(({ updates }, i) => packInto(packed, starts[i]!, updates));
	const clients = rows.flatMap(({ clients, strayClients }, i) =>
		clients.map((id) => ({ place: i + 1, id, stray: strayClients?.has(id) ?? false }))
	);
	type Answer = { allowed: boolean; behind: boolean; number: number | null };
	const answers = await session.run<Answer>(clients.length > 0 ? appendingNew : appendingKnown, [
		packed,
		list(rows.map((row) => row.reflectionId)),
		list(rows.map((row) => row.after)),
		list(rows.map((row) => row.personId)),
		list(rows.map((row) => row.sessionId)),
		list(starts.map((start) => start + 1)), // Postgres counts bytes from 1
		list(lengths),
		...(clients.length > 0
			? [
					list(clients.map(({ place }) => place)),
					list(clients.map(({ id }) => id)),
					list(clients.map(({ stray }) => stray))
				]
			: [])
	]);
	return answers.map(({ allowed, behind, number }) =>
		number !== null ? { kind: 'written', number } : { kind: behind && allowed ? 'behind' : 'not-allowed' }
	);
}

const updateColumns = {
	number: reflectionUpdates.number,
	personId: reflectionUpdates.personId,
	packed: reflectionUpdates.updates,
	at: reflectionUpdates.createdAt
};

/** What is stored of a reflection: everything after `after`, or from the beginning. */
export type Stored = {
	/** The folded part, when it goes further than `after`. */
	snapshot: { upToNumber: number; state: Uint8Array } | null;
	/** Rows after `after` and after the snapshot, in order. */
	rows: LogRow[];
};

/** Whose log to read, and from where. */
export type Wanted = { reflectionId: string; after: number };

/** The same with its rows still packed: a damaged one fails whoever wanted it, and not those who asked beside them. */
export type StoredPacked = Omit<Stored, 'rows'> & {
	rows: (Omit<LogRow, 'updates'> & { packed: Uint8Array })[];
	/** Who owns which Yjs client id, null for not known; of every row, so no author is missing. */
	owners: Map<number, string | null>;
};

/** What `readLogs` read, ready for use. */
export const unpacked = ({ snapshot, rows }: Omit<StoredPacked, 'owners'>): Stored => ({
	snapshot,
	rows: rows.map(({ packed, ...row }) => ({ ...row, updates: unpackUpdates(packed) }))
});

/** How many bytes `readingLogs` would answer with for each. */
const measuringLogs = `
	select (
		coalesce((
			select sum(octet_length(u.updates)) from reflection_updates u
			where u.reflection_id = w.reflection_id and u.number > greatest(w.after_number, s.up_to_number)
		), 0) + case when s.up_to_number > w.after_number then octet_length(s.state) else 0 end
	)::float8 as bytes
	from unnest($1::uuid[], $2::int[]) with ordinality as w(reflection_id, after_number, place)
	left join reflection_snapshots s on s.reflection_id = w.reflection_id
	order by w.place`;

/**
 * Rows, snapshots and owners of client ids in one answer, all of one instant. One look into the index for each
 * (`lateral`): of a plain join with hundreds Postgres thinks that reading all logs were cheaper.
 */
const readingLogs = `
	with w as materialized (
		select w.place::int, w.reflection_id, w.after_number, s.up_to_number, s.state
		from unnest($1::uuid[], $2::int[]) with ordinality as w(reflection_id, after_number, place)
		left join lateral (select * from reflection_snapshots s where s.reflection_id = w.reflection_id) s on true
	)
	select w.place, 'row' as kind, u.number::float8, u.person_id, u.updates as bytes, u.created_at as at
		from w cross join lateral (
			select * from reflection_updates u
			where u.reflection_id = w.reflection_id and u.number > greatest(w.after_number, w.up_to_number)
		) u
	union all
	select place, 'snapshot', up_to_number, null, state, null from w where up_to_number > after_number
	union all
	select w.place, 'owner', c.client_id, c.person_id, null, null
		from w cross join lateral (select * from reflection_clients c where c.reflection_id = w.reflection_id) c
	order by place, number`;

type LogLine = { place: number; number: number; person_id: string | null } & (
	{ kind: 'row'; bytes: Uint8Array; at: Date } | { kind: 'snapshot'; bytes: Uint8Array } | { kind: 'owner' }
);

/**
 * The logs of many reflections and who owns which client id in them.
 * @param mostBytes answers end before they would grow longer than this together; at least one is given
 * @returns an answer to each of the first so many, in order; what is left over has to be asked for again
 */
export async function readLogs(
	session: Pick<ServiceSession, 'read'>,
	wanted: Wanted[],
	mostBytes: number
): Promise<StoredPacked[]> {
	const asked = (wanted: Wanted[]) => [list(wanted.map((w) => w.reflectionId)), list(wanted.map((w) => w.after))];
	let fitting = wanted;
	if (wanted.length > 1) {
		const sizes = await session.read<{ bytes: number }>(measuringLogs, asked(wanted));
		let left = mostBytes;
		fitting = wanted.filter((_, i) => (left -= sizes[i]!.bytes) >= 0 || i === 0);
	}
	const found = fitting.map((): StoredPacked => ({ snapshot: null, rows: [], owners: new Map() }));
	for (const line of await session.read<LogLine>(readingLogs, asked(fitting))) {
		const log = found[line.place - 1]!;
		if (line.kind === 'owner') log.owners.set(line.number, line.person_id);
		// A copy: the driver's bytes are a part of everything that came in one go, and would keep it.
		else if (line.kind === 'snapshot') log.snapshot = { upToNumber: line.number, state: new Uint8Array(line.bytes) };
		else
			log.rows.push({
				number: line.number,
				personId: line.person_id!,
				packed: new Uint8Array(line.bytes),
				at: line.at
			});
	}
	return found;
}

/**
 * The log of one reflection; row policies apply.
 *
 * Rows first, then the snapshot: each statement sees the database at its own instant, and folding in between moves
 * rows into the snapshot. In this order a row may come twice, and is left out; in the other it might be missed.
 */
export async function readLog(tx: Tx, reflectionId: string, after = 0): Promise<Stored> {
	const folded = tx
		.select({ upTo: reflectionSnapshots.upToNumber })
		.from(reflectionSnapshots)
		.where(eq(reflectionSnapshots.reflectionId, reflectionId));
	const rows = await tx
		.select(updateColumns)
		.from(reflectionUpdates)
		.where(
			and(
				eq(reflectionUpdates.reflectionId, reflectionId),
				// Folded rows stay for a while, and nobody wants them.
				gt(reflectionUpdates.number, sql`greatest(${after}::int, (${folded}))`)
			)
		)
		.orderBy(asc(reflectionUpdates.number));
	const { upToNumber, state } = reflectionSnapshots;
	const [snapshot = null] = await tx
		.select({ upToNumber, state })
		.from(reflectionSnapshots)
		.where(and(eq(reflectionSnapshots.reflectionId, reflectionId), gt(upToNumber, after)));
	return unpacked({ snapshot, rows: rows.filter(({ number }) => !snapshot || number > snapshot.upToNumber) });
}

/**
 * The text of a reflection as one Yjs update (format v1), and the number of the last row in it; an empty update and 0
 * before the first word. Row policies apply: somebody who may not read finds it empty.
 */
export async function readState(tx: Tx, reflectionId: string): Promise<{ update: Uint8Array; number: number }> {
	const { snapshot, rows } = await readLog(tx, reflectionId);
	const parts = rows.flatMap(({ updates }) => updates);
	if (snapshot) parts.unshift(snapshot.state);
	return { update: mergeUpdates(parts), number: rows.at(-1)?.number ?? snapshot?.upToNumber ?? 0 };
}

/**
 * Every row from the first, also those that were folded, in order: what was typed, deleted text too. Rows that were
 * folded before history kept them are missing. Row policies apply.
 */
export const readHistory = async (tx: Tx, reflectionId: string): Promise<LogRow[]> =>
	unpackLog(await readPackedHistory(tx, reflectionId));

/** The same as the database has it, for whoever unpacks it on another thread. */
export async function readPackedHistory(tx: Tx, reflectionId: string): Promise<PackedLog> {
	// The log first: a row that moves meanwhile comes twice, and is not missed.
	const rows = await tx
		.select(updateColumns)
		.from(reflectionUpdates)
		.where(eq(reflectionUpdates.reflectionId, reflectionId));
	const lines = await tx
		.select({ personId: reflectionHistory.personId, rows: reflectionHistory.rows })
		.from(reflectionHistory)
		.where(eq(reflectionHistory.reflectionId, reflectionId));
	return { rows, lines };
}

/** Who owns which Yjs client id: whoever first wrote under it. Those of which that is not known are left out. */
export async function ownersOf(tx: Tx, reflectionId: string): Promise<Map<number, string>> {
	const rows = await tx
		.select({ clientId: reflectionClients.clientId, personId: reflectionClients.personId })
		.from(reflectionClients)
		.where(eq(reflectionClients.reflectionId, reflectionId));
	return new Map(rows.flatMap(({ clientId, personId }) => (personId ? [[clientId, personId]] : [])));
}
