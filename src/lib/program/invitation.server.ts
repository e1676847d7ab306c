/** Inviting people into a program: looking at a list first, sending, withdrawing, sending again, and what became of it. */
import { randomBytes } from 'node:crypto';
import { aliasedTable, and, count, desc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { record } from '#lib/audit/audit.server.ts';
import type { AuditKind, Whence } from '#lib/audit/event.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import { sha256 } from '#lib/identity/session.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { exactly } from '#lib/ui/when.ts';
import { invitationMail } from './invitation-mail.ts';
import {
	invitationLife,
	invitationsPerDay,
	type InvitationState,
	type Judged,
	judge,
	linksPerDay,
	scopeOf,
	stateOf,
	type Wish
} from './invitation.ts';
import { type Acting, managedProgram, programToChange, type ProgramManaged } from './managing.server.ts';
import { listCohorts, listPeople, type PeopleAsked, type PeopleOfProgram } from './people.server.ts';
import type { Role } from './roles.ts';
import { readRoster } from './roster.ts';
import { cohorts, invitations } from './schema.server.ts';

/** A list as a manager pastes it, with the role and the cohort of lines that name none. */
export type Pasted = { text: string; role: Role; cohortId: string | null };

export type Looked = { program: ProgramManaged; lines: Judged[] };

/** What becomes of each line of a list. Sends nothing. @throws Refusal not-found, or rule */
export const lookAtRoster = (
	db: Database,
	person: Person,
	programId: string,
	pasted: Pasted,
	now = new Date()
): Promise<Looked> =>
	db.asPerson(person.id, async (tx) => {
		const program = await managedProgram(tx, programId);
		return { program, lines: await judged(tx, program, pasted, now) };
	});

/**
 * Invites everybody on a list who can be, all of them or, when something fails, nobody. The list is judged again, so
 * that sending the same one twice invites nobody twice.
 * @param origin where the links in the mails lead
 * @returns how many were invited
 * @throws Refusal not-found, unproven, rule or too-many
 */
export const inviteRoster = (
	db: Database,
	by: Acting,
	programId: string,
	pasted: Pasted,
	origin: string,
	now = new Date()
): Promise<{ invited: number }> =>
	db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		await takeTurns(tx, programId);
		const wishes = (await judged(tx, program, pasted, now)).flatMap(({ wish }) => wish ?? []);
		if (wishes.length === 0)
			throw new Refusal(
				'rule',
				'Nobody on this list can be invited now; beside each line stands why. Nothing was sent.'
			);
		await invite(tx, by, program, wishes, origin, now);
		return { invited: wishes.length };
	});

/**
 * Makes a link for one person, to be handed over. It is shown this once: we keep only its hash.
 * @throws Refusal not-found, unproven, rule or too-many
 */
export const inviteByLink = (
	db: Database,
	by: Acting,
	programId: string,
	{ name, role, cohortId }: { name: string | null; role: Role; cohortId: string | null },
	origin: string,
	now = new Date()
): Promise<MadeLink> =>
	db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		await takeTurns(tx, programId);
		const cohort = await cohortOf(tx, program, cohortId);
		const wish = { name, address: null, role, cohortId: scopeOf(role, cohort?.id ?? null) };
		return (await invite(tx, by, program, [wish], origin, now))[0]!;
	});

export type MadeLink = { link: string; until: string };

/** Managers who invite into one program at one instant take turns: each sees what the other has sent. */
const takeTurns = (tx: Tx, programId: string) =>
	tx.execute(sql`select pg_advisory_xact_lock(hashtext('inviting to program'), hashtext(${programId}))`);

/** A cohort of this program; null for none. One of another program is not found. */
async function cohortOf(tx: Tx, program: ProgramManaged, cohortId: string | null) {
	if (!cohortId) return null;
	const cohort = (await listCohorts(tx, program.id)).find(({ id }) => id === cohortId);
	if (!cohort) throw notFound('cohort');
	return cohort;
}

