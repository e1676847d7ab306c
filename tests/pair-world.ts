/** One pair with everybody who can stand to it, for tests that need a pair in a state of their own. */
import { uuidv7 } from 'uuidv7';
import {
	issuers,
	microcredentials,
	microcredentialVersions,
	stackItems,
	stacks,
	stackVersions
} from '#lib/catalogue/schema.server.ts';
import type { Proof } from '#lib/identity/policy.ts';
import { organizations, people, roles } from '#lib/identity/schema.server.ts';
import type { PairState, Standing } from '#lib/pairing/policy.ts';
import { caseloads, pairEvents, pairs } from '#lib/pairing/schema.server.ts';
import { cohorts, enrollments, programs } from '#lib/program/schema.server.ts';
import { reflections, reflectionSharings } from '#lib/reflection/schema.server.ts';
import type { Database } from '#lib/server/database.ts';

/** Of a session in which the passkey that a manager's part asks for was shown. */
export const proven: Proof = { openedBy: 'passkey', passkeyAt: new Date() };

/** Ids: of the people by how they stand to the pair, of the pair, and of what it needed. */
export type PairWorld = Record<Standing, string> & {
	pairId: string;
	programId: string;
	microcredentialVersionId: string;
};

/** Plants a pair in this state with one reflection that the two share. Every call makes new people, so worlds never meet. */
export async function plantPair(db: Database, pair: PairState & { coachUntil?: Date }): Promise<PairWorld> {
	const world: PairWorld = {
		teacher: uuidv7(),
		mentor: uuidv7(),
		coach: uuidv7(),
		manager: uuidv7(),
		stranger: uuidv7(),
		pairId: uuidv7(),
		programId: uuidv7(),
		microcredentialVersionId: uuidv7()
	};
	const began = new Date(Date.now() - 30 * 24 * 3600_000);
	const [state, issuer, microcredential, stack, stackVersion, cohort] = Array.from({ length: 6 }, () => uuidv7()) as [
		string,
		string,
		string,
		string,
		string,
		string
	];
	await db.asOwner(async (tx) => {
		await tx.insert(organizations).values({ id: state, kind: 'state', name: 'A state', timeZone: 'America/Chicago' });
		const names = ['teacher', 'mentor', 'coach', 'manager', 'stranger'] as const;
		await tx.insert(people).values(names.map((name) => ({ id: world[name], name: `The ${name}`, initials: 'PW' })));
		await tx.insert(issuers).values({ id: issuer, key: issuer, name: 'An issuer' });
		await tx.insert(microcredentials).values({ id: microcredential, issuerId: issuer, key: 'one' });
		await tx.insert(microcredentialVersions).values({
			id: world.microcredentialVersionId,
			microcredentialId: microcredential,
			number: 1,
			title: 'One competency',
			competency: 'One.',
			status: 'published'
		});
		await tx.insert(stacks).values({ id: stack, key: stack, title: 'A stack', summary: 'One.' });
		await tx
			.insert(stackVersions)
			.values({ id: stackVersion, stackId: stack, number: 1, rule: { kind: 'at-least', count: 1, counts: 'earned' } });
		await tx
			.insert(stackItems)
			.values({ stackVersionId: stackVersion, microcredentialId: microcredential, position: 1 });
		await tx.insert(programs).values({
			id: world.programId,
			key: world.programId,
			name: 'A program',
			organizationId: state,
			timeZone: 'America/Chicago',
			startsOn: '2026-08-01'
		});
		await tx
			.insert(cohorts)
			.values({ id: cohort, programId: world.programId, name: 'A cohort', startsOn: '2026-08-01' });
		await tx.insert(enrollments).values({
			programId: world.programId,
			personId: world.teacher,
			cohortId: cohort,
			stackVersionId: stackVersion,
			status: 'active'
		});
		await tx
			.insert(roles)
			.values({ personId: world.manager, role: 'manager', scopeKind: 'program', scopeId: world.programId });
		const begun = pair.status !== 'proposed' && pair.status !== 'accepted';
		await tx.insert(pairs).values({
			id: world.pairId,
			programId: world.programId,
			cohortId: cohort,
			teacherId: world.teacher,
			mentorId: world.mentor,
			status: pair.status,
			endedAs: pair.endedAs,
			proposedAt: began,
			activeAt: begun ? began : null,
			endedAt: pair.status === 'ended' ? new Date() : null
		});
		await tx.insert(pairEvents).values({ pairId: world.pairId, kind: 'proposed', at: began });
		await tx
			.insert(caseloads)
			.values({ coachId: world.coach, pairId: world.pairId, fromAt: began, untilAt: pair.coachUntil ?? null });
		const reflectionId = uuidv7();
		await tx.insert(reflections).values({
			id: reflectionId,
			pairId: world.pairId,
			microcredentialVersionId: world.microcredentialVersionId,
			title: 'Words that belong to the two',
			createdBy: world.teacher
		});
		await tx.insert(reflectionSharings).values({ reflectionId, sharedBy: world.teacher });
	});
	return world;
}
