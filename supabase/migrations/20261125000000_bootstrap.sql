-- Roles, the claims of the person asking, and the helpers that row policies read.
-- Runs before the tables exist: plpgsql looks names up when a function is called, not when it is created.
-- Supabase brings anon, authenticated and service_role; any other Postgres gets what is missing.

do $$
begin
	if not exists (select from pg_roles where rolname = 'anon') then create role anon nologin noinherit; end if;
	if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated nologin noinherit; end if;
	if not exists (select from pg_roles where rolname = 'service_role') then create role service_role nologin noinherit; end if;
	if not exists (select from pg_roles where rolname = 'app_service') then create role app_service nologin noinherit; end if;
	-- What the app connects as: owns nothing, inherits nothing, may only become one of the two roles below.
	if not exists (select from pg_roles where rolname = 'app_login') then create role app_login login noinherit; end if;
end
$$;

grant authenticated, app_service to app_login;
-- A server that connects as the owner steps down to app_login on every connection; that needs membership.
grant app_login to current_user;

create schema app;
grant usage on schema app to authenticated, app_service;
revoke all on schema public from public;
grant usage on schema public to authenticated, app_service;

-- The person asking, from the claims set inside the request's own transaction; null when nobody is.
-- A setting that was set in an earlier transaction comes back as '', not as null.
create function app.uid() returns uuid
language sql stable set search_path = ''
as $$ select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid $$;

-- The helpers below answer with arrays, run as their owner (so a policy may ask about a table that has policies
-- itself without turning in circles), and are called as `any ((select app.x())::uuid[])`: once per query, not per row.

-- Pairs whose existence and lifecycle the person may know: their own, and those on their caseload now.
create function app.pair_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select p.id from public.pairs p where p.teacher_id = app.uid()
		union select p.id from public.pairs p where p.mentor_id = app.uid()
		union select c.pair_id from public.caseloads c
			where c.coach_id = app.uid() and c.from_at <= now() and (c.until_at is null or c.until_at > now())
	);
end $$;

-- Pairs whose words the person may read. Keep in step with reflection/policy.ts: one table of cases tests both.
-- A teacher keeps their words for good; a mentor keeps them only when the pair completed what it set out to do.
create function app.readable_pair_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select p.id from public.pairs p
			where p.teacher_id = app.uid() and p.status in ('active', 'paused', 'ended')
		union select p.id from public.pairs p
			where p.mentor_id = app.uid()
			and (p.status in ('active', 'paused') or (p.status = 'ended' and p.ended_as = 'completed'))
	);
end $$;

create function app.writable_pair_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select p.id from public.pairs p where p.teacher_id = app.uid() and p.status = 'active'
		union select p.id from public.pairs p where p.mentor_id = app.uid() and p.status = 'active'
	);
end $$;

create function app.readable_reflection_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(select r.id from public.reflections r where r.pair_id = any (app.readable_pair_ids()));
end $$;

-- Programs that the person manages now, directly or through an organization above them.
create function app.managed_program_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		with recursive manages as (
			select r.scope_kind, r.scope_id from public.roles r
			where r.person_id = app.uid() and r.role = 'manager'
			and r.from_at <= now() and (r.until_at is null or r.until_at > now())
		), below as (
			select o.id from public.organizations o join manages m on m.scope_id = o.id
				where m.scope_kind in ('state', 'district', 'school')
			union select o.id from public.organizations o join below b on o.parent_id = b.id
		)
		select m.scope_id from manages m where m.scope_kind = 'program'
		union select p.id from public.programs p join below b on p.organization_id = b.id
	);
end $$;

-- Pairs of those programs.
create function app.managed_pair_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(select p.id from public.pairs p where p.program_id = any (app.managed_program_ids()));
end $$;

create function app.endable_pair_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select p.id from public.pairs p
		where p.status <> 'ended'
		and (p.teacher_id = app.uid() or p.mentor_id = app.uid() or p.program_id = any (app.managed_program_ids()))
	);
end $$;

