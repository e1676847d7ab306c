/** Writes the embedded database as SQL text. Apart from `embedded.ts` because few need it and it loads 2 MB of WebAssembly. */
import type { PGlite } from '@electric-sql/pglite';
import { pgDump } from '@electric-sql/pglite-tools/pg_dump';

/** Rows per INSERT: enough to be quick, few enough that one statement stays a few hundred kilobytes. */
const rowsPerInsert = 200;

/** Needs a superuser's session, and leaves settings of its own behind. */
export async function dumpEmbedded(pg: PGlite): Promise<string> {
	const roles = await roleStatements(pg);
	const file = await pgDump({ pg, args: ['--no-owner', `--rows-per-insert=${rowsPerInsert}`] });
	// A setting of PostgreSQL 17 and later: older servers stop at it, and it says nothing about the data.
	const text = (await file.text()).replace(/^SET transaction_timeout = 0;\n/m, '');
	return `${roles}\n${text}`;
}

/** Roles belong to no database, so pg_dump leaves them out; grants in the dump need them. */
async function roleStatements(pg: PGlite): Promise<string> {
	const { rows: roles } = await pg.query<{ name: string; login: boolean; inherit: boolean }>(
		`select quote_ident(rolname) as name, rolcanlogin as login, rolinherit as inherit from pg_roles
		where rolname !~ '^pg_' and not rolsuper order by 1`
	);
	const { rows: members } = await pg.query<{ role: string; member: string }>(
		`select quote_ident(r.rolname) as role, quote_ident(m.rolname) as member from pg_auth_members a
		join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member
		where r.rolname !~ '^pg_' and not m.rolsuper order by 1, 2`
	);
	return [
		'-- Roles that the grants below speak of.',
		'do $$ begin',
		...roles.map(
			({ name, login, inherit }) =>
				`\tif to_regrole('${name}') is null then create role ${name} ${login ? 'login' : 'nologin'} ${inherit ? 'inherit' : 'noinherit'}; end if;`
		),
		'end $$;',
		...members.map(({ role, member }) => `grant ${role} to ${member};`),
		'grant app_login to current_user;',
		''
	].join('\n');
}
