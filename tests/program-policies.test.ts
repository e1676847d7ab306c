/** The tables of `program/policy.cases.ts` against the database's own policies: page and table can't drift apart. */
import { eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cases as catalogueCases } from '#lib/catalogue/policy.cases.ts';
import { frameworkDrafts, frameworks } from '#lib/catalogue/schema.server.ts';
import { organizations, people, roles } from '#lib/identity/schema.server.ts';
import { cases, endings, type Who } from '#lib/program/policy.cases.ts';
import type { Role } from '#lib/program/roles.ts';
import { cohorts, deadlineExtensions, invitations, programBreaks, programs } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { allowed } from './row-policy-cases.ts';
import { withDatabase } from './with-database.ts';

let db: Database;
const ids = {
	state: uuidv7(),
	district: uuidv7(),
	school: uuidv7(),
	sibling: uuidv7(),
	program: uuidv7(),
	other: uuidv7(),
	cohort: uuidv7(),
	otherCohort: uuidv7(),
	open: uuidv7(),
	accepted: uuidv7(),
	elsewhere: uuidv7()
};
/** Everybody, and the one role that makes them what they are called. */
const held: Record<
	Who,
	{ role: Role; scopeKind: 'program' | 'district' | 'school'; scopeId: string; from?: number; until?: number } | null
> = {
	manager: { role: 'manager', scopeKind: 'program', scopeId: ids.program },
	'district manager': { role: 'manager', scopeKind: 'district', scopeId: ids.district },
	'former manager': { role: 'manager', scopeKind: 'program', scopeId: ids.program, until: -1 },
	'coming manager': { role: 'manager', scopeKind: 'program', scopeId: ids.program, from: 1 },
	'manager who left': { role: 'manager', scopeKind: 'program', scopeId: ids.program },
	'manager of another program': { role: 'manager', scopeKind: 'program', scopeId: ids.other },
	'manager of a sibling school': { role: 'manager', scopeKind: 'school', scopeId: ids.sibling },
	teacher: { role: 'teacher', scopeKind: 'program', scopeId: ids.program },
	mentor: { role: 'mentor', scopeKind: 'program', scopeId: ids.program },
	coach: { role: 'coach', scopeKind: 'program', scopeId: ids.program },
	assessor: { role: 'assessor', scopeKind: 'program', scopeId: ids.program },
	stranger: null
};
const everybody = Object.keys(held) as Who[];
const personOf = Object.fromEntries(everybody.map((who) => [who, uuidv7()])) as Record<Who, string>;
const roleOf = Object.fromEntries(everybody.map((who) => [who, uuidv7()])) as Record<Who, string>;
const days = (n: number) => new Date(Date.now() + n * 86_400_000);
let n = 0;
const token = () => new Uint8Array(32).fill(++n);

beforeAll(async () => {
	db = await withDatabase({ cast: false });
	await db.asOwner(async (tx) => {
		const zone = { timeZone: 'America/Chicago' };
		await tx.insert(organizations).values({ id: ids.state, kind: 'state', name: 'State', ...zone });
		await tx
			.insert(organizations)
			.values({ id: ids.district, kind: 'district', name: 'District', parentId: ids.state, ...zone });
		await tx.insert(organizations).values([
			{ id: ids.school, kind: 'school', name: 'School', parentId: ids.district, ...zone },
			{ id: ids.sibling, kind: 'school', name: 'Sibling', parentId: ids.district, ...zone }
		]);
		const program = { startsOn: '2026-08-01', ...zone };
		await tx.insert(programs).values([
			{ id: ids.program, key: 'one', name: 'One', organizationId: ids.school, ...program },
			{ id: ids.other, key: 'other', name: 'Other', organizationId: ids.state, ...program }
		]);
		await tx.insert(cohorts).values([
			{ id: ids.cohort, programId: ids.program, name: 'A', startsOn: '2026-08-01' },
			{ id: ids.otherCohort, programId: ids.other, name: 'B', startsOn: '2026-08-01' }
		]);
		await tx.insert(people).values(
			everybody.map((who) => ({
				id: personOf[who],
				name: who,
				initials: 'P',
				deactivatedAt: who === 'manager who left' ? days(-1) : null
			}))
		);
		await tx.insert(roles).values(
			everybody.flatMap((who) => {
				const one = held[who];
				if (!one) return [];
				const { role, scopeKind, scopeId, from = -30, until } = one;
				return {
					id: roleOf[who],
					personId: personOf[who],
					role,
					scopeKind,
					scopeId,
					fromAt: days(from),
					untilAt: until === undefined ? null : days(until)
				};
			})
		);
		const invitation = { role: 'teacher' as const, invitedById: personOf.manager, expiresAt: days(7) };
		await tx.insert(invitations).values([
			{ ...invitation, id: ids.open, programId: ids.program, address: 'open@x.example', tokenHash: token() },
			{
				...invitation,
				id: ids.accepted,
				programId: ids.program,
				tokenHash: token(),
				acceptedAt: days(-1),
				acceptedById: personOf.teacher
			},
			{ ...invitation, id: ids.elsewhere, programId: ids.other, tokenHash: token() }
		]);
	});
});
afterAll(() => db?.close());

