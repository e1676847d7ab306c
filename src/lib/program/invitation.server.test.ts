import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cast } from '../../seed/cast.ts';
import { auditEvents } from '#lib/audit/schema.server.ts';
import type { Person } from '#lib/identity/person.ts';
import { emailAddresses, people, roles, sessions, signInLinks } from '#lib/identity/schema.server.ts';
import { createSession, readSession } from '#lib/identity/session.server.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { acceptInvitation, askToAccept, type InvitationRead, readInvitation } from './accept.server.ts';
import { invitationLife, invitationsPerDay, linksPerDay } from './invitation.ts';
import {
	inviteAgain,
	inviteByLink,
	inviteRoster,
	listInvitations,
	lookAtRoster,
	withdrawInvitation
} from './invitation.server.ts';
import type { Acting } from './managing.server.ts';
import type { Role } from './roles.ts';
import { invitations } from './schema.server.ts';

const { pat, rosa, idris, wei } = cast.people;
const program = cast.programs.tennessee.id;
const florida = cast.programs.florida.id;
const origin = 'https://here.example';
const whence = { network: '192.0.2.9', userAgent: 'A browser' };
const browser = { whence, formerSessionId: null, shared: false };
const person = ({ id, name, initials }: Person): Person => ({ id, name, initials });
const by = (who: Person): Acting => ({
	person: person(who),
	proof: { openedBy: 'passkey', passkeyAt: new Date() },
	whence
});
const asTeachers = (text: string) => ({ text, role: 'teacher' as Role, cohortId: null });

let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());
beforeEach(() =>
	db.asOwner(async (tx) => {
		await tx.execute(sql`truncate invitations, audit_events, sign_in_links`);
		await tx.execute(sql`delete from mail_messages`);
		await tx.execute(sql`delete from roles where from_at > now() - interval '12 hours'`);
		await tx.execute(sql`delete from email_addresses where address like '%@new.example'`);
	})
);

/** The one that there is. */
const theInvitation = async () => (await db.asOwner((tx) => tx.select().from(invitations)))[0]!.id;
const mails = () => db.asOwner((tx) => tx.select().from(mailMessages).orderBy(mailMessages.toAddress));
const tokenTo = async (address: string) => {
	const all = await db.asOwner((tx) =>
		tx
			.select()
			.from(mailMessages)
			.where(eq(mailMessages.toAddress, address))
			.orderBy(sql`created_at desc, id desc`)
	);
	return /token=([\w-]{43})/.exec(all[0]!.bodyText)![1]!;
};
const proofTo = async (address: string) => {
	const all = await db.asOwner((tx) => tx.select().from(mailMessages).where(eq(mailMessages.toAddress, address)));
	const { bodyText } = all.findLast(({ kind }) => kind === 'invitation-proof')!;
	return {
		link: /proof=([\w-]{43})/.exec(bodyText)![1]!,
		code: /\n\n([A-Z0-9]{4}-[A-Z0-9]{4})\n\n/.exec(bodyText)![1]!
	};
};
const invite = (text: string, role: Role = 'teacher', cohortId: string | null = null) =>
	inviteRoster(db, by(pat), program, { text, role, cohortId }, origin);
const inviteOne = async (address: string, role: Role = 'teacher', cohortId: string | null = null) => {
	await invite(address, role, cohortId);
	return tokenTo(address);
};
const read = (token: string, who: Person | null = null, proof: string | null = null) =>
	readInvitation(db, token, { person: who && person(who), proof });
const accept = (
	token: string,
	{
		who = null,
		name = 'Kim Lee',
		proof = null,
		formerSessionId = null
	}: {
		who?: Person | null;
		name?: string;
		proof?: Parameters<typeof acceptInvitation>[1]['proof'];
		formerSessionId?: string | null;
	} = {}
) => acceptInvitation(db, { token, person: who && person(who), proof, name }, { ...browser, formerSessionId });
const rolesOf = (id: string) =>
	db.asOwner((tx) => tx.select().from(roles).where(eq(roles.personId, id)).orderBy(roles.fromAt));
