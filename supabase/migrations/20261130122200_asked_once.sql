-- As before, but each of these is asked once and not for every row of a table that Postgres reads from end to end, as it does
-- with small ones: a program of 500 took longer than one of 80,000.
create or replace function app.program_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	me uuid := app.uid();
	cohorts uuid[] := app.cohort_ids();
	pairs uuid[] := app.pair_ids();
	managed uuid[] := app.managed_program_ids();
begin
	return array(
		select e.program_id from public.enrollments e where e.person_id = me
		union select c.program_id from public.cohorts c where c.id = any (cohorts)
		union select p.program_id from public.pairs p where p.id = any (pairs)
		union select unnest(managed)
		union select r.scope_id from public.roles r
			where r.person_id = me and r.scope_kind = 'program'
			and r.from_at <= now() and (r.until_at is null or r.until_at > now())
	);
end $$;

create or replace function app.pair_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	me uuid := app.uid();
begin
	return array(
		select p.id from public.pairs p where p.teacher_id = me
		union select p.id from public.pairs p where p.mentor_id = me
		union select c.pair_id from public.caseloads c
			where c.coach_id = me and c.from_at <= now() and (c.until_at is null or c.until_at > now())
	);
end $$;

create or replace function app.cohort_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	me uuid := app.uid();
begin
	return array(
		select e.cohort_id from public.enrollments e
			where e.person_id = me and e.cohort_id is not null and e.status in ('enrolled', 'active', 'completed')
		union select r.scope_id from public.roles r
			where r.person_id = me and r.scope_kind = 'cohort'
			and r.from_at <= now() and (r.until_at is null or r.until_at > now())
		union select p.cohort_id from public.pairs p
			where p.mentor_id = me and p.status in ('accepted', 'active', 'paused') and p.cohort_id is not null
		union select p.cohort_id from public.pairs p join public.caseloads c on c.pair_id = p.id
			where c.coach_id = me and c.from_at <= now() and (c.until_at is null or c.until_at > now())
			and p.cohort_id is not null
	);
end $$;

create or replace function app.progress_person_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	me uuid := app.uid();
begin
	return array(
		select me
		union select p.teacher_id from public.pairs p where p.mentor_id = me and p.status in ('active', 'paused')
		union select p.teacher_id from public.pairs p join public.caseloads c on c.pair_id = p.id
			where c.coach_id = me and c.from_at <= now() and (c.until_at is null or c.until_at > now())
	);
end $$;
