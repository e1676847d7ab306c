/** Who may do what with a reflection now, asked of the database. The rule itself is `policy.ts`. */
import { standingOf } from '#lib/identity/session.ts';
import type { Database } from '#lib/server/database.ts';
import { accessTo, type Access, type PairState, type Standing } from './policy.ts';

export type AccessNow = {
	access: Access;
	/** `stranger` also stands for whoever else has no access by the policy, a program's manager among them. */
	standing: Standing;
	/** Null when there is no such reflection. */
	pairId: string | null;
	/** Whether the mentor may see it, as far as the teacher decides that. */
	shared: boolean;
};

/** Somebody who holds a reflection open through a session, and is to be asked about. */
export type Holder = { personId: string; sessionId: string; reflectionId: string };

/** `over` when the session has ended or the person has left. */
export type HolderNow = AccessNow & { session: 'stands' | 'over' };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether this can be the id of a reflection at all; anything else never reaches the database. */
export const isReflectionId = (text: string) => uuid.test(text);

/** What a person may do with a reflection; `none` when it does not exist, like any that is not theirs. */
export async function accessOf(db: Database, personId: string, reflectionId: string): Promise<AccessNow> {
	if (!isReflectionId(reflectionId)) return { access: 'none', standing: 'stranger', pairId: null, shared: false };
	const [found] = await accessOfAll(db, [{ personId, reflectionId, sessionId: '' }]);
	const { access, standing, pairId, shared } = found!;
	return { access, standing, pairId, shared };
}

type Row = {
	pair_id: string | null;
	status: PairState['status'] | null;
	ended_as: PairState['endedAs'];
	standing: Standing;
	/** Of the session, if it is there and this person's. */
	lastUsedAt: Date | null;
	expiresAt: Date | null;
	onSharedComputer: boolean | null;
	present: boolean;
	/** With the mentor. */
	shared: boolean;
};

/** Prepared once per connection. */
const asking = `
	select r.pair_id, p.status, p.ended_as,
		case
			when p.teacher_id = h.person_id then 'teacher'
			when p.mentor_id = h.person_id then 'mentor'
			when exists (
				select from caseloads c where c.pair_id = p.id and c.coach_id = h.person_id
				and c.from_at <= now() and (c.until_at is null or c.until_at > now())
			) then 'coach'
			else 'stranger'
		end as standing,
		s.last_used_at as "lastUsedAt", s.expires_at as "expiresAt", s.shared as "onSharedComputer",
		exists (select from reflection_sharings g where g.reflection_id = r.id and g.taken_back_at is null) as shared,
		exists (select from people who where who.id = h.person_id and who.deactivated_at is null) as present
	from unnest($1::uuid[], $2::text[], $3::uuid[]) with ordinality as h(person_id, session_id, reflection_id, place)
	left join reflections r on r.id = h.reflection_id
	left join pairs p on p.id = r.pair_id
	left join sessions s on s.id = h.session_id and s.person_id = h.person_id
	order by h.place`;

/** The same for many who hold reflections open, and whether their sessions still stand; answers in the same order. */
export async function accessOfAll(db: Database, holders: Holder[]): Promise<HolderNow[]> {
	const list = (values: string[]) => `{${values.map((value) => `"${value.replace(/["\\]/g, '')}"`).join(',')}}`;
	const rows = await db.ask<Row>(asking, [
		list(holders.map((h) => h.personId)),
		list(holders.map((h) => h.sessionId)),
		list(holders.map((h) => h.reflectionId))
	]);
	const now = new Date();
	const stands = ({ present, lastUsedAt, expiresAt, onSharedComputer }: Row) =>
		present &&
		lastUsedAt &&
		expiresAt &&
		standingOf({ lastUsedAt, expiresAt, shared: onSharedComputer! }, now) !== 'over';
	return rows.map((row) => ({
		access:
			row.status && row.present
				? accessTo({ status: row.status, endedAs: row.ended_as }, row.standing, row.shared)
				: 'none',
		standing: row.standing,
		pairId: row.pair_id,
		shared: row.shared,
		session: stands(row) ? 'stands' : 'over'
	}));
}
