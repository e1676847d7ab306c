/** What somebody was told, as their own pages show it, and how they want to be told. */
import { and, count, desc, eq, gt, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { notFound } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { notifiedChannel, readAbout } from './notify.server.ts';
import { notificationMutes, notifications, notificationSettings, pushSubscriptions } from './schema.server.ts';
import { type Settings, settingsOf } from './settings.ts';

/** Those on one page: as many as somebody looks through. */
export const onePage = 50;
/** Nobody counts further; the header then says so. */
export const mostCounted = 99;

export type NoticeShown = {
	id: string;
	kind: string;
	about: string | null;
	title: string;
	place: string | null;
	at: Date;
	isRead: boolean;
};

export type NoticesShown = {
	zone: string;
	notices: NoticeShown[];
	/** Where the next page begins; null on the last. */
	next: string | null;
	unread: number;
	muted: { about: string; place: string | null; until: Date | null }[];
};

const ownZone = async (tx: Tx): Promise<string> => {
	const { rows } = (await tx.execute(sql`select app.own_zone() as zone`)) as unknown as { rows: { zone: string }[] };
	return rows[0]!.zone;
};

const isUnread = and(isNull(notifications.readAt), isNull(notifications.withdrawnAt));

async function countOf(tx: Tx, personId: string): Promise<number> {
	const some = tx
		.select({ id: notifications.id })
		.from(notifications)
		.where(and(eq(notifications.personId, personId), isUnread))
		.limit(mostCounted + 1)
		.as('some');
	const [row] = await tx.select({ count: count() }).from(some);
	return row!.count;
}

/** How many somebody has not read, at most one more than is counted. */
export const countUnread = (db: Database, person: Person): Promise<number> =>
	db.asPerson(person.id, (tx) => countOf(tx, person.id));

/** Newest first. @param from the last one of the page before; one that is not theirs begins anew */
export const listNotices = (db: Database, person: Person, from: string | null): Promise<NoticesShown> =>
	db.asPerson(person.id, async (tx) => {
		const [last] =
			from && isId(from)
				? await tx
						.select({ id: notifications.id, at: notifications.at })
						.from(notifications)
						.where(and(eq(notifications.id, from), eq(notifications.personId, person.id)))
				: [];
		const rows = await tx
			.select()
			.from(notifications)
			.where(
				and(
					eq(notifications.personId, person.id),
					last
						? or(lt(notifications.at, last.at), and(eq(notifications.at, last.at), lt(notifications.id, last.id)))
						: undefined
				)
			)
			.orderBy(desc(notifications.at), desc(notifications.id))
			.limit(onePage + 1);
		const shown = rows.slice(0, onePage);
		return {
			zone: await ownZone(tx),
			notices: shown.map(({ id, kind, about, title, place, at, readAt }) => ({
				id,
				kind,
				about,
				title,
				place,
				at,
				isRead: readAt !== null
			})),
			next: rows.length > onePage ? shown.at(-1)!.id : null,
			unread: await countOf(tx, person.id),
			muted: await mutesOf(tx, person.id)
		};
	});

const mutesOf = (tx: Tx, personId: string) =>
	tx
		.select({ about: notificationMutes.about, place: notificationMutes.place, until: notificationMutes.until })
		.from(notificationMutes)
		.where(
			and(
				eq(notificationMutes.personId, personId),
				or(isNull(notificationMutes.until), gt(notificationMutes.until, sql`now()`))
			)
		)
		.orderBy(desc(notificationMutes.mutedAt))
		.limit(200);

/** Marks a notice as read, with all that was said about the same thing until then. @returns where it leads @throws Refusal not-found */
export const openNotice = (db: Database, person: Person, id: string): Promise<string> =>
	db.asPerson(person.id, async (tx) => {
		const [row] = isId(id)
			? await tx
					.select({ href: notifications.href, about: notifications.about })
					.from(notifications)
					.where(and(eq(notifications.id, id), eq(notifications.personId, person.id)))
			: [];
		if (!row) throw notFound('notice');
		if (row.about) await readAbout(tx, person.id, [row.about]);
		else await markRead(tx, person.id, eq(notifications.id, id));
		return row.href;
	});

/** What a notice says, without reading it. @throws Refusal not-found */
export const readLine = (db: Database, person: Person, id: string): Promise<{ title: string }> =>
	db.asPerson(person.id, async (tx) => {
		const [row] = isId(id)
			? await tx
					.select({ title: notifications.title })
					.from(notifications)
					.where(and(eq(notifications.id, id), eq(notifications.personId, person.id)))
			: [];
		if (!row) throw notFound('notice');
		return row;
	});

async function markRead(tx: Tx, personId: string, which: ReturnType<typeof eq>): Promise<void> {
	await tx
		.update(notifications)
		.set({ readAt: sql`now()` })
		.where(and(eq(notifications.personId, personId), isUnread, which));
	await tx.execute(sql`select pg_notify(${notifiedChannel}, ${personId})`);
}

/** Marks everything as read that was there when the page was made: what came since was not seen. */
export const markAllRead = (db: Database, person: Person, until: Date): Promise<void> =>
	db.asPerson(person.id, (tx) => markRead(tx, person.id, lte(notifications.at, until)));

/** Marks as read what was said about what a page shows. For the page itself, never for one that is fetched ahead of a press. */
export const markSeen = (db: Database, person: Person, about: string[]): Promise<void> =>
	db.asPerson(person.id, (tx) => readAbout(tx, person.id, about));

/** So many things one person may mute: more than there are threads in a cohort's year. */
const mostMuted = 1_000;

/** Mutes what one of the own notices is about, until they say otherwise. @throws Refusal not-found */
export const muteNotice = (db: Database, person: Person, id: unknown): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const [row] =
			typeof id === 'string' && isId(id)
				? await tx
						.select({ about: notifications.about, place: notifications.place, title: notifications.title })
						.from(notifications)
						.where(and(eq(notifications.id, id), eq(notifications.personId, person.id)))
				: [];
		if (!row?.about) throw notFound('notice');
		await mute(tx, person.id, row.about, row.place ?? row.title.slice(0, 200), null);
		await readAbout(tx, person.id, [row.about]);
	});

