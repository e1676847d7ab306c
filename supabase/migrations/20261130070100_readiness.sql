-- Which mentors are ready for which competency, as facts: what they earned that counts now, and how many anchor submissions
-- they have scored. The rule over these facts is `readinessOf` in pairing/readiness.ts.

revoke all on anchor_scores from anon, public;
grant select, insert on anchor_scores to authenticated;
grant update (taken_back_by_id, taken_back_at) on anchor_scores to authenticated;
grant select on anchor_scores to app_service;

-- Mentors of a program now: by role in it or in a cohort of it, or by a pair that has not ended. For the functions here.
create function app.program_mentor_ids(p_program uuid) returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select m.id from public.people m
		where m.deactivated_at is null and m.id in (
			select r.person_id from public.roles r
				where r.role = 'mentor' and r.from_at <= now() and (r.until_at is null or r.until_at > now())
				and (r.scope_kind = 'program' and r.scope_id = p_program
					or r.scope_kind = 'cohort' and r.scope_id in (select c.id from public.cohorts c where c.program_id = p_program))
			union select p.mentor_id from public.pairs p where p.program_id = p_program and p.status <> 'ended'
		)
	);
end $$;

-- Facts of many mentors at once, in the eyes of whoever asks: a manager learns them of every mentor of the program, a
-- mentor their own, a teacher those of their mentor, a coach those of the mentors they look after. An award counts until
-- the end of its last day in the zone of the program. No title, date of another program or score is told.
create function app.mentor_readiness(p_program uuid)
returns table (mentor_id uuid, microcredential_id uuid, earned_at timestamptz, anchors integer)
language plpgsql stable security definer set search_path = ''
as $$
declare
	mentors uuid[] := app.program_mentor_ids(p_program);
	today date := (select (now() at time zone p.time_zone)::date from public.programs p where p.id = p_program);
begin
	if not coalesce(p_program = any (app.managed_program_ids()), false) then
		mentors := array(
			select m from unnest(mentors) m
			where m = app.uid() or m in (
				select p.mentor_id from public.pairs p
				where p.program_id = p_program and p.status <> 'ended' and p.id = any (app.pair_ids())
			)
		);
	end if;
	return query
		select f.mentor, f.microcredential, max(f.at)::timestamptz, sum(f.anchor)::integer
		from (
			select a.person_id as mentor, v.microcredential_id as microcredential, a.awarded_at as at, 0 as anchor
				from public.awards a join public.microcredential_versions v on v.id = a.microcredential_version_id
				where a.person_id = any (mentors) and a.awarded_at <= now()
				and (a.revoked_at is null or a.revoked_at > now()) and (a.expires_on is null or a.expires_on >= today)
			union all
			select s.mentor_id, s.microcredential_id, null, 1
				from public.anchor_scores s
				where s.mentor_id = any (mentors) and s.taken_back_at is null and s.scored_on <= today
		) f
		group by f.mentor, f.microcredential;
end $$;

-- Mentors of a program, for whoever manages it.
create function app.managed_mentor_ids(p_program uuid) returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	if not coalesce(p_program = any (app.managed_program_ids()), false) then
		return '{}';
	end if;
	return app.program_mentor_ids(p_program);
end $$;

-- How many mentors of a program are ready for each competency, without saying who: for everybody in the program.
-- @param p_anchors how many anchor submissions make one ready (`anchorsNeeded`)
create function app.ready_mentor_counts(p_program uuid, p_anchors integer)
returns table (microcredential_id uuid, mentors integer)
language plpgsql stable security definer set search_path = ''
as $$
declare
	every uuid[] := app.program_mentor_ids(p_program);
	today date := (select (now() at time zone p.time_zone)::date from public.programs p where p.id = p_program);
begin
	if not coalesce(p_program = any (app.program_ids()), false) then
		return;
	end if;
	return query
		select r.microcredential, count(distinct r.mentor)::integer
		from (
			select a.person_id as mentor, v.microcredential_id as microcredential
				from public.awards a join public.microcredential_versions v on v.id = a.microcredential_version_id
				where a.person_id = any (every) and a.awarded_at <= now()
				and (a.revoked_at is null or a.revoked_at > now()) and (a.expires_on is null or a.expires_on >= today)
			union
			select s.mentor_id, s.microcredential_id
				from public.anchor_scores s
				where s.mentor_id = any (every) and s.taken_back_at is null and s.scored_on <= today
				group by s.mentor_id, s.microcredential_id having count(*) >= p_anchors
		) r
		group by r.microcredential;
end $$;

revoke execute on all functions in schema app from public;
revoke execute on function app.program_mentor_ids(uuid) from authenticated, app_service;
grant execute on function app.mentor_readiness(uuid), app.managed_mentor_ids(uuid),
	app.ready_mentor_counts(uuid, integer) to authenticated;
