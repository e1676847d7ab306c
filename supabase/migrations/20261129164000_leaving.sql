-- Leaving a program, and an account that is deleted. What touches rows of many tables at once is a function with its
-- owner's rights and a fixed meaning, so that nobody needs a right to change or delete those rows as they please.

-- Programs in which somebody still is anything: a role, a place, a pair that has not ended, a pair they coach.
create function app.programs_of(who uuid) returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select r.scope_id from public.roles r
			where r.person_id = who and r.scope_kind = 'program' and (r.until_at is null or r.until_at > now())
		union select c.program_id from public.roles r join public.cohorts c on r.scope_kind = 'cohort' and c.id = r.scope_id
			where r.person_id = who and (r.until_at is null or r.until_at > now())
		union select p.program_id from public.roles r join public.pairs p on r.scope_kind = 'pair' and p.id = r.scope_id
			where r.person_id = who and (r.until_at is null or r.until_at > now())
		union select e.program_id from public.enrollments e where e.person_id = who and e.status <> 'withdrawn'
		union select p.program_id from public.pairs p where who in (p.teacher_id, p.mentor_id) and p.status <> 'ended'
		union select p.program_id from public.caseloads c join public.pairs p on p.id = c.pair_id
			where c.coach_id = who and (c.until_at is null or c.until_at > now())
	);
end $$;

-- How many others manage a program now, in it or above it. Waits for whoever asks the same of that program at this
-- instant, so that the last two managers do not leave at once.
create function app.other_managers(who uuid, program uuid) returns integer
language plpgsql volatile security definer set search_path = ''
as $$
begin
	perform pg_advisory_xact_lock(hashtext('managers of'), hashtext(program::text));
	return (
		with recursive above as (
			select p.organization_id as id from public.programs p where p.id = program
			union select o.parent_id from public.organizations o join above a on a.id = o.id where o.parent_id is not null
		)
		select count(distinct r.person_id) from public.roles r join public.people m on m.id = r.person_id
		where r.role = 'manager' and r.person_id <> who and m.deactivated_at is null
		and r.from_at <= now() and (r.until_at is null or r.until_at > now())
		and (r.scope_kind = 'program' and r.scope_id = program
			or r.scope_kind in ('state', 'district', 'school') and r.scope_id in (select a.id from above a))
	);
end $$;

-- Ends what somebody is in a program: open pairs as withdrawn, with the event in their history, then roles, place and
-- caseload. Nothing is deleted. Answers with what ended: `pair` with the partner, `role`, `place`, `caseload`.
create function app.leave_program_of(who uuid, program uuid, why text)
returns table (ended text, row_id uuid, partner_id uuid)
language plpgsql volatile security definer set search_path = ''
as $$
declare
	instant timestamptz(3) := now();
	one record;
begin
	for one in
		select p.id, case when p.teacher_id = who then p.mentor_id else p.teacher_id end as partner
		from public.pairs p
		where p.program_id = program and who in (p.teacher_id, p.mentor_id) and p.status <> 'ended'
		order by p.id for update
	loop
		insert into public.pair_events (id, pair_id, kind, at, by_person_id, reason)
			values (gen_random_uuid(), one.id, 'ended', instant, who, why);
		update public.pairs set status = 'ended', ended_as = 'withdrawn', ended_at = instant where id = one.id;
		ended := 'pair'; row_id := one.id; partner_id := one.partner;
		return next;
	end loop;
	partner_id := null;
	for one in
		update public.roles r set until_at = greatest(instant, r.from_at)
		where r.person_id = who and (r.until_at is null or r.until_at > instant)
		and (r.scope_kind = 'program' and r.scope_id = program
			or r.scope_kind = 'cohort' and r.scope_id in (select c.id from public.cohorts c where c.program_id = program)
			or r.scope_kind = 'pair' and r.scope_id in (select p.id from public.pairs p where p.program_id = program))
		returning r.id
	loop
		ended := 'role'; row_id := one.id;
		return next;
	end loop;
	for one in
		update public.enrollments e set status = 'withdrawn', ended_at = instant
		where e.person_id = who and e.program_id = program and e.status <> 'withdrawn'
		returning e.id
	loop
		ended := 'place'; row_id := one.id;
		return next;
	end loop;
	for one in
		update public.caseloads c set until_at = instant
		where c.coach_id = who and (c.until_at is null or c.until_at > instant)
		and c.pair_id in (select p.id from public.pairs p where p.program_id = program)
		returning c.id
	loop
		ended := 'caseload'; row_id := one.id;
		return next;
	end loop;
end $$;

-- Deletes a person for good who asked for it: whatever says who they were, and every reflection that nobody who is still
-- here may read. The row of the person stays, without a name, because what others did with them stays whole.
-- docs/decisions/0014 says what is kept and why.
create function app.delete_person(who uuid) returns boolean
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
	delete from public.sessions where person_id = who;
	delete from public.submissions where teacher_id = who;
	delete from public.awards where person_id = who;
	-- A reason to pause may say more about somebody than they want to leave behind; a reason to end is one of ours.
	update public.pair_events set reason = null where by_person_id = who and kind <> 'ended';
	-- The record of rights stays, in ids: from where and with what somebody acted says who they were.
	update public.audit_events set network = null, user_agent = null
		where by_person_id = who or (person_id = who and by_person_id is null);
	update public.people
		set name = 'Somebody who left', initials = '–', organization_id = null, deleted_at = now() where id = who;

	-- As in app.readable_pair_ids(): the teacher reads for good, the mentor what was completed.
	unread := array(
		select r.id from public.reflections r join public.pairs p on p.id = r.pair_id
		where who in (p.teacher_id, p.mentor_id)
		and not exists (select from public.people t where t.id = p.teacher_id and t.deleted_at is null)
		and not (p.ended_as = 'completed' and exists (
			select from public.people m where m.id = p.mentor_id and m.deleted_at is null
		))
	);
	delete from public.reflection_clients where reflection_id = any (unread);
	delete from public.reflection_history where reflection_id = any (unread);
	delete from public.reflection_snapshots where reflection_id = any (unread);
	delete from public.reflection_updates where reflection_id = any (unread);
	delete from public.reflections where id = any (unread);
	return true;
end $$;

-- Deletes whoever asked for it two weeks ago. @returns who
create function app.delete_people_whose_time_has_come() returns uuid[]
language plpgsql volatile security definer set search_path = ''
as $$
declare
	gone uuid[] := '{}';
	who uuid;
begin
	for who in
		select p.id from public.people p
		where p.deletion_asked_at <= now() - interval '14 days' and p.deleted_at is null
		order by p.deletion_asked_at for update skip locked
	loop
		if app.delete_person(who) then
			gone := gone || who;
		end if;
	end loop;
	return gone;
end $$;

revoke execute on all functions in schema app from public;
-- These act for whoever is named: the product calls them with the person who has signed in, nobody who is asking can.
grant execute on function
	app.programs_of(uuid), app.other_managers(uuid, uuid), app.leave_program_of(uuid, uuid, text),
	app.delete_people_whose_time_has_come()
to app_service;