const rows = async <Row>(tx: Tx, query: ReturnType<typeof sql>) =>
	((await tx.execute(query)) as unknown as { rows: Row[] }).rows;
const wish = (by: string, programId = ids.program, more: Partial<typeof invitations.$inferInsert> = {}) => ({
	programId,
	role: 'manager' as const,
	invitedById: by,
	tokenHash: token(),
	expiresAt: days(7),
	...more
});

describe.for(cases)(
	'a %s (sees people: %s, invites: %s, gives more time: %s, sets breaks: %s, reads them: %s)',
	([who, sees, invites, extending, setting, reading]) => {
		const person = personOf[who];

		test('reads who is in the program, or nothing', async () => {
			const found = await db.asPerson(person, async (tx) => ({
				roles: (await tx.select().from(roles)).filter(({ id }) => id === roleOf.teacher && who !== 'teacher').length,
				list: (
					await rows(
						tx,
						sql`select * from app.program_people(${ids.program}, now(), now(), null, null, null, null, 50)`
					)
				).length,
				counts: (await rows(tx, sql`select * from app.program_role_counts(${ids.program}, now(), now())`)).length,
				above: (await rows(tx, sql`select * from app.program_overseers(${ids.program}, now(), now())`)).length,
				open: (await tx.select().from(invitations).where(eq(invitations.id, ids.open))).length
			}));
			const some = expect.any(Number);
			if (sees) expect(found).toEqual({ roles: who === 'teacher' ? some : 1, list: 6, counts: 5, above: 1, open: 1 });
			else expect(found).toEqual({ roles: 0, list: 0, counts: 0, above: 0, open: 0 });
		});

		test('invites by hand, or not, and never in the name of another', async () => {
			expect(await allowed(db, person, (tx) => tx.insert(invitations).values(wish(person)))).toBe(invites);
			expect(await allowed(db, person, (tx) => tx.insert(invitations).values(wish(personOf.mentor)))).toBe(false);
			const done = { acceptedAt: new Date(), acceptedById: person };
			expect(await allowed(db, person, (tx) => tx.insert(invitations).values(wish(person, ids.program, done)))).toBe(
				false
			);
		});

		test('says when the program rests, or not, and never for another program or in the name of another', async () => {
			const days = { name: 'Winter break', firstDay: '2098-12-21', lastDay: '2099-01-03' };
			const act = (programId: string, addedById: string) => (tx: Tx) =>
				tx.insert(programBreaks).values({ ...days, programId, addedById });
			expect(await allowed(db, person, act(ids.program, person))).toBe(setting);
			expect(await allowed(db, person, act(ids.other, person))).toBe(who === 'manager of another program');
			expect(await allowed(db, person, act(ids.program, personOf.mentor))).toBe(setting && who === 'mentor');
			const there = uuidv7();
			await db.asOwner((tx) =>
				tx.insert(programBreaks).values({ id: there, ...days, programId: ids.program, addedById: personOf.manager })
			);
			const own = eq(programBreaks.id, there);
			expect(await db.asPerson(person, (tx) => tx.select().from(programBreaks).where(own))).toHaveLength(
				reading ? 1 : 0
			);
			expect(await allowed(db, person, (tx) => tx.update(programBreaks).set({ name: 'x' }).where(own))).toBe(false);
			const gone = await db.asPerson(person, (tx) => tx.delete(programBreaks).where(own).returning());
			expect(gone).toHaveLength(setting ? 1 : 0);
			await db.asOwner((tx) => tx.delete(programBreaks).where(own));
		});

		test('gives more time, or not, and never to another program or in the name of another', async () => {
			const act = (programId: string, by: string) => (tx: Tx) =>
				tx.insert(deadlineExtensions).values({ programId, lastDay: '2099-06-30', reason: 'More', extendedById: by });
			expect(await allowed(db, person, act(ids.program, person))).toBe(extending);
			expect(await allowed(db, person, act(ids.other, person))).toBe(who === 'manager of another program');
			expect(await allowed(db, person, act(ids.program, personOf.stranger))).toBe(false);
		});

		test('invites into no other program, not even with a cohort of that one', async () => {
			if (who !== 'manager of another program')
				expect(await allowed(db, person, (tx) => tx.insert(invitations).values(wish(person, ids.other)))).toBe(false);
			const mixed = { cohortId: ids.otherCohort };
			const mixing = db.asPerson(person, (tx) => tx.insert(invitations).values(wish(person, ids.program, mixed)));
			await expect(mixing).rejects.toThrow();
		});

		test('withdraws by hand, or not, and changes nothing else', async () => {
			const withdraw = (id: string) =>
				db.asPerson(person, async (tx) => {
					const done = await tx
						.update(invitations)
						.set({ withdrawnAt: new Date(), withdrawnById: person })
						.where(eq(invitations.id, id))
						.returning({ id: invitations.id });
					throw new Done(done.length);
				});
			expect(await times(withdraw(ids.open))).toBe(invites ? 1 : 0);
			expect(await times(withdraw(ids.accepted)), 'what was accepted stays').toBe(0);
			if (who !== 'manager of another program') expect(await times(withdraw(ids.elsewhere))).toBe(0);
			for (const change of [
				{ role: 'manager' as const },
				{ expiresAt: days(99) },
				{ tokenHash: token() },
				{ acceptedAt: new Date() }
			])
				expect(await allowed(db, person, (tx) => tx.update(invitations).set(change))).toBe(false);
			expect(await allowed(db, person, (tx) => tx.delete(invitations))).toBe(false);
		});

		test('mails and tells only for invitations of their own program', async () => {
			const mails = JSON.stringify([{ id: uuidv7(), invitation: ids.open, subject: 's', text: 't', html: 'h' }]);
			const queued = await db
				.asPerson(person, async (tx) => {
					const [row] = await rows<{ n: number }>(tx, sql`select app.mail_invitations(${mails}::jsonb) as n`);
					throw new Done(row!.n);
				})
				.catch((error: unknown) => (error instanceof Done ? error.n : Promise.reject(error)));
			// Only who made it: another manager sends a new one.
			expect(queued).toBe(who === 'manager' ? 1 : 0);
		});
	}
);

