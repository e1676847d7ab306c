/**
 * The one way to tell people something. It stands in the app as soon as the caller's transaction is committed; what else
 * follows (mail, digest, a notice of the browser) is worked off by `rounds.server.ts` and `push.server.ts`.
 */
import { and, eq, gt, inArray, isNotNull, isNull, notInArray, or, sql } from 'drizzle-orm';
import type { Tx } from '#lib/server/database.ts';
import { kindOf, type NoticeKind } from './kinds.ts';
import { notificationMutes, notifications, pushMessages, pushSubscriptions } from './schema.server.ts';
import { howTold } from './people.server.ts';
import { firstLook, quietUntil } from './when.ts';

export type Notice = {
	personId: string;
	kind: NoticeKind;
	/** The same key for the same person is one notice for ever, such as `post:<id>`. */
	key: string;
	/** What reading and muting go by, such as `thread:<id>`. */
	about: string | null;
	/** What else muting goes by, such as `cohort:<id>` and `competency:<id>` of a thread. */
	within?: string[];
	/** One plain line without private text: “Rosa replied in “Five seconds feels like for ever””. */
	title: string;
	/** What `about` is called, for several in one line: "3 new replies in …". */
	place?: string | null;
	/** A path in the product. */
	href: string;
	at?: Date;
};

/** The channel on which streams of the app hear whom something was said to: an id, never what. */
export const notifiedChannel = 'notified';

