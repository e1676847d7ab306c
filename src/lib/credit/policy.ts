/**
 * Who may add to the register. Everybody who is signed in reads it. A notice on the wall; the database says the same in its
 * policies on `credit_rules` and `credit_conversions`.
 */
import type { Standing } from '#lib/catalogue/policy.ts';

/** What states decide holds for all programs, and whoever runs one of them writes it down, with its source. */
export const mayRecordRules = (standing: Standing): boolean => standing === 'manager';
