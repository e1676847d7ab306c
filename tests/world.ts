/** A small world for tests of who may see what: one pair in every state, each with people and a reflection of its own. */
import { uuidv7 } from 'uuidv7';
import { awards } from '#lib/badge/schema.server.ts';
import {
	issuers,
	microcredentials,
	microcredentialVersions,
	stacks,
	stackVersions
} from '#lib/catalogue/schema.server.ts';
import { submissions } from '#lib/evidence/schema.server.ts';
import { organizations, people, roles, sessions } from '#lib/identity/schema.server.ts';
import { caseloads, pairEvents, pairs } from '#lib/pairing/schema.server.ts';
import { cohorts, enrollments, programs } from '#lib/program/schema.server.ts';
import type { PairState, Standing } from '#lib/reflection/policy.ts';
import {
	reflectionClients,
	reflectionHistory,
	reflections,
	reflectionSharings,
	reflectionSnapshots,
	reflectionUpdates
} from '#lib/reflection/schema.server.ts';
import type { Database } from '#lib/server/database.ts';

/** One pair: who stands how to it, and its ids. */
export type PairOfWorld = PairState & {
	people: Record<Standing, string>;
	pairId: string;
	/** Shared with the mentor. */
	reflectionId: string;
	/** Shared and taken back; the mentor had written in it. */
	aloneId: string;
};

export type World = { versionId: string; pairs: PairOfWorld[] };

const states: PairState[] = [
	...(['proposed', 'accepted', 'active', 'paused'] as const).map((status) => ({ status, endedAs: null })),
	...(['completed', 'rematched', 'withdrawn'] as const).map((endedAs) => ({ status: 'ended' as const, endedAs }))
];

/** Builds the world as the owner. */
export async function buildWorld(db: Database): Promise<World> {
	return db.asOwner(async (tx) => {
		const newPerson = async (name: string) => {
			const id = uuidv7();
			await tx.insert(people).values({ id, name, initials: name.slice(0, 2) });
			return id;
		};
		const state = uuidv7();
		await tx.insert(organizations).values({ id: state, kind: 'state', name: 'Small', timeZone: 'America/Chicago' });
		const [issuerId, microcredentialId, versionId, stackId, stackVersionId] = Array.from({ length: 5 }, uuidv7) as [
			string,
			string,
			string,
			string,
			string
		];
		await tx.insert(issuers).values({ id: issuerId, key: 'issuer', name: 'Issuer' });
		await tx.insert(microcredentials).values({ id: microcredentialId, issuerId, key: 'waiting' });
		await tx.insert(microcredentialVersions).values({
			id: versionId,
			microcredentialId,
			number: 1,
			title: 'Wait time',
			competency: 'The teacher waits.'
		});
		await tx.insert(stacks).values({ id: stackId, key: 'stack', title: 'Stack', summary: 'One of one' });
		await tx
			.insert(stackVersions)
			.values({ id: stackVersionId, stackId, number: 1, rule: { kind: 'at-least', count: 1, counts: 'earned' } });

		const world: World = { versionId, pairs: [] };
		for (const pairState of states) {
			const name = pairState.endedAs ?? pairState.status;
			const [programId, cohortId, pairId, sharedId, aloneId] = Array.from({ length: 5 }, uuidv7) as [
				string,
				string,
				string,
				string,
				string
			];
			await tx.insert(programs).values({
				id: programId,
				key: name,
				name,
				organizationId: state,
				timeZone: 'America/Chicago',
				startsOn: '2026-08-01'
			});
			await tx.insert(cohorts).values({ id: cohortId, programId, name, startsOn: '2026-08-01' });
			const standing: Record<Standing, string> = {
				teacher: await newPerson(`Teacher of ${name}`),
				mentor: await newPerson(`Mentor of ${name}`),
				coach: await newPerson(`Coach of ${name}`),
				manager: await newPerson(`Manager of ${name}`),
				stranger: await newPerson(`Stranger to ${name}`)
			};
			const { teacher, mentor, coach, manager } = standing;
			const began = new Date(Date.now() - 60_000);
			await tx.insert(roles).values({ personId: manager, role: 'manager', scopeKind: 'program', scopeId: programId });
			await tx.insert(enrollments).values({ programId, personId: teacher, cohortId, stackVersionId, status: 'active' });
			await tx.insert(pairs).values({
				id: pairId,
				programId,
				cohortId,
				teacherId: teacher,
				mentorId: mentor,
				...pairState,
				endedAt: pairState.endedAs ? new Date() : null
			});
			await tx.insert(pairEvents).values({ pairId, kind: 'proposed', reason: 'a good match' });
			await tx.insert(caseloads).values({ coachId: coach, pairId, fromAt: began });
			const bytes = new Uint8Array([0, 1, 2, 255]);
			for (const reflectionId of [sharedId, aloneId]) {
				await tx.insert(reflections).values({
					id: reflectionId,
					pairId,
					microcredentialVersionId: versionId,
					title: `Private ${reflectionId === aloneId ? 'and alone ' : ''}${name}`,
					createdBy: teacher
				});
				await tx.insert(reflectionUpdates).values({ reflectionId, number: 2, personId: teacher, updates: bytes });
				await tx.insert(reflectionSnapshots).values({ reflectionId, upToNumber: 1, state: bytes });
				await tx.insert(reflectionHistory).values({
					reflectionId,
					fromNumber: 1,
					toNumber: 1,
					personId: mentor,
					fromAt: new Date(),
					toAt: new Date(),
					rows: bytes
				});
				await tx.insert(reflectionClients).values([
					{ reflectionId, clientId: 4_294_967_295, personId: teacher },
					{ reflectionId, clientId: 2, personId: mentor }
				]);
				const takenBack = reflectionId === aloneId ? { takenBackBy: teacher, takenBackAt: new Date() } : {};
				await tx.insert(reflectionSharings).values({ reflectionId, sharedBy: teacher, sharedAt: began, ...takenBack });
			}
			await tx
				.insert(submissions)
				.values({ teacherId: teacher, microcredentialVersionId: versionId, submittedAt: new Date() });
			await tx.insert(awards).values({ personId: teacher, microcredentialVersionId: versionId, awardedAt: new Date() });
			await tx.insert(sessions).values({
				id: `session-${name}`,
				secretHash: bytes,
				personId: teacher,
				expiresAt: new Date(Date.now() + 3_600_000)
			});
			world.pairs.push({ ...pairState, people: standing, pairId, reflectionId: sharedId, aloneId });
		}
		return world;
	});
}
