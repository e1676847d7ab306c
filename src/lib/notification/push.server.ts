/** Browsers that show notices though no page of ours is open: which they are, and sending to them. */
import { createHash } from 'node:crypto';
import { and, asc, count, eq, inArray, isNotNull, lte, ne } from 'drizzle-orm';
import { notFound, Refusal } from '#lib/errors.ts';
import { deviceOf } from '#lib/identity/device.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Database } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { log } from '#lib/server/log.ts';
import { allowedAddress, type Posting, postOutside } from '#lib/server/outside.server.ts';
import type { Settings as ServerSettings } from '#lib/server/settings.ts';
import { isMuted, mutesOf } from './notify.server.ts';
import { howTold } from './people.server.ts';
import { type Checks, noConcernAnyMore, nothingMuted, type RoomMutes } from './rounds.server.ts';
import { authorization, demandKeys, seal, type VapidKeys } from './push-message.ts';
import { notifications, pushMessages, pushSubscriptions } from './schema.server.ts';
import { quietUntil } from './when.ts';

type PushSettings = Pick<ServerSettings, 'VAPID_PUBLIC' | 'VAPID_PRIVATE' | 'VAPID_SUBJECT' | 'FETCH_HOSTS'>;

const keysOf = ({ VAPID_PUBLIC, VAPID_PRIVATE, VAPID_SUBJECT }: PushSettings): VapidKeys | null =>
	VAPID_PUBLIC && VAPID_PRIVATE && VAPID_SUBJECT
		? { publicKey: VAPID_PUBLIC, privateKey: VAPID_PRIVATE, subject: VAPID_SUBJECT }
		: null;

/** By what a browser knows us; null where this server sends none. */
export const pushKey = (settings: PushSettings): string | null => keysOf(settings)?.publicKey ?? null;

/** More devices than anybody has. */
const mostBrowsers = 10;

const noSubscription = () =>
	new Refusal('rule', 'This browser did not say how it is reached. Nothing was changed; please try again.');

/** @throws Refusal rule */
function readSubscription(sent: unknown, alsoFrom: readonly string[]) {
	if (typeof sent !== 'string' || sent.length > 3_000) throw noSubscription();
	let parsed: { endpoint?: unknown; keys?: { p256dh?: unknown; auth?: unknown } } | null;
	try {
		parsed = JSON.parse(sent) as typeof parsed;
	} catch {
		throw noSubscription();
	}
	const { endpoint } = parsed ?? {};
	const { p256dh, auth } = parsed?.keys ?? {};
	if (typeof endpoint !== 'string' || typeof p256dh !== 'string' || typeof auth !== 'string') throw noSubscription();
	const [clean, secret] = [p256dh, auth].map((text) => Buffer.from(text, 'base64url').toString('base64url')) as [
		string,
		string
	];
	try {
		demandKeys({ p256dh: clean, auth: secret });
	} catch {
		throw noSubscription();
	}
	const { href } = allowedAddress(endpoint, alsoFrom);
	if (href.length > 1_000) throw noSubscription();
	return { endpoint: href, p256dh: clean, auth: secret };
}

/** Lets a browser tell its owner, and whoever was told by it before no more. @param isShared whether others sit at it too @throws Refusal rule */
export async function addBrowser(
	db: Database,
	person: Person,
	sent: unknown,
	userAgent: string | null,
	settings: PushSettings,
	isShared = false
): Promise<void> {
	if (isShared)
		throw new Refusal(
			'rule',
			'You said that this is a shared computer, so it tells nobody anything. Nothing was changed; mail comes as before.'
		);
	if (!keysOf(settings)) throw new Refusal('rule', 'This server sends no notices to browsers. Nothing was changed.');
	const subscription = readSubscription(sent, settings.FETCH_HOSTS ?? []);
	// A browser has one address, whoever sits in front of it.
	await db.asService((tx) =>
		tx
			.delete(pushSubscriptions)
			.where(and(eq(pushSubscriptions.endpoint, subscription.endpoint), ne(pushSubscriptions.personId, person.id)))
	);
	await db.asPerson(person.id, async (tx) => {
		const own = eq(pushSubscriptions.personId, person.id);
		const [row] = await tx.select({ there: count() }).from(pushSubscriptions).where(own);
		if (row!.there >= mostBrowsers)
			throw new Refusal('rule', `${mostBrowsers} browsers tell you already. Please turn one of them off first.`);
		await tx
			.insert(pushSubscriptions)
			.values({ personId: person.id, ...subscription, name: deviceOf(userAgent).slice(0, 100) })
			.onConflictDoNothing();
	});
}

/** @throws Refusal not-found */
export const removeBrowser = (db: Database, person: Person, id: unknown): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const gone =
			typeof id === 'string' && isId(id)
				? await tx
						.delete(pushSubscriptions)
						.where(and(eq(pushSubscriptions.id, id), eq(pushSubscriptions.personId, person.id)))
						.returning({ id: pushSubscriptions.id })
				: [];
		if (gone.length === 0) throw notFound('browser');
	});

const minute = 60_000;
/** After a failure that the maker's server said, or when it could not be reached; later it is no news any more. */
export const pushTries = [1 * minute, 5 * minute, 15 * minute, 60 * minute];
const atOnce = 20;
/** How long a maker keeps it for a browser that is off: seconds of half a day. */
const keptSeconds = 12 * 3600;

