-- Who looks after a cohort, who moves people between cohorts, and what keeps a question without a name without one. In step
-- with discussion/nameless.ts and program/moving.ts; docs/decisions/0037 says why.
revoke all on cohort_moves, nameless_marks from anon, public;

-- Whoever may look after a cohort: leads something in its program, and does not sit in it as a teacher, because a classmate
-- who looks who asked is what a question without a name is there against.
create function app.may_moderate(who uuid, cohort uuid) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
	program uuid := (select c.program_id from public.cohorts c where c.id = cohort);
	-- Whatever ends in this moment has ended, by whichever clock its end was written.
	soon timestamptz := clock_timestamp() + interval '1 minute';
begin
	if program is null or exists (select from public.people p where p.id = who and p.deactivated_at is not null) then
		return false;
	end if;
	if exists (
		select from public.enrollments e
		where e.person_id = who and e.cohort_id = cohort and e.status in ('enrolled', 'active', 'completed')
	) then return false; end if;
	return app.manages(who, program)
		or exists (
			select from public.roles r where r.person_id = who and r.role in ('mentor', 'coach')
			and (r.scope_kind = 'program' and r.scope_id = program
				or r.scope_kind = 'cohort' and r.scope_id in (select c.id from public.cohorts c where c.program_id = program))
			and r.from_at <= now() and (r.until_at is null or r.until_at > soon)
		)
		or exists (
			select from public.pairs p where p.mentor_id = who and p.program_id = program
			and p.status in ('accepted', 'active', 'paused')
		)
		or exists (
			select from public.caseloads c join public.pairs p on p.id = c.pair_id
			where c.coach_id = who and p.program_id = program
			and c.from_at <= now() and (c.until_at is null or c.until_at > soon)
		);
end $$;

create function app.moderator_is_fit() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	if not app.may_moderate(new.person_id, new.cohort_id) then
		raise exception 'who teaches in a cohort, or leads nothing in its program, does not look after it' using errcode = '23514';
	end if;
	return new;
end $$;
create trigger cohort_moderators_fit before insert on cohort_moderators
	for each row when (new.appointed_by_id is not null) execute function app.moderator_is_fit();

-- Looking after a cohort ends with what one leads in the program, in the same transaction.
create function app.moderating_ends() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
	who uuid := case tg_argv[0] when 'role' then (to_jsonb(new) ->> 'person_id')::uuid
		when 'pair' then (to_jsonb(new) ->> 'mentor_id')::uuid else (to_jsonb(new) ->> 'coach_id')::uuid end;
begin
	update public.cohort_moderators m set until_at = greatest(now(), m.from_at)
		where m.person_id = who and m.until_at is null and not app.may_moderate(m.person_id, m.cohort_id);
	return null;
end $$;
create trigger roles_end_moderating after update of until_at on roles
	for each row when (new.until_at is not null) execute function app.moderating_ends('role');
create trigger pairs_end_moderating after update of status on pairs
	for each row when (new.status = 'ended') execute function app.moderating_ends('pair');
create trigger caseloads_end_moderating after update of until_at on caseloads
	for each row when (new.until_at is not null) execute function app.moderating_ends('coach');

-- Among whom a manager chooses: whoever leads something in that cohort, the program's coaches and managers, and themself.
create function app.possible_moderators(p_cohort uuid) returns table (person_id uuid, name text, initials text)
language plpgsql volatile security definer set search_path = ''
as $$
declare
	program uuid := (select c.program_id from public.cohorts c where c.id = p_cohort);
begin
	if program is null or not app.still_manages(program) then return; end if;
	return query
		select people.id, people.name, people.initials from (
			select r.person_id as id from public.roles r
				where (r.scope_kind = 'program' and r.scope_id = program and r.role in ('coach', 'manager')
					or r.scope_kind = 'cohort' and r.scope_id = p_cohort and r.role in ('mentor', 'coach'))
				and r.from_at <= now() and (r.until_at is null or r.until_at > now())
			union select p.mentor_id from public.pairs p
				where p.cohort_id = p_cohort and p.status in ('accepted', 'active', 'paused')
			union select l.coach_id from public.caseloads l join public.pairs p on p.id = l.pair_id
				where p.cohort_id = p_cohort and l.from_at <= now() and (l.until_at is null or l.until_at > now())
			union select app.uid()
		) x join public.people on people.id = x.id where app.may_moderate(x.id, p_cohort);
