-- How a pair goes on, and how many teachers a mentor may have: held by the database, whoever asks and however many at once.

revoke all on capacity_rules, program_capacity, mentor_hours, earlier_passages from anon, public;
grant select on capacity_rules, program_capacity, mentor_hours, earlier_passages to authenticated, app_service;
grant insert on program_capacity, mentor_hours, earlier_passages, pairs to authenticated;
grant update (taken_back_at) on earlier_passages to authenticated;
grant update (active_at) on pairs to authenticated;

-- The rules of states as domain.md gives them; `from_on` null: in force since before we looked, on `as_of`. A rule that
-- changes is another row with its first day. A jurisdiction that sets no number leaves `most` null: then ours counts.
insert into capacity_rules (id, key, name, from_on, most, full_day_hours, most_full_day, match_days, match_from, source, as_of) values
	('01930000-0000-7000-8000-000000000001', 'default', 'Wayfellow’s own', null, 5, null, null, null, null, 'Ours, where no rule says more', '2026-11-23'),
	('01930000-0000-7000-8000-000000000002', 'texas', 'Texas', null, 4, 6.0, 2, 30, 'employment', 'Texas Education Code 21.458; 19 TAC 153.1011', '2026-11-23'),
	('01930000-0000-7000-8000-000000000003', 'maryland', 'Maryland', null, 15, null, null, null, null, 'COMAR 13A.07.01.06', '2026-11-23'),
	('01930000-0000-7000-8000-000000000004', 'california', 'California', null, null, null, null, 30, 'enrollment', 'Teacher-induction preconditions 2 and 3', '2026-11-23'),
	('01930000-0000-7000-8000-000000000005', 'england', 'England', null, null, null, null, null, null, 'Early-career-teacher entitlement', '2026-11-23');

-- How many open pairs a mentor may have where this program's rule counts, today in its zone. The same as `capacityOf` in
-- pairing/capacity.ts; one table of cases asks both. Hours that nobody entered are taken for a full day: the stricter number.
create function app.mentor_limit(p_program uuid, p_mentor uuid) returns integer
language plpgsql stable security definer set search_path = ''
as $$
declare
	today date;
	binding public.program_capacity;
	rule public.capacity_rules;
	hours numeric;
	most integer;
begin
	select (now() at time zone p.time_zone)::date into today from public.programs p where p.id = p_program;
	select * into binding from public.program_capacity b
		where b.program_id = p_program and b.from_on <= today order by b.from_on desc, b.set_at desc, b.id desc limit 1;
	select * into rule from public.capacity_rules r
		where r.key = coalesce(binding.rule_key, 'default') and (r.from_on is null or r.from_on <= today)
		order by r.from_on desc nulls last limit 1;
	most := coalesce(rule.most, (
		select r.most from public.capacity_rules r where r.key = 'default' and (r.from_on is null or r.from_on <= today)
		order by r.from_on desc nulls last limit 1
	));
	if rule.full_day_hours is not null then
		select h.hours into hours from public.mentor_hours h
			where h.mentor_id = p_mentor and h.from_on <= today order by h.from_on desc, h.entered_at desc, h.id desc limit 1;
		if hours is null or hours >= rule.full_day_hours then
			most := rule.most_full_day;
		end if;
	end if;
	if binding.own_most is not null then
		-- A program may ask for less than its state, and set its own where ours would count.
		most := case when rule.most is null or rule.key = 'default' then binding.own_most else least(most, binding.own_most) end;
	end if;
	return most;
end $$;

-- A proposal holds a place, so that nobody is promised one that is gone; accepted by both it is counted once more, over
-- pairs that both have accepted. The lock makes everybody who wants a place of this mentor take turns.
-- What people do is held here; seeds and migrations, which run as the owner, are not asked.
create function app.keep_pair_life() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
	taken integer;
	asked text;
	asked_by uuid;
begin
	if coalesce(current_setting('role', true), 'none') not in ('authenticated', 'app_service') then
		return new;
	end if;
	if tg_op = 'INSERT' then
		if not new.mentor_id = any (app.program_mentor_ids(new.program_id)) then
			raise exception 'not a mentor of this program' using errcode = 'WF001';
		end if;
		if not exists (
			select from public.enrollments e where e.program_id = new.program_id and e.person_id = new.teacher_id
				and e.status in ('enrolled', 'active')
		) then
			raise exception 'not a teacher of this program' using errcode = 'WF002';
		end if;
	elsif new.status = old.status then
		return new;
	elsif old.status = 'ended' then
		raise exception 'an ended pair stays as it is' using errcode = 'WF003';
	elsif new.status = 'ended' then
		return new;
	elsif old.status = 'proposed' and new.status = 'accepted' then
		if (
			select count(distinct e.by_person_id) from public.pair_events e
			where e.pair_id = new.id and e.kind = 'accepted' and e.by_person_id in (new.teacher_id, new.mentor_id)
		) < 2 then
			raise exception 'both accept' using errcode = 'WF003';
		end if;
	elsif old.status = 'accepted' and new.status = 'active' then
		return new;
	elsif old.status = 'active' and new.status = 'paused' or old.status = 'paused' and new.status = 'active' then
		select e.kind, e.by_person_id into asked, asked_by from public.pair_events e
			where e.pair_id = new.id and e.kind in ('pause-asked', 'resume-asked', 'not-now')
			order by e.at desc, e.id desc limit 1;
		if asked is distinct from (case when new.status = 'paused' then 'pause-asked' else 'resume-asked' end)
			or asked_by = app.uid() then
			raise exception 'both agree' using errcode = 'WF003';
		end if;
		return new;
	else
		raise exception 'a pair does not go this way' using errcode = 'WF003';
	end if;
	perform pg_advisory_xact_lock(hashtext('places of a mentor'), hashtext(new.mentor_id::text));
	select count(*) into taken from public.pairs p
		where p.mentor_id = new.mentor_id and p.id <> new.id
		and (p.status in ('accepted', 'active', 'paused') or (p.status = 'proposed' and tg_op = 'INSERT'));
	if taken >= app.mentor_limit(new.program_id, new.mentor_id) then
		raise exception 'no place left' using errcode = 'WF000';
	end if;
	return new;