async function judged(tx: Tx, program: ProgramManaged, { text, role, cohortId }: Pasted, now: Date): Promise<Judged[]> {
	const cohort = await cohortOf(tx, program, cohortId);
	const lines = readRoster(text);
	const addresses = [...new Set(lines.flatMap(({ address }) => address ?? []))];
	const here = (await tx.execute(
		sql`select * from app.program_addresses(${program.id}::uuid, ${JSON.stringify(addresses)}::jsonb)`
	)) as unknown as { rows: { address: string; role: Role; cohort_id: string | null }[] };
	const open = addresses.length
		? await tx
				.select({
					address: invitations.address,
					role: invitations.role,
					cohortId: invitations.cohortId,
					createdAt: invitations.createdAt
				})
				.from(invitations)
				.where(and(eq(invitations.programId, program.id), inArray(invitations.address, addresses), isOpen(now)))
		: [];
	return judge(
		lines,
		{ role, cohortId: cohort?.id ?? null },
		{
			cohorts: await listCohorts(tx, program.id),
			here: here.rows.map((row) => ({ address: row.address, role: row.role, cohortId: row.cohort_id })),
			open,
			timeZone: program.timeZone
		},
		now
	);
}

const isOpen = (now: Date) =>
	and(isNull(invitations.acceptedAt), isNull(invitations.withdrawnAt), gt(invitations.expiresAt, now));

/** So many mails travel to the database in one statement. */
const atOnce = 100;

async function invite(
	tx: Tx,
	by: Acting,
	program: ProgramManaged,
	wishes: Wish[],
	origin: string,
	now: Date
): Promise<MadeLink[]> {
	const { person, whence } = by;
	const byLink = wishes.filter(({ address }) => address === null).length;
	await keepWithin(tx, person, wishes.length - byLink, byLink, now);
	const cohortNames = new Map((await listCohorts(tx, program.id)).map(({ id, name }) => [id, name]));
	const expiresAt = new Date(now.getTime() + invitationLife);
	const until = exactly(expiresAt, program.timeZone);
	const made = wishes.map((wish) => {
		const token = randomBytes(32).toString('base64url');
		const link = new URL('/invitation', origin);
		link.searchParams.set('token', token);
		return { ...wish, id: uuidv7(), token, link: link.href };
	});
	for (let i = 0; i < made.length; i += atOnce) {
		const some = made.slice(i, i + atOnce);
		await tx.insert(invitations).values(
			some.map(({ id, token, name, address, role, cohortId }) => ({
				id,
				programId: program.id,
				cohortId,
				role,
				name,
				address,
				invitedById: person.id,
				tokenHash: sha256(token),
				createdAt: now,
				expiresAt
			}))
		);
		const mails = some.flatMap(({ id, name, address, role, cohortId, link }) => {
			if (!address) return [];
			const cohort = cohortId ? (cohortNames.get(cohortId) ?? null) : null;
			const mail = invitationMail(
				{ address, name, role, program: program.name, cohort, inviter: person.name, until },
				link
			);
			return { id: uuidv7(), invitation: id, subject: mail.subject, text: mail.bodyText, html: mail.bodyHtml };
		});
		if (mails.length > 0) await tx.execute(sql`select app.mail_invitations(${JSON.stringify(mails)}::jsonb)`);
	}
	await tellInvited(
		tx,
		'invited',
		made.map(({ id }) => id),
		whence
	);
	await record(tx, {
		kind: 'invitations-sent',
		person: person.id,
		by: person.id,
		whence,
		about: { program: program.id, invitations: made.length, links: byLink }
	});
	return made.map(({ link }) => ({ link, until }));
}

/** Those who have an account read it there. Who has one, whoever invites never learns. */
const tellInvited = (tx: Tx, kind: AuditKind & ('invited' | 'invitation-withdrawn'), ids: string[], whence: Whence) =>
	tx.execute(
		sql`select app.tell_invited(${kind}, ${JSON.stringify(ids)}::jsonb, ${whence.network}::text, ${whence.userAgent}::text)`
	);

