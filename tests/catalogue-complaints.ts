/**
 * Rules that every table, policy and function keeps, read from the database's own catalogue. Each answers with the
 * names of those that break it, so a migration that forgets one is told which. Reasons: docs/decisions on row-level
 * security.
 */
import { sql } from 'drizzle-orm';
import type { Database } from '#lib/server/database.ts';

type Row = { name: string };

const rules: Record<string, string> = {
	'a table without row-level security': `
		select relname as name from pg_class
		where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relrowsecurity`,

	'a command granted to a role that no policy speaks about': `
		select format('%s on %s to %s', command, relname, role) as name
		from pg_class c
		cross join unnest(array['authenticated', 'app_service']) role
		cross join unnest(array['select', 'insert', 'update', 'delete']) command
		where relnamespace = 'public'::regnamespace and relkind = 'r'
		and case when command = 'delete' then has_table_privilege(role, c.oid, command)
			else has_any_column_privilege(role, c.oid, command) end
		and not exists (
			select from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname
			and role::name = any (p.roles) and lower(p.cmd) in (command, 'all')
		)`,

	'a policy for a command that its role was never granted': `
		select format('%s on %s', p.policyname, p.tablename) as name
		from pg_policies p cross join unnest(p.roles) role
		where p.schemaname = 'public' and p.cmd <> 'ALL'
		and not case when p.cmd = 'DELETE' then has_table_privilege(role, format('public.%I', p.tablename), p.cmd)
			else has_any_column_privilege(role, format('public.%I', p.tablename), p.cmd) end`,

	'a policy for somebody else than our two roles': `
		select format('%s on %s', policyname, tablename) as name from pg_policies
		where schemaname = 'public' and not roles <@ array['authenticated', 'app_service']::name[]`,

	'something granted to anon or to everybody': `
		select format('%s on %s', privilege_type, relname) as name
		from pg_class c cross join lateral aclexplode(relacl) a
		where relnamespace in ('public'::regnamespace, 'app'::regnamespace)
		and (a.grantee = 0 or a.grantee = to_regrole('anon'))
		union all
		select format('%s on column %s of %s', privilege_type, attname, attrelid::regclass)
		from pg_attribute join pg_class c on c.oid = attrelid cross join lateral aclexplode(attacl) a
		where c.relnamespace = 'public'::regnamespace and (a.grantee = 0 or a.grantee = to_regrole('anon'))
		union all
		select format('%s on schema %s', privilege_type, nspname)
		from pg_namespace cross join lateral aclexplode(nspacl) a
		where nspname in ('public', 'app', 'supabase_migrations') and (a.grantee = 0 or a.grantee = to_regrole('anon'))`,

	'a truncate, references or trigger right, which no row policy holds back': `
		select format('%s on %s to %s', command, relname, role) as name
		from pg_class c cross join unnest(array['authenticated', 'app_service']) role
		cross join unnest(array['truncate', 'references', 'trigger']) command
		where relnamespace = 'public'::regnamespace and relkind = 'r' and has_table_privilege(role, c.oid, command)`,

	'a column that a policy compares and no index begins with': `
		select distinct format('%s.%s (%s)', p.tablename, a.attname, p.policyname) as name
		from pg_policies p
		join pg_attribute a on a.attrelid = format('public.%I', p.tablename)::regclass and a.attnum > 0
		where p.schemaname = 'public' and p.cmd <> 'INSERT' and p.qual ~ ('\\m' || a.attname || ' = (ANY )?\\(')
		and not exists (
			select from pg_index i where i.indrelid = a.attrelid and i.indkey[0] = a.attnum and i.indpred is null
		)`,

	'a policy that calls a function for each row instead of once: not inside (select ...)': `
		select format('%s on %s', policyname, tablename) as name from pg_policies
		where schemaname = 'public'
		and regexp_replace(coalesce(qual, '') || coalesce(with_check, ''), '\\( SELECT app\\.\\w+\\(\\) AS \\w+\\)', '', 'g') ~ 'app\\.'`,

	'a policy that reads another table, which has policies of its own': `
		select format('%s on %s', policyname, tablename) as name from pg_policies
		where schemaname = 'public' and coalesce(qual, '') || coalesce(with_check, '') ~ '\\mFROM\\M'`,

	'a function whose search_path the caller could set': `
		select proname as name from pg_proc
		where pronamespace = 'app'::regnamespace and not coalesce('search_path=""' = any (proconfig), false)`,

	'a function that everybody may execute': `
		select proname as name from pg_proc p
		cross join lateral aclexplode(coalesce(proacl, acldefault('f', proowner))) a
		where pronamespace = 'app'::regnamespace and a.grantee = 0 and a.privilege_type = 'EXECUTE'`,

	'a function of ours that runs as its owner in a schema everybody can reach': `
		select proname as name from pg_proc where pronamespace = 'public'::regnamespace and prosecdef`,

	'a view that looks with its owner’s eyes, or a stored view, which row policies do not reach': `
		select relname as name from pg_class where relnamespace in ('public'::regnamespace, 'app'::regnamespace)
		and (relkind = 'm' or relkind = 'v' and not coalesce('security_invoker=true' = any (reloptions), false))`,

	'a role of ours that is more than it should be': `
		select rolname as name from pg_roles
		where rolname in ('app_login', 'authenticated', 'app_service', 'anon')
		and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
			or rolinherit and rolname = 'app_login')
		union all
		select format('%s in %s', m.rolname, r.rolname) from pg_auth_members a
		join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member
		where m.rolname in ('authenticated', 'app_service', 'anon')
		or m.rolname = 'app_login' and r.rolname not in ('authenticated', 'app_service')`,

	'something the login role may do before it takes a role': `
		select relname as name from pg_class c
		where relnamespace in ('public'::regnamespace, 'app'::regnamespace) and relkind in ('r', 'v', 'S')
		and (has_table_privilege('app_login', c.oid, 'select') or has_table_privilege('app_login', c.oid, 'insert'))
		union all
		select nspname from pg_namespace where nspname in ('public', 'app', 'supabase_migrations')
		and (has_schema_privilege('app_login', oid, 'usage') or has_schema_privilege('app_login', oid, 'create'))`,

	'a time without a zone, an enum or a citext, none of which we use': `
		select format('%s.%s', c.relname, a.attname) as name from pg_attribute a
		join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
		where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
		and (t.typname in ('timestamp', 'citext') or t.typtype = 'e' or t.typname = 'timestamptz' and a.atttypmod <> 3)`
};

/** Everything in the database that breaks a rule, each as `rule: name`. */
export async function complaints(db: Database): Promise<string[]> {
	const found: string[] = [];
	for (const [rule, query] of Object.entries(rules)) {
		// eslint-disable-next-line no-restricted-syntax -- only text written in the tests
		const { rows } = (await db.asOwner((tx) => tx.execute(sql.raw(query)))) as unknown as { rows: Row[] };
		found.push(...rows.map(({ name }) => `${rule}: ${name}`));
	}
	return found;
}
