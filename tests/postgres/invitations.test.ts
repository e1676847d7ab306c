/** Races of coming in by an invitation and of ending roles, on a real server: every request has a connection of its own. */
import { and, count, eq, isNull, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Person } from '#lib/identity/person.ts';
import { emailAddresses, people, roles, sessions } from '#lib/identity/schema.server.ts';
import { acceptInvitation, askToAccept } from '#lib/program/accept.server.ts';
import { invitationsPerDay } from '#lib/program/invitation.ts';
import { inviteAgain, inviteByLink, inviteRoster, withdrawInvitation } from '#lib/program/invitation.server.ts';
import type { Acting } from '#lib/program/managing.server.ts';
import { endRole } from '#lib/program/roles.server.ts';
import { invitations } from '#lib/program/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { cast } from '../../src/seed/cast.ts';
import { serverDatabase } from '../with-database.ts';

const { pat, rosa, sam } = cast.people;
const program = cast.programs.tennessee.id;
const origin = 'http://here.example';
const whence = { network: null, userAgent: null };
const browser = { whence, formerSessionId: null, shared: false };
const person = ({ id, name, initials }: Person): Person => ({ id, name, initials });
const by = (who: Person): Acting => ({ person: person(who), proof: { openedBy: 'demo', passkeyAt: null }, whence });

let db: Database;
beforeAll(async () => {
	db = await serverDatabase({ cast: true });
});
afterAll(() => db?.close());
const cleared = () =>
	db.asOwner(async (tx) => {
		await tx.execute(sql`truncate invitations, sign_in_links, sessions`);
		await tx.execute(sql`delete from mail_messages`);
		await tx.execute(sql`delete from roles where from_at > now() - interval '12 hours'`);
		await tx.execute(sql`delete from email_addresses where address like '%@new.example'`);
		await tx.execute(sql`update roles set until_at = null`);
	});
beforeEach(cleared);

const invite = (text: string) => inviteRoster(db, by(pat), program, { text, role: 'mentor', cohortId: null }, origin);
const tokens = async () => {
	const mails = await db.asOwner((tx) => tx.select().from(mailMessages));
	return mails.map(({ bodyText }) => /token=([\w-]+)/.exec(bodyText)![1]!);
};
const accept = (token: string, who: Person | null, proof: Parameters<typeof acceptInvitation>[1]['proof'] = null) =>
	acceptInvitation(db, { token, person: who && person(who), proof, name: 'Kim Lee' }, browser);
const kept = (results: PromiseSettledResult<unknown>[]) =>
	results.filter(({ status }) => status === 'fulfilled').length;
const reasons = (results: PromiseSettledResult<unknown>[]) =>
	results.flatMap((one) =>
		one.status === 'rejected' ? [(one.reason as { reason?: string }).reason ?? String(one.reason)] : []
	);
const newRoles = async () =>
	(await db.asOwner((tx) => tx.select().from(roles))).filter(({ fromAt }) => fromAt.getTime() > Date.now() - 3600_000);

test('of eight who use one link at the same instant, one gets in; twenty times over', async () => {
	const everybody = Object.values(cast.people).slice(24, 32);
	for (let round = 0; round < 20; round++) {
		await cleared();
		const { link } = await inviteByLink(db, by(pat), program, { name: null, role: 'mentor', cohortId: null }, origin);
		const token = new URL(link).searchParams.get('token')!;
		const results = await Promise.allSettled(everybody.map((who) => accept(token, who)));
		expect(kept(results)).toBe(1);
		expect(new Set(reasons(results))).toEqual(new Set(['rule']));
		expect(await newRoles()).toHaveLength(1);
	}
});

test('of eight browsers that open one mail at the same instant, one comes in, and one person is made', async () => {
	for (let round = 0; round < 10; round++) {
		await cleared();
		await invite('kim@new.example');
		const [token] = await tokens();
		const before = (await db.asOwner((tx) => tx.select({ n: count() }).from(people)))[0]!.n;
		const results = await Promise.allSettled(Array.from({ length: 8 }, () => accept(token!, null)));
		expect([kept(results), ...new Set(reasons(results))]).toEqual([1, 'rule']);
		expect((await db.asOwner((tx) => tx.select({ n: count() }).from(people)))[0]!.n).toBe(before + 1);
		expect((await db.asOwner((tx) => tx.select({ n: count() }).from(sessions)))[0]!.n).toBe(1);
	}
});

