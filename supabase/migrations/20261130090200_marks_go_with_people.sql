-- Whoever leaves takes along what a coach noted about them, what they noted themselves, and why they had more time. The day
-- stays: what they earned by it was earned.
create function app.person_is_noted_no_more() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	delete from public.coach_marks c
		where c.coach_id = new.id
		or c.pair_id in (select p.id from public.pairs p where new.id in (p.teacher_id, p.mentor_id));
	update public.deadline_extensions set reason = 'More time' where person_id = new.id;
	return new;
end $$;
revoke all on function app.person_is_noted_no_more() from public;
create trigger people_are_noted_no_more after update of deleted_at on people
	for each row when (new.deleted_at is not null and old.deleted_at is null) execute function app.person_is_noted_no_more();
