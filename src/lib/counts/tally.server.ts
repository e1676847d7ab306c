/**
 * Counting a program anew, out of facts: as the product itself, in the background and when a manager asks. The rows that
 * it keeps are nothing but its answer; nothing is ever added to them.
 */
import { sql } from 'drizzle-orm';
import { readStackOffers } from '#lib/catalogue/offers.server.ts';
import { enrollments, programs } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { counted, type Counted, type Counts, keyOf, none, type Organization, rollUp } from './rollup.ts';
import { programCounts } from './schema.server.ts';
import { hiddenIn } from './suppression.ts';

const minute = 60_000;

/** How old counts may become. A program of 80,000 takes a second or two, so a server spends little of its time on them. */
export const oldest = 5 * minute;
/** Whoever presses the button again and again counts no more often. */
export const soonest = minute / 2;

/** Every school of a large state is some thousands; what has more is no tree of schools. */
const mostPlaces = 50_000;

const rowsOf = async <Row>(tx: Tx, query: ReturnType<typeof sql>) =>
	((await tx.execute(query)) as unknown as { rows: Row[] }).rows;

/**
 * Counts every program whose counts are as old as `age`, one transaction each; 0 is every program. Several servers may do so at once: of one
 * program only one counts, and the others go on.
 * @returns how many programs were counted
 */
export async function countPrograms(db: Database, now = new Date(), age = oldest): Promise<number> {
	const due = await db.asService((tx) =>
		rowsOf<{ id: string }>(
			tx,
			sql`select p.id from ${programs} p
				left join ${programCounts} c on c.program_id = p.id and c.place_id = p.id and not c.rest
				where ${age <= 0}::boolean or c.counted_at is null or c.counted_at <= ${before(now, age)}::timestamptz
				order by c.counted_at nulls first, p.id`
		)
	);
	let done = 0;
	for (const { id } of due)
		try {
			if (await countProgram(db, id, now, age)) done++;
		} catch (error) {
			// One that can not be counted keeps its older counts, and no other from being counted.
			log('program-not-counted', { program: id, ...traceOf(error) });
		}
	return done;
}

const before = (now: Date, ms: number) => new Date(now.getTime() - ms).toISOString();

/**
 * Counts one program, unless somebody else is at it or did so less than `age` ago.
 * @returns whether it was counted
 */
export const countProgram = (db: Database, programId: string, now = new Date(), age = 0): Promise<boolean> =>
	db.asService(async (tx) => {
		const [alone] = await rowsOf<{ got: boolean }>(
			tx,
			sql`select pg_try_advisory_xact_lock(hashtextextended(${`program counts ${programId}`}, 0)) as got`
		);
		if (!alone!.got) return false;
		const [program] = await rowsOf<{ id: string; name: string; zone: string; fresh: boolean }>(
			tx,
			sql`select p.id, p.name, p.time_zone as zone, ${age > 0}::boolean and coalesce(c.counted_at > ${before(now, age)}::timestamptz, false) as fresh
				from ${programs} p left join ${programCounts} c on c.program_id = p.id and c.place_id = p.id and not c.rest
				where p.id = ${programId}::uuid`
		);
		if (!program || program.fresh) return false;
		await keep(tx, program, now, await ownCounts(tx, program, now));
		return true;
	});

type Program = { id: string; name: string; zone: string };
type Row = { place: string | null; what: Counted; n: number | string };

/** By the organization that people work in; under null those who work in none that is known. */
async function ownCounts(tx: Tx, program: Program, now: Date): Promise<Map<string | null, Counts>> {
	const own = new Map<string | null, Counts>();
	const rows = [
		...(await countSeats(tx, program, now)),
		...(await countInvited(tx, program, now)),
		...(await rowsOf<Row>(
			tx,
			sql`select t.organization_id as place, 'pairs' || initcap(r.status) as what, count(*) as n
				from pairs r join people t on t.id = r.teacher_id where r.program_id = ${program.id}::uuid group by 1, 2`
		))
	];
	for (const { place, what, n } of rows) {
		const counts = own.get(place) ?? none();
		own.set(place, counts);
		counts[what] += Number(n);
	}
	return own;
}

