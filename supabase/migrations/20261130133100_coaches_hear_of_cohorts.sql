-- As before, and a coach hears when a pair that they look after ends or moves to another cohort: it was their place there.
create or replace function app.tell_cohorts_changed() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
	gone record := coalesce(new, old);
begin
	if tg_argv[0] = 'pair' then
		perform pg_notify('cohorts_changed', gone.teacher_id::text);
		perform pg_notify('cohorts_changed', gone.mentor_id::text);
		perform pg_notify('cohorts_changed', c.coach_id::text) from public.caseloads c
			where c.pair_id = gone.id and (c.until_at is null or c.until_at > now());
	elsif tg_argv[0] = 'coach' then
		perform pg_notify('cohorts_changed', gone.coach_id::text);
	else
		perform pg_notify('cohorts_changed', gone.person_id::text);
	end if;
	return null;
end $$;
revoke execute on function app.tell_cohorts_changed() from public;
