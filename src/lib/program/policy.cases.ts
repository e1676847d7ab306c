/** The tables that `policy.test.ts` (the functions) and `tests/program-policies.test.ts` (the database) both walk through. */
import type { Standing } from './policy.ts';
import type { Role } from './roles.ts';

/** Everybody who can stand to a program, and the closest word of the policy for it. */
export const standings = {
	manager: 'manager',
	'district manager': 'manager',
	'former manager': 'stranger',
	'coming manager': 'stranger',
	'manager who left': 'stranger',
	'manager of another program': 'stranger',
	'manager of a sibling school': 'stranger',
	teacher: 'member',
	mentor: 'member',
	coach: 'member',
	assessor: 'member',
	stranger: 'stranger'
} as const satisfies Record<string, Standing>;
export type Who = keyof typeof standings;

export const cases: [
	who: Who,
	seesPeople: boolean,
	invites: boolean,
	extendsDeadline: boolean,
	setsBreaks: boolean,
	readsBreaks: boolean
][] = [
	['manager', true, true, true, true, true],
	['district manager', true, true, true, true, true],
	['former manager', false, false, false, false, false],
	['coming manager', false, false, false, false, false],
	['manager who left', false, false, false, false, false],
	['manager of another program', false, false, false, false, false],
	['manager of a sibling school', false, false, false, false, false],
	['teacher', false, false, false, false, true],
	['mentor', false, false, false, false, true],
	['coach', false, false, false, false, true],
	['assessor', false, false, false, false, true],
	['stranger', false, false, false, false, false]
];

/** Whose role: `own` is that of whoever asks, the others are those of the teacher and the manager of the program. */
export const endings: [who: Who, of: 'own' | 'teacher' | 'manager', ended: boolean, may: boolean][] = [
	['manager', 'teacher', false, true],
	['manager', 'own', false, true],
	['manager', 'teacher', true, false],
	['district manager', 'teacher', false, true],
	['district manager', 'manager', false, true],
	['former manager', 'teacher', false, false],
	['coming manager', 'teacher', false, false],
	['manager who left', 'teacher', false, false],
	['manager of another program', 'teacher', false, false],
	['manager of a sibling school', 'teacher', false, false],
	['teacher', 'own', false, true],
	['teacher', 'own', true, false],
	['teacher', 'manager', false, false],
	['mentor', 'own', false, true],
	['mentor', 'teacher', false, false],
	['coach', 'own', false, true],
	['coach', 'teacher', false, false],
	['assessor', 'own', false, true],
	['stranger', 'teacher', false, false]
];

/** What ends with one's own role when so many manage the program, oneself included. */
export const lastOnes: [own: boolean, role: Role, managers: number, leavesNobody: boolean][] = [
	[true, 'manager', 1, true],
	[true, 'manager', 2, false],
	[true, 'teacher', 1, false],
	// Only somebody above the program, or another manager, ends another's; they stay.
	[false, 'manager', 1, false]
];
