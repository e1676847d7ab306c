/** Who may do what with a reflection now, asked of the database. The rule itself is `policy.ts`. */
import { sql } from 'drizzle-orm';
import { sessionStands } from '#lib/identity/session.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { accessTo, type Access, type PairState, type Standing } from './policy.ts';

export type AccessNow = {
	access: Access;
	/** `stranger` also stands for whoever else has no access by the policy, a program's manager among them. */
	standing: Standing;
	/** Null when there is no such reflection. */
	pairId: string | null;
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
	if (!isReflectionId(reflectionId)) return { access: 'none', standing: 'stranger', pairId: null };
	const [found] = await db.asService((tx) => ask(tx, [{ personId, reflectionId, sessionId: '' }]));
	return { access: found!.access, standing: found!.standing, pairId: found!.pairId };
}

/** The same for many who hold reflections open, and whether their sessions still stand; answers in the same order. */
export const accessOfAll = (db: Database, holders: Holder[]): Promise<HolderNow[]> =>
	db.asService((tx) => ask(tx, holders));

type Row = {
	pair_id: string | null;
	status: PairState['status'] | null;
	ended_as: PairState['endedAs'];
	standing: Standing;
	session_stands: boolean;
	present: boolean;
};

async function ask(tx: Tx, holders: Holder[]): Promise<HolderNow[]> {
	const list = (values: string[]) => `{${values.map((value) => `"${value.replace(/["\\]/g, '')}"`).join(',')}}`;
	const { rows } = (await tx.execute(sql`
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
			exists (
				select from sessions where sessions.id = h.session_id and sessions.person_id = h.person_id and ${sessionStands()}
			) as session_stands,
			exists (select from people who where who.id = h.person_id and who.deactivated_at is null) as present
		from unnest(
			${list(holders.map((h) => h.personId))}::uuid[], ${list(holders.map((h) => h.sessionId))}::text[],
			${list(holders.map((h) => h.reflectionId))}::uuid[]
		) with ordinality as h(person_id, session_id, reflection_id, place)
		left join reflections r on r.id = h.reflection_id
		left join pairs p on p.id = r.pair_id
		order by h.place
	`)) as unknown as { rows: Row[] };
	return rows.map((row) => ({
		access: row.status && row.present ? accessTo({ status: row.status, endedAs: row.ended_as }, row.standing) : 'none',
		standing: row.standing,
		pairId: row.pair_id,
		session: row.session_stands && row.present ? 'stands' : 'over'
	}));
}