async function keepWithin(tx: Tx, person: Person, mails: number, links: number, now: Date): Promise<void> {
	// One manager in two programs takes turns with themselves.
	await tx.execute(sql`select pg_advisory_xact_lock(hashtext('invitations of'), hashtext(${person.id}))`);
	const [today] = await tx
		.select({ mails: count(invitations.address), all: count() })
		.from(invitations)
		.where(
			and(eq(invitations.invitedById, person.id), gt(invitations.createdAt, new Date(now.getTime() - 24 * 3600_000)))
		);
	if (today!.mails + mails > invitationsPerDay)
		throw new Refusal(
			'too-many',
			`You have sent ${today!.mails.toLocaleString('en-US')} invitations within a day, and ${invitationsPerDay.toLocaleString('en-US')} is the most. Nothing was sent. Please send the rest tomorrow.`
		);
	if (today!.all - today!.mails + links > linksPerDay)
		throw new Refusal(
			'too-many',
			`You have made ${linksPerDay} links within a day. Please invite by e-mail, or make more tomorrow.`
		);
}

/**
 * Takes an invitation back: its link opens nothing from now on. Doing it twice changes nothing.
 * @throws Refusal not-found, unproven, or rule when it was accepted
 */
export const withdrawInvitation = (
	db: Database,
	by: Acting,
	programId: string,
	invitationId: string,
	now = new Date()
): Promise<{ who: string | null }> =>
	db.asPerson(by.person.id, async (tx) => {
		await programToChange(tx, by, programId);
		const invitation = await takeBack(tx, by, programId, invitationId, now);
		return { who: invitation.address ?? invitation.name };
	});

async function takeBack(tx: Tx, by: Acting, programId: string, invitationId: string, now: Date) {
	if (!isId(invitationId)) throw notFound('invitation');
	const mine = and(eq(invitations.id, invitationId), eq(invitations.programId, programId));
	const [taken] = await tx
		.update(invitations)
		.set({ withdrawnAt: now, withdrawnById: by.person.id })
		.where(and(mine, isNull(invitations.acceptedAt), isNull(invitations.withdrawnAt)))
		.returning({ id: invitations.id });
	const [invitation] = await tx.select().from(invitations).where(mine);
	if (!invitation) throw notFound('invitation');
	if (invitation.acceptedAt)
		throw new Refusal(
			'rule',
			'This invitation was accepted in the meantime, so there is nothing to withdraw. You can end the role instead.'
		);
	if (taken) {
		await tellInvited(tx, 'invitation-withdrawn', [invitation.id], by.whence);
		await record(tx, {
			kind: 'invitation-taken-back',
			person: by.person.id,
			by: by.person.id,
			whence: by.whence,
			about: { program: programId, invitation: invitation.id }
		});
	}
	return invitation;
}

/**
 * Sends an invitation again: a new link for seven days, and the old one opens nothing.
 * @returns for whom, and the new link when it is one to be handed over
 * @throws Refusal not-found, unproven, rule or too-many
 */
export const inviteAgain = (
	db: Database,
	by: Acting,
	programId: string,
	invitationId: string,
	origin: string,
	now = new Date()
): Promise<{ who: string | null; handOver: MadeLink | null }> =>
	db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		await takeTurns(tx, programId);
		const { name, address, role, cohortId, withdrawnAt } = await takeBack(tx, by, programId, invitationId, now);
		if (withdrawnAt && withdrawnAt.getTime() !== now.getTime())
			throw new Refusal(
				'rule',
				'This invitation was withdrawn. Please invite anew, so that nothing comes back by accident.'
			);
		const [made] = await invite(tx, by, program, [{ name, address, role, cohortId }], origin, now);
		return { who: address ?? name, handOver: address ? null : made! };
	});

export type InvitationShown = {
	id: string;
	name: string | null;
	address: string | null;
	role: Role;
	cohort: string | null;
	state: InvitationState;
	/** A newer one took its place. */
	replaced: boolean;
	createdAt: Date;
	expiresAt: Date;
	invitedBy: string | null;
	withdrawnAt: Date | null;
	accepted: { at: Date; by: string | null; personId: string } | null;
};

export type InvitationsOfProgram = {
	counts: Record<InvitationState, number>;
	invitations: InvitationShown[];
	next: { at: Date; id: string } | null;
};

const pageSize = 25;
const inviters = aliasedTable(people, 'inviters');
const accepters = aliasedTable(people, 'accepters');