end $$;

-- Seats of a cohort that are taken: by whoever is enrolled in it, or holds its role of a teacher and has not chosen a stack yet.
create function app.seats_taken(p_cohort uuid, but uuid) returns integer
language plpgsql volatile security definer set search_path = ''
as $$
declare
	program uuid := (select c.program_id from public.cohorts c where c.id = p_cohort);
begin
	if not app.still_manages(program) then return null; end if;
	return (
		select count(*) from (
			select e.person_id from public.enrollments e
				where e.cohort_id = p_cohort and e.status in ('enrolled', 'active', 'completed')
			union select r.person_id from public.roles r
				join public.people p on p.id = r.person_id and p.deactivated_at is null
				where r.role = 'teacher' and r.scope_kind = 'cohort' and r.scope_id = p_cohort
				and r.from_at <= now() and (r.until_at is null or r.until_at > now())
				and not exists (
					select from public.enrollments e where e.program_id = program and e.person_id = r.person_id
				)
		) seats where seats.person_id <> but
	);
end $$;

-- Who comes along when a teacher is moved, and whether each reads the cohort before for another reason too. A manager does not
-- see caseloads, and has to know whom a move concerns.
create function app.move_companions(p_program uuid, p_person uuid, p_from uuid)
returns table (name text, kind text, stays boolean)
language plpgsql volatile security definer set search_path = ''
as $$
begin
	if not app.still_manages(p_program) then return; end if;
	return query
		with going as (
			select p.id, p.mentor_id from public.pairs p
			where p.program_id = p_program and p.teacher_id = p_person and p.status in ('accepted', 'active', 'paused')
		), who as (
			select g.mentor_id as id, 'mentor' as kind from going g
			union select c.coach_id, 'coach' from public.caseloads c join going g on g.id = c.pair_id
				where c.from_at <= now() and (c.until_at is null or c.until_at > now())
		)
		select people.name, who.kind, p_from is not null and (
			exists (select from public.pairs p where p.cohort_id = p_from and p.id not in (select g.id from going g)
				and p.mentor_id = who.id and p.status in ('accepted', 'active', 'paused'))
			or exists (select from public.pairs p join public.caseloads c on c.pair_id = p.id
				where p.cohort_id = p_from and p.id not in (select g.id from going g) and c.coach_id = who.id
				and c.from_at <= now() and (c.until_at is null or c.until_at > now()))
			or exists (select from public.roles r where r.person_id = who.id and r.scope_kind = 'cohort' and r.scope_id = p_from
				and r.from_at <= now() and (r.until_at is null or r.until_at > now()))
			or exists (select from public.cohort_moderators m where m.person_id = who.id and m.cohort_id = p_from
				and m.from_at <= now() and (m.until_at is null or m.until_at > now()))
		)
		from who join public.people on people.id = who.id
		order by who.kind desc, people.name;
end $$;

-- Moves a teacher to another cohort of the program: the seat, the role of a teacher in the cohort, and the pairs that go on.
-- Managers have no right to change those tables otherwise, so it is all done here. What was said stays where it was said.
create function app.move_to_cohort(p_program uuid, p_person uuid, p_cohort uuid, p_reason text) returns text
language plpgsql volatile security definer set search_path = ''
as $$
declare
	target public.cohorts;
	place public.enrollments;
	held uuid;
	seat uuid;
