-- Helpers for the policies of the next file.

-- Roles in programs that the person manages now, and in cohorts of those, of whatever time.
create function app.managed_role_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	managed uuid[] := app.managed_program_ids();
begin
	return array(
		select r.id from public.roles r where r.scope_kind = 'program' and r.scope_id = any (managed)
		union select r.id from public.cohorts c join public.roles r on r.scope_kind = 'cohort' and r.scope_id = c.id
			where c.program_id = any (managed)
	);
end $$;

-- Roles that the person may end: those, and their own.
create function app.endable_role_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select r.id from public.roles r where r.person_id = app.uid() and (r.until_at is null or r.until_at > now())
		union select r.id from public.roles r
			where r.id = any (app.managed_role_ids()) and (r.until_at is null or r.until_at > now())
	);
end $$;

-- What a teacher may choose: program, cohort and stack version in one text, for every program in which they teach now
-- and have no place yet. Mirrors `choosable` in program/choosing.ts.
create function app.choosable_stacks() returns text[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select s.program_id::text || ' ' || coalesce(t.cohort_id::text, '-') || ' ' || s.stack_version_id::text
		from (
			select r.scope_id as program_id, null::uuid as cohort_id from public.roles r
				where r.person_id = app.uid() and r.role = 'teacher' and r.scope_kind = 'program'
				and r.from_at <= now() and (r.until_at is null or r.until_at > now())
			union
			select c.program_id, c.id from public.roles r join public.cohorts c on c.id = r.scope_id
				where r.person_id = app.uid() and r.role = 'teacher' and r.scope_kind = 'cohort'
				and r.from_at <= now() and (r.until_at is null or r.until_at > now())
		) t
		join public.program_stacks s on s.program_id = t.program_id
			and s.from_at <= now() and (s.until_at is null or s.until_at > now())
		where not exists (
			select from public.enrollments e where e.program_id = t.program_id and e.person_id = app.uid()
		)
	);
end $$;

-- As before, and a manager knows whoever has, or had, a role in what they manage.
create or replace function app.known_person_ids() returns uuid[]
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
		union select p.mentor_id from public.pairs p
			where p.cohort_id = any (mine) and p.status in ('accepted', 'active', 'paused')
		union select e.person_id from public.enrollments e where e.program_id = any (managed)
		union select r.person_id from public.roles r where r.scope_kind = 'program' and r.scope_id = any (managed)
		union select r.person_id from public.cohorts c join public.roles r on r.scope_kind = 'cohort' and r.scope_id = c.id
			where c.program_id = any (managed)
		union select x.person_id from public.pairs p
			cross join lateral (values (p.teacher_id), (p.mentor_id)) x(person_id)
			where p.program_id = any (managed)
	);
end $$;

-- Nobody changes or deletes what was written down about whose rights; after three years the product itself forgets it,
-- which is as long as a complaint about a school may reach back. @returns how many
create function app.forget_old_audit_events() returns integer
language plpgsql security definer set search_path = ''
as $$
declare
	gone integer;
begin
	delete from public.audit_events where at < now() - interval '3 years';
	get diagnostics gone = row_count;
	return gone;
end $$;

revoke execute on all functions in schema app from public;
grant execute on all functions in schema app to authenticated, app_service;
-- Called by the hourly sweep, by nobody who is asking.
revoke execute on function app.forget_old_audit_events() from authenticated;