/**
 * How enrollments stand, and what those who have a place handed in and earned of their stack: as `progress/counting.ts` says
 * what counts, but whatever the program's last day.
 */
async function countSeats(tx: Tx, { id, zone }: Program, now: Date): Promise<Row[]> {
	const at = sql`${now.toISOString()}::timestamptz`;
	const versions = await tx
		.selectDistinct({ id: enrollments.stackVersionId })
		.from(enrollments)
		.where(sql`${enrollments.programId} = ${id}::uuid`);
	const offers = await readStackOffers(
		tx,
		versions.map((version) => version.id)
	);
	const items = versions.flatMap((version) =>
		[...(offers.get(version.id)?.microcredentialOf ?? [])].map(([v, m]) => ({ s: version.id, v, m }))
	);
	// Inlined, so that Postgres knows how many people there are: guessing, it went through all items of each of 80,000.
	// An award counts from its instant to the end of its last day where the program is, or until it was revoked.
	return rowsOf<Row>(
		tx,
		sql`with items as materialized (
				select s, v, m from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as i(s uuid, v uuid, m uuid)
			), seats as not materialized (
				select e.person_id, e.status, e.stack_version_id as s, p.organization_id as place
				from ${enrollments} e join people p on p.id = e.person_id where e.program_id = ${id}::uuid
			), inside as not materialized (
				select person_id, s, place from seats where status in ('enrolled', 'active', 'completed')
			), awarded as materialized (
				select n.person_id, n.place, i.m, a.awarded_at, d.ends, least(d.ends, a.revoked_at) as until
				from inside n join awards a on a.person_id = n.person_id
				join items i on i.s = n.s and i.v = a.microcredential_version_id
				cross join lateral (select (a.expires_on + 1)::timestamp at time zone ${zone} as ends) d
				where a.awarded_at <= ${at} and (d.ends is null or d.ends > a.awarded_at)
				and (a.revoked_at is null or a.revoked_at > a.awarded_at)
			), held as (
				select distinct person_id, place, m from awarded where until is null or until > ${at}
			)
			select place, status as what, count(*) as n from seats group by 1, 2
			union all select place, 'submitted', count(distinct person_id) from (
				select n.place, n.person_id from inside n join submissions u on u.teacher_id = n.person_id
					join items i on i.s = n.s and i.v = u.microcredential_version_id
					where u.submitted_at <= ${at} and not (u.decision is not distinct from 'incomplete' and u.decided_at <= ${at})
				union all select place, person_id from awarded
			) handed group by 1
			union all select place, 'earned', count(distinct person_id) from held group by 1
			union all select a.place, 'expired', count(distinct a.person_id) from awarded a
				where a.until = a.ends and a.ends <= ${at}
				and not exists (select from held h where h.person_id = a.person_id and h.m = a.m) group by 1`
	);
}

/**
 * Who is asked to come as a teacher and not in yet: has an invitation open by mail, or accepted one and has not chosen a
 * stack. Each person, or address of nobody known, once. A link to be handed over names nobody, so it counts nobody.
 */
