/**
 * Rooms to knock on from outside: pairs of made-up people with a new, empty reflection each, all of them signed in, so
 * that any y-websocket client can write at once. Only in demo. They have a state, a program and cohorts of their own and
 * no coach: nobody of the cast meets them.
 */
import { eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { Refusal } from '#lib/errors.ts';
import { emailAddresses, organizations, people, personSettings, roles } from '#lib/identity/schema.server.ts';
import { createSessionIn } from '#lib/identity/session.server.ts';
import { pairEvents, pairs } from '#lib/pairing/schema.server.ts';
import { cohorts, enrollments, programs } from '#lib/program/schema.server.ts';
import { reflections, reflectionSharings } from '#lib/reflection/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { cast } from './cast.ts';

/** Rooms that one request may ask for. They take a fraction of a second, in which nobody else can write. */
export const mostRooms = 100;

/** A reflection, and what its two people's sessions are worth as a cookie. */
export type Room = { reflectionId: string; teacher: string; mentor: string };

const programKey = 'rooms';

/** @throws Refusal when the count is none or out of range */
export async function openRooms(db: Database, count: number, now = new Date()): Promise<Room[]> {
	if (!Number.isInteger(count) || count < 1 || count > mostRooms)
		throw new Refusal('rule', `count takes a whole number from 1 to ${mostRooms}; ask again for more.`);
	return db.asOwner(async (tx) => {
		const programId = await programIn(tx, now);
		const cohortId = uuidv7();
		await tx.insert(cohorts).values({
			id: cohortId,
			programId,
			name: `Rooms of ${now.toISOString()}`,
			capacity: count,
			startsOn: now.toISOString().slice(0, 10)
		});
		const rooms = Array.from({ length: count }, () => {
			const [reflectionId, pairId] = [uuidv7(), uuidv7()];
			// The end of the reflection's id is random: who looks at a caret's name finds the room.
			const label = reflectionId.slice(-12);
			const person = (role: 'teacher' | 'mentor') => ({
				id: uuidv7(),
				role,
				name: `Demo ${role} ${label}`,
				initials: role === 'teacher' ? 'DT' : 'DM',
				email: `room-${label}-${role}@wayfellow.example`
			});
			return { reflectionId, pairId, teacher: person('teacher'), mentor: person('mentor') };
		});
		const everybody = rooms.flatMap(({ teacher, mentor }) => [teacher, mentor]);
		await tx.insert(people).values(everybody.map(({ id, name, initials }) => ({ id, name, initials, createdAt: now })));
		await tx.insert(emailAddresses).values(
			everybody.map(({ id, email }) => ({
				address: email,
				personId: id,
				kind: 'personal' as const,
				verifiedAt: now,
				createdAt: now
			}))
		);
		await tx.insert(personSettings).values(everybody.map(({ id }) => ({ personId: id, firstRunAt: now })));
		await tx.insert(roles).values(
			everybody.map(({ id, role }) => ({
				personId: id,
				role,
				scopeKind: 'cohort' as const,
				scopeId: cohortId,
				fromAt: now
			}))
		);
		await tx.insert(enrollments).values(
			rooms.map(({ teacher }) => ({
				programId,
				personId: teacher.id,
				cohortId,
				stackVersionId: cast.stacks.tennessee.versionId,
				status: 'active' as const,
				joinedListAt: now,
				enrolledAt: now
			}))
		);
		await tx.insert(pairs).values(
			rooms.map(({ pairId, teacher, mentor }) => ({
				id: pairId,
				programId,
				cohortId,
				teacherId: teacher.id,
				mentorId: mentor.id,
				status: 'active' as const,
				proposedAt: now,
				activeAt: now
			}))
		);
		await tx
			.insert(pairEvents)
			.values(
				rooms.flatMap(({ pairId }) =>
					(['proposed', 'accepted', 'started'] as const).map((kind) => ({ pairId, kind, at: now }))
				)
			);
		await tx.insert(reflections).values(
			rooms.map(({ reflectionId, pairId, teacher }) => ({
				id: reflectionId,
				pairId,
				microcredentialVersionId: cast.microcredentials.waitTime.versionId,
				title: 'A room for other clients',
				createdBy: teacher.id,
				createdAt: now
			}))
		);
		await tx
			.insert(reflectionSharings)
			.values(rooms.map(({ reflectionId, teacher }) => ({ reflectionId, sharedBy: teacher.id, sharedAt: now })));
		const opened: Room[] = [];
		const script = { whence: { network: null, userAgent: 'rooms' }, shared: false };
		for (const { reflectionId, teacher, mentor } of rooms)
			opened.push({
				reflectionId,
				teacher: (await createSessionIn(tx, teacher.id, 'demo', script, now)).cookieValue,
				mentor: (await createSessionIn(tx, mentor.id, 'demo', script, now)).cookieValue
			});
		return opened;
	});
}

/** The program of all rooms, made with the first. */
async function programIn(tx: Tx, now: Date): Promise<string> {
	// Two first requests at one instant take turns.
	await tx.execute(sql`select pg_advisory_xact_lock(hashtext('wayfellow rooms'))`);
	const [there] = await tx.select({ id: programs.id }).from(programs).where(eq(programs.key, programKey));
	if (there) return there.id;
	const [organizationId, id] = [uuidv7(), uuidv7()];
	await tx.insert(organizations).values({
		id: organizationId,
		kind: 'state',
		name: 'Rooms for other clients',
		timeZone: 'America/Chicago',
		createdAt: now
	});
	await tx.insert(programs).values({
		id,
		key: programKey,
		name: 'Rooms for other clients',
		organizationId,
		timeZone: 'America/Chicago',
		startsOn: now.toISOString().slice(0, 10),
		createdAt: now
	});
	return id;
}
