/** The table that `choosing.test.ts` (the function) and `choosing.server.test.ts` (the database) both walk through. */

/** Days from now: -30 is past, 10 is to come, null is open. */
export type Span = [from: number, until: number | null];

export const cases: [
	what: string,
	role: 'teacher' | 'mentor' | 'none',
	scope: 'program' | 'cohort',
	held: Span,
	offered: Span,
	enrolled: 'never' | 'active' | 'withdrawn',
	may: boolean
][] = [
	['a teacher of the program', 'teacher', 'program', [-1, null], [-30, null], 'never', true],
	['a teacher of a cohort', 'teacher', 'cohort', [-1, null], [-30, null], 'never', true],
	['a teacher until next month', 'teacher', 'cohort', [-1, 30], [-30, 30], 'never', true],
	['a teacher who chose before', 'teacher', 'program', [-1, null], [-30, null], 'active', false],
	['a teacher who left', 'teacher', 'program', [-1, null], [-30, null], 'withdrawn', false],
	['somebody who was a teacher', 'teacher', 'program', [-30, -1], [-30, null], 'never', false],
	['somebody who will be a teacher', 'teacher', 'cohort', [10, null], [-30, null], 'never', false],
	['a teacher, of a stack no longer offered', 'teacher', 'program', [-1, null], [-30, -1], 'never', false],
	['a teacher, of a stack not offered yet', 'teacher', 'program', [-1, null], [10, null], 'never', false],
	['a mentor', 'mentor', 'program', [-1, null], [-30, null], 'never', false],
	['a stranger', 'none', 'program', [-1, null], [-30, null], 'never', false]
];
