-- Who pauses, plans, and changes the stack; and who of a pair may know why. docs/decisions/0026 says why so.

-- One's own places in programs, while one is inside.
create function app.own_enrollment_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select e.id from public.enrollments e
		where e.person_id = app.uid() and e.status in ('enrolled', 'active', 'completed')
	);
end $$;

-- What is between the two of a pair: one's own places, and those in the same program of teachers whom one mentors now.
create function app.paired_enrollment_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select e.id from public.enrollments e where e.person_id = app.uid()
		union select e.id from public.pairs p
			join public.enrollments e on e.person_id = p.teacher_id and e.program_id = p.program_id
			where p.mentor_id = app.uid() and p.status in ('active', 'paused')
	);
end $$;

-- Which stack somebody inside a program may take instead of theirs: every one that is offered there now. It speaks only of
-- those who are inside, and with the status they have, so that nobody comes in, or is done, by changing.
create function app.exchangeable_stacks() returns text[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select e.id::text || ' ' || e.status || ' ' || s.stack_version_id::text
		from public.enrollments e
		join public.program_stacks s on s.program_id = e.program_id
			and s.from_at <= now() and (s.until_at is null or s.until_at > now())
		where e.person_id = app.uid() and e.status in ('enrolled', 'active')
	);
end $$;

-- How many of one's own cohort are bound to which stack, by title of the stack and not by version, and which of them one
-- knows. The count is no secret among those who sit together; a name is given only to whoever knows it anyway.
create function app.cohort_choices()
returns table (cohort_id uuid, stack_id uuid, people integer, known uuid[])
language plpgsql stable security definer set search_path = ''
as $$
declare
	mine uuid[] := array(
		select e.cohort_id from public.enrollments e
			where e.person_id = app.uid() and e.status in ('enrolled', 'active', 'completed') and e.cohort_id is not null
		union select r.scope_id from public.roles r
			where r.person_id = app.uid() and r.role = 'teacher' and r.scope_kind = 'cohort'
			and r.from_at <= now() and (r.until_at is null or r.until_at > now())
	);
	acquainted uuid[] := app.known_person_ids();
begin
	return query
		select e.cohort_id, v.stack_id, count(*)::integer,
			coalesce(array_agg(e.person_id order by e.person_id) filter (where e.person_id = any (acquainted)), '{}')
		from public.enrollments e join public.stack_versions v on v.id = e.stack_version_id
		where e.cohort_id = any (mine) and e.status in ('enrolled', 'active', 'completed') and e.person_id <> app.uid()
		group by e.cohort_id, v.stack_id;
end $$;

revoke all on pauses, pause_reasons, plans, plan_dates, second_reasons from anon, public;

grant select, insert on pauses, pause_reasons, plans, plan_dates, second_reasons to authenticated;
grant select on pauses to app_service;
grant update (resumed_at) on pauses to authenticated;
grant update (minutes_per_week, in_order, saved_at) on plans to authenticated;
grant update (done_on, saved_at) on plan_dates to authenticated;
grant update (stack_version_id) on enrollments to authenticated;

create policy enrollments_change_stack on enrollments for update to authenticated
	using (person_id = (select app.uid()) and status <> 'withdrawn')
	with check (person_id = (select app.uid()) and ended_at is null and (id::text || ' ' || status || ' ' || stack_version_id::text) = any ((select app.exchangeable_stacks())::text[]));
create policy pauses_read on pauses for select to authenticated
	using (person_id = any ((select app.progress_person_ids())::uuid[]));
create policy pauses_begin on pauses for insert to authenticated
	with check (person_id = (select app.uid()) and resumed_at is null and enrollment_id = any ((select app.own_enrollment_ids())::uuid[]) and paused_at between now() - interval '5 minutes' and now() + interval '5 minutes');
create policy pauses_resume on pauses for update to authenticated
	using (person_id = (select app.uid()) and resumed_at is null)
	with check (person_id = (select app.uid()) and resumed_at is not null);
create policy pauses_service on pauses for select to app_service using (true);
create policy pause_reasons_read on pause_reasons for select to authenticated
	using (enrollment_id = any ((select app.paired_enrollment_ids())::uuid[]));
create policy pause_reasons_say on pause_reasons for insert to authenticated
	with check (person_id = (select app.uid()) and enrollment_id = any ((select app.own_enrollment_ids())::uuid[]));
create policy plans_read on plans for select to authenticated
	using (enrollment_id = any ((select app.paired_enrollment_ids())::uuid[]));
create policy plans_begin on plans for insert to authenticated
	with check (person_id = (select app.uid()) and enrollment_id = any ((select app.own_enrollment_ids())::uuid[]));
create policy plans_change on plans for update to authenticated
	using (person_id = (select app.uid()))
	with check (person_id = (select app.uid()) and enrollment_id = any ((select app.own_enrollment_ids())::uuid[]));
create policy plan_dates_read on plan_dates for select to authenticated
	using (person_id = any ((select app.progress_person_ids())::uuid[]));
create policy plan_dates_begin on plan_dates for insert to authenticated
	with check (person_id = (select app.uid()) and enrollment_id = any ((select app.own_enrollment_ids())::uuid[]));
create policy plan_dates_change on plan_dates for update to authenticated
	using (person_id = (select app.uid()))
	with check (person_id = (select app.uid()) and enrollment_id = any ((select app.own_enrollment_ids())::uuid[]));
create policy second_reasons_read on second_reasons for select to authenticated
	using (reflection_id = any ((select app.readable_reflection_ids())::uuid[]));
create policy second_reasons_say on second_reasons for insert to authenticated
	with check (person_id = (select app.uid()) and reflection_id = any ((select app.readable_reflection_ids())::uuid[]));

-- As before; what a teacher paused and planned goes with them.
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
grant execute on function
	app.own_enrollment_ids(), app.paired_enrollment_ids(), app.exchangeable_stacks(), app.cohort_choices()
to authenticated, app_service;
