/** Sends what is held: one mail a person and group, or a digest; never twice, and nothing is lost when we die. */
import { and, asc, inArray, isNotNull, lt, lte, or, sql } from 'drizzle-orm';
import type { Database, Tx } from '#lib/server/database.ts';
import { type Message, queueMail } from '#lib/server/mail.ts';
import { kindOf, type NoticeKind } from './kinds.ts';
import { type Footer, footerOf, noticeMail, type Scope, stopHeaders } from './notice-mail.ts';
import { isMuted, mutesOf } from './notify.server.ts';
import { addressesOf, howTold } from './people.server.ts';
import { notifications, pushMessages, unsubscribeTokens } from './schema.server.ts';
import { wayOf } from './settings.ts';
import { makeStop } from './unsubscribe.server.ts';
import { fateOf } from './when.ts';

/**
 * Whether somebody may still be told of what a notice is about, asked just before it leaves: which of these
 * `personId about` are still so. By the word before the colon of `about` and of what it stands within; the rooms below hand
 * theirs in where the product starts.
 */
export type StillConcerns = (tx: Tx, asked: { personId: string; about: string }[]) => Promise<Set<string>>;
export type Checks = Record<string, StillConcerns>;
/** Which of these somebody mutes in the room that they come from, where that room keeps choices of its own. By their ids. */
export type RoomMutes = (tx: Tx, rows: Pick<Row, 'id' | 'personId' | 'kind' | 'about'>[]) => Promise<Set<string>>;
export const concernKey = (personId: string, about: string) => `${personId} ${about}`;

/** People in one transaction: few enough to be quick, so that nobody waits for its locks. */
const peopleAtOnce = 50;
/** Whoever was told more than this in one go gets a second mail. */
const noticesAtOnce = 1_000;
/** Transactions in one round, so that a server that is told to stop is not kept. */
const mostTurns = 200;

type Row = typeof notifications.$inferSelect;

/**
 * Queues the mails that may leave now. What becomes of a notice is noted in the same transaction as its mail is queued in, and
 * rows that another server works on are passed over: a crash loses none and sends none twice.
 * @param origin where links lead
 * @returns how many mails
 */
export async function sendHeld(
	db: Database,
	origin: string,
	checks: Checks = {},
	now = new Date(),
	roomMutes: RoomMutes = nothingMuted
): Promise<number> {
	let mails = 0;
	for (let turn = 0; turn < mostTurns; turn++) {
		const { looked, queued } = await db.asService((tx) => sendSome(tx, origin, checks, now, roomMutes));
		mails += queued;
		if (looked === 0) break;
	}
	return mails;
}

export const nothingMuted: RoomMutes = async () => new Set();

async function sendSome(
	tx: Tx,
	origin: string,
	checks: Checks,
	now: Date,
	roomMutes: RoomMutes
): Promise<{ looked: number; queued: number }> {
	const due = lte(notifications.mailAfter, now);
	const waiting = tx
		.select({ personId: notifications.personId })
		.from(notifications)
		.where(due)
		.orderBy(asc(notifications.mailAfter))
		.limit(peopleAtOnce);
	const rows = await tx
		.select()
		.from(notifications)
		.where(and(due, inArray(notifications.personId, waiting)))
		.orderBy(asc(notifications.personId), asc(notifications.at))
		.limit(noticesAtOnce)
		.for('update', { skipLocked: true });
	if (rows.length === 0) return { looked: 0, queued: 0 };
	const personIds = [...new Set(rows.map(({ personId }) => personId))];
	const people = await howTold(tx, personIds);
	const muted = await mutesOf(tx, personIds, now);
	const gone = await noConcernAnyMore(tx, rows, checks);
	const mutedThere = await roomMutes(tx, rows);

	const [never, later, leaving] = [[] as string[], new Map<number, string[]>(), new Map<string, Row[]>()];
	for (const row of rows) {
		const person = people.get(row.personId);
		if (!person || row.withdrawnAt || gone.has(row.id)) {
			never.push(row.id);
			continue;
		}
		const isUnwanted = mutedThere.has(row.id) || isMuted(muted.get(row.personId), row);
		const fate = fateOf(row, person.settings, person.zone, now, isUnwanted);
		if (fate === 'never') never.push(row.id);
		else if ('later' in fate) add(later, fate.later.getTime(), row.id);
		else add(leaving, `${row.personId} ${fate.leave}`, row);
	}

	const addresses = await addressesOf(tx, personIds);
	const mailed = new Map<string, string[]>();
	for (const [whose, said] of leaving) {
		const [personId, scope] = whose.split(' ') as [string, Scope];
		const toAddress = addresses.get(personId);
		if (!toAddress) {
			never.push(...said.map(({ id }) => id));
			continue;
		}
		const stop = await makeStop(tx, personId, scope, origin);
		const digest = people.get(personId)!.settings.digest === 'daily' ? 'daily' : 'weekly';
		const mailId = await queueMail(tx, {
			kind: scope === 'digest' ? 'digest' : said.length === 1 ? said[0]!.kind : scope,
			toAddress,
			personId,
			...noticeMail(said, scope, { stop, origin, digest })
		});
		mailed.set(
			mailId,
			said.map(({ id }) => id)
		);
	}
	if (never.length > 0) await tx.update(notifications).set({ mailAfter: null }).where(inArray(notifications.id, never));
	for (const [at, ids] of later)
		await tx
			.update(notifications)
			.set({ mailAfter: new Date(at) })
			.where(inArray(notifications.id, ids));
	for (const [mailId, ids] of mailed)
		await tx
			.update(notifications)
			.set({ mailAfter: null, mailedAt: now, mailId })
			.where(inArray(notifications.id, ids));
	if (gone.size > 0)
		await tx
			.update(notifications)
			.set({ withdrawnAt: now, title: '…', place: null })
			.where(inArray(notifications.id, [...gone]));
	return { looked: rows.length, queued: mailed.size };
}

