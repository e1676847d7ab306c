-- As before, and for whoever looks after pairs or manages: their newest program, or the place that they manage.
create or replace function app.zone_of(person uuid) returns text
language plpgsql stable security definer set search_path = ''
as $$
begin
	return coalesce(
		(select s.time_zone from public.person_settings s where s.person_id = person),
		(select o.time_zone from public.people p join public.organizations o on o.id = p.organization_id where p.id = person),
		(
			select pr.time_zone from public.programs pr
			where pr.id in (
				select e.program_id from public.enrollments e where e.person_id = person
				union all select q.program_id from public.pairs q where q.mentor_id = person
				union all select q.program_id from public.caseloads c join public.pairs q on q.id = c.pair_id
					where c.coach_id = person and (c.until_at is null or c.until_at > now())
				union all select r.scope_id from public.roles r where r.person_id = person and r.scope_kind = 'program'
				union all select h.program_id from public.roles r join public.cohorts h on h.id = r.scope_id
					where r.person_id = person and r.scope_kind = 'cohort'
			)
			order by pr.starts_on desc limit 1
		),
		(
			select o.time_zone from public.roles r join public.organizations o on o.id = r.scope_id
			where r.person_id = person order by r.from_at desc limit 1
		),
		'UTC'
	);
end $$;
