/**
 * Coming in by an invitation. Whoever holds its link may read it; accepting takes the mailbox it was sent to as well, or
 * for a link that was handed over, any mailbox. The link of an invitation lives for a week and gets forwarded, so it
 * never opens an account that is there already: that takes being signed in, or a fresh link or code from the mailbox.
 */
import { and, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import { Refusal } from '#lib/errors.ts';
import { initialsOf } from '#lib/identity/initials.ts';
import { askForProof, proofGone, proveByCode, proveByLink, readProof } from '#lib/identity/mailbox.server.ts';
import type { Person } from '#lib/identity/person.ts';
import { emailAddresses, people, roles } from '#lib/identity/schema.server.ts';
import { type Browser, type NewSession, openSessionIn, rotateSessionIn, sha256 } from '#lib/identity/session.server.ts';
import { ownerOf } from '#lib/identity/sign-in.server.ts';
import { normaliseAddress } from '#lib/identity/sign-in.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { exactly } from '#lib/ui/when.ts';
import { gone, stateOf } from './invitation.ts';
import { proofMail } from './invitation-mail.ts';
import type { Role } from './roles.ts';
import { nameLength } from './roster.ts';
import { cohorts, invitations, programs } from './schema.server.ts';

/** How the one who came may accept. */
export type Way =
	/** Signed in as the right person, or with a mailbox just shown to be theirs. */
	| { how: 'accept'; as: string }
	/** Nobody here has this mailbox yet: they say how they want to be called. */
	| { how: 'join'; address: string; name: string | null }
	/** A link or a code must show first that the mailbox is theirs; null: they say which one. */
	| { how: 'prove'; address: string | null };

export type InvitationRead = {
	inviter: string;
	program: string;
	cohort: string | null;
	role: Role;
	/** Null for a link that is handed over. */
	address: string | null;
	until: string;
	way: Way;
	/** Signed in as somebody who is not the one invited. */
	signedInAs: string | null;
};
export type InvitationGone = { gone: { title: string; words: string } };

/** Who comes: the person signed in, if somebody is, and what they bring from their mailbox. */
export type Coming = { person: Person | null; proof: string | null };

type Row = Awaited<ReturnType<typeof find>>;

async function find(tx: Tx, token: string, { lock = false } = {}) {
	const query = tx
		.select({
			id: invitations.id,
			role: invitations.role,
			name: invitations.name,
			address: invitations.address,
			programId: invitations.programId,
			cohortId: invitations.cohortId,
			invitedById: invitations.invitedById,
			expiresAt: invitations.expiresAt,
			withdrawnAt: invitations.withdrawnAt,
			acceptedAt: invitations.acceptedAt,
			inviter: people.name,
			program: programs.name,
			organizationId: programs.organizationId,
			timeZone: programs.timeZone,
			cohort: cohorts.name
		})
		.from(invitations)
		.innerJoin(programs, eq(programs.id, invitations.programId))
		.innerJoin(people, eq(people.id, invitations.invitedById))
		.leftJoin(cohorts, eq(cohorts.id, invitations.cohortId))
		.where(eq(invitations.tokenHash, sha256(token)));
	const [row] = await (lock ? query.for('update', { of: invitations }) : query);
	return row;
}

/** Why an invitation opens nothing, or null when it does. */
async function goneOf(tx: Tx, row: Row, now: Date): Promise<InvitationGone['gone'] | null> {
	if (!row) return gone.unknown;
	const state = stateOf(row, now);
	if (state !== 'open') return gone[state];
	// Else somebody who ran a program once could keep a link in the drawer and be back with it, as its manager even.
	if (row.address !== null && row.role !== 'manager') return null;
	const { rows } = (await tx.execute(
		sql`select app.manages(${row.invitedById}::uuid, ${row.programId}::uuid) as manages`
	)) as unknown as { rows: { manages: boolean }[] };
	return rows[0]!.manages ? null : gone.orphaned;
}

/** What an invitation says, to whoever holds its link. Changes nothing: mail scanners open every link. */
export const readInvitation = (
	db: Database,
	token: string,
	{ person, proof }: Coming,
	now = new Date()
): Promise<InvitationRead | InvitationGone> =>
	db.asService(async (tx) => {
		const row = await find(tx, token);
		const why = await goneOf(tx, row, now);
		if (!row || why) return { gone: why ?? gone.unknown };
		const shown = proof ? await readProof(tx, proof, now) : null;
		const mailbox = shown && (row.address === null || row.address === shown) ? shown : null;
		const way = await wayOf(tx, row, person, mailbox);
		const right = way.how === 'accept' && (!mailbox || way.as === person?.name);
		return {
			inviter: row.inviter,
			program: row.program,
			cohort: row.cohort,
			role: row.role,
			address: row.address,
			until: exactly(row.expiresAt, row.timeZone),
			way,
			signedInAs: right ? null : (person?.name ?? null)
		};
	});

async function wayOf(tx: Tx, row: NonNullable<Row>, person: Person | null, mailbox: string | null): Promise<Way> {
	if (row.address === null && !mailbox)
		return person ? { how: 'accept', as: person.name } : { how: 'prove', address: null };
	const address = (mailbox ?? row.address)!;
	const owner = await ownerOf(tx, address);
	if (!owner) return { how: 'join', address, name: row.name };
	return mailbox || owner.id === person?.id ? { how: 'accept', as: owner.name } : { how: 'prove', address };
}

/**
 * Mails a link and a code to whoever wants to accept and has to show a mailbox first. What it answers does not tell
 * whether somebody has that address here.
 * @returns the address, and the id of the request: whoever holds it may try the code
 * @throws Refusal rule, or too-many
 */
export async function askToAccept(
	db: Database,
	asked: { token: string; address: string; clientAddress: string; origin: string },
	now = new Date()
): Promise<{ requestId: string; address: string }> {
	const row = await db.asService(async (tx) => {
		const found = await find(tx, asked.token);
		const why = await goneOf(tx, found, now);
		if (!found || why) throw refusalOf(why ?? gone.unknown);
		return found;
	});
	const address = row.address ?? normaliseAddress(asked.address);
	if (!address)
		throw new Refusal('rule', 'That does not look like an e-mail address. It should be like name@school.org.');
	const requestId = await askForProof(
		db,
		{ address, clientAddress: asked.clientAddress },
		(token, code) => {
			const link = new URL('/invitation', asked.origin);
			link.searchParams.set('token', asked.token);
			link.searchParams.set('proof', token);
			return proofMail(address, row.program, link.href, code);
		},
		now
	);
	return { requestId, address };
}

export type Accepting = {
	token: string;
	person: Person | null;
	/** From the mailbox: the token of its link, or its code with the request it belongs to. */
	proof: { link: string } | { requestId: string; code: string } | null;
	/** How a newcomer wants to be called. */
	name: string;
};

export type Accepted = {
	role: Role;
	programId: string;
	/** The way in of whoever was not signed in as this person; of whoever was, the session under a new secret. */
	session: NewSession | null;
};

/**
 * Accepts an invitation: the role begins now, and whoever was not signed in is. Of two at one instant one gets in.
 * @throws Refusal rule, with a sentence that says what to do
 */
export async function acceptInvitation(
	db: Database,
	accepting: Accepting,
	browser: Browser,
	now = new Date()
): Promise<Accepted> {
	const answer = await db.asService(async (tx) => {
		const row = await find(tx, accepting.token, { lock: true });
		const why = await goneOf(tx, row, now);
		if (!row || why) throw refusalOf(why ?? gone.unknown);
		const mailbox = await mailboxOf(tx, accepting, now);
		// A wrong code is an answer and no throw: its try stays counted.
		if (typeof mailbox === 'object' && mailbox) return mailbox;
		const { personId, comesIn } = await whoAccepts(tx, row, accepting, mailbox, now);
		await tx.update(invitations).set({ acceptedAt: now, acceptedById: personId }).where(eq(invitations.id, row.id));
		await giveRole(tx, row, personId, browser, now);
		// Who is signed in already may do more from here on: their session gets a new secret.
		const session = comesIn
			? await openSessionIn(tx, personId, 'mail', browser, now)
			: browser.formerSessionId
				? await rotateSessionIn(tx, browser.formerSessionId, { now })
				: null;
		return { role: row.role, programId: row.programId, session };
	});
	if ('wrong' in answer) throw new Refusal('rule', answer.wrong);
	return answer;
}

const refusalOf = ({ title, words }: InvitationGone['gone']) => new Refusal('rule', `${title}. ${words}`);

/** The mailbox that was shown to be theirs, if any was; using up what showed it. */
async function mailboxOf(tx: Tx, { proof }: Accepting, now: Date): Promise<string | null | { wrong: string }> {
	if (!proof) return null;
	if ('link' in proof) {
		const address = await proveByLink(tx, proof.link, now);
		if (!address) throw proofGone();
		return address;
	}
	const tried = await proveByCode(tx, proof.requestId, proof.code, now);
	return 'address' in tried ? tried.address : tried;
}

/**
 * Who accepts: the person signed in, whoever the mailbox belongs to, or a new person.
 * @throws Refusal rule; what was used up before is then as it was
 */
async function whoAccepts(
	tx: Tx,
	row: NonNullable<Row>,
	{ person, name }: Accepting,
	mailbox: string | null,
	now: Date
): Promise<{ personId: string; comesIn: boolean }> {
	if (mailbox && row.address !== null && mailbox !== row.address)
		throw new Refusal('rule', `This invitation is for ${row.address}. Please ask for a mail to that address.`);
	const address = mailbox ?? row.address;
	if (address === null) {
		if (person) return { personId: person.id, comesIn: false };
		throw new Refusal('rule', 'Please say first which mailbox is yours: we send a link and a code there.');
	}
	// Two invitations to one new mailbox, accepted at one instant, make one person.
	await tx.execute(sql`select pg_advisory_xact_lock(hashtext('mailbox'), hashtext(${address}))`);
	const owner = await ownerOf(tx, address);
	if (owner?.id === person?.id && owner) return { personId: owner.id, comesIn: false };
	if (owner && mailbox) return { personId: owner.id, comesIn: true };
	if (owner)
		throw new Refusal(
			'rule',
			'Somebody with this address is here already. Please sign in as them, or ask for a mail to this address.'
		);
	const called = nameOf(name);
	const [made] = await tx
		.insert(people)
		.values({ name: called, initials: initialsOf(called), organizationId: row.organizationId, createdAt: now })
		.returning({ id: people.id });
	const [added] = await tx
		.insert(emailAddresses)
		.values({ address, personId: made!.id, kind: 'school', verifiedAt: now, createdAt: now })
		.onConflictDoNothing()
		.returning({ address: emailAddresses.address });
	// Of an account that was closed, or not yet shown to be somebody's: it lets nobody in and can't become another's.
	if (!added)
		throw new Refusal(
			'rule',
			'With this address nobody can come in. Nothing has changed. Please ask who invited you to invite another address of yours.'
		);
	return { personId: made!.id, comesIn: true };
}

/** @throws Refusal rule when that can't be a name */
function nameOf(typed: string): string {
	const name = typed
		.normalize('NFC')
		.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
		.trim();
	if (!name)
		throw new Refusal('rule', 'Please say how you want to be called: your mentor and your program will see that name.');
	if (name.length > nameLength) throw new Refusal('rule', `Please say your name in at most ${nameLength} letters.`);
	return name;
}

/** The role begins now, unless the person has it already. */
async function giveRole(
	tx: Tx,
	row: NonNullable<Row>,
	personId: string,
	{ whence }: Browser,
	now: Date
): Promise<void> {
	const scope = row.cohortId
		? ({ scopeKind: 'cohort', scopeId: row.cohortId } as const)
		: ({ scopeKind: 'program', scopeId: row.programId } as const);
	const about = { invitation: row.id, program: row.programId, role: row.role };
	const events = { person: personId, by: personId, onBehalfOf: row.invitedById, whence };
	await record(tx, { kind: 'invitation-accepted', ...events, about });
	const [held] = await tx
		.select({ id: roles.id })
		.from(roles)
		.where(
			and(
				eq(roles.personId, personId),
				eq(roles.role, row.role),
				eq(roles.scopeKind, scope.scopeKind),
				eq(roles.scopeId, scope.scopeId),
				or(isNull(roles.untilAt), gt(roles.untilAt, now))
			)
		);
	if (held) return;
	const [given] = await tx
		.insert(roles)
		.values({ personId, role: row.role, ...scope, fromAt: now })
		.returning({ id: roles.id });
	await record(tx, { kind: 'role-given', ...events, about: { ...about, roleId: given!.id } });
}
