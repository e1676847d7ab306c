-- Somebody who left is nobody at the tables too, even in a request that began before.
create or replace function app.uid() returns uuid
language sql stable security definer set search_path = ''
as $$
	select p.id from public.people p
	where p.id = nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid
	and p.deactivated_at is null
$$;

-- As before, but a mentor who was only proposed is not in the cohort yet and meets nobody there.
create or replace function app.cohort_ids() returns uuid[]
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
			where p.mentor_id = app.uid() and p.status in ('accepted', 'active', 'paused') and p.cohort_id is not null
		union select p.cohort_id from public.pairs p join public.caseloads c on c.pair_id = p.id
			where c.coach_id = app.uid() and c.from_at <= now() and (c.until_at is null or c.until_at > now())
			and p.cohort_id is not null
	);
end $$;

-- As before, and the programs of pairs that the person coaches: without a cohort their pages were not found.
create or replace function app.program_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select e.program_id from public.enrollments e where e.person_id = app.uid()
		union select c.program_id from public.cohorts c where c.id = any (app.cohort_ids())
		union select p.program_id from public.pairs p where p.id = any (app.pair_ids())
		union select unnest(app.managed_program_ids())
		union select r.scope_id from public.roles r
			where r.person_id = app.uid() and r.scope_kind = 'program'
			and r.from_at <= now() and (r.until_at is null or r.until_at > now())
	);
end $$;

-- As before, but nobody is known through a mentor's place that was only proposed, and a manager knows the teacher of a
-- pair also when no enrollment names them.
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
		union select x.person_id from public.pairs p
			cross join lateral (values (p.teacher_id), (p.mentor_id)) x(person_id)
			where p.program_id = any (managed)
	);
end $$;

revoke execute on all functions in schema app from public;
