/** Writes the cast into a database: all of it in one transaction, once. */
import { eq, sql } from 'drizzle-orm';
import { importMicrocredential } from '#lib/catalogue/catalogue.server.ts';
import { importFramework } from '#lib/catalogue/frameworks.server.ts';
import {
	issuerEditors,
	issuers,
	stackItems,
	stackOutcomes,
	microcredentialVersions,
	stacks,
	stackVersions
} from '#lib/catalogue/schema.server.ts';
import { checkIns, checkInSignals } from '#lib/checkin/schema.server.ts';
import { awards } from '#lib/badge/schema.server.ts';
import { submissions } from '#lib/evidence/schema.server.ts';
import { emailAddresses, organizations, people, personSettings, roles } from '#lib/identity/schema.server.ts';
import { caseloads, pairEvents, pairs } from '#lib/pairing/schema.server.ts';
import { invitationLife } from '#lib/program/invitation.ts';
import {
	cohorts,
	deadlineExtensions,
	enrollments,
	invitations,
	programBreaks,
	programs,
	programStacks
} from '#lib/program/schema.server.ts';
import { packUpdates } from '#lib/reflection/log.server.ts';
import {
	reflectionClients,
	reflections,
	reflectionSharings,
	reflectionUpdates
} from '#lib/reflection/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { type CastPair, type CastReflection, cast, type PairKey, type ReflectionKey } from './cast.ts';
import { caseIdOf, readFrameworks, readMicrocredentials, readTimeToThink } from './catalogue.ts';
import { castId, idsFrom } from './ids.ts';
import { dateOf, days, instantOf, type Moment } from './moments.ts';
import { plantTalk } from './plant-talk.server.ts';
import { schoolBreaks } from './school-years.ts';
import { statusOf } from './status.ts';
import { texts } from './texts.ts';
import { write } from './writing.ts';

/**
 * Plants the cast unless it is there already; then nothing is touched, however much was written since.
 * @param now the instant that "three days ago" is counted from
 * @returns whether it was planted now
 */
export function plantCast(db: Database, { now = new Date() }: { now?: Date } = {}): Promise<boolean> {
	return db.asOwner(async (tx) => {
		// Two processes that start at one instant take turns; the second finds the cast and leaves.
		await tx.execute(sql`select pg_advisory_xact_lock(hashtext('wayfellow cast'))`);
		const [there] = await tx.select().from(people).where(eq(people.id, cast.people.rosa.id));
		if (there) return false;
		await plantCatalogue(tx, now);
		await plantPeople(tx, now);
		await plantPrograms(tx, now);
		await plantPairs(tx, now);
		await plantCheckIns(tx, now);
		await plantReflections(tx, now);
		await plantDecisions(tx, now);
		await plantTalk(tx, now);
		return true;
	});
}

const values = <T>(record: Record<string, T>): T[] => Object.values(record);

async function plantCatalogue(tx: Tx, now: Date): Promise<void> {
	// Older than every program, so that nobody enrolled before there was something to earn.
	const publishedAt = instantOf(days(480, '09:00'), now);
	const createdAt = publishedAt;
	for (const [index, framework] of readFrameworks().entries())
		await importFramework(tx, framework, idsFrom('framework', (index + 1) * 1000));
	await tx.insert(issuers).values(values(cast.issuers).map((issuer) => ({ ...issuer, createdAt })));
	await tx.insert(issuerEditors).values({ issuerId: cast.issuers.commons.id, programId: cast.programs.tennessee.id });
	for (const { key, description } of readMicrocredentials())
		await importMicrocredential(tx, cast.issuers.commons.id, description, caseIdOf, {
			newId: idsFrom('microcredential', cast.microcredentials[key].n * 1000),
			publishedAt
		});
	await importMicrocredential(tx, cast.issuers.laurelGap.id, readTimeToThink(), caseIdOf, {
		newId: idsFrom('microcredential', 90_000),
		publishedAt
	});
	for (const [n, { id, versionId, rule, items, outcomes, ...about }] of values(cast.stacks).entries()) {
		await tx.insert(stacks).values({ id, ...about, createdAt });
		await tx.insert(stackVersions).values({ id: versionId, stackId: id, number: 1, rule, publishedAt });
		await tx.insert(stackItems).values(
			items.map((key, index) => ({
				stackVersionId: versionId,
				microcredentialId: cast.microcredentials[key].id,
				position: index + 1
			}))
		);
		if (outcomes.length > 0)
			await tx.insert(stackOutcomes).values(
				outcomes.map((outcome, index) => ({
					...outcome,
					id: castId('outcome', (n + 1) * 10 + index),
					stackVersionId: versionId,
					position: index + 1
				}))
			);
	}
}

