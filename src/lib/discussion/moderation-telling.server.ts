/**
 * Telling whom it concerns what moderators and managers did: by notices, once for each, in the transaction that notes that
 * they were told. None of them carries words of a post, or the title of a question without a name: a notice may light up on
 * a screen that others see.
 */
import { sql } from 'drizzle-orm';
import { notify, type Notice } from '#lib/notification/notify.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { actNotice, settledNotice } from './moderation.ts';

const atOnce = 100;

const rowsOf = async <Row>(tx: Tx, query: ReturnType<typeof sql>) =>
	((await tx.execute(query)) as unknown as { rows: Row[] }).rows;

/**
 * One round. Whatever is new since the last one is told; a crash loses none and tells none twice.
 * @returns how many notices are new
 */
export async function tellModeration(db: Database, now = new Date()): Promise<number> {
	let told = 0;
	for (const round of [reveals, acts, reports, settled, appointed, moved])
		told += await db.asService(async (tx) => notify(tx, await round(tx), now));
	return told;
}

/** To whoever asked: a moderator looked. */
async function reveals(tx: Tx): Promise<Notice[]> {
	const rows = await rowsOf<{ id: string; person_id: string | null }>(
		tx,
		sql`with due as (
				select r.id from author_reveals r where r.told_at is null order by r.at limit ${atOnce} for update skip locked
			), told as (update author_reveals r set told_at = now() from due where r.id = due.id returning r.id, r.thread_id)
			select told.id, n.person_id from told
			left join nameless_posts n on n.thread_id = told.thread_id and n.title is not null`
	);
	return rows.flatMap(({ id, person_id: personId }) =>
		personId === null
			? []
			: {
					personId,
					kind: 'reveal' as const,
					key: `reveal:${id}`,
					// Of its own, so that muting a thread mutes nothing of this.
					about: `reveal:${id}`,
					title: 'A moderator looked who asked one of your questions without a name',
					href: '/cohorts/without-a-name'
				}
	);
}

/**
 * To the author of a post, or of a thread, what was done to it; and where a whole thread is hidden or shown, to whoever had
 * said something in it. Whoever has moved since reads it beside their own words.
 */
async function acts(tx: Tx): Promise<Notice[]> {
	const rows = await rowsOf<{
		id: string;
		act: Parameters<typeof actNotice>[0];
		of: Parameters<typeof actNotice>[1];
		thread_id: string;
		post_id: string;
		number: number;
		person_id: string;
		here: boolean;
	}>(
		tx,
		sql`with due as (
				select a.id from moderation_acts a where a.told_at is null order by a.at limit ${atOnce} for update skip locked
			), told as (
				update moderation_acts a set told_at = now() from due where a.id = due.id
				returning a.id, a.act, a.post_id, a.thread_id, a.cohort_id, a.by_id, a.at
			), concerned as (
				select distinct on (told.id, coalesce(p.author_id, n.person_id)) told.*, p.id as own_id, p.number,
					coalesce(p.author_id, n.person_id) as person_id
				from told join posts p on p.thread_id = told.thread_id and (p.id = told.post_id
					or told.post_id is null and (p.number = 1 or told.act in ('hide', 'show') and p.created_at < told.at))
				left join nameless_posts n on n.post_id = p.id
				where coalesce(p.author_id, n.person_id) is distinct from told.by_id
				order by told.id, coalesce(p.author_id, n.person_id), p.number
			)
			select c.id, c.act, c.thread_id, c.own_id as post_id, c.number, c.person_id,
				case when c.post_id is not null then 'post' when c.number = 1 then 'thread' else 'among' end as of,
				c.person_id in (select a.person_id from app.cohort_people(c.cohort_id) a) as here
			from concerned c where c.person_id is not null order by c.at, c.id, c.number`
	);
	return rows.map(({ id, act, of, thread_id: threadId, post_id: postId, number, person_id: personId, here }) => ({
		personId,
		kind: 'moderation' as const,
		key: `act:${id}`,
		about: `act:${id}`,
		title: actNotice(act, of),
		href: !here
			? `/cohorts/earlier?post=${postId}#post-${postId}`
			: of === 'post'
				? `/threads/${threadId}?at=${number}#post-${number}`
				: `/threads/${threadId}`
	}));
}

