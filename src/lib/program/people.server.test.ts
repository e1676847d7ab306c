import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { cast } from '../../seed/cast.ts';
import { auditEvents } from '#lib/audit/schema.server.ts';
import type { Person } from '#lib/identity/person.ts';
import { roles } from '#lib/identity/schema.server.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { letMemberInAgain } from './lost-keys.server.ts';
import type { Acting } from './managing.server.ts';
import { listOwnPrograms, type PeopleAsked, readDay, readMember, readPeople } from './people.server.ts';
import { endRole } from './roles.server.ts';
import { roleEndingOf } from './roles.ts';

const { pat, rosa, idris, claire, vera, sam, wei, elena } = cast.people;
const program = cast.programs.tennessee.id;
const person = ({ id, name, initials }: Person): Person => ({ id, name, initials });
const by = (who: Person): Acting => ({
	person: person(who),
	proof: { openedBy: 'passkey', passkeyAt: new Date() },
	whence: { network: null, userAgent: null }
});

let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());
const added: string[] = [];
afterEach(() =>
	db.asOwner(async (tx) => {
		for (const id of added.splice(0)) await tx.delete(roles).where(eq(roles.id, id));
		await tx.execute(sql`update roles set until_at = null`);
		await tx.execute(
			sql`update caseloads c set until_at = null from pairs p where p.id = c.pair_id and p.status <> 'ended'`
		);
		await tx.execute(sql`truncate audit_events`);
	})
);

async function give(
	who: Person,
	role: 'teacher' | 'manager' | 'coach',
	from: string,
	until: string | null,
	scopeId = program
) {
	const [row] = await db.asOwner((tx) =>
		tx
			.insert(roles)
			.values({
				personId: who.id,
				role,
				scopeKind: 'program',
				scopeId,
				fromAt: new Date(from),
				untilAt: until === null ? null : new Date(until)
			})
			.returning({ id: roles.id })
	);
	added.push(row!.id);
	return row!.id;
}
const everybody: PeopleAsked = { on: null, role: null, search: null, after: null };
const read = (asked: Partial<PeopleAsked> = {}, who: Person = pat) =>
	readPeople(db, person(who), program, { ...everybody, ...asked });
const roleOf = async (who: Person, role: string) => {
	const all = await db.asOwner((tx) => tx.select().from(roles).where(eq(roles.personId, who.id)));
	return all.find((one) => one.role === role)!.id;
};
const names = ({ people }: Awaited<ReturnType<typeof read>>) => people.map((one) => one.person.name);

describe('who is in a program', () => {
	test('is listed by name, a page at a time, each role once, with counts kept apart', async () => {
		const first = await read();
		const seen = [...first.people];
		for (let next = first.next; next;) {
			const page = await read({ after: next });
			seen.push(...page.people);
			next = page.next;
		}
		const sorted = seen.map((one) => one.person.name);
		expect(sorted).toEqual(sorted.toSorted((a, b) => a.localeCompare(b)));
		expect(new Set(seen.map(({ roleId }) => roleId)).size).toBe(seen.length);
		const { counts, enrollments } = first;
		expect(seen).toHaveLength(Object.values(counts).reduce((sum, n) => sum + n));
		expect(counts).toMatchObject({ coach: 2, manager: 1, assessor: 1 });
		expect(enrollments).toEqual({ active: 26, completed: 1 });
		expect(seen.some((one) => one.person.id === wei.id || one.person.id === elena.id)).toBe(false);
	});

	test('is found by a part of the name, by role, or by a whole address and no part of one', async () => {
		expect(names(await read({ search: 'rosa' }))).toEqual([rosa.name]);
		expect(names(await read({ search: 'ÁS R' }))).toEqual([cast.people.tomas.name]);
		expect(names(await read({ role: 'assessor' }))).toEqual([vera.name]);
		expect(names(await read({ search: idris.email.toUpperCase() }))).toEqual([idris.name]);
		expect(names(await read({ search: '@wayfellow' }))).toEqual([]);
		expect(names(await read({ search: wei.email })), 'of another program').toEqual([]);
		expect(names(await read({ search: '%' })), 'no sign stands for others').toEqual([]);
	});

	test.for([rosa, idris, claire, vera, wei, elena])('is for its managers, and not for %o', async (who) => {
		await expect(read({}, who)).rejects.toMatchObject({ reason: 'not-found' });
	});

	test('of another program is not found by its manager', async () => {
		for (const id of [cast.programs.florida.id, 'x', '00000000-0000-7000-8000-000000000000'])
			await expect(readPeople(db, person(pat), id, everybody)).rejects.toMatchObject({ reason: 'not-found' });
	});
});