async function plantPeople(tx: Tx, now: Date): Promise<void> {
	const createdAt = instantOf(days(470, '09:00'), now);
	for (const organization of values(cast.organizations))
		await tx.insert(organizations).values({ ...organization, createdAt });
	await tx.insert(people).values(
		values(cast.people).map(({ id, name, initials, organization }) => ({
			id,
			name,
			initials,
			organizationId: cast.organizations[organization].id,
			createdAt
		}))
	);
	await tx.insert(emailAddresses).values(
		values(cast.people).map(({ id, email }) => ({
			address: email,
			personId: id,
			kind: 'school' as const,
			verifiedAt: createdAt,
			createdAt
		}))
	);
	await tx.insert(roles).values(
		cast.roles.map(({ person, from, ...role }, index) => ({
			...role,
			id: castId('role', index + 1),
			personId: cast.people[person].id,
			fromAt: instantOf(from, now)
		}))
	);
	const newcomers = new Set(cast.firstSteps.map((key) => cast.people[key].id));
	await tx
		.insert(personSettings)
		.values(
			values(cast.people).flatMap(({ id }) => (newcomers.has(id) ? [] : [{ personId: id, firstRunAt: createdAt }]))
		);
}

async function plantPrograms(tx: Tx, now: Date): Promise<void> {
	await tx.insert(programs).values(
		values(cast.programs).map(({ id, key, name, organization, timeZone, startsDaysAgo, endsDaysAgo }) => ({
			id,
			key,
			name,
			organizationId: cast.organizations[organization].id,
			timeZone,
			startsOn: dateOf(startsDaysAgo, now),
			endsOn: dateOf(endsDaysAgo, now),
			createdAt: instantOf(days(startsDaysAgo, '08:00'), now)
		}))
	);
	await tx.insert(programStacks).values(
		values(cast.programs).map(({ id, stack, startsDaysAgo }) => ({
			programId: id,
			stackVersionId: cast.stacks[stack].versionId,
			fromAt: instantOf(days(startsDaysAgo, '08:00'), now)
		}))
	);
	await tx.insert(cohorts).values(
		values(cast.cohorts).map(({ id, program, name, wave, capacity, startsDaysAgo }) => ({
			id,
			programId: cast.programs[program].id,
			name,
			wave,
			capacity,
			startsOn: dateOf(startsDaysAgo, now),
			endsOn: dateOf(
				cast.extensions.findLast((one) => one.program === program)?.lastDaysAgo ?? cast.programs[program].endsDaysAgo,
				now
			)
		}))
	);
	await tx.insert(enrollments).values(
		cast.enrollments.map(({ id, person, program, cohort, status, joined, enrolled, ended }) => ({
			id,
			programId: cast.programs[program].id,
			personId: cast.people[person].id,
			cohortId: cohort && cast.cohorts[cohort].id,
			stackVersionId: cast.stacks[cast.programs[program].stack].versionId,
			status,
			joinedListAt: instantOf(joined, now),
			enrolledAt: enrolled && instantOf(enrolled, now),
			endedAt: ended && instantOf(ended, now)
		}))
	);
	// A hundred rows each, numbered by program: another day of planting has other breaks.
	await tx.insert(programBreaks).values(
		values(cast.programs).flatMap(({ id, startsDaysAgo, endsDaysAgo, calendar }, program) => {
			const until = cast.extensions.findLast((one) => cast.programs[one.program].id === id)?.lastDaysAgo ?? endsDaysAgo;
			return schoolBreaks(dateOf(startsDaysAgo, now), dateOf(until, now), calendar).map((one, n) => ({
				...one,
				id: castId('break', (program + 1) * 100 + n),
				programId: id,
				addedAt: instantOf(days(startsDaysAgo, '08:00'), now)
			}));
		})
	);
	await tx.insert(deadlineExtensions).values(
		cast.extensions.map(({ n, by, program, at, lastDaysAgo, reason }) => ({
			id: castId('extension', n),
			programId: cast.programs[program].id,
			lastDay: dateOf(lastDaysAgo, now),
			reason,
			extendedById: cast.people[by].id,
			extendedAt: instantOf(at, now)
		}))
	);
	await tx.insert(invitations).values(
		cast.invitations.map(({ n, by, program, cohort, role, name, email, made }) => {
			const createdAt = instantOf(made, now);
			const id = castId('invitation', n);
			return {
				id,
				programId: cast.programs[program].id,
				cohortId: cohort && cast.cohorts[cohort].id,
				role,
				name,
				address: email,
				invitedById: cast.people[by].id,
				// The hash of nothing that anybody knows.
				tokenHash: Buffer.from(id.replaceAll('-', '').repeat(2), 'hex'),
				createdAt,
				expiresAt: new Date(createdAt.getTime() + invitationLife)
			};
		})
	);
}