const eventsOf = (id: string) => db.asPerson(id, (tx) => tx.select().from(auditEvents).orderBy(auditEvents.at));
const personWith = async (address: string) => {
	const [row] = await db.asOwner((tx) =>
		tx
			.select({
				id: people.id,
				name: people.name,
				initials: people.initials,
				organizationId: people.organizationId,
				kind: emailAddresses.kind
			})
			.from(emailAddresses)
			.innerJoin(people, eq(people.id, emailAddresses.personId))
			.where(eq(emailAddresses.address, address))
	);
	return row!;
};

describe('a list', () => {
	test('is looked at first, and nothing is sent by that', async () => {
		const { lines } = await lookAtRoster(
			db,
			person(pat),
			program,
			asTeachers(`email,role,cohort\nnew@new.example,mentor,Cohort A\n${rosa.email}\n${wei.email}\nx,teacher`)
		);
		expect(lines.map(({ verdict }) => verdict.kind)).toEqual(['invite', 'here', 'invite', 'no-address']);
		expect(await mails()).toEqual([]);
		expect(await db.asOwner((tx) => tx.select().from(invitations))).toEqual([]);
	});

	test('goes out to those who can be invited, once however often it is sent', async () => {
		const text = `email,role,cohort\none@new.example,mentor,Cohort A\ntwo@new.example\n${rosa.email}`;
		expect(await invite(text)).toEqual({ invited: 2 });
		await expect(invite(text)).rejects.toMatchObject({ reason: 'rule' });
		expect((await mails()).map(({ toAddress }) => toAddress)).toEqual(['one@new.example', 'two@new.example']);
		const { invitations: shown, counts } = await db.asPerson(pat.id, (tx) =>
			listInvitations(tx, program, { state: null, after: null }, new Date())
		);
		expect(counts).toEqual({ open: 2, accepted: 0, withdrawn: 0, expired: 0 });
		expect(shown.find(({ address }) => address === 'one@new.example')).toMatchObject({
			role: 'mentor',
			cohort: 'Cohort A',
			state: 'open',
			invitedBy: pat.name
		});
	});

	test('goes out whole or not at all', async () => {
		await db.asOwner((tx) =>
			tx.execute(sql`alter table mail_messages add constraint full_disk check (to_address <> 'last@new.example')`)
		);
		const text = Array.from({ length: 150 }, (_, i) => `${i}@new.example`).join('\n');
		await expect(invite(`${text}\nlast@new.example`)).rejects.toThrow();
		await db.asOwner((tx) => tx.execute(sql`alter table mail_messages drop constraint full_disk`));
		expect(await mails()).toEqual([]);
		expect(await db.asOwner((tx) => tx.select().from(invitations))).toEqual([]);
		expect(await eventsOf(pat.id)).toEqual([]);
	});

	test('of a thousand goes out, and what is too much for a day does not', { timeout: 60_000 }, async () => {
		const list = (from: number, n: number) => Array.from({ length: n }, (_, i) => `${from + i}@new.example`).join('\n');
		for (let from = 0; from < invitationsPerDay; from += 1000)
			expect(await invite(list(from, 1000))).toEqual({ invited: 1000 });
		await expect(invite('more@new.example')).rejects.toMatchObject({ reason: 'too-many' });
		const tomorrow = new Date(Date.now() + 25 * 3600_000);
		expect(await inviteRoster(db, by(pat), program, asTeachers('more@new.example'), origin, tomorrow)).toEqual({
			invited: 1
		});
	});

	test('keeps to its program: another cohort’s id is not found, and its name is no cohort', async () => {
		const { floridaOne } = cast.cohorts;
		await expect(invite('a@new.example', 'teacher', floridaOne.id)).rejects.toMatchObject({ reason: 'not-found' });
		const named = { text: `email,cohort\na@new.example,${floridaOne.name}`, role: 'teacher' as Role, cohortId: null };
		const { lines } = await lookAtRoster(db, person(pat), program, named);
		expect(lines[0]!.verdict.kind).toBe('no-cohort');
		const link = { name: null, role: 'teacher' as Role, cohortId: floridaOne.id };
		await expect(inviteByLink(db, by(pat), program, link, origin)).rejects.toMatchObject({ reason: 'not-found' });
	});

	test('never tells whether an address exists in another program', async () => {
		const [known, unknown] = (
			await lookAtRoster(db, person(pat), program, asTeachers(`${cast.people.gabriela.email}\nnobody@new.example`))
		).lines;
		expect(known!.verdict).toEqual(unknown!.verdict);
		await invite(`${cast.people.gabriela.email}\nnobody@new.example`);
		const seen = JSON.stringify(await eventsOf(pat.id));
		expect(seen).not.toContain(cast.people.gabriela.id);
		expect(seen).toContain('"invitations":2');
		// She reads it, and that Pat is behind it.
		expect(await eventsOf(cast.people.gabriela.id)).toMatchObject([
			{ kind: 'invited', byPersonId: null, onBehalfOfId: pat.id, ...whence, about: { program, role: 'teacher' } }
		]);
	});
});