describe('who was there on a day', () => {
	// Chicago changes its clock on 8 March 2026: that day has 23 hours, from 06:00Z to 05:00Z.
	test.for<[from: string, until: string | null, there: boolean]>([
		['2026-01-01T00:00:00Z', null, true],
		['2026-01-01T00:00:00Z', '2026-03-08T06:00:00Z', false],
		['2026-01-01T00:00:00Z', '2026-03-08T06:00:01Z', true],
		['2026-03-09T04:59:59Z', null, true],
		['2026-03-09T05:00:00Z', null, false],
		['2026-03-08T12:00:00Z', '2026-03-08T12:01:00Z', true],
		['2026-03-08T12:00:00Z', '2026-03-08T12:00:00Z', false]
	])('a role from %s until %s, on 8 March where the program is: %s', async ([from, until, there]) => {
		await give(wei, 'coach', from, until);
		const { people, counts } = await read({ on: '2026-03-08', role: 'coach' });
		expect(people.some((one) => one.person.id === wei.id)).toBe(there);
		expect(counts.coach ?? 0).toBe(people.length);
	});

	test('is asked by a manager of today, who was none then', async () => {
		const until = new Date(Date.now() - 86_400_000).toISOString();
		await give(sam, 'manager', '2026-03-01T00:00:00Z', until);
		expect(names(await read({ on: '2026-03-15', role: 'manager' }))).toContain(sam.name);
		expect(names(await read({ role: 'manager' }))).toEqual([pat.name]);
	});

	test.for<[typed: string | null, day: string | null]>([
		['2026-03-15', '2026-03-15'],
		['2026-02-30', null],
		['2026-13-01', null],
		['0026-01-01', null],
		['March', null],
		['', null],
		[null, null]
	])('“%s” is the day %s', ([typed, day]) => expect(readDay(typed)).toBe(day));
});

describe('who was above a program', () => {
	const oversee = async (who: Person, organization: { id: string }, from: string, until: string | null) => {
		const [row] = await db.asOwner((tx) =>
			tx
				.insert(roles)
				.values({
					personId: who.id,
					role: 'manager',
					scopeKind: 'state',
					scopeId: organization.id,
					fromAt: new Date(from),
					untilAt: until === null ? null : new Date(until)
				})
				.returning({ id: roles.id })
		);
		added.push(row!.id);
	};
	const above = async (asked: Partial<PeopleAsked> = {}) =>
		(await read(asked)).overseers.map(({ person: one, organization, kind }) => [one.name, organization, kind]);
	const { tennessee, florida } = cast.organizations;

	test('is named on the days on which they had the power, beside the list and not in it', async () => {
		expect(await above()).toEqual([]);
		await oversee(wei, tennessee, '2026-02-01T00:00:00Z', '2026-04-01T00:00:00Z');
		await oversee(elena, florida, '2026-02-01T00:00:00Z', null);
		expect(await above({ on: '2026-03-15' })).toEqual([[wei.name, 'Tennessee', 'state']]);
		expect(names(await read({ on: '2026-03-15' }))).not.toContain(wei.name);
		expect(await above({ on: '2026-04-02' })).toEqual([]);
		expect(await above()).toEqual([]);
	});

	test('is found by role and name, and shown with no role but the manager’s', async () => {
		await oversee(wei, tennessee, '2026-02-01T00:00:00Z', null);
		expect(await above({ role: 'manager', search: 'wei' })).toHaveLength(1);
		expect(await above({ search: 'rosa' })).toEqual([]);
		expect(await above({ role: 'mentor' })).toEqual([]);
	});

	test('of a school or a district beside it, or below the program, is nobody', async () => {
		await oversee(wei, cast.organizations.cedarHollow, '2026-02-01T00:00:00Z', null);
		expect(await above()).toEqual([]);
	});
});

