/**
 * The database roles that row policies speak of. They are created by the first migration.
 *
 * - `authenticated`: one signed-in person; every request runs as this role with the person's claims.
 * - `app_service`: what the product itself does while no single person is asking: finding the session
 *   behind a cookie, sending mail, appending to the update log. It is bound by row policies like everyone.
 *
 * The role that logs in (`app_login`) owns nothing and may do nothing until it takes one of these.
 */
import { pgRole } from 'drizzle-orm/pg-core';

export const authenticated = pgRole('authenticated').existing();
export const service = pgRole('app_service').existing();