describe('a manager', () => {
	test('of one program has no power in another, and neither has anybody else', async () => {
		for (const [who, where] of [
			[pat, florida],
			[rosa, program],
			[idris, program],
			[wei, florida]
		] as const) {
			const refused = { reason: 'not-found' };
			const text = asTeachers('a@new.example');
			await expect(lookAtRoster(db, person(who), where, text)).rejects.toMatchObject(refused);
			await expect(inviteRoster(db, by(who), where, text, origin)).rejects.toMatchObject(refused);
			const link = { name: null, role: 'manager' as Role, cohortId: null };
			await expect(inviteByLink(db, by(who), where, link, origin)).rejects.toMatchObject(refused);
		}
		expect(await mails()).toEqual([]);
	});

	test('who has not shown a passkey looks, and changes nothing', async () => {
		const unproven = { ...by(pat), proof: { openedBy: 'mail' as const, passkeyAt: null } };
		const refused = { reason: 'unproven' };
		await expect(inviteRoster(db, unproven, program, asTeachers('a@new.example'), origin)).rejects.toMatchObject(
			refused
		);
		await inviteOne('a@new.example');
		const id = await theInvitation();
		await expect(withdrawInvitation(db, unproven, program, id)).rejects.toMatchObject(refused);
		await expect(inviteAgain(db, unproven, program, id, origin)).rejects.toMatchObject(refused);
	});

	test('withdraws by the invitation’s own program only', async () => {
		await inviteOne('a@new.example');
		const id = await theInvitation();
		await expect(withdrawInvitation(db, by(pat), florida, id)).rejects.toMatchObject({ reason: 'not-found' });
		// Now of both: the two ids still have to belong together.
		await db.asOwner((tx) =>
			tx.insert(roles).values({ personId: pat.id, role: 'manager', scopeKind: 'program', scopeId: florida })
		);
		await expect(withdrawInvitation(db, by(pat), florida, id)).rejects.toMatchObject({ reason: 'not-found' });
		await expect(inviteAgain(db, by(pat), florida, id, origin)).rejects.toMatchObject({ reason: 'not-found' });
		expect(await withdrawInvitation(db, by(pat), program, id)).toEqual({ who: 'a@new.example' });
	});

	test('makes a hundred links a day', async () => {
		const link = () => inviteByLink(db, by(pat), program, { name: null, role: 'teacher', cohortId: null }, origin);
		await link();
		// As if all the others but one had been made before.
		await db.asOwner((tx) =>
			tx.execute(sql`insert into invitations (id, program_id, role, invited_by_id, token_hash, expires_at)
				select gen_random_uuid(), program_id, role, invited_by_id, sha256(n::text::bytea), expires_at
				from invitations, generate_series(3, ${linksPerDay}) n`)
		);
		await link();
		await expect(link()).rejects.toMatchObject({ reason: 'too-many' });
	});
});

