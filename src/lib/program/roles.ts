/** The roles of a program in words. Pure. */
import type { roles } from '#lib/identity/schema.server.ts';

export type Role = (typeof roles.$inferSelect)['role'];

/** What a manager may give, to people of their own program. In the order in which they are offered. */
export const givable: readonly Role[] = ['teacher', 'mentor', 'coach', 'assessor', 'manager'];

export const roleOf = (typed: unknown): Role | null => givable.find((role) => role === typed) ?? null;

/** "a teacher", "an assessor". */
export const aRole = (role: Role): string => `${role === 'assessor' ? 'an' : 'a'} ${role}`;

/** "1 teacher", "3 teachers", "no teachers". */
export const roleCount = (n: number, role: Role): string => `${n === 0 ? 'no' : n} ${role}${n === 1 ? '' : 's'}`;

/** What somebody sees by a role, said to them before they take it. */
export const opens: Record<Role, string> = {
	teacher: 'your pair, your stack, and who else is in your cohort. What you write is visible to you and your mentor.',
	mentor: 'the pairs you are in, with what the two of you write, and who is in your cohorts.',
	coach: 'dates and counts of the pairs you look after. Never what they write.',
	assessor: 'what is handed in to you, without names. Nothing of reflections.',
	manager: 'who is in the program, with counts and dates. Nothing of reflections.'
};

/** What closes when a role ends, and what doesn’t. */
export const closes: Record<Role, string> = {
	teacher: 'Choosing a stack here closes. An enrollment, and what was written and earned, stay.',
	mentor: 'The program closes, as far as no pair of theirs is in it. What was written stays with the pair.',
	coach: 'Their caseload here ends with it: its pairs have no coach until another takes them.',
	assessor: 'Nothing is handed to them any more. What they decided stays.',
	manager:
		'The people, the invitations and the counts of the program close. Links they made to be handed over open nothing any more.'
};

export type RoleEnding = { key: string; words: string };

/**
 * Why a role ends, in words that blame nobody. One of these and nothing of one's own: it stays in a log that the person
 * reads for years.
 */
export const roleEndings: readonly RoleEnding[] = [
	{ key: 'done', words: 'What the role was for is done' },
	{ key: 'leaving', words: 'Leaves the school or the program' },
	{ key: 'other', words: 'Does something else in the program from now on' },
	{ key: 'mistake', words: 'Was given by mistake' }
];

export const roleEndingOf = (key: unknown): RoleEnding | null => roleEndings.find((one) => one.key === key) ?? null;
