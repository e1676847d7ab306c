-- Who may see and change meetings, what a pair's end and a person's deletion do to them, and the norms of contact time that
-- there are. In step with meeting/policy.ts; docs/decisions/0028 says why.
revoke all on contact_norms, program_times, work_shares, calendars, timetable_periods, meeting_settings, meetings,
	agenda_items, meeting_notes from anon, public;

-- Pairs in which the person meets somebody now: the two, while they are together or pause.
create function app.meeting_pair_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select p.id from public.pairs p where p.teacher_id = app.uid() and p.status in ('active', 'paused')
		union select p.id from public.pairs p where p.mentor_id = app.uid() and p.status in ('active', 'paused')
	);
end $$;

-- Whose part of a full post the person may know: their own, that of whom they mentor or coach, and of whom they manage.
create function app.share_keys() returns text[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	mine uuid[] := app.pair_ids();
begin
	return array(
		select p.program_id::text || ' ' || p.teacher_id::text from public.pairs p where p.id = any (mine)
		union select e.program_id::text || ' ' || e.person_id::text from public.enrollments e where e.person_id = app.uid()
	);
end $$;

-- Earlier pairs of a pair's teacher in the same program, for the teacher and for the pair's coach; null for whoever may not
-- know whether there were any. What is in them, the policies of their rows say.
create function app.earlier_pair_ids(pair uuid) returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	this public.pairs;
begin
	select * into this from public.pairs p where p.id = pair;
	if not found or not (this.teacher_id = app.uid() or exists (
		select from public.caseloads c where c.pair_id = pair and c.coach_id = app.uid()
		and c.from_at <= now() and (c.until_at is null or c.until_at > now())
	)) then
		return null;
	end if;
	return array(
		select p.id from public.pairs p
		where p.program_id = this.program_id and p.teacher_id = this.teacher_id and p.id <> pair
		and p.active_at is not null and (this.active_at is null or p.active_at < this.active_at)
	);
end $$;

-- A confirmation is each one's own, and it is for the time that it was given for.
create function app.guard_meeting() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
	pair public.pairs;
	who uuid := app.uid();
begin
	if who is null then
		return new;
	end if;
	if tg_op = 'INSERT' then
		-- Every one begins untold.
		new.sequence := 0;
		new.told := -1;
	end if;
	select * into pair from public.pairs p where p.id = new.pair_id;
	if tg_op = 'UPDATE' and (new.starts_at, new.minutes, new.kind) is distinct from (old.starts_at, old.minutes, old.kind) then
		if who <> pair.teacher_id then new.teacher_confirmed_at := null; end if;
		if who <> pair.mentor_id then new.mentor_confirmed_at := null; end if;
	end if;
	if who <> pair.teacher_id and new.teacher_confirmed_at is not null
		and (tg_op = 'INSERT' or new.teacher_confirmed_at is distinct from old.teacher_confirmed_at)
		or who <> pair.mentor_id and new.mentor_confirmed_at is not null
		and (tg_op = 'INSERT' or new.mentor_confirmed_at is distinct from old.mentor_confirmed_at)
	then
		raise exception 'a confirmation is each one''s own' using errcode = '42501';
	end if;
	return new;
end $$;
create trigger meetings_guarded before insert or update on meetings for each row execute function app.guard_meeting();

-- What was to come when a pair ends is off, in the same transaction; who was invited hears of it.
create function app.pair_meets_no_more() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	update public.meetings m
		set state = 'cancelled', cancelled_at = now(), teacher_confirmed_at = null, mentor_confirmed_at = null, sequence = m.sequence + 1
		where m.pair_id = new.id and m.state <> 'cancelled' and m.starts_at > now();
	return new;
end $$;
create trigger pairs_meet_no_more after update of status on pairs
	for each row when (new.status = 'ended' and old.status <> 'ended') execute function app.pair_meets_no_more();

-- Whoever is deleted leaves no calendar, timetable or feed, and the words about meetings go that nobody who is still here
-- may read (as app.unread_reflection_ids). When the two met, and for how long, stays, in ids.
create function app.person_meets_no_more() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
	unread uuid[];
begin
	delete from public.calendars where person_id = new.id;
	delete from public.timetable_periods where person_id = new.id;
	delete from public.meeting_settings where person_id = new.id;
	delete from public.work_shares where person_id = new.id;
	unread := array(
		select p.id from public.pairs p
		where new.id in (p.teacher_id, p.mentor_id)
		and not exists (select from public.people t where t.id = p.teacher_id and t.deleted_at is null)
		and not (p.ended_as is not distinct from 'completed' and exists (
			select from public.people m where m.id = p.mentor_id and m.deleted_at is null
		))
	);
	delete from public.agenda_items where pair_id = any (unread);
	delete from public.meeting_notes where pair_id = any (unread);
	return new;
end $$;
create trigger people_meet_no_more after update of deleted_at on people
	for each row when (new.deleted_at is not null and old.deleted_at is null) execute function app.person_meets_no_more();

grant select on contact_norms, program_times, work_shares, meetings, agenda_items, meeting_notes to authenticated;
grant select on contact_norms, program_times, work_shares, timetable_periods, meeting_settings, meetings, calendars to app_service;
grant insert on program_times, work_shares to authenticated;
grant select, insert, update, delete on calendars, timetable_periods to authenticated;
grant select, insert, update on meeting_settings to authenticated;
grant update (busy, unread, read_at, tried_at, failing_since, failure) on calendars to app_service;
grant update (kind, starts_at, minutes, state, in_prep, proposed_by_id, proposed_at, accepted_by_id, accepted_at, cancelled_by_id, cancelled_at, teacher_confirmed_at, mentor_confirmed_at, sequence) on meetings to authenticated;
grant update (told) on meetings to app_service;
grant insert on meetings, agenda_items, meeting_notes to authenticated;
grant update (done_in_id, done_by_id, done_at) on agenda_items to authenticated;
grant update (settled_at) on meeting_notes to authenticated;

create policy work_shares_read on work_shares for select to authenticated
	using ((program_id::text || ' ' || person_id::text) = any ((select app.share_keys())::text[]) or program_id = any ((select app.managed_program_ids())::uuid[]));
create policy work_shares_set on work_shares for insert to authenticated
	with check (program_id = any ((select app.managed_program_ids())::uuid[]) and set_by_id = (select app.uid()));
create policy program_times_set on program_times for insert to authenticated
	with check (program_id = any ((select app.managed_program_ids())::uuid[]) and set_by_id = (select app.uid()));
create policy meetings_propose on meetings for insert to authenticated
	with check (pair_id = any ((select app.meeting_pair_ids())::uuid[]) and proposed_by_id = (select app.uid()) and state <> 'cancelled');
create policy meetings_change on meetings for update to authenticated
	using (pair_id = any ((select app.meeting_pair_ids())::uuid[]))
	with check (pair_id = any ((select app.meeting_pair_ids())::uuid[]));
create policy agenda_items_add on agenda_items for insert to authenticated
	with check (pair_id = any ((select app.meeting_pair_ids())::uuid[]) and added_by_id = (select app.uid()));
create policy agenda_items_tick on agenda_items for update to authenticated
	using (pair_id = any ((select app.meeting_pair_ids())::uuid[]))
	with check (done_by_id is null or done_by_id = (select app.uid()));
create policy meeting_notes_write on meeting_notes for insert to authenticated
	with check (pair_id = any ((select app.meeting_pair_ids())::uuid[]) and written_by_id = (select app.uid()));
create policy meeting_notes_settle on meeting_notes for update to authenticated
	using (pair_id = any ((select app.meeting_pair_ids())::uuid[]) and beside)
	with check (settled_at is not null);

revoke execute on all functions in schema app from public;
grant execute on function app.meeting_pair_ids(), app.share_keys(), app.earlier_pair_ids(uuid) to authenticated, app_service;

-- As the rules stood when they were read, in domain.md's sources. Part time is not spoken of there: a program's norm asks
-- pro rata, which the page says.
insert into contact_norms (id, key, title, rule, source, from_day) values
	('01900000-0000-7000-8028-000000000001', 'US-TX', 'Texas: 12 hours in each semester',
		'{"kind":"per-term","minutes":720,"observationCounts":true,"proRata":true,"mentorWithinDays":29}',
		'19 TAC 153.1011; Texas Education Code 21.458', '2019-09-01'),
	('01900000-0000-7000-8028-000000000002', 'US-CA', 'California: an hour a week on average',
		'{"kind":"weekly-average","minutes":60,"observationCounts":false,"proRata":true,"mentorWithinDays":30}',
		'Teacher induction preconditions 2 and 3', '2016-01-01'),
	('01900000-0000-7000-8028-000000000003', 'GB-ENG', 'England: every week in the first year, then every fortnight',
		'{"kind":"every-weeks","phases":[{"weeks":39,"every":1},{"weeks":null,"every":2}],"observationCounts":false,"proRata":true,"mentorWithinDays":null}',
		'Early career teacher entitlement', '2021-09-01');
