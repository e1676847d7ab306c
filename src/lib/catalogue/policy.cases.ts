/** The table that `policy.test.ts` (the function) and `tests/program-policies.test.ts` (the database) both walk through. */
import type { Standing } from './policy.ts';

/** Everybody who can stand to a program, as `program/policy.cases.ts` names them, and what that is to the catalogue. */
export const cases: [who: string, standing: Standing, imports: boolean][] = [
	['manager', 'manager', true],
	['district manager', 'manager', true],
	['manager of another program', 'manager', true],
	['manager of a sibling school', 'somebody', false],
	['former manager', 'somebody', false],
	['coming manager', 'somebody', false],
	['manager who left', 'somebody', false],
	['teacher', 'somebody', false],
	['mentor', 'somebody', false],
	['coach', 'somebody', false],
	['assessor', 'somebody', false],
	['stranger', 'somebody', false]
];