/** To the cohort's moderators: a post was reported. Not to whoever reported or wrote it. */
async function reports(tx: Tx): Promise<Notice[]> {
	const rows = await rowsOf<{ post_id: string; cohort_id: string; cohort: string; person_id: string }>(
		tx,
		sql`with due as (
				select r.id from post_reports r where r.moderators_told_at is null order by r.at limit ${atOnce}
				for update skip locked
			), told as (
				update post_reports r set moderators_told_at = now() from due where r.id = due.id
				returning r.post_id, r.cohort_id, r.person_id, r.settled_at
			)
			select distinct told.post_id, told.cohort_id, c.name as cohort, m.person_id from told
			join cohorts c on c.id = told.cohort_id
			join posts p on p.id = told.post_id
			join cohort_moderators m on m.cohort_id = told.cohort_id and m.from_at <= now()
				and (m.until_at is null or m.until_at > now())
			where told.settled_at is null and m.person_id <> told.person_id and m.person_id is distinct from p.author_id
				and not exists (select from nameless_posts n where n.post_id = p.id and n.person_id = m.person_id)`
	);
	return rows.map(({ post_id: postId, cohort_id: cohortId, cohort, person_id: personId }) => ({
		personId,
		kind: 'report' as const,
		key: `report:${postId}`,
		about: `reports:${cohortId}`,
		title: `A post in ${cohort} was reported`,
		href: `/cohorts/${cohortId}/moderation`
	}));
}

/** To whoever reported: what came of it. */
async function settled(tx: Tx): Promise<Notice[]> {
	const rows = await rowsOf<{
		id: string;
		post_id: string;
		person_id: string;
		settled_by_id: string;
		outcome: Parameters<typeof settledNotice>[0];
	}>(
		tx,
		sql`with due as (
				select r.id from post_reports r where r.settled_at is not null and r.told_at is null order by r.at
				limit ${atOnce} for update skip locked
			)
			update post_reports r set told_at = now() from due where r.id = due.id
			returning r.id, r.post_id, r.person_id, r.settled_by_id, r.outcome`
	);
	return rows.flatMap(({ id, post_id: postId, person_id: personId, settled_by_id: by, outcome }) =>
		personId === by
			? []
			: {
					personId,
					kind: 'moderation' as const,
					key: `settled:${id}`,
					about: `settled:${id}`,
					title: settledNotice(outcome),
					href: `/posts/${postId}/report`
				}
	);
}

/** To whoever looks after a cohort from now on. */
async function appointed(tx: Tx): Promise<Notice[]> {
	const rows = await rowsOf<{ id: string; cohort_id: string; cohort: string; person_id: string; by: string | null }>(
		tx,
		sql`with due as (
				select m.id from cohort_moderators m where m.told_at is null order by m.from_at limit ${atOnce}
				for update skip locked
			), told as (
				update cohort_moderators m set told_at = now() from due where m.id = due.id
				returning m.id, m.cohort_id, m.person_id, m.appointed_by_id, m.until_at
			)
			select told.id, told.cohort_id, c.name as cohort, told.person_id, told.appointed_by_id as by from told
			join cohorts c on c.id = told.cohort_id where told.until_at is null`
	);
	return rows.flatMap(({ id, cohort_id: cohortId, cohort, person_id: personId, by }) =>
		by === null || by === personId
			? []
			: {
					personId,
					kind: 'moderation' as const,
					key: `moderator:${id}`,
					about: `moderator:${id}`,
					title: `You look after ${cohort} from now on`,
					href: `/cohorts/${cohortId}/moderation`
				}
	);
}

/** To whoever was moved; and what waited to be told of the cohort before is dropped, for whoever does not read it any more. */
async function moved(tx: Tx): Promise<Notice[]> {
	const rows = await rowsOf<{
		id: string;
		person_id: string;
		from_cohort_id: string | null;
		cohort_id: string;
		cohort: string;
	}>(
		tx,
		sql`with due as (
				select m.id from cohort_moves m where m.told_at is null order by m.at limit ${atOnce} for update skip locked
			), told as (
				update cohort_moves m set told_at = now() from due where m.id = due.id
				returning m.id, m.person_id, m.from_cohort_id, m.to_cohort_id, m.at
			)
			select told.id, told.person_id, told.from_cohort_id, told.to_cohort_id as cohort_id, c.name as cohort from told
			join cohorts c on c.id = told.to_cohort_id order by told.at, told.id`
	);
	for (const cohortId of new Set(rows.flatMap(({ from_cohort_id: from }) => from ?? [])))
		await tx.execute(
			sql`update notifications set withdrawn_at = now(), mail_after = null, title = '…', place = null
				where withdrawn_at is null and within @> array[${`cohort:${cohortId}`}]::text[]
				and person_id not in (select a.person_id from app.cohort_people(${cohortId}::uuid) a)`
		);
	return rows.map(({ id, person_id: personId, cohort_id: cohortId, cohort }) => ({
		personId,
		kind: 'moderation' as const,
		key: `move:${id}`,
		about: `move:${id}`,
		title: `You are in ${cohort} from now on`,
		href: `/cohorts/${cohortId}`
	}));
}