/**
 * Sends what is due. A message is taken before it is sent, and comes back only when we know that it did not arrive: whoever
 * dies in between shows nobody the same twice. It stands in the app in any case.
 * @param checks whether somebody may still be told: what waited for the end of quiet hours may not be theirs any more
 * @param resolve names to addresses; the machine's own unless a test says otherwise
 * @returns how many were sent
 */
export async function sendPushes(
	db: Database,
	settings: PushSettings,
	checks: Checks = {},
	now = new Date(),
	roomMutes: RoomMutes = nothingMuted,
	resolve?: Posting['resolve']
): Promise<number> {
	const keys = keysOf(settings);
	if (!keys) return 0;
	let sent = 0;
	for (;;) {
		const due = await takeDue(db, checks, now, roomMutes);
		if (due.length === 0) return sent;
		await Promise.all(
			due.filter(isWanted).map(async (one) => {
				sent += Number(await sendOne(db, one, keys, settings, now, resolve));
			})
		);
	}
}

type Due = Awaited<ReturnType<typeof takeDue>>[number];
const isWanted = ({ wanted }: Due) => wanted;

const takeDue = (db: Database, checks: Checks, now: Date, roomMutes: RoomMutes) =>
	db.asService(async (tx) => {
		const rows = await tx
			.select({
				id: pushMessages.id,
				attempts: pushMessages.attempts,
				browserId: pushSubscriptions.id,
				endpoint: pushSubscriptions.endpoint,
				p256dh: pushSubscriptions.p256dh,
				auth: pushSubscriptions.auth,
				notice: notifications
			})
			.from(pushMessages)
			.innerJoin(pushSubscriptions, eq(pushSubscriptions.id, pushMessages.subscriptionId))
			.innerJoin(notifications, eq(notifications.id, pushMessages.notificationId))
			.where(and(isNotNull(pushMessages.sendAfter), lte(pushMessages.sendAfter, now)))
			.orderBy(asc(pushMessages.sendAfter))
			.limit(atOnce)
			.for('update', { of: pushMessages, skipLocked: true });
		if (rows.length === 0) return [];
		const personIds = [...new Set(rows.map(({ notice }) => notice.personId))];
		const people = await howTold(tx, personIds);
		const muted = await mutesOf(tx, personIds, now);
		const notices = rows.map(({ notice }) => notice);
		const gone = await noConcernAnyMore(tx, notices, checks);
		for (const id of await roomMutes(tx, notices)) gone.add(id);
		await tx
			.update(pushMessages)
			.set({ sendAfter: null })
			.where(
				inArray(
					pushMessages.id,
					rows.map(({ id }) => id)
				)
			);
		const taken = [];
		for (const row of rows) {
			const { notice } = row;
			const person = people.get(notice.personId);
			const quiet = person && quietUntil(now, person.settings, person.zone);
			if (quiet) await tx.update(pushMessages).set({ sendAfter: quiet }).where(eq(pushMessages.id, row.id));
			const isNews =
				!notice.readAt && !notice.withdrawnAt && !gone.has(notice.id) && !isMuted(muted.get(notice.personId), notice);
			taken.push({ ...row, wanted: person !== undefined && !quiet && isNews });
		}
		return taken;
	});

/** Of several about one thing a maker keeps the last for a browser that is off. Of each person its own: a maker learns nothing from it. */
const topicOf = ({ id, personId, about }: Due['notice']) =>
	createHash('sha256')
		.update(`${personId} ${about ?? id}`)
		.digest('base64url')
		.slice(0, 32);

async function sendOne(
	db: Database,
	{ id, attempts, browserId, endpoint, p256dh, auth, notice }: Due,
	keys: VapidKeys,
	settings: PushSettings,
	now: Date,
	resolve?: Posting['resolve']
): Promise<boolean> {
	let status: number;
	try {
		status = await postOutside(endpoint, {
			// No words: the browser asks for them when it shows them, as whoever is signed in there.
			body: seal(JSON.stringify({ id: notice.id, tag: notice.about ?? notice.id }), { p256dh, auth }),
			headers: {
				'content-type': 'application/octet-stream',
				'content-encoding': 'aes128gcm',
				ttl: String(keptSeconds),
				topic: topicOf(notice),
				urgency: 'normal',
				authorization: authorization(endpoint, keys, now)
			},
			alsoFrom: settings.FETCH_HOSTS,
			...(resolve ? { resolve } : {})
		});
	} catch (error) {
		// Not reached, or inside a network: its sentence is for whoever named the address, and nobody is here.
		status = error instanceof Refusal ? 0 : -1;
	}
	const isSent = status >= 200 && status < 300;
	await db.asService(async (tx) => {
		if (status === 404 || status === 410) {
			// The browser said no, or is gone for good.
			await tx.delete(pushSubscriptions).where(eq(pushSubscriptions.id, browserId));
			return;
		}
		const next = status === 0 || status === 429 || status >= 500 ? pushTries[attempts] : undefined;
		await tx
			.update(pushMessages)
			.set({
				attempts: attempts + 1,
				sentAt: isSent ? now : null,
				sendAfter: isSent || next === undefined ? null : new Date(now.getTime() + next)
			})
			.where(eq(pushMessages.id, id));
		if (isSent) await tx.update(pushSubscriptions).set({ sentAt: now }).where(eq(pushSubscriptions.id, browserId));
	});
	if (!isSent && status !== 404 && status !== 410) log('push-failed', { push: id, attempt: attempts + 1, status });
	return isSent;
}