end $$;
create trigger pairs_keep_life before insert or update of status on pairs
	for each row execute function app.keep_pair_life();

-- Places of the mentors of a program, for whoever manages it: how many open pairs each has, in whatever program, by state.
create function app.mentor_places(p_program uuid)
returns table (mentor_id uuid, proposed integer, begun integer, most integer, hours numeric)
language plpgsql stable security definer set search_path = ''
as $$
declare
	today date := (select (now() at time zone p.time_zone)::date from public.programs p where p.id = p_program);
begin
	return query
		select m, (count(p.id) filter (where p.status = 'proposed'))::integer,
			(count(p.id) filter (where p.status <> 'proposed'))::integer, app.mentor_limit(p_program, m),
			(select h.hours from public.mentor_hours h where h.mentor_id = m and h.from_on <= today
				order by h.from_on desc, h.entered_at desc, h.id desc limit 1)
		from unnest(app.managed_mentor_ids(p_program)) m
		left join public.pairs p on p.mentor_id = m and p.status <> 'ended'
		group by m;
end $$;

-- As before, and what is known of a mentor and what was shown of an earlier pair goes with them.
create or replace function app.delete_person(who uuid) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
	addresses text[];
	unread uuid[];
begin
	perform from public.people p
		where p.id = who and p.deletion_asked_at is not null and p.deleted_at is null for update;
	if not found then
		return false;
	end if;
	-- Whoever was given something after asking has nothing of it left either.
	perform app.leave_program_of(who, program, null) from unnest(app.programs_of(who)) program;
	update public.roles r set until_at = greatest(now(), r.from_at)
		where r.person_id = who and (r.until_at is null or r.until_at > now());

	addresses := array(select e.address from public.email_addresses e where e.person_id = who);
	delete from public.mail_messages where to_address = any (addresses);
	delete from public.sign_in_links where person_id = who or address = any (addresses);
	delete from public.address_proofs where person_id = who or address = any (addresses);
	update public.invitations set name = null, address = null where accepted_by_id = who or address = any (addresses);
	delete from public.email_addresses where person_id = who;
	delete from public.passkeys where person_id = who;
	delete from public.passkey_challenges where person_id = who;
	delete from public.provider_accounts where person_id = who;
	delete from public.provider_requests where person_id = who;
	delete from public.person_settings where person_id = who;
	delete from public.free_times where person_id = who;
	delete from public.reflection_looks where person_id = who;
	delete from public.sessions where person_id = who;
	delete from public.submissions where teacher_id = who;
	delete from public.awards where person_id = who;
	delete from public.anchor_scores where mentor_id = who;
	delete from public.mentor_hours where mentor_id = who;
	-- What a teacher showed a new mentor of an earlier pair is shown no longer.
	delete from public.earlier_passages where shown_by = who;
	-- How somebody went through their stack is theirs alone.
	delete from public.pause_reasons where person_id = who;
	delete from public.pauses where person_id = who;
	delete from public.plans where person_id = who;
	delete from public.plan_dates where person_id = who;
	delete from public.second_reasons where person_id = who;
	-- What was shown to a coach is no longer: nobody is there who could take it back.
	update public.reflection_passages set withdrawn_by = who, withdrawn_at = now()
		where granted_by = who and withdrawn_at is null;
	-- A reason to pause may say more about somebody than they want to leave behind; a reason to end is one of ours.
	update public.pair_events set reason = null where by_person_id = who and kind <> 'ended';
	-- The record of rights stays, in ids: from where and with what somebody acted says who they were.
	update public.audit_events set network = null, user_agent = null
		where by_person_id = who or (person_id = who and by_person_id is null);
	update public.people
		set name = 'Somebody who left', initials = '–', organization_id = null, deleted_at = now() where id = who;

	unread := app.unread_reflection_ids(who);
	delete from public.second_reasons where reflection_id = any (unread);
	delete from public.earlier_passages where reflection_id = any (unread);
	delete from public.reflection_sharings where reflection_id = any (unread);
	delete from public.reflection_versions where reflection_id = any (unread);
	delete from public.reflection_passages where reflection_id = any (unread);
	delete from public.reflection_looks where reflection_id = any (unread);
	delete from public.reflection_clients where reflection_id = any (unread);
	delete from public.reflection_history where reflection_id = any (unread);
	delete from public.reflection_snapshots where reflection_id = any (unread);
	delete from public.reflection_updates where reflection_id = any (unread);
	delete from public.reflections where id = any (unread);
	return true;
end $$;

revoke execute on all functions in schema app from public;
revoke execute on function app.mentor_limit(uuid, uuid), app.keep_pair_life() from authenticated, app_service;
grant execute on function app.mentor_places(uuid) to authenticated;