begin
	if not app.still_manages(p_program) then return 'not-found'; end if;
	-- Moves into one cohort take turns, so that two can not both have the last seat.
	select * into target from public.cohorts where id = p_cohort and program_id = p_program for no key update;
	if not found then return 'not-found'; end if;
	select * into place from public.enrollments
		where program_id = p_program and person_id = p_person and status in ('enrolled', 'active', 'completed') for update;
	select r.scope_id into held from public.roles r join public.cohorts c on c.id = r.scope_id
		where r.person_id = p_person and r.role = 'teacher' and r.scope_kind = 'cohort' and c.program_id = p_program
		and r.from_at <= now() and (r.until_at is null or r.until_at > now())
		order by (r.scope_id = p_cohort), r.from_at desc limit 1 for update of r;
	if place.id is null and (held is null or exists (
		select from public.enrollments e where e.program_id = p_program and e.person_id = p_person
	)) then return 'not-here'; end if;
	seat := coalesce(place.cohort_id, held);
	if seat = p_cohort then return 'same'; end if;
	if app.seats_taken(p_cohort, p_person) >= target.capacity then return 'full'; end if;

	update public.enrollments set cohort_id = p_cohort where id = place.id;
	-- A role is history and is never changed: the one in the cohort before ends, and one in the new cohort begins.
	update public.roles r set until_at = greatest(now(), r.from_at)
		where r.person_id = p_person and r.role = 'teacher' and r.scope_kind = 'cohort' and r.scope_id <> p_cohort
		and r.scope_id in (select c.id from public.cohorts c where c.program_id = p_program)
		and (r.until_at is null or r.until_at > now());
	if found and not exists (
		select from public.roles r where r.person_id = p_person and r.role = 'teacher' and r.scope_kind = 'cohort'
		and r.scope_id = p_cohort and (r.until_at is null or r.until_at > now())
	) then
		insert into public.roles (id, person_id, role, scope_kind, scope_id)
			values (gen_random_uuid(), p_person, 'teacher', 'cohort', p_cohort);
	end if;
	-- Mentor and coach go where the teacher is; what they are in the other cohort besides is not touched.
	update public.pairs set cohort_id = p_cohort
		where program_id = p_program and teacher_id = p_person and status <> 'ended' and cohort_id is distinct from p_cohort;
	update public.cohort_moderators m set until_at = greatest(now(), m.from_at)
		where m.person_id = p_person and m.cohort_id = p_cohort and m.until_at is null;
	insert into public.cohort_moves (id, program_id, person_id, from_cohort_id, to_cohort_id, moved_by_id, reason)
		values (gen_random_uuid(), p_program, p_person, seat, p_cohort, app.uid(), p_reason);
	return 'moved';
end $$;

-- As before, and of a revealed question only what is out: what still waits is read by nobody but whoever wrote it.
create or replace function app.revealed_nameless_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	moderated uuid[] := app.moderated_cohort_ids();
begin
	return array(
		select n.id from public.author_reveals r join public.nameless_posts n on n.thread_id = r.thread_id
		where r.moderator_id = app.uid() and r.cohort_id = any (moderated) and n.post_id is not null
	);
end $$;

-- As before; there a variable had the name of a column, and Postgres would not say which of them was meant.
create or replace function app.authored_post_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	without_name uuid[] := app.nameless_post_ids();
begin
	return array(
		select distinct p.id from public.posts p join public.moderation_acts a on a.post_id = p.id
		where p.author_id = app.uid() or p.id = any (without_name)
	);
end $$;

-- Who asked, for a moderator who wrote down why they looked: by name too when that person has left the cohort since.
create function app.revealed_author(p_thread uuid) returns table (person_id uuid, name text, initials text)
language plpgsql stable security definer set search_path = ''
as $$
declare
	revealed uuid[] := app.revealed_nameless_ids();
begin
	return query
		select p.id, p.name, p.initials from public.nameless_posts n join public.people p on p.id = n.person_id
		where n.thread_id = p_thread and n.title is not null and n.id = any (revealed);
end $$;