test('two invitations to one new mailbox, accepted at one instant, make one person', async () => {
	for (let round = 0; round < 10; round++) {
		await cleared();
		await invite('email,role\nkim@new.example,mentor\nkim@new.example,coach');
		const results = await Promise.allSettled((await tokens()).map((token) => accept(token, null)));
		// The second finds somebody there by now, and asks for a mail instead.
		expect([kept(results), ...reasons(results)]).toEqual([1, 'rule']);
		const owners = await db.asOwner((tx) =>
			tx.select().from(emailAddresses).where(eq(emailAddresses.address, 'kim@new.example'))
		);
		expect(owners).toHaveLength(1);
	}
});

test('withdrawing and accepting at one instant: one of both happens', async () => {
	for (let round = 0; round < 20; round++) {
		await cleared();
		await invite(rosa.email);
		const [token] = await tokens();
		const [row] = await db.asOwner((tx) => tx.select().from(invitations));
		const results = await Promise.allSettled([
			accept(token!, rosa),
			round % 2 ? withdrawInvitation(db, by(pat), program, row!.id) : inviteAgain(db, by(pat), program, row!.id, origin)
		]);
		expect([kept(results), ...reasons(results)]).toEqual([1, 'rule']);
		expect(await newRoles()).toHaveLength(results[0].status === 'fulfilled' ? 1 : 0);
	}
});

test('one list sent six times at one instant invites everybody once', async () => {
	const text = Array.from({ length: 40 }, (_, i) => `${i}@new.example`).join('\n');
	const results = await Promise.allSettled(Array.from({ length: 6 }, () => invite(text)));
	expect([kept(results), ...new Set(reasons(results))]).toEqual([1, 'rule']);
	expect(await tokens()).toHaveLength(40);
});

test('what is left of a day is not given out twice', async () => {
	const list = (from: number, n: number) => Array.from({ length: n }, (_, i) => `${from + i}@new.example`).join('\n');
	await invite(list(0, 1000));
	const results = await Promise.allSettled([1000, 2000, 3000].map((from) => invite(list(from, 800))));
	expect([kept(results), ...reasons(results)]).toEqual([1, 'too-many', 'too-many']);
	expect((await tokens()).length).toBeLessThanOrEqual(invitationsPerDay);
});

test('thirty guesses at a code at one instant are five', async () => {
	const { link } = await inviteByLink(db, by(pat), program, { name: null, role: 'mentor', cohortId: null }, origin);
	const token = new URL(link).searchParams.get('token')!;
	const asked = { token, address: 'kim@new.example', clientAddress: '192.0.2.1', origin };
	const { requestId } = await askToAccept(db, asked);
	const guess = { requestId, code: 'BCDF-GHJK' };
	const results = await Promise.allSettled(Array.from({ length: 30 }, () => accept(token, null, guess)));
	expect(kept(results)).toBe(0);
	const told = results.map((one) => (one.status === 'rejected' ? (one.reason as Error).message : ''));
	expect(told.filter((words) => words.includes('not the code'))).toHaveLength(4);
	expect(told.filter((words) => words.includes('no longer works'))).toHaveLength(26);
});

test('two managers who end their roles at one instant leave one', async () => {
	for (let round = 0; round < 20; round++) {
		await cleared();
		await db.asOwner((tx) =>
			tx.insert(roles).values({ personId: sam.id, role: 'manager', scopeKind: 'program', scopeId: program })
		);
		const managers = await db.asOwner((tx) => tx.select().from(roles).where(eq(roles.role, 'manager')));
		// In half of the rounds each ends the other's.
		const whose = round % 2 ? [pat, sam] : [sam, pat];
		const results = await Promise.allSettled(
			[pat, sam].map((who, i) => {
				const personId = whose[i]!.id;
				const roleId = managers.find((role) => role.personId === personId)!.id;
				return endRole(db, by(who), { programId: program, personId, roleId, reason: null });
			})
		);
		expect(kept(results)).toBe(1);
		const left = await db.asOwner((tx) =>
			tx
				.select()
				.from(roles)
				.where(and(eq(roles.role, 'manager'), eq(roles.scopeId, program), isNull(roles.untilAt)))
		);
		expect(left).toHaveLength(1);
	}
});