/** Rows in one statement: Postgres takes 65,535 values, and a notice has a dozen. */
const atOnce = 500;
/** A title comes from what people called something; too long a one is cut and keeps nobody from telling. */
const oneLine = (text: string, most: number) => {
	const line = text.replace(/\s+/g, ' ').trim();
	return line.length <= most ? line : `${line.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
};

/**
 * Tells people something, as part of the caller's transaction (role `app_service`). Skips whoever is deactivated or has
 * muted what it is about. What was withdrawn is told again under its key, and never mailed a second time.
 * @returns how many are new
 */
export async function notify(tx: Tx, notices: Notice[], now = new Date()): Promise<number> {
	if (notices.length === 0) return 0;
	const people = await howTold(tx, [...new Set(notices.map(({ personId }) => personId))]);
	const muted = await mutesOf(tx, [...people.keys()], now);
	const seen = new Set<string>();
	const rows = notices.flatMap((notice) => {
		const person = people.get(notice.personId);
		const mutes = muted.get(notice.personId);
		const { personId, kind, key, href, about, within = [] } = notice;
		const once = `${personId} ${key}`;
		// One statement can't put in the same row twice.
		if (!person || seen.has(once) || isMuted(mutes, notice)) return [];
		seen.add(once);
		const at = notice.at ?? now;
		return {
			personId,
			kind,
			key,
			about,
			within,
			title: oneLine(notice.title, 300),
			place: notice.place ? oneLine(notice.place, 200) : null,
			href,
			at,
			heldFrom: at,
			mailAfter: firstLook(kind, person.settings, person.zone, at)
		};
	});
	const told: { id: string; personId: string; kind: string }[] = [];
	for (let i = 0; i < rows.length; i += atOnce)
		told.push(
			...(await tx
				.insert(notifications)
				.values(rows.slice(i, i + atOnce))
				.onConflictDoUpdate({
					target: [notifications.personId, notifications.key],
					set: {
						title: sql`excluded.title`,
						place: sql`excluded.place`,
						href: sql`excluded.href`,
						at: sql`excluded.at`,
						heldFrom: sql`excluded.held_from`,
						mailAfter: sql`case when ${notifications.mailedAt} is null then excluded.mail_after end`,
						withdrawnAt: null
					},
					setWhere: isNotNull(notifications.withdrawnAt)
				})
				.returning({ id: notifications.id, personId: notifications.personId, kind: notifications.kind }))
		);
	await pushSoon(tx, told, people, now);
	for (const personId of new Set(told.map(({ personId }) => personId)))
		await tx.execute(sql`select pg_notify(${notifiedChannel}, ${personId})`);
	return told.length;
}

/** To the browsers of whoever wants it: what concerns them themselves, at once or when their quiet hours are over. */
async function pushSoon(
	tx: Tx,
	told: { id: string; personId: string; kind: string }[],
	people: Awaited<ReturnType<typeof howTold>>,
	now: Date
): Promise<void> {
	const pushed = told.filter(({ kind }) => kindOf(kind)?.mail === 'soon' || kindOf(kind)?.mail === 'at-once');
	if (pushed.length === 0) return;
	const browsers = await tx
		.select({ id: pushSubscriptions.id, personId: pushSubscriptions.personId })
		.from(pushSubscriptions)
		.where(inArray(pushSubscriptions.personId, [...new Set(pushed.map(({ personId }) => personId))]));
	const rows = pushed.flatMap(({ id, personId }) => {
		const { settings, zone } = people.get(personId)!;
		const sendAfter = quietUntil(now, settings, zone) ?? now;
		return browsers
			.filter((browser) => browser.personId === personId)
			.map((browser) => ({ notificationId: id, subscriptionId: browser.id, sendAfter }));
	});
	for (let i = 0; i < rows.length; i += atOnce)
		await tx
			.insert(pushMessages)
			.values(rows.slice(i, i + atOnce))
			.onConflictDoNothing();
}

/** What each of these people mutes now. */
export async function mutesOf(tx: Tx, personIds: string[], now: Date): Promise<Map<string, Set<string>>> {
	const muted = new Map<string, Set<string>>();
	if (personIds.length === 0) return muted;
	const rows = await tx
		.select({ personId: notificationMutes.personId, about: notificationMutes.about })
		.from(notificationMutes)
		.where(
			and(
				inArray(notificationMutes.personId, personIds),
				or(isNull(notificationMutes.until), gt(notificationMutes.until, now))
			)
		);
	for (const { personId, about } of rows) muted.set(personId, (muted.get(personId) ?? new Set()).add(about));
	return muted;
}

export const isMuted = (
	mutes: Set<string> | undefined,
	{ kind, about, within = [] }: { kind: string; about: string | null; within?: string[] }
): boolean =>
	mutes !== undefined &&
	!kindOf(kind)?.throughMutes &&
	[about, ...within].some((one) => one !== null && mutes.has(one));

/** Marks as read whatever was said to this person about these things, in their own transaction (`asPerson`). */
export async function readAbout(tx: Tx, personId: string, about: string[]): Promise<void> {
	if (about.length === 0) return;
	const read = await tx
		.update(notifications)
		.set({ readAt: sql`now()` })
		.where(
			and(
				eq(notifications.personId, personId),
				inArray(notifications.about, about),
				isNull(notifications.readAt),
				isNull(notifications.withdrawnAt)
			)
		)
		.returning({ id: notifications.id });
	// The count in the person's other windows goes down as well.
	if (read.length > 0) await tx.execute(sql`select pg_notify(${notifiedChannel}, ${personId})`);
}

/**
 * Takes notices away, read or not (role `app_service`): a post was taken back or hidden, or people left the audience. They
 * are gone from the app, and no mail about them leaves any more. Their words go with them.
 * @param where at least a prefix of keys, or what they are about; both narrow, as do the people, or all people `but` some
 */
export async function withdraw(
	tx: Tx,
	{
		keyPrefix,
		about,
		personIds,
		but = []
	}: { keyPrefix?: string; about?: string; personIds?: string[]; but?: string[] },
	now = new Date()
): Promise<void> {
	// Without either it would be everything that was ever said to anybody.
	if (!keyPrefix && !about) throw new TypeError('withdraw needs a prefix of keys, or what the notices are about.');
	if (personIds?.length === 0) return;
	const gone = await tx
		.update(notifications)
		.set({ withdrawnAt: now, mailAfter: null, title: '…', place: null })
		.where(
			and(
				isNull(notifications.withdrawnAt),
				keyPrefix ? sql`${notifications.key} like ${`${keyPrefix.replace(/[\\%_]/g, '\\$&')}%`}` : undefined,
				about ? eq(notifications.about, about) : undefined,
				personIds ? inArray(notifications.personId, personIds) : undefined,
				but.length > 0 ? notInArray(notifications.personId, but) : undefined
			)
		)
		.returning({ personId: notifications.personId });
	for (const personId of new Set(gone.map((one) => one.personId)))
		await tx.execute(sql`select pg_notify(${notifiedChannel}, ${personId})`);
}