describe('an invitation to an address', () => {
	test('tells whoever holds it who invites to what, and changes nothing by that', async () => {
		const token = await inviteOne('kim@new.example', 'mentor', cast.cohorts.cohortA.id);
		for (let i = 0; i < 2; i++)
			expect(await read(token)).toMatchObject({
				inviter: pat.name,
				program: cast.programs.tennessee.name,
				cohort: 'Cohort A',
				role: 'mentor',
				way: { how: 'join', address: 'kim@new.example' },
				signedInAs: null
			});
	});

	test('makes a newcomer a person of the program, signed in, with the role from now', async () => {
		const token = await inviteOne('kim@new.example', 'teacher', cast.cohorts.cohortA.id);
		const { session, role, programId } = await accept(token, { name: '  Kim   Lee ' });
		expect([role, programId]).toEqual(['teacher', program]);
		const kim = await personWith('kim@new.example');
		expect(kim).toMatchObject({
			name: 'Kim Lee',
			initials: 'KL',
			kind: 'school',
			organizationId: cast.organizations.tennessee.id
		});
		const [row] = await db.asOwner((tx) => tx.select().from(sessions).where(eq(sessions.id, session!.sessionId)));
		expect(row).toMatchObject({ personId: kim.id, openedBy: 'mail' });
		expect(await rolesOf(kim.id)).toMatchObject([
			{ role: 'teacher', scopeKind: 'cohort', scopeId: cast.cohorts.cohortA.id, untilAt: null }
		]);
		const events = await eventsOf(kim.id);
		expect(events.map(({ kind }) => kind).sort()).toEqual(['invitation-accepted', 'role-given', 'signed-in']);
		expect(events.find(({ kind }) => kind === 'role-given')).toMatchObject({
			byPersonId: kim.id,
			onBehalfOfId: pat.id
		});
		// And the manager sees by whom it was accepted.
		const { invitations: shown } = await db.asPerson(pat.id, (tx) =>
			listInvitations(tx, program, { state: 'accepted', after: null }, new Date())
		);
		expect(shown).toMatchObject([{ state: 'accepted', accepted: { by: 'Kim Lee', personId: kim.id } }]);
	});

	test('works once', async () => {
		const token = await inviteOne('kim@new.example');
		await accept(token);
		expect(await read(token)).toMatchObject({ gone: { title: 'This invitation has been used' } });
		await expect(accept(token)).rejects.toThrow(/has been used/);
	});

	test.for(['', '   ', '\u200b', 'x'.repeat(101)])('asks for a name that is one, and not “%s”', async (name) => {
		const token = await inviteOne('kim@new.example');
		await expect(accept(token, { name })).rejects.toMatchObject({ reason: 'rule' });
		await accept(token);
	});

	test('to somebody who is here gives them the role when they are signed in', async () => {
		const token = await inviteOne(rosa.email, 'mentor');
		expect(await read(token, rosa)).toMatchObject({ way: { how: 'accept', as: rosa.name }, signedInAs: null });
		expect((await accept(token, { who: rosa })).session).toBeNull();
		expect((await rolesOf(rosa.id)).at(-1)).toMatchObject({ role: 'mentor', scopeKind: 'program', scopeId: program });
	});

	test('gives whoever accepts while signed in a new secret, and the old one opens nothing', async () => {
		const old = await createSession(db, rosa.id, 'a browser');
		const token = await inviteOne(rosa.email, 'coach');
		const { session } = await accept(token, { who: rosa, formerSessionId: old.sessionId });
		expect(await readSession(db, old.cookieValue)).toBeNull();
		expect(await readSession(db, session!.cookieValue)).toMatchObject({ person: { id: rosa.id }, openedBy: 'mail' });
		expect(session!.expiresAt).toEqual(old.expiresAt);
	});

	test('never opens an account that is there already: that takes a fresh mail', async () => {
		const token = await inviteOne(rosa.email, 'mentor');
		for (const who of [null, idris]) {
			expect(await read(token, who)).toMatchObject({
				way: { how: 'prove', address: rosa.email },
				signedInAs: who?.name ?? null
			});
			await expect(accept(token, { who })).rejects.toMatchObject({ reason: 'rule' });
		}
		const asked = await askToAccept(db, { token, address: 'ignored@new.example', clientAddress: '192.0.2.1', origin });
		expect(asked.address).toBe(rosa.email);
		const { link } = await proofTo(rosa.email);
		expect(await read(token, idris, link)).toMatchObject({
			way: { how: 'accept', as: rosa.name },
			signedInAs: idris.name
		});
		const { session } = await accept(token, { who: idris, proof: { link } });
		const [row] = await db.asOwner((tx) => tx.select().from(sessions).where(eq(sessions.id, session!.sessionId)));
		expect(row!.personId).toBe(rosa.id);
		expect((await rolesOf(idris.id)).some(({ fromAt }) => fromAt.getTime() > Date.now() - 60_000)).toBe(false);
	});

	test('does not take another mailbox for its own', async () => {
		const token = await inviteOne('kim@new.example');
		const other = await inviteByLink(db, by(pat), program, { name: null, role: 'teacher', cohortId: null }, origin);
		const handed = new URL(other.link).searchParams.get('token')!;
		await askToAccept(db, { token: handed, address: 'else@new.example', clientAddress: '192.0.2.1', origin });
		const { link } = await proofTo('else@new.example');
		expect(await read(token, null, link)).toMatchObject({ way: { how: 'join', address: 'kim@new.example' } });
		await expect(accept(token, { proof: { link } })).rejects.toThrow(/is for kim@new\.example/);
		// And the mail that showed it is not used up by that.
		await accept(handed, { proof: { link } });
	});

	test('of a closed account lets nobody in', async () => {
		const left = (at: Date | null) =>
			db.asOwner((tx) => tx.update(people).set({ deactivatedAt: at }).where(eq(people.id, wei.id)));
		await left(new Date());
		const token = await inviteOne(wei.email);
		await expect(accept(token)).rejects.toThrow(/nobody can come in/);
		await left(null);
	});

	test('is over after seven days, and then sent again with another link', async () => {
		const old = await inviteOne('kim@new.example');
		await db.asOwner((tx) =>
			tx.update(invitations).set({
				createdAt: new Date(Date.now() - invitationLife - 86_400_000),
				expiresAt: new Date(Date.now() - 86_400_000)
			})
		);
		expect(await read(old)).toMatchObject({ gone: { title: 'This invitation is too old' } });
		const id = await theInvitation();
		await db.asOwner((tx) => tx.delete(mailMessages));
		expect(await inviteAgain(db, by(pat), program, id, origin)).toEqual({ who: 'kim@new.example', handOver: null });
		const fresh = await tokenTo('kim@new.example');
		await expect(accept(old)).rejects.toThrow(/was withdrawn/);
		await accept(fresh);
	});

	test('sent again while it is open leaves one that works', async () => {
		const old = await inviteOne('kim@new.example');
		const id = await theInvitation();
		await db.asOwner((tx) => tx.delete(mailMessages));
		await inviteAgain(db, by(pat), program, id, origin);
		expect(await read(old)).toMatchObject({ gone: { title: 'This invitation was withdrawn' } });
		const { invitations: shown, counts } = await db.asPerson(pat.id, (tx) =>
			listInvitations(tx, program, { state: null, after: null }, new Date())
		);
		expect(counts).toMatchObject({ open: 1, withdrawn: 1 });
		expect(shown.map(({ state, replaced }) => [state, replaced])).toEqual([
			['open', false],
			['withdrawn', true]
		]);
		// An invitation that was taken back for good does not come back by a second click on an old page.
		await expect(inviteAgain(db, by(pat), program, id, origin)).rejects.toMatchObject({ reason: 'rule' });
	});

	test('withdrawn opens nothing, and the one invited reads it in their log', async () => {
		const token = await inviteOne(rosa.email, 'coach');
		const id = await theInvitation();
		await withdrawInvitation(db, by(pat), program, id);
		await withdrawInvitation(db, by(pat), program, id);
		expect(await read(token, rosa)).toMatchObject({ gone: { title: 'This invitation was withdrawn' } });
		await expect(accept(token, { who: rosa })).rejects.toThrow(/was withdrawn/);
		expect((await eventsOf(rosa.id)).map(({ kind }) => kind)).toEqual(['invited', 'invitation-withdrawn']);
		expect((await eventsOf(pat.id)).map(({ kind }) => kind)).toEqual(['invitations-sent', 'invitation-taken-back']);
	});

	test('that was accepted can’t be withdrawn any more', async () => {
		const token = await inviteOne('kim@new.example');
		await accept(token);
		const id = await theInvitation();
		await expect(withdrawInvitation(db, by(pat), program, id)).rejects.toThrow(/accepted in the meantime/);
		await expect(inviteAgain(db, by(pat), program, id, origin)).rejects.toThrow(/accepted in the meantime/);
	});

	test('to what somebody has already is used up, and gives nothing twice', async () => {
		const token = await inviteOne(rosa.email, 'mentor');
		const second = await inviteOne(rosa.email, 'coach');
		await db.asOwner((tx) =>
			tx.insert(roles).values({ personId: rosa.id, role: 'mentor', scopeKind: 'program', scopeId: program })
		);
		const before = (await rolesOf(rosa.id)).length;
		await accept(token, { who: rosa });
		expect(await rolesOf(rosa.id)).toHaveLength(before);
		await accept(second, { who: rosa });
		expect(await rolesOf(rosa.id)).toHaveLength(before + 1);
	});
});