const countInvited = (tx: Tx, { id }: Program, now: Date): Promise<Row[]> => {
	const at = sql`${now.toISOString()}::timestamptz`;
	return rowsOf<Row>(
		tx,
		sql`with asked as (
				select a.person_id, i.address from invitations i
				left join email_addresses a on a.address = i.address and a.verified_at is not null
				where i.program_id = ${id}::uuid and i.role = 'teacher' and i.address is not null
				and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > ${at}
				union all select r.person_id, null from roles r
				where r.role = 'teacher' and r.from_at <= ${at} and (r.until_at is null or r.until_at > ${at})
				and ((r.scope_kind = 'program' and r.scope_id = ${id}::uuid)
					or (r.scope_kind = 'cohort' and r.scope_id in (select c.id from cohorts c where c.program_id = ${id}::uuid)))
				and not exists (select from enrollments e where e.program_id = ${id}::uuid and e.person_id = r.person_id)
			)
			select p.organization_id as place, 'invited' as what, count(distinct coalesce(k.person_id::text, k.address)) as n
			from asked k left join people p on p.id = k.person_id
			where (k.person_id is null or p.deactivated_at is null)
			and not exists (
				select from enrollments e where e.program_id = ${id}::uuid and e.person_id = k.person_id and e.status <> 'withdrawn'
			)
			group by 1`
	);
};

/** Writes what differs, so that counts which stay the same cost the table nothing. */
async function keep(tx: Tx, program: Program, now: Date, own: Map<string | null, Counts>): Promise<void> {
	const ids = [...own.keys()].filter((id) => id !== null);
	const organizations = await rowsOf<Organization>(
		tx,
		sql`with recursive above as (
				select o.id, o.parent_id, o.kind, o.name from organizations o
					where o.id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))
				union select o.id, o.parent_id, o.kind, o.name from organizations o join above a on o.id = a.parent_id
			) select id, parent_id as "parentId", kind, name from above order by id`
	);
	const places = rollUp(program, own, organizations);
	if (places.length > mostPlaces) throw new Error(`${places.length} places in one program`);
	const hidden = hiddenIn(places);
	const rows = places.map(({ counts, placeId, withinId, ...place }) => ({
		...place,
		program_id: program.id,
		place_id: placeId,
		within_id: withinId,
		...Object.fromEntries(counted.map((what) => [columnOf(what), counts[what]])),
		hidden: hidden.get(keyOf({ placeId, rest: place.rest })),
		counted_at: place.kind === 'program' ? now.toISOString() : null
	}));
	await tx.execute(sql`
		with now_so as materialized (
			select * from jsonb_populate_recordset(null::program_counts, ${JSON.stringify(rows)}::jsonb)
		), gone as (
			delete from program_counts c where c.program_id = ${program.id}::uuid
			and not exists (select from now_so n where n.place_id = c.place_id and n.rest = c.rest)
		)
		insert into program_counts as c select * from now_so
		on conflict (program_id, place_id, rest) do update set
			within_id = excluded.within_id, kind = excluded.kind, name = excluded.name,
			invited = excluded.invited, applied = excluded.applied, waiting = excluded.waiting,
			enrolled = excluded.enrolled, active = excluded.active, completed = excluded.completed,
			withdrawn = excluded.withdrawn, submitted = excluded.submitted, earned = excluded.earned,
			expired = excluded.expired, pairs_proposed = excluded.pairs_proposed,
			pairs_accepted = excluded.pairs_accepted, pairs_active = excluded.pairs_active,
			pairs_paused = excluded.pairs_paused, pairs_ended = excluded.pairs_ended, hidden = excluded.hidden,
			counted_at = excluded.counted_at
		where (
			c.within_id, c.kind, c.name, c.invited, c.applied, c.waiting, c.enrolled, c.active, c.completed,
			c.withdrawn, c.submitted, c.earned, c.expired, c.pairs_proposed, c.pairs_accepted, c.pairs_active,
			c.pairs_paused, c.pairs_ended, c.hidden, c.counted_at
		) is distinct from (
			excluded.within_id, excluded.kind, excluded.name, excluded.invited, excluded.applied,
			excluded.waiting, excluded.enrolled, excluded.active, excluded.completed, excluded.withdrawn,
			excluded.submitted, excluded.earned, excluded.expired, excluded.pairs_proposed,
			excluded.pairs_accepted, excluded.pairs_active, excluded.pairs_paused, excluded.pairs_ended,
			excluded.hidden, excluded.counted_at
		)`);
}

/** As a column is called in the database. */
const columnOf = (what: Counted) => what.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
