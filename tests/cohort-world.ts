/**
 * A small cohort that talks: three teachers, a mentor of one, the coach beside that pair, a moderator, a manager of the program
 * who reads nothing, and somebody of the cohort next door.
 */
import { uuidv7 } from 'uuidv7';
import {
	issuers,
	microcredentials,
	microcredentialVersions,
	stackItems,
	stacks,
	stackVersions
} from '#lib/catalogue/schema.server.ts';
import { cohortModerators } from '#lib/discussion/schema.server.ts';
import type { Person } from '#lib/identity/person.ts';
import { organizations, people, roles } from '#lib/identity/schema.server.ts';
import { caseloads, pairs } from '#lib/pairing/schema.server.ts';
import { cohorts, enrollments, programs, programStacks } from '#lib/program/schema.server.ts';
import type { Database } from '#lib/server/database.ts';

const names = {
	ana: 'Ana Ruiz',
	ben: 'Ben Okafor',
	cleo: 'Cleo Marsh',
	mentor: 'Mira Stone',
	coach: 'Carl Coach',
	moderator: 'Moe Derat',
	manager: 'Maya Manager',
	next: 'Nia Nextdoor'
} as const;
export type Talker = keyof typeof names;

export type CohortWorld = {
	people: Record<Talker, Person>;
	programId: string;
	cohortId: string;
	/** The cohort next door, of the same program. */
	nextId: string;
	pairId: string;
	/** Two competencies of the program's stack, and one that is not in it. */
	waiting: string;
	norms: string;
	elsewhere: string;
	/** The rule that binds the program's teachers. */
	stackVersionId: string;
};

/** Builds the world as the owner. Each call is a program of its own. */
export const plantCohort = (db: Database): Promise<CohortWorld> =>
	db.asOwner(async (tx) => {
		const newId = () => uuidv7();
		const organizationId = newId();
		await tx
			.insert(organizations)
			.values({ id: organizationId, kind: 'state', name: 'Small state', timeZone: 'America/Chicago' });
		const made = {} as Record<Talker, Person>;
		for (const [key, name] of Object.entries(names) as [Talker, string][]) {
			const initials = name.replace(/[^A-Z]/g, '');
			made[key] = { id: newId(), name, initials };
			await tx.insert(people).values({ ...made[key], organizationId });
		}
		const issuerId = newId();
		await tx.insert(issuers).values({ id: issuerId, key: `issuer ${issuerId}`, name: 'Issuer' });
		const offer = async (key: string, title: string) => {
			const id = newId();
			await tx.insert(microcredentials).values({ id, issuerId, key });
			await tx.insert(microcredentialVersions).values({
				id: newId(),
				microcredentialId: id,
				number: 1,
				title,
				competency: `The teacher: ${title}.`,
				publishedAt: new Date('2026-01-05T12:00:00Z')
			});
			return id;
		};
		const waiting = await offer('waiting', 'Wait time');
		const norms = await offer('norms', 'Norms');
		const elsewhere = await offer('elsewhere', 'Elsewhere');
		const [stackId, stackVersionId, programId, cohortId, nextId] = [newId(), newId(), newId(), newId(), newId()];
		await tx.insert(stacks).values({ id: stackId, key: `stack ${stackId}`, title: 'Stack', summary: 'Two' });
		await tx
			.insert(stackVersions)
			.values({ id: stackVersionId, stackId, number: 1, rule: { kind: 'at-least', count: 2, counts: 'earned' } });
		for (const [position, microcredentialId] of [waiting, norms].entries())
			await tx.insert(stackItems).values({ stackVersionId, microcredentialId, position });
		await tx.insert(programs).values({
			id: programId,
			key: `program ${programId}`,
			name: 'A program',
			organizationId,
			timeZone: 'America/Chicago',
			startsOn: '2026-08-01'
		});
		await tx.insert(programStacks).values({ programId, stackVersionId });
		await tx.insert(cohorts).values([
			{ id: cohortId, programId, name: 'Cohort A', startsOn: '2026-08-01' },
			{ id: nextId, programId, name: 'Cohort B', startsOn: '2026-08-01' }
		]);
		const seat = (who: Talker, cohort: string) => ({
			programId,
			personId: made[who].id,
			cohortId: cohort,
			stackVersionId,
			status: 'active' as const
		});
		await tx
			.insert(enrollments)
			.values([seat('ana', cohortId), seat('ben', cohortId), seat('cleo', cohortId), seat('next', nextId)]);
		const pairId = newId();
		await tx.insert(pairs).values({
			id: pairId,
			programId,
			cohortId,
			teacherId: made.ana.id,
			mentorId: made.mentor.id,
			status: 'active'
		});
		await tx.insert(caseloads).values({ coachId: made.coach.id, pairId });
		await tx.insert(roles).values({
			personId: made.manager.id,
			role: 'manager',
			scopeKind: 'program',
			scopeId: programId
		});
		await tx.insert(cohortModerators).values({ cohortId, personId: made.moderator.id });
		return { people: made, programId, cohortId, nextId, pairId, waiting, norms, elsewhere, stackVersionId };
	});
