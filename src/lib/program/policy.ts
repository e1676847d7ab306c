/**
 * Who may see and change who is in a program. A notice on the wall; the database says the same in its policies on
 * `invitations` and `roles`, and `policy.cases.ts` is tested against both.
 */
import type { Role } from './roles.ts';

/** How a person stands to a program now. A manager of an organization above it manages it too. */
export type Standing = 'manager' | 'member' | 'stranger';

/** Names and roles of everybody in a program, invitations, and the counts of both. */
export const maySeePeople = (standing: Standing): boolean => standing === 'manager';

/** A manager of one program invites into that one, to every role that it has, and into no other. */
export const mayInvite = (standing: Standing): boolean => standing === 'manager';

/** Who gives a program more time, for everybody in it. The database says the same on `deadline_extensions`. */
export const mayExtendDeadline = (standing: Standing): boolean => standing === 'manager';

/** Who says on which days a program expects nothing. The database says the same on `program_breaks`. */
export const maySetBreaks = (standing: Standing): boolean => standing === 'manager';
export const mayReadBreaks = (standing: Standing): boolean => standing !== 'stranger';

export type RoleHeld = { own: boolean; role: Role; ended: boolean };

/** A manager ends roles of their program, everybody their own. What has ended stays as it was. */
export const mayEndRole = ({ own, ended }: RoleHeld, standing: Standing): boolean =>
	!ended && (own || standing === 'manager');

/** A program without a manager could never get one again: nobody would be left to invite. */
export const leavesNobody = ({ own, role }: RoleHeld, managers: number): boolean =>
	own && role === 'manager' && managers <= 1;