describe('a link that is handed over', () => {
	const make = async (role: Role = 'teacher', name: string | null = 'Kim') => {
		const { link } = await inviteByLink(db, by(pat), program, { name, role, cohortId: null }, origin);
		return new URL(link).searchParams.get('token')!;
	};
	const prove = async (token: string, address: string) => {
		const { requestId } = await askToAccept(db, { token, address, clientAddress: '192.0.2.1', origin });
		return { requestId, ...(await proofTo(address.toLowerCase())) };
	};

	test('is taken by whoever is signed in, as themselves', async () => {
		const token = await make('mentor');
		expect(await read(token, rosa)).toMatchObject({ address: null, way: { how: 'accept', as: rosa.name } });
		await accept(token, { who: rosa });
		expect((await rolesOf(rosa.id)).at(-1)).toMatchObject({ role: 'mentor' });
		await expect(accept(token, { who: idris })).rejects.toThrow(/has been used/);
	});

	test('gives nothing to somebody who shows no mailbox', async () => {
		const token = await make();
		expect(await read(token)).toMatchObject({ way: { how: 'prove', address: null } });
		await expect(accept(token)).rejects.toThrow(/which mailbox is yours/);
		await expect(accept(token, { proof: { link: 'x'.repeat(43) } })).rejects.toThrow(/used or is too old/);
	});

	test('brings a newcomer in by the link in the mail', async () => {
		const token = await make();
		const { link } = await prove(token, 'Kim@New.example');
		expect(await read(token, null, link)).toMatchObject({
			way: { how: 'join', address: 'kim@new.example', name: 'Kim' }
		});
		// A broken rule uses nothing up.
		await expect(accept(token, { name: ' ', proof: { link } })).rejects.toMatchObject({ reason: 'rule' });
		const { session } = await accept(token, { proof: { link } });
		expect(session).not.toBeNull();
		expect(await personWith('kim@new.example')).toMatchObject({ name: 'Kim Lee' });
	});

	test('or by its code, and five guesses are counted', async () => {
		const token = await make();
		const { requestId, code } = await prove(token, 'kim@new.example');
		await expect(accept(token, { proof: { requestId, code: 'BCDF-GHJK' } })).rejects.toThrow(/4 more times/);
		await expect(accept(token, { proof: { requestId, code: 'BCDF-GHJK' } })).rejects.toThrow(/3 more times/);
		await accept(token, { proof: { requestId, code } });
		const [link] = await db.asOwner((tx) => tx.select().from(signInLinks));
		expect(link!.usedAt).not.toBeNull();
	});

	test('signs somebody in who is here already, by their mailbox, and makes nobody new', async () => {
		const token = await make('mentor');
		const { link } = await prove(token, rosa.email);
		expect(await read(token, null, link)).toMatchObject({ way: { how: 'accept', as: rosa.name } });
		const before = await db.asOwner((tx) => tx.select({ id: people.id }).from(people));
		await accept(token, { name: '', proof: { link } });
		expect(await db.asOwner((tx) => tx.select({ id: people.id }).from(people))).toHaveLength(before.length);
		expect((await rolesOf(rosa.id)).at(-1)).toMatchObject({ role: 'mentor' });
	});

	test.for<[what: string, role: Role, byLink: boolean]>([
		['a link', 'teacher', true],
		['an invitation to manage', 'manager', false]
	])('%s of somebody who manages the program no more opens nothing', async ([, role, byLink]) => {
		const token = byLink ? await make(role) : await inviteOne('kim@new.example', role);
		const ordinary = await inviteOne('al@new.example', 'teacher');
		const until = (at: Date | null) =>
			db.asOwner((tx) =>
				tx.execute(
					sql`update roles set until_at = ${at?.toISOString() ?? null} where person_id = ${pat.id} and role = 'manager'`
				)
			);
		await until(new Date(Date.now() - 1000));
		expect(await read(token)).toMatchObject({ gone: { title: 'This invitation no longer holds' } });
		await expect(accept(token)).rejects.toThrow(/does not run this program/);
		await expect(
			askToAccept(db, { token, address: 'kim@new.example', clientAddress: '192.0.2.1', origin })
		).rejects.toThrow(/does not run this program/);
		// A teacher’s invitation by mail stands: five hundred would be lost when one manager leaves.
		expect((await read(ordinary)) as InvitationRead).toHaveProperty('way');
		await until(null);
	});

	test('sent again is another link, shown once', async () => {
		const old = await make();
		const id = await theInvitation();
		const { handOver } = await inviteAgain(db, by(pat), program, id, origin);
		expect(await read(old)).toMatchObject({ gone: { title: 'This invitation was withdrawn' } });
		expect(await read(new URL(handOver!.link).searchParams.get('token')!)).toHaveProperty('way');
		expect(await mails()).toEqual([]);
	});
});