/** As part of the caller's transaction (`asPerson`). @param until null: until they say otherwise */
export async function mute(
	tx: Tx,
	personId: string,
	about: string,
	place: string | null,
	until: Date | null
): Promise<void> {
	const [{ there }] = (await tx
		.select({ there: count() })
		.from(notificationMutes)
		.where(eq(notificationMutes.personId, personId))) as [{ there: number }];
	if (there >= mostMuted)
		await tx
			.delete(notificationMutes)
			.where(
				and(
					eq(notificationMutes.personId, personId),
					sql`${notificationMutes.about} in (select m.about from notification_mutes m where m.person_id = ${personId} order by m.muted_at limit ${there - mostMuted + 1})`
				)
			);
	await tx
		.insert(notificationMutes)
		.values({ personId, about, place, until })
		.onConflictDoUpdate({
			target: [notificationMutes.personId, notificationMutes.about],
			set: { place, until, mutedAt: sql`now()` }
		});
}

/** As part of the caller's transaction (`asPerson`). Twice is as once. */
export async function unmute(tx: Tx, personId: string, about: string): Promise<void> {
	await tx
		.delete(notificationMutes)
		.where(and(eq(notificationMutes.personId, personId), eq(notificationMutes.about, about)));
}

/** Lets a person hear again of what they muted. What is muted by nobody, or is no text, changes nothing. */
export const unmuteAbout = (db: Database, person: Person, about: unknown): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		if (typeof about === 'string' && about.length <= 200) await unmute(tx, person.id, about);
	});

export type HowToldShown = {
	settings: Settings;
	zone: string;
	muted: { about: string; place: string | null; until: Date | null }[];
	browsers: { id: string; name: string; addedAt: Date; sentAt: Date | null }[];
};

export const readHowTold = (db: Database, person: Person): Promise<HowToldShown> =>
	db.asPerson(person.id, async (tx) => {
		const [row] = await tx.select().from(notificationSettings).where(eq(notificationSettings.personId, person.id));
		return {
			settings: settingsOf(row),
			zone: await ownZone(tx),
			muted: await mutesOf(tx, person.id),
			browsers: await tx
				.select({
					id: pushSubscriptions.id,
					name: pushSubscriptions.name,
					addedAt: pushSubscriptions.addedAt,
					sentAt: pushSubscriptions.sentAt
				})
				.from(pushSubscriptions)
				.where(eq(pushSubscriptions.personId, person.id))
				.orderBy(desc(pushSubscriptions.addedAt))
		};
	});

/** Keeps how somebody wants to be told. What waits for a mail is held anew by it (a trigger sees to that). */
export const saveHowTold = (db: Database, person: Person, settings: Settings): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		await tx
			.insert(notificationSettings)
			.values({ personId: person.id, ...settings })
			.onConflictDoUpdate({ target: notificationSettings.personId, set: settings });
	});
