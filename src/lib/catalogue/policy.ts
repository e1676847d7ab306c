/**
 * Who may change the catalogue. Everybody who is signed in reads it. A notice on the wall; the database says the same in
 * `app.runs_a_program()`, and `policy.cases.ts` is tested against both.
 */

/** How a person stands to the catalogue now: a manager manages some program, or an organization that has one. */
export type Standing = 'manager' | 'somebody';

/** Frameworks are one for all programs, and whoever runs one of them brings them up to date. */
export const mayImportFrameworks = (standing: Standing): boolean => standing === 'manager';
