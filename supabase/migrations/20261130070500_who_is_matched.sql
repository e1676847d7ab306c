-- Who is matched with whom, and what is known of them for it.

revoke all on teaching_facts, matchings from anon, public;
grant select, insert, update on teaching_facts, matchings to authenticated;
grant select on teaching_facts, matchings to app_service;

-- Teachers inside a program who have no mentor in it, and its mentors: where they work and when they have time, for whoever
-- manages the program. Times go no further than to the sentence on which day two are free together.
create function app.people_to_match(p_program uuid)
returns table (person_id uuid, name text, teaches boolean, school uuid, district uuid, free jsonb)
language plpgsql stable security definer set search_path = ''
as $$
declare
	mentors uuid[] := app.managed_mentor_ids(p_program);
begin
	if not coalesce(p_program = any (app.managed_program_ids()), false) then
		return;
	end if;
	return query
		select w.id, p.name, w.teaches, case when o.kind = 'school' then o.id end,
			case when o.kind = 'school' then o.parent_id when o.kind = 'district' then o.id end,
			coalesce((
				select jsonb_agg(jsonb_build_object('weekday', f.weekday, 'startsAt', to_char(f.starts_at, 'HH24:MI'),
					'endsAt', to_char(f.ends_at, 'HH24:MI')) order by f.weekday, f.starts_at)
				from public.free_times f where f.person_id = w.id
			), '[]'::jsonb)
		from (
			select m as id, false as teaches from unnest(mentors) m
			union all
			select e.person_id, true from public.enrollments e
			where e.program_id = p_program and e.status in ('enrolled', 'active')
			and not exists (
				select from public.pairs x
				where x.program_id = p_program and x.teacher_id = e.person_id and x.status <> 'ended'
			)
		) w
		join public.people p on p.id = w.id and p.deactivated_at is null
		left join public.organizations o on o.id = p.organization_id
		order by p.name, w.id;
end $$;

-- What is known of somebody for matching goes with them, and a plan in which they stand is made anew.
create function app.forget_matching() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	delete from public.teaching_facts where person_id = new.id;
	update public.matchings set draft = null where draft::text like '%' || new.id::text || '%';
	return null;
end $$;
create trigger people_forget_matching after update of deleted_at on people
	for each row when (new.deleted_at is not null) execute function app.forget_matching();

revoke execute on all functions in schema app from public;
revoke execute on function app.forget_matching() from authenticated, app_service;
grant execute on function app.people_to_match(uuid) to authenticated;
