-- Who reads a check-in, and who a coach's signal. In step with checkin/policy.ts; docs/decisions/0031 says why they are two tables.
revoke all on check_ins, check_in_signals from anon, public;

-- Pairs in which the person is the teacher, while the two are together or pause.
create function app.checking_in_pair_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select p.id from public.pairs p where p.teacher_id = app.uid() and p.status in ('active', 'paused')
	);
end $$;

-- A check-in is what a teacher says of themselves: it goes with them.
create function app.person_checks_in_no_more() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	delete from public.check_ins where teacher_id = new.id;
	return new;
end $$;
create trigger people_check_in_no_more after update of deleted_at on people
	for each row when (new.deleted_at is not null and old.deleted_at is null) execute function app.person_checks_in_no_more();

revoke execute on function app.checking_in_pair_ids(), app.person_checks_in_no_more() from public;
grant execute on function app.checking_in_pair_ids() to authenticated;

grant select, insert on check_ins, check_in_signals to authenticated;
grant update (going, stuck, confidence, revision, form_id, sent_at) on check_ins to authenticated;
grant update (shows, going, at) on check_in_signals to authenticated;

create policy check_ins_read on check_ins for select to authenticated
	using (pair_id = any ((select app.readable_pair_ids())::uuid[]));
create policy check_ins_send on check_ins for insert to authenticated
	with check (teacher_id = (select app.uid()) and pair_id = any ((select app.checking_in_pair_ids())::uuid[]));
create policy check_ins_correct on check_ins for update to authenticated
	using (pair_id = any ((select app.checking_in_pair_ids())::uuid[]))
	with check (teacher_id = (select app.uid()));
create policy check_in_signals_read on check_in_signals for select to authenticated
	using (pair_id = any ((select app.readable_pair_ids())::uuid[]) or pair_id = any ((select app.coached_pair_ids())::uuid[]));
create policy check_in_signals_allow on check_in_signals for insert to authenticated
	with check (pair_id = any ((select app.checking_in_pair_ids())::uuid[]));
create policy check_in_signals_change on check_in_signals for update to authenticated
	using (pair_id = any ((select app.checking_in_pair_ids())::uuid[]))
	with check (pair_id = any ((select app.checking_in_pair_ids())::uuid[]));
