/** The rules of inviting somebody into a program. Pure: the clock comes from outside. */
import { when } from '#lib/ui/when.ts';
import { aRole, givable, type Role } from './roles.ts';
import type { RosterLine } from './roster.ts';

const day = 24 * 3600_000;

/**
 * Long enough for somebody who reads school mail once a week, short enough that a forgotten mail in a mailbox that
 * changes hands opens nothing.
 */
export const invitationLife = 7 * day;
/**
 * Of one manager within a day: two full lists, so that a large wave goes out in a morning; beyond that a stolen session
 * would make of us a sender of unwanted mail.
 */
export const invitationsPerDay = 2000;
/** Links to be handed over, of one manager within a day. They are made one by one, for people who have no mail yet. */
export const linksPerDay = 100;

export type InvitationRow = {
	acceptedAt: Date | null;
	withdrawnAt: Date | null;
	expiresAt: Date;
};
export const invitationStates = ['open', 'accepted', 'withdrawn', 'expired'] as const;
export type InvitationState = (typeof invitationStates)[number];

export function stateOf({ acceptedAt, withdrawnAt, expiresAt }: InvitationRow, now: Date): InvitationState {
	if (acceptedAt) return 'accepted';
	if (withdrawnAt) return 'withdrawn';
	return expiresAt > now ? 'open' : 'expired';
}

/** What to say to somebody who comes with an invitation that opens nothing any more. */
export const gone: Record<Exclude<InvitationState, 'open'> | 'unknown' | 'orphaned', { title: string; words: string }> =
	{
		accepted: {
			title: 'This invitation has been used',
			words:
				'Each works once. If it was you, sign in with the same e-mail address. If not, please tell who invited you.'
		},
		withdrawn: {
			title: 'This invitation was withdrawn',
			words:
				'It no longer opens anything, and perhaps a newer one is in your mail. If you did not expect that, please ask who invited you.'
		},
		expired: {
			title: 'This invitation is too old',
			words:
				'Invitations work for seven days. Nothing is lost: please ask who invited you to send it again, which is one click for them.'
		},
		unknown: {
			title: 'There is no such invitation',
			words:
				'Perhaps a part of the link was lost on its way. Please open it from the mail again, or ask who invited you for a new one.'
		},
		orphaned: {
			title: 'This invitation no longer holds',
			words: 'Whoever made it does not run this program any more. Please ask the program for a new one.'
		}
	};

/** Roles that are of a whole program: a cohort beside them would say nothing. */
const ofWholeProgram: readonly Role[] = ['assessor', 'manager'];
export const scopeOf = (role: Role, cohortId: string | null): string | null =>
	ofWholeProgram.includes(role) ? null : cohortId;

export type Verdict = {
	kind: 'invite' | 'here' | 'invited' | 'leaving' | 'no-address' | 'no-role' | 'no-cohort' | 'twice';
	words: string;
};
export type Judged = {
	line: number;
	name: string | null;
	typed: string;
	note: string | null;
	verdict: Verdict;
	/** Who is invited to what; only where the verdict is to invite. */
	wish: Wish | null;
};
export type Wish = { name: string | null; address: string | null; role: Role; cohortId: string | null };

/** What is known of the program that a list is for. */
export type Known = {
	cohorts: { id: string; name: string }[];
	/** Roles held now by people with these addresses, in this program. */
	here: { address: string; role: Role; cohortId: string | null }[];
	/** Open invitations of this program. */
	open: { address: string | null; role: Role; cohortId: string | null; createdAt: Date }[];
	timeZone: string;
};

const folded = (text: string) => text.normalize('NFKC').trim().toLowerCase();

/**
 * What becomes of each line, in words, before anything is sent.
 * @param unsaid the role and the cohort of lines that name none
 */
export function judge(
	lines: RosterLine[],
	unsaid: { role: Role; cohortId: string | null },
	known: Known,
	now: Date
): Judged[] {
	const seen = new Map<string, number>();
	return lines.map(({ line, name, typed, address, role: roleTyped, cohort: cohortTyped, leaving, note }) => {
		const say = (kind: Verdict['kind'], words: string, wish: Wish | null = null): Judged => ({
			line,
			name,
			typed,
			note,
			verdict: { kind, words },
			wish
		});
		if (leaving) return say('leaving', 'Left out: marked as to be deleted in this list');
		if (!address)
			return say('no-address', typed ? `“${typed}” can’t be an e-mail address` : 'There is no e-mail address');
		const role = roleTyped ? givable.find((one) => one === folded(roleTyped).replace(/s$/, '')) : unsaid.role;
		if (!role) return say('no-role', `“${roleTyped}” is no role here: teacher, mentor, coach, assessor or manager`);
		const fitting = cohortTyped ? known.cohorts.filter((one) => folded(one.name) === folded(cohortTyped)) : [];
		if (cohortTyped && fitting.length === 0) return say('no-cohort', `“${cohortTyped}” is no cohort of this program`);
		if (fitting.length > 1) return say('no-cohort', `Two cohorts are called “${cohortTyped}”; please choose one below`);
		const cohort = known.cohorts.find(({ id }) => id === scopeOf(role, cohortTyped ? fitting[0]!.id : unsaid.cohortId));
		const same = (one: { address: string | null; role: Role; cohortId: string | null }) =>
			one.address === address && one.role === role && one.cohortId === (cohort?.id ?? null);
		const key = `${address} ${role} ${cohort?.id}`;
		const before = seen.get(key);
		if (before !== undefined) return say('twice', `Twice in this list: as in line ${before}`);
		seen.set(key, line);
		const as = `${aRole(role)}${cohort ? ` in ${cohort.name}` : ''}`;
		// Somebody of a cohort is of the program too: who has the role there needs no second one without a cohort.
		if (known.here.some((one) => same(one) || (!cohort && one.address === address && one.role === role)))
			return say('here', `Already here as ${as}`);
		const open = known.open.find(same);
		if (open)
			return say(
				'invited',
				`Already invited on ${when(open.createdAt, 'day', known.timeZone, now)}, and that still stands`
			);
		return say('invite', `Will be invited as ${as}`, { name, address, role, cohortId: cohort?.id ?? null });
	});
}
