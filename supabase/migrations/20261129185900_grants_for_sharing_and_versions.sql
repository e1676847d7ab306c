-- What each role may do with the tables of the file before, and what becomes of them when somebody is deleted.
revoke all on all tables in schema public from anon, public;

grant select on reflection_sharings, reflection_versions, reflection_looks, reflection_passages to authenticated, app_service;
grant insert on reflection_versions to authenticated;
grant insert, update on reflection_looks to authenticated;

-- Everything that exists was shared from its first moment.
insert into reflection_sharings (id, reflection_id, shared_by, shared_at)
	select gen_random_uuid(), r.id, r.created_by, r.created_at from reflections r;

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

	-- As in app.readable_pair_ids(): the teacher reads for good, the mentor what was completed.
	unread := array(
		select r.id from public.reflections r join public.pairs p on p.id = r.pair_id
		where who in (p.teacher_id, p.mentor_id)
		and not exists (select from public.people t where t.id = p.teacher_id and t.deleted_at is null)
		and not (p.ended_as = 'completed' and exists (
			select from public.people m where m.id = p.mentor_id and m.deleted_at is null
		))
	);
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
