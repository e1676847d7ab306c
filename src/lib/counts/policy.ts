/**
 * Who sees counts. A notice on the wall; the database says the same on `program_counts`. Whoever manages the program, an
 * organization above it included, sees true numbers, because they see the people too; what they send on is another thing
 * (`suppression.ts`).
 */
import type { Standing } from '#lib/program/policy.ts';

export const maySeeCounts = (standing: Standing): boolean => standing === 'manager';
