/** All that two databases must agree on to be called copies: rows, policies, rights, functions and the record of migrations. */
import { sql } from 'drizzle-orm';
import type { Database } from '#lib/server/database.ts';

export async function contentOf(db: Database): Promise<Record<string, unknown>> {
	return db.asOwner(async (tx) => {
		const rows = async (text: string) =>
			// eslint-disable-next-line no-restricted-syntax -- only text written in the tests
			((await tx.execute(sql.raw(text))) as unknown as { rows: Record<string, unknown>[] }).rows;
		const content: Record<string, unknown> = {};
		const tables = await rows(
			`select format('%I.%I', relnamespace::regnamespace, relname) as name from pg_class
			where relnamespace::regnamespace::text in ('public', 'supabase_migrations') and relkind = 'r' order by 1`
		);
		for (const { name } of tables)
			content[String(name)] = await rows(
				`select count(*)::int as count, md5(string_agg(row::text, E'\\n' order by row::text)) as sum from ${name} row`
			);
		content.policies = await rows(
			`select tablename, policyname, cmd, roles::text[] as roles, qual, with_check from pg_policies where schemaname = 'public' order by 1, 2`
		);
		// Of a column that was dropped a row stays behind, with its rights, and nobody can use them.
		content.rights = await rows(
			`select relname, a.grantee::regrole::text as grantee, a.privilege_type, null as attname
			from pg_class cross join lateral aclexplode(relacl) a
			where relnamespace = 'public'::regnamespace and relkind = 'r' and a.grantee::regrole::text in ('authenticated', 'app_service', 'app_login', 'anon')
			union all select attrelid::regclass::text, a.grantee::regrole::text, a.privilege_type, attname
			from pg_attribute cross join lateral aclexplode(attacl) a where attrelid > 16000 and not attisdropped
			order by 1, 2, 3, 4`
		);
		content.functions = await rows(
			`select proname, prosrc, prosecdef, proconfig from pg_proc where pronamespace = 'app'::regnamespace order by 1`
		);
		content.triggers = await rows(
			`select tgrelid::regclass::text, tgname from pg_trigger where not tgisinternal order by 1, 2`
		);
		return content;
	});
}