-- What stands without a name is not changed by whoever wrote it: an edit, another title or a mark would carry the moment at
-- which they sat there. What helped is marked by the product itself, later (`nameless_marks`); taking back goes at once.
create function app.nameless_stays() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	if app.uid() is null then return new; end if;
	if tg_argv[0] = 'post' then
		if (new.revision, new.edited_at) is distinct from (old.revision, old.edited_at) then
			raise exception 'said without a name, so it is not changed' using errcode = '42501';
		end if;
	elsif new.title <> old.title
		or new.helped_post_id is distinct from old.helped_post_id and not (old.cohort_id = any (app.moderated_cohort_ids()))
	then
		raise exception 'asked without a name, so it is not changed' using errcode = '42501';
	end if;
	return new;
end $$;
create trigger posts_nameless_stay before update of revision, edited_at on posts
	for each row when (old.nameless) execute function app.nameless_stays('post');
create trigger threads_nameless_stay before update of title, helped_post_id on threads
	for each row when (old.nameless) execute function app.nameless_stays('thread');

create function app.nameless_words_stay() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	if app.uid() is not null and exists (select from public.posts p where p.id = new.post_id and p.nameless) then
		raise exception 'said without a name, so it is not changed' using errcode = '42501';
	end if;
	return new;
end $$;
create trigger post_words_nameless_stay before insert on post_words
	for each row execute function app.nameless_words_stay();

-- Why somebody was moved is about them, and goes with them; so does what they were about to mark.
create function app.person_moves_no_more() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	update public.cohort_moves set reason = null where person_id = new.id and reason is not null;
	delete from public.nameless_marks where person_id = new.id;
	return new;
end $$;
create trigger people_move_no_more after update of deleted_at on people
	for each row when (new.deleted_at is not null and old.deleted_at is null) execute function app.person_moves_no_more();

revoke execute on all functions in schema app from public;
grant execute on function
	app.possible_moderators(uuid), app.move_companions(uuid, uuid, uuid), app.seats_taken(uuid, uuid),
	app.move_to_cohort(uuid, uuid, uuid, text), app.revealed_author(uuid)
to authenticated;

grant select on cohort_moves, nameless_marks to authenticated;
grant insert, delete on nameless_marks to authenticated;
grant update (post_id, apply_at) on nameless_marks to authenticated;
grant select on cohort_moves to app_service;
grant update (told_at) on cohort_moves, post_reports, cohort_moderators to app_service;
grant update (moderators_told_at) on post_reports to app_service;
grant select, update, delete on nameless_marks to app_service;

alter policy threads_read on threads using (
	(withheld_at is null and cohort_id = any ((select app.discussing_cohort_ids())::uuid[])) or cohort_id = any ((select app.moderated_cohort_ids())::uuid[]) or author_id = (select app.uid()) or id = any ((select app.nameless_thread_ids())::uuid[])
);
create policy cohort_moves_read on cohort_moves for select to authenticated
	using (person_id = (select app.uid()) or program_id = any ((select app.managed_program_ids())::uuid[]));
create policy cohort_moves_service on cohort_moves for all to app_service
	using (true)
	with check (true);
create policy nameless_marks_own on nameless_marks for select to authenticated
	using (person_id = (select app.uid()));
create policy nameless_marks_make on nameless_marks for insert to authenticated
	with check (person_id = (select app.uid()) and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) and thread_id = any ((select app.nameless_thread_ids())::uuid[]));
create policy nameless_marks_change on nameless_marks for update to authenticated
	using (person_id = (select app.uid()))
	with check (person_id = (select app.uid()) and thread_id = any ((select app.nameless_thread_ids())::uuid[]));
create policy nameless_marks_take_back on nameless_marks for delete to authenticated
	using (person_id = (select app.uid()));
create policy nameless_marks_service on nameless_marks for all to app_service
	using (true)
	with check (true);
create policy post_reports_service_told on post_reports for update to app_service
	using (true)
	with check (true);
create policy cohort_moderators_service_told on cohort_moderators for update to app_service
	using (true)
	with check (true);