async function plantPairs(tx: Tx, now: Date): Promise<void> {
	const all: Record<PairKey, CastPair> = cast.pairs;
	const at = (pair: CastPair, ...kinds: string[]): Date | null => {
		const event = pair.history.findLast(({ kind }) => kinds.includes(kind));
		return event ? instantOf(event.at, now) : null;
	};
	await tx.insert(pairs).values(
		values(all).map((pair) => ({
			id: pair.id,
			programId: cast.programs[cast.cohorts[pair.cohort].program].id,
			cohortId: cast.cohorts[pair.cohort].id,
			teacherId: cast.people[pair.teacher].id,
			mentorId: cast.people[pair.mentor].id,
			status: statusOf(pair),
			endedAs: pair.endedAs,
			proposedAt: at(pair, 'proposed')!,
			activeAt: at(pair, 'started'),
			endedAt: at(pair, 'ended')
		}))
	);
	await tx.insert(pairEvents).values(
		values(all).flatMap((pair) =>
			pair.history.map(({ kind, at, by, reason }, index) => ({
				id: castId('pairEvent', pair.n * 100 + index),
				pairId: pair.id,
				kind,
				at: instantOf(at, now),
				byPersonId: by && cast.people[by].id,
				reason
			}))
		)
	);
	await tx.insert(caseloads).values(
		Object.entries(cast.caseloads).flatMap(([coach, keys]) =>
			keys.map((key) => ({
				id: castId('caseload', all[key].n),
				coachId: cast.people[coach as keyof typeof cast.caseloads].id,
				pairId: all[key].id,
				fromAt: at(all[key], 'proposed')!,
				untilAt: at(all[key], 'ended')
			}))
		)
	);
}

async function plantCheckIns(tx: Tx, now: Date): Promise<void> {
	const titles = new Map(
		(
			await tx
				.select({ id: microcredentialVersions.id, title: microcredentialVersions.title })
				.from(microcredentialVersions)
		).map(({ id, title }) => [id, title])
	);
	for (const { n, pair, at, going, stuck, confidence, shows } of cast.checkIns) {
		const { id: pairId, teacher } = cast.pairs[pair];
		const sentAt = instantOf(at, now);
		await tx.insert(checkIns).values({
			id: castId('checkIn', n),
			pairId,
			teacherId: cast.people[teacher].id,
			day: dateOf('days' in at ? at.days : 0, now),
			going,
			stuck,
			confidence: confidence.map(([key, level]) => {
				const { id, versionId } = cast.microcredentials[key];
				return { microcredentialId: id, title: titles.get(versionId)!, level };
			}),
			formId: castId('checkIn', 1000 + n),
			sentAt
		});
		await tx.insert(checkInSignals).values({
			checkInId: castId('checkIn', n),
			pairId,
			shows,
			going: shows === 'day' ? null : going,
			at: sentAt,
			toldAt: sentAt
		});
	}
}

/** Yjs client ids are 32 bits at random; these are fixed, and far apart so that no two reflections share one. */
export const clientsOf = ({ n }: CastReflection) => ({ teacher: 0x40000000 + n * 1001, mentor: 0x50000000 + n * 1009 });

async function plantReflections(tx: Tx, now: Date): Promise<void> {
	for (const [key, reflection] of Object.entries(cast.reflections) as [ReflectionKey, CastReflection][]) {
		const pair = cast.pairs[reflection.pair];
		const personOf = { teacher: cast.people[pair.teacher].id, mentor: cast.people[pair.mentor].id };
		const clients = clientsOf(reflection);
		await tx.insert(reflections).values({
			id: reflection.id,
			pairId: pair.id,
			microcredentialVersionId: cast.microcredentials[reflection.microcredential].versionId,
			title: reflection.title,
			createdBy: personOf[reflection.by],
			createdAt: instantOf(reflection.started, now)
		});
		if (!reflection.alone)
			await tx.insert(reflectionSharings).values({
				id: castId('sharing', reflection.n),
				reflectionId: reflection.id,
				sharedBy: personOf[reflection.by],
				sharedAt: instantOf(reflection.started, now)
			});
		const written = write(texts[key] ?? [], clients, (at) => instantOf(at, now).getTime());
		if (written.length === 0) continue;
		await tx.insert(reflectionUpdates).values(
			written.map(({ by, at, updates }, index) => ({
				reflectionId: reflection.id,
				number: index + 1,
				personId: personOf[by],
				updates: packUpdates(updates),
				createdAt: instantOf(at, now)
			}))
		);
		const first = (who: 'teacher' | 'mentor'): Moment | undefined => written.find(({ by }) => by === who)?.at;
		await tx.insert(reflectionClients).values(
			(['teacher', 'mentor'] as const).flatMap((who) => {
				const at = first(who);
				return at
					? [
							{
								reflectionId: reflection.id,
								clientId: clients[who],
								personId: personOf[who],
								firstSeenAt: instantOf(at, now)
							}
						]
					: [];
			})
		);
	}
}

async function plantDecisions(tx: Tx, now: Date): Promise<void> {
	const rows = cast.submissions.map(({ n, teacher, microcredential, submitted, decided, decision }) => ({
		n,
		id: castId('submission', n),
		teacherId: cast.people[teacher].id,
		microcredentialVersionId: cast.microcredentials[microcredential].versionId,
		submittedAt: instantOf(submitted, now),
		decidedAt: decided && instantOf(decided, now),
		decision
	}));
	await tx.insert(submissions).values(rows);
	await tx
		.insert(awards)
		.values(
			rows.flatMap(({ n, teacherId, microcredentialVersionId, decidedAt, decision }) =>
				decidedAt && decision === 'earned'
					? [{ id: castId('award', n), personId: teacherId, microcredentialVersionId, awardedAt: decidedAt }]
					: []
			)
		);
}
