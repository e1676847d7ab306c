/** A person's private feed of meetings, behind a secret address that they can revoke. Only its hash is kept, as of sessions. */
import { randomBytes } from 'node:crypto';
import { and, eq, isNull } from 'drizzle-orm';
import { notFound } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import { sha256 } from '#lib/identity/session.server.ts';
import type { Database } from '#lib/server/database.ts';
import { feedOf } from './icalendar.ts';
import { listAhead } from './meetings.server.ts';
import { meetingSettings } from './schema.server.ts';

/** What has been stays in the feed for a quarter, so that a calendar does not forget last week. */
const kept = 90 * 86_400_000;

/** Makes a feed, in place of the one before, which stops at once. @returns its secret, shown this once */
export const makeFeed = (db: Database, person: Person, now = new Date()): Promise<string> =>
	db.asPerson(person.id, async (tx) => {
		const secret = randomBytes(32).toString('base64url');
		const feed = { feedHash: sha256(secret), feedMadeAt: now };
		await tx
			.insert(meetingSettings)
			.values({ personId: person.id, ...feed })
			.onConflictDoUpdate({ target: meetingSettings.personId, set: feed });
		return secret;
	});

/** Ends the feed. Whoever follows it finds nothing from now on. */
export const revokeFeed = (db: Database, person: Person): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		await tx
			.update(meetingSettings)
			.set({ feedHash: null, feedMadeAt: null })
			.where(eq(meetingSettings.personId, person.id));
	});

/**
 * The feed behind a secret, as it is at this moment: with an ended pair its meetings are gone, with a closed account all.
 * @throws Refusal not-found for every other secret
 */
export async function readFeed(db: Database, secret: string, now = new Date()): Promise<string> {
	const person = /^[\w-]{43}$/.test(secret)
		? await db.asService(async (tx) => {
				const [found] = await tx
					.select({ id: people.id, name: people.name, initials: people.initials })
					.from(meetingSettings)
					.innerJoin(people, eq(people.id, meetingSettings.personId))
					.where(and(eq(meetingSettings.feedHash, sha256(secret)), isNull(people.deactivatedAt)));
				return found;
			})
		: undefined;
	if (!person) throw notFound('calendar');
	// As that person: what they may not see any more is not in it.
	const ahead = await db.asPerson(person.id, (tx) => listAhead(tx, person, new Date(now.getTime() - kept)));
	return feedOf(
		ahead.map(({ teacher, mentor, ...meeting }) => ({
			...meeting,
			other: (teacher.id === person.id ? mentor : teacher).name
		})),
		now
	);
}