test.for(catalogueCases)('a %s, to the catalogue %s, imports frameworks by hand: %s', async ([who, , imports]) => {
	const framework = { caseId: uuidv7(), title: 'F', creator: 'C', caseChangedAt: days(0) };
	const person = personOf[who as Who];
	expect(await allowed(db, person, (tx) => tx.insert(frameworks).values(framework))).toBe(imports);
	// Nobody makes one go away.
	expect(await allowed(db, person, (tx) => tx.delete(frameworks))).toBe(false);
	const draft = { personId: person, source: 'a file', package: '{}' };
	expect(await allowed(db, person, (tx) => tx.insert(frameworkDrafts).values(draft))).toBe(imports);
});

class Done extends Error {
	readonly n: number;
	constructor(n: number) {
		super('taken back');
		this.n = n;
	}
}
/** How many rows it changed; a right that is not there at all changes none. */
const times = (work: Promise<never>) =>
	work.catch((error: unknown) => {
		if (error instanceof Done) return error.n;
		const { code } = ((error as Error).cause ?? {}) as { code?: string };
		if (code === '42501') return 0;
		throw error;
	});

test.for(endings)('a %s ends the role of the %s (ended: %s) by hand: %s', async ([who, of, ended, may]) => {
	const id = of === 'own' ? roleOf[who] : roleOf[of];
	await db.asOwner((tx) =>
		tx
			.update(roles)
			.set({ untilAt: ended ? days(-2) : null })
			.where(eq(roles.id, id))
	);
	const end = db.asPerson(personOf[who], async (tx) => {
		const done = await tx
			.update(roles)
			.set({ untilAt: sql`now()` })
			.where(eq(roles.id, id))
			.returning({ id: roles.id });
		throw new Done(done.length);
	});
	expect(await times(end)).toBe(may ? 1 : 0);
	await db.asOwner((tx) => tx.update(roles).set({ untilAt: null }).where(eq(roles.id, id)));
});

test('nobody makes a role by hand, takes one for good, or lets one have ended in the past', async () => {
	const { manager } = personOf;
	const role = { personId: manager, role: 'manager' as const, scopeKind: 'program' as const, scopeId: ids.other };
	expect(await allowed(db, manager, (tx) => tx.insert(roles).values(role))).toBe(false);
	expect(await allowed(db, manager, (tx) => tx.delete(roles))).toBe(false);
	expect(await allowed(db, manager, (tx) => tx.update(roles).set({ scopeId: ids.other }))).toBe(false);
	const backdate = (tx: Tx) =>
		tx
			.update(roles)
			.set({ untilAt: days(-10) })
			.where(eq(roles.id, roleOf.teacher));
	expect(await allowed(db, manager, backdate)).toBe(false);
});

test('whether an address exists outside the program nobody learns', async () => {
	await db.asOwner((tx) =>
		tx.execute(sql`insert into email_addresses (address, person_id, kind) values
			('teacher@x.example', ${personOf.teacher}, 'school'), ('stranger@x.example', ${personOf.stranger}, 'school')`)
	);
	const asked = JSON.stringify(['teacher@x.example', 'stranger@x.example', 'nobody@x.example']);
	const seen = (who: Who) =>
		db.asPerson(personOf[who], (tx) =>
			rows<{ address: string }>(tx, sql`select * from app.program_addresses(${ids.program}, ${asked}::jsonb)`)
		);
	expect((await seen('manager')).map(({ address }) => address)).toEqual(['teacher@x.example']);
	for (const who of ['manager of another program', 'teacher', 'former manager', 'manager who left'] as const)
		expect(await seen(who)).toEqual([]);
});