function add<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
	const there = map.get(key);
	if (there) there.push(value);
	else map.set(key, [value]);
}

/** Those that are no more the person's to hear of. They leave the app as well. */
export async function noConcernAnyMore(tx: Tx, rows: Row[], checks: Checks): Promise<Set<string>> {
	const gone = new Set<string>();
	for (const [prefix, check] of Object.entries(checks)) {
		const asked = rows.flatMap(({ id, personId, about, within }) =>
			[about ?? '', ...within]
				.filter((one) => one.startsWith(`${prefix}:`))
				.map((one) => ({ id, personId, about: one }))
		);
		if (asked.length === 0) continue;
		const still = await check(tx, asked);
		for (const { id, personId, about } of asked) if (!still.has(concernKey(personId, about))) gone.add(id);
	}
	return gone;
}

/**
 * Queues a mail that a room makes itself, because it carries more than a line (an invitation for calendars, the list of a
 * Monday), to whoever wants mail of its group. The room notes in the same transaction that it is done.
 * @param make gets the address, and what has to stand below
 * @returns whether it was queued
 */
export async function queueNoticeMail(
	tx: Tx,
	{ personId, kind, why, origin }: { personId: string; kind: NoticeKind; why: string; origin: string },
	make: (to: { address: string; footer: Footer }) => Message
): Promise<boolean> {
	const person = (await howTold(tx, [personId])).get(personId);
	const address = (await addressesOf(tx, [personId])).get(personId);
	const { group, mail } = kindOf(kind)!;
	if (!person || !address || wayOf({ group, mail }, person.settings) === 'none') return false;
	const stop = await makeStop(tx, personId, group, origin);
	const message = make({ address, footer: footerOf(why, group, stop, origin) });
	await queueMail(tx, { ...message, personId, headers: { ...message.headers, ...stopHeaders(stop) } });
	return true;
}

const day = 24 * 3600_000;
/** How long a notice stays. What nobody read in a quarter of a year is not read any more. */
export const keptDays = { read: 90, unread: 180 };
/** Somebody finds an old mail and wants no more like it. */
const stopKeptDays = 365;

/** Forgets what is old. */
export const sweepNotices = (db: Database, now = new Date()): Promise<void> =>
	db.asService(async (tx) => {
		const before = (days: number) => new Date(now.getTime() - days * day);
		await tx
			.delete(notifications)
			.where(
				or(
					and(
						lt(notifications.at, before(keptDays.read)),
						or(isNotNull(notifications.withdrawnAt), lt(notifications.readAt, before(keptDays.read)))
					),
					lt(notifications.at, before(keptDays.unread))
				)
			);
		await tx.delete(unsubscribeTokens).where(lt(unsubscribeTokens.createdAt, before(stopKeptDays)));
		// Of a browser's notice its row says only that it was sent.
		await tx.delete(pushMessages).where(sql`${pushMessages.sendAfter} is null and ${pushMessages.notificationId} in (
				select ${notifications.id} from ${notifications} where ${notifications.at} < ${before(30).toISOString()}::timestamptz)`);
	});
