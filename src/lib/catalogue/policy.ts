/**
 * Who may change the catalogue. Everybody who is signed in reads it. A notice on the wall; the database says the same in
 * `app.runs_a_program()` and `app.edited_issuer_ids()`, and `policy.cases.ts` is tested against both.
 */

/** How a person stands to the catalogue now: a manager manages some program, or an organization that has one. */
export type Standing = 'manager' | 'somebody';

/** Frameworks are one for all programs, and whoever runs one of them brings them up to date. */
export const mayImportFrameworks = (standing: Standing): boolean => standing === 'manager';

/** Programs that an issuer has named as its editors, and programs that somebody manages now, from above too. */
export type EditorStanding = { editors: readonly string[]; managed: readonly string[] };

/** Managers of a program that the issuer has named write, publish and retire its microcredentials; nobody else does. */
export const mayEdit = ({ editors, managed }: EditorStanding): boolean =>
	editors.some((program) => managed.includes(program));