describe('one’s own programs', () => {
	const own = async (who: Person) => (await listOwnPrograms(db, person(who))).map(({ id }) => id);

	test('are those with a role or a place of one’s own', async () => {
		for (const who of [rosa, idris, pat, vera]) expect(await own(who), who.name).toEqual([program]);
		expect(await own(wei)).toEqual([cast.programs.florida.id]);
	});

	test('each is a page that opens', async () => {
		for (const who of [rosa, claire, wei])
			for (const id of await own(who))
				expect(await db.asPerson(who.id, (tx) => readMember(tx, person(who), id, who.id))).toMatchObject({ own: true });
	});
});

describe('whoever lost their passkeys', () => {
	const letIn = (who: Person, of: Person, where = program, sure = true) =>
		letMemberInAgain(
			db,
			{ ...by(who), session: { sessionId: 'x', ...by(who).proof! } },
			{ programId: where, personId: of.id, sure }
		);

	test('is let in again by a manager of the same program, after a word with them', async () => {
		await give(sam, 'manager', '2026-03-01T00:00:00Z', null);
		await expect(letIn(pat, sam, program, false)).rejects.toMatchObject({ reason: 'rule' });
		expect(await db.asPerson(sam.id, (tx) => tx.select().from(auditEvents))).toEqual([]);
		await letIn(pat, sam);
		const [event] = await db.asPerson(sam.id, (tx) => tx.select().from(auditEvents));
		expect(event).toMatchObject({ kind: 'passkey-removed', byPersonId: pat.id, about: { why: 'lost' } });
	});

	test.for<[why: string, who: Person, of: Person, where: string, reason: string]>([
		['of whom no passkey is asked', pat, rosa, program, 'not-found'],
		['oneself', pat, pat, program, 'not-allowed'],
		['for a teacher', rosa, pat, program, 'not-found'],
		['through a program that is not theirs', pat, vera, cast.programs.florida.id, 'not-found']
	])('is not, %s', async ([, who, of, where, reason]) => {
		await expect(letIn(who, of, where)).rejects.toMatchObject({ reason });
	});
});

describe('one person in a program', () => {
	const member = (asking: Person, id: string, where = program) =>
		db.asPerson(asking.id, (tx) => readMember(tx, person(asking), where, id));

	test('is read by its manager and by themselves, with what may be ended', async () => {
		for (const who of [pat, idris]) {
			const { roles: held, own } = await member(who, idris.id);
			expect(own).toBe(who === idris);
			expect(held).toMatchObject([{ role: 'mentor', cohort: null, untilAt: null, mayEnd: true }]);
		}
		expect((await member(pat, rosa.id)).roles).toMatchObject([{ role: 'teacher', cohort: 'Cohort A' }]);
	});

	test('is not found by others, nor through another program', async () => {
		const refused = { reason: 'not-found' };
		await expect(member(rosa, idris.id)).rejects.toMatchObject(refused);
		await expect(member(claire, rosa.id)).rejects.toMatchObject(refused);
		await expect(member(pat, wei.id)).rejects.toMatchObject(refused);
		await expect(member(pat, idris.id, cast.programs.florida.id)).rejects.toMatchObject(refused);
		await expect(member(idris, idris.id, cast.programs.florida.id)).rejects.toMatchObject(refused);
	});
});