test('a token of nothing is no invitation', async () => {
	for (const token of ['', 'x'.repeat(43), '\u0000'])
		expect(await read(token)).toMatchObject({ gone: { title: 'There is no such invitation' } });
});

test('no token is kept, only its hash', async () => {
	const token = await inviteOne('kim@new.example');
	const rows = await db.asOwner((tx) => tx.execute(sql`select to_jsonb(i)::text as row from invitations i`));
	expect(JSON.stringify(rows)).not.toContain(token);
});

test('the newest come first, a page at a time, and each once', async () => {
	for (let i = 0; i < 3; i++)
		await inviteRoster(
			db,
			by(pat),
			program,
			asTeachers(Array.from({ length: 20 }, (_, n) => `${i}-${n}@new.example`).join('\n')),
			origin,
			new Date(Date.now() - i * 60_000)
		);
	const seen: string[] = [];
	let after: { at: Date; id: string } | null = null;
	do {
		const page: Awaited<ReturnType<typeof listInvitations>> = await db.asPerson(pat.id, (tx) =>
			listInvitations(tx, program, { state: 'open', after }, new Date())
		);
		expect(page.invitations.length).toBeLessThanOrEqual(25);
		seen.push(...page.invitations.map(({ address }) => address!));
		after = page.next;
	} while (after);
	expect(new Set(seen).size).toBe(60);
	expect(seen[0]).toMatch(/^0-/);
	expect(seen.at(-1)).toMatch(/^2-/);
});