/**
 * A program's invitations, the newest first; a page of it.
 * @param asked the state wanted (null for all), and where the page before ended
 */
export async function listInvitations(
	tx: Tx,
	programId: string,
	asked: { state: InvitationState | null; after: { at: Date; id: string } | null },
	now: Date
): Promise<InvitationsOfProgram> {
	const { state, after } = asked;
	const inState: Record<InvitationState, ReturnType<typeof and>> = {
		open: isOpen(now),
		accepted: sql`${invitations.acceptedAt} is not null`,
		withdrawn: sql`${invitations.withdrawnAt} is not null`,
		expired: and(
			isNull(invitations.acceptedAt),
			isNull(invitations.withdrawnAt),
			sql`${invitations.expiresAt} <= ${now.toISOString()}`
		)
	};
	const those = (one: InvitationState) => sql<number>`count(*) filter (where ${inState[one]})::integer`;
	const [counts] = await tx
		.select({
			open: those('open'),
			accepted: those('accepted'),
			withdrawn: those('withdrawn'),
			expired: those('expired')
		})
		.from(invitations)
		.where(eq(invitations.programId, programId));
	const newer = aliasedTable(invitations, 'newer');
	const found = await tx
		.select({
			id: invitations.id,
			name: invitations.name,
			address: invitations.address,
			role: invitations.role,
			cohort: cohorts.name,
			createdAt: invitations.createdAt,
			expiresAt: invitations.expiresAt,
			withdrawnAt: invitations.withdrawnAt,
			acceptedAt: invitations.acceptedAt,
			acceptedById: invitations.acceptedById,
			invitedBy: inviters.name,
			acceptedBy: accepters.name,
			// Taken back in the very act that made the next one.
			replaced: sql<boolean>`exists (select from ${invitations} newer where ${newer.programId} = ${invitations.programId}
				and ${newer.createdAt} = ${invitations.withdrawnAt} and ${newer.role} = ${invitations.role}
				and ${newer.address} is not distinct from ${invitations.address})`
		})
		.from(invitations)
		.leftJoin(cohorts, eq(cohorts.id, invitations.cohortId))
		.leftJoin(inviters, eq(inviters.id, invitations.invitedById))
		.leftJoin(accepters, eq(accepters.id, invitations.acceptedById))
		.where(
			and(
				eq(invitations.programId, programId),
				state ? inState[state] : undefined,
				after && isId(after.id)
					? or(
							lt(invitations.createdAt, after.at),
							and(eq(invitations.createdAt, after.at), lt(invitations.id, after.id))
						)
					: undefined
			)
		)
		.orderBy(desc(invitations.createdAt), desc(invitations.id))
		.limit(pageSize + 1);
	const page = found.slice(0, pageSize);
	const last = page.at(-1);
	return {
		counts: counts!,
		invitations: page.map(({ acceptedAt, acceptedById, acceptedBy, ...one }) => ({
			...one,
			state: stateOf({ ...one, acceptedAt }, now),
			accepted: acceptedAt && acceptedById ? { at: acceptedAt, by: acceptedBy, personId: acceptedById } : null
		})),
		next: found.length > pageSize && last ? { at: last.createdAt, id: last.id } : null
	};
}

export type PeopleAndInvitations = PeopleOfProgram & { invited: InvitationsOfProgram; now: Date };

/** What a manager's page of people is made from, in one transaction. @throws Refusal not-found */
export const readPeopleAndInvitations = (
	db: Database,
	person: Person,
	programId: string,
	asked: { people: PeopleAsked; invitations: Parameters<typeof listInvitations>[2] },
	now = new Date()
): Promise<PeopleAndInvitations> =>
	db.asPerson(person.id, async (tx) => {
		const found = await listPeople(tx, programId, asked.people);
		return { ...found, invited: await listInvitations(tx, programId, asked.invitations, now), now };
	});

/** What the forms for inviting are made from. @throws Refusal not-found */
export const readInviting = (db: Database, person: Person, programId: string) =>
	db.asPerson(person.id, async (tx) => {
		const program = await managedProgram(tx, programId);
		return { program, cohorts: await listCohorts(tx, programId) };
	});
