-- A reflection can be the teacher's alone until it is shared with the mentor. What each may do then, in step with
-- reflection/policy.ts; news for open connections; and what becomes of it when an account is deleted.

-- Reflections whose words the person may read: the teacher all of the pair's, the mentor those that are shared now.
create or replace function app.readable_reflection_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	readable uuid[] := app.readable_pair_ids();
begin
	return array(
		select r.id from public.reflections r join public.pairs p on p.id = r.pair_id
		where r.pair_id = any (readable)
		and (p.teacher_id = app.uid() or exists (
			select from public.reflection_sharings s where s.reflection_id = r.id and s.taken_back_at is null
		))
	);
end $$;

create or replace function app.writable_reflection_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	writable uuid[] := app.writable_pair_ids();
begin
	return array(
		select r.id from public.reflections r join public.pairs p on p.id = r.pair_id
		where r.pair_id = any (writable)
		and (p.teacher_id = app.uid() or exists (
			select from public.reflection_sharings s where s.reflection_id = r.id and s.taken_back_at is null
		))
	);
end $$;

-- Reflections that the person may share now: a teacher theirs, while the pair is together. A mentor shares what they
-- begin themselves, at once and once: what a teacher took back is the teacher's to share again.
create function app.shareable_reflection_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select r.id from public.reflections r join public.pairs p on p.id = r.pair_id
			where p.teacher_id = app.uid() and p.status in ('active', 'paused')
		union all select r.id from public.reflections r join public.pairs p on p.id = r.pair_id
			where p.mentor_id = app.uid() and p.status = 'active' and r.created_by = app.uid()
			and not exists (select from public.reflection_sharings s where s.reflection_id = r.id)
	);
end $$;

-- Reflections that the person may take back: a teacher those that they began, while the pair is together and nothing of
-- it is frozen.
create function app.returnable_reflection_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select r.id from public.reflections r join public.pairs p on p.id = r.pair_id
		where p.teacher_id = app.uid() and p.status in ('active', 'paused') and r.created_by = app.uid()
		and not exists (select from public.reflection_versions v where v.reflection_id = r.id and v.kind = 'frozen')
	);
end $$;

-- Reflections of which the person may show passages to the pair's coach: a teacher theirs, while the pair is together. As
-- long as the mentor can't read it, only words that are all the teacher's own.
create function app.showable_reflection_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select r.id from public.reflections r join public.pairs p on p.id = r.pair_id
		where p.teacher_id = app.uid() and p.status in ('active', 'paused')
		and (
			exists (select from public.reflection_sharings s where s.reflection_id = r.id and s.taken_back_at is null)
			or not exists (
				select from public.reflection_clients c
				where c.reflection_id = r.id and c.person_id is distinct from p.teacher_id
			)
		)
	);
end $$;

-- Passages that a pair shows its coach, for whoever is that coach now. With the pair it ends.
create or replace function app.granted_passage_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select g.id from public.reflection_passages g
		join public.reflections r on r.id = g.reflection_id
		join public.pairs p on p.id = r.pair_id
		join public.caseloads c on c.pair_id = p.id
		where g.withdrawn_at is null and p.status <> 'ended'
		and c.coach_id = app.uid() and c.from_at <= now() and (c.until_at is null or c.until_at > now())
	);
end $$;

-- A pair's rhythm: when each of the two last wrote, per reflection. No text, no title. For the pair and its coach now.
-- A mentor finds in it only what is shared with them. A coach finds the dates of all: who writes alone for a while is not
-- to be taken for somebody who does nothing; `shared` says that nobody waits for the mentor there.
drop function app.rhythm();
create function app.rhythm()
returns table (
	pair_id uuid,
	reflection_id uuid,
	microcredential_version_id uuid,
	started_at timestamptz,
	shared boolean,
	person_id uuid,
	last_edit_at timestamptz
)
language plpgsql stable security definer set search_path = ''
as $$
declare
	known uuid[] := app.pair_ids();
begin
	return query
		with seen as (
			select r.pair_id, r.id, r.microcredential_version_id, r.created_at, exists (
				select from public.reflection_sharings s where s.reflection_id = r.id and s.taken_back_at is null
			) as shared, p.mentor_id = app.uid() as by_mentor
			from public.reflections r join public.pairs p on p.id = r.pair_id
			where r.pair_id = any (known)
		)
		select r.pair_id, r.id, r.microcredential_version_id, r.created_at::timestamptz, r.shared,
			e.person_id, max(e.at)::timestamptz
		from seen r
		left join lateral (
			select u.person_id, u.created_at as at from public.reflection_updates u where u.reflection_id = r.id
			union all select h.person_id, h.to_at from public.reflection_history h where h.reflection_id = r.id
		) e on true
		where r.shared or not r.by_mentor
		group by r.pair_id, r.id, r.microcredential_version_id, r.created_at, r.shared, e.person_id;
end $$;

-- Whoever holds a reflection of the pair open is asked about again in the same moment: a mentor from whom it was taken
-- back goes, and the teacher's page says anew who can see it.
create function app.tell_reflection_shared() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	perform pg_notify('access_changed', 'pair:' || r.pair_id::text)
		from public.reflections r where r.id = new.reflection_id;
	return null;
end $$;
create trigger reflection_sharings_tell_access after insert or update on reflection_sharings
	for each row execute function app.tell_reflection_shared();

-- Reflections that nobody who is still here may read once `who` is gone. As in app.readable_reflection_ids(): the teacher
-- reads for good, the mentor what was completed and shared with them.
create function app.unread_reflection_ids(who uuid) returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select r.id from public.reflections r join public.pairs p on p.id = r.pair_id
		where who in (p.teacher_id, p.mentor_id)
		and not exists (select from public.people t where t.id = p.teacher_id and t.deleted_at is null)
		and not (
			p.ended_as = 'completed'
			and exists (select from public.people m where m.id = p.mentor_id and m.deleted_at is null)
			and exists (select from public.reflection_sharings s where s.reflection_id = r.id and s.taken_back_at is null)
		)
	);
end $$;

-- Deletes a person for good who asked for it: whatever says who they were, and every reflection that nobody who is still
-- here may read. The row of the person stays, without a name, because what others did with them stays whole.
-- docs/decisions/0014 says what is kept and why.
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

-- Who may add and change what.
grant insert on reflection_sharings, reflection_passages to authenticated;
grant update (taken_back_by, taken_back_at) on reflection_sharings to authenticated;
grant update (withdrawn_by, withdrawn_at) on reflection_passages to authenticated;

create policy reflection_sharings_share on reflection_sharings for insert to authenticated
	with check (shared_by = (select app.uid()) and taken_back_at is null and reflection_id = any ((select app.shareable_reflection_ids())::uuid[]));
create policy reflection_sharings_take_back on reflection_sharings for update to authenticated
	using (taken_back_at is null and reflection_id = any ((select app.returnable_reflection_ids())::uuid[]))
	with check (taken_back_by = (select app.uid()));
create policy reflection_passages_grant on reflection_passages for insert to authenticated
	with check (granted_by = (select app.uid()) and withdrawn_at is null and reflection_id = any ((select app.showable_reflection_ids())::uuid[]));
create policy reflection_passages_withdraw on reflection_passages for update to authenticated
	using (withdrawn_at is null and reflection_id = any ((select app.readable_reflection_ids())::uuid[]))
	with check (withdrawn_by = (select app.uid()));

revoke execute on all functions in schema app from public;
grant execute on function
	app.shareable_reflection_ids(), app.returnable_reflection_ids(), app.showable_reflection_ids(), app.rhythm()
to authenticated, app_service;