describe('ending a role', () => {
	const end = (who: Person, of: Person, roleId: string, where = program, reason = roleEndingOf('leaving')) =>
		endRole(db, by(who), { programId: where, personId: of.id, roleId, reason });

	test('by a manager is at once, written down for both, and past', async () => {
		const roleId = await roleOf(claire, 'coach');
		expect(await end(pat, claire, roleId)).toEqual({ role: 'coach' });
		expect(names(await read({ role: 'coach' }))).not.toContain(claire.name);
		const [event] = await db.asPerson(claire.id, (tx) => tx.select().from(auditEvents));
		expect(event).toMatchObject({
			kind: 'role-ended',
			byPersonId: pat.id,
			about: { role: 'coach', program, reason: 'leaving', roleId }
		});
		await expect(end(pat, claire, roleId)).rejects.toThrow(/had ended before/);
		// Where the program is: there it may still be yesterday.
		const { timeZone } = cast.programs.tennessee;
		const today = new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date());
		expect(names(await read({ role: 'coach', on: today }))).toContain(claire.name);
	});

	const open = async () => {
		const { rows } = (await db.asOwner((tx) =>
			tx.execute(sql`select id from caseloads where coach_id = ${claire.id} and until_at is null order by id`)
		)) as unknown as { rows: { id: string }[] };
		return rows;
	};

	test('of a coach ends the caseload with it, and with it the sight of pairs', async () => {
		const pairsSeen = () => db.asPerson(claire.id, (tx) => tx.execute(sql`select id from pairs`));
		expect((await open()).length).toBeGreaterThan(20);
		await end(pat, claire, await roleOf(claire, 'coach'));
		expect(await pairsSeen()).toMatchObject({ rows: [] });
		expect(await open()).toEqual([]);
	});

	test('of somebody who is a coach by another role as well leaves the caseload', async () => {
		const before = await open();
		await give(claire, 'coach', '2026-03-01T00:00:00Z', null);
		await end(pat, claire, added[0]!);
		expect(await open()).toEqual(before);
	});

	test('is for everybody with their own, and opens nothing any more', async () => {
		await end(idris, idris, await roleOf(idris, 'mentor'));
		const { roles: held } = await db.asPerson(idris.id, (tx) => readMember(tx, person(idris), program, idris.id));
		expect(held[0]).toMatchObject({ mayEnd: false });
	});

	test.for<[who: Person, of: Person, role: string]>([
		[rosa, idris, 'mentor'],
		[claire, rosa, 'teacher'],
		[idris, rosa, 'teacher'],
		[wei, rosa, 'teacher']
	])('is not for others: $0.name', async ([who, of, role]) => {
		await expect(end(who, of, await roleOf(of, role))).rejects.toMatchObject({ reason: 'not-found' });
	});

	test('takes ids that belong together: the person’s role, in this program', async () => {
		const refused = { reason: 'not-found' };
		const rosas = await roleOf(rosa, 'teacher');
		const elenas = await roleOf(elena, 'teacher');
		await expect(end(pat, idris, rosas)).rejects.toMatchObject(refused);
		await expect(end(pat, elena, elenas)).rejects.toMatchObject(refused);
		await expect(end(pat, rosa, elenas)).rejects.toMatchObject(refused);
		await expect(end(pat, elena, elenas, cast.programs.mineola.id)).rejects.toMatchObject(refused);
	});

	test('of another needs a passkey, of oneself does not', async () => {
		const mail: Acting = { ...by(pat), proof: { openedBy: 'mail', passkeyAt: null } };
		const asked = { programId: program, personId: rosa.id, roleId: await roleOf(rosa, 'teacher'), reason: null };
		await expect(endRole(db, mail, asked)).rejects.toMatchObject({ reason: 'unproven' });
		await endRole(db, { ...mail, person: person(rosa) }, asked);
	});

	test('of the last manager is refused with what to do, and works once there are two', async () => {
		const pats = await roleOf(pat, 'manager');
		await expect(end(pat, pat, pats)).rejects.toThrow(/last manager of .* invite a second manager first/);
		await give(sam, 'manager', '2026-03-01T00:00:00Z', null);
		await end(pat, pat, pats);
		await expect(read()).rejects.toMatchObject({ reason: 'not-found' });
		expect(names(await read({}, sam)).length).toBeGreaterThan(0);
	});
});