-- Cohorts in which the person stands: enrolled, with a role in it, mentoring in it, or coaching a pair of it.
create function app.cohort_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select e.cohort_id from public.enrollments e
			where e.person_id = app.uid() and e.cohort_id is not null and e.status in ('enrolled', 'active', 'completed')
		union select r.scope_id from public.roles r
			where r.person_id = app.uid() and r.scope_kind = 'cohort'
			and r.from_at <= now() and (r.until_at is null or r.until_at > now())
		union select p.cohort_id from public.pairs p
			where p.mentor_id = app.uid() and p.status <> 'ended' and p.cohort_id is not null
		union select p.cohort_id from public.pairs p join public.caseloads c on c.pair_id = p.id
			where c.coach_id = app.uid() and c.from_at <= now() and (c.until_at is null or c.until_at > now())
			and p.cohort_id is not null
	);
end $$;

create function app.program_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select e.program_id from public.enrollments e where e.person_id = app.uid()
		union select c.program_id from public.cohorts c where c.id = any (app.cohort_ids())
		union select p.program_id from public.pairs p where p.teacher_id = app.uid() or p.mentor_id = app.uid()
		union select unnest(app.managed_program_ids())
		union select r.scope_id from public.roles r
			where r.person_id = app.uid() and r.scope_kind = 'program'
			and r.from_at <= now() and (r.until_at is null or r.until_at > now())
	);
end $$;

-- People whose progress the person may see: their own, that of teachers they mentor now, and of their caseload.
create function app.progress_person_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select app.uid()
		union select p.teacher_id from public.pairs p where p.mentor_id = app.uid() and p.status in ('active', 'paused')
		union select p.teacher_id from public.pairs p join public.caseloads c on c.pair_id = p.id
			where c.coach_id = app.uid() and c.from_at <= now() and (c.until_at is null or c.until_at > now())
	);
end $$;

-- People whose name the person may know. Addresses are another table.
create function app.known_person_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	mine uuid[] := app.cohort_ids();
	managed uuid[] := app.managed_program_ids();
begin
	return array(
		select app.uid()
		union select p.mentor_id from public.pairs p where p.teacher_id = app.uid()
		union select p.teacher_id from public.pairs p where p.mentor_id = app.uid()
		union select c.coach_id from public.caseloads c join public.pairs p on p.id = c.pair_id
			where p.teacher_id = app.uid() or p.mentor_id = app.uid()
		union select x.person_id from public.pairs p join public.caseloads c on c.pair_id = p.id
			cross join lateral (values (p.teacher_id), (p.mentor_id)) x(person_id)
			where c.coach_id = app.uid() and c.from_at <= now() and (c.until_at is null or c.until_at > now())
		union select e.person_id from public.enrollments e
			where e.cohort_id = any (mine) and e.status in ('enrolled', 'active', 'completed')
		union select r.person_id from public.roles r
			where r.scope_kind = 'cohort' and r.scope_id = any (mine)
			and r.from_at <= now() and (r.until_at is null or r.until_at > now())
		union select p.mentor_id from public.pairs p where p.cohort_id = any (mine) and p.status <> 'ended'
		union select e.person_id from public.enrollments e where e.program_id = any (managed)
		union select p.mentor_id from public.pairs p where p.program_id = any (managed)
	);
end $$;

-- A pair's rhythm: when each of the two last wrote, per reflection. No text, no title. For the pair and its coach now.
create function app.rhythm()
returns table (
	pair_id uuid,
	reflection_id uuid,
	microcredential_version_id uuid,
	started_at timestamptz,
	person_id uuid,
	last_edit_at timestamptz
)
language plpgsql stable security definer set search_path = ''
as $$
begin
	return query
		select r.pair_id, r.id, r.microcredential_version_id, r.created_at::timestamptz, e.person_id, max(e.at)::timestamptz
		from public.reflections r
		left join lateral (
			select u.person_id, u.created_at as at from public.reflection_updates u where u.reflection_id = r.id
			union all select h.person_id, h.to_at from public.reflection_history h where h.reflection_id = r.id
		) e on true
		where r.pair_id = any (app.pair_ids())
		group by r.pair_id, r.id, r.microcredential_version_id, r.created_at, e.person_id;
end $$;

-- Postgres lets everybody execute a new function, and no default of a schema can take that back: each migration that
-- creates functions says these two lines.
revoke execute on all functions in schema app from public;
grant execute on all functions in schema app to authenticated, app_service;
