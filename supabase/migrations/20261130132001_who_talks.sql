-- Who reads, says and moderates what in a cohort. In step with discussion/policy.ts; docs/decisions/0035 says why.
revoke all on
	cohort_moderators, threads, posts, post_words, nameless_posts, author_reveals, post_reactions, thread_reads,
	thread_choices, cohort_voices, post_mentions, post_files, post_reports, moderation_acts
from anon, public;

create function app.moderated_cohort_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select m.cohort_id from public.cohort_moderators m
		where m.person_id = app.uid() and m.from_at <= now() and (m.until_at is null or m.until_at > now())
	);
end $$;

-- Cohorts whose threads the person reads: those that they are in, and those that they look after.
create function app.discussing_cohort_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return app.cohort_ids() || app.moderated_cohort_ids();
end $$;

create function app.managed_cohort_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	managed uuid[] := app.managed_program_ids();
begin
	return array(select c.id from public.cohorts c where c.program_id = any (managed));
end $$;

-- The person's own threads and posts that stand without a name.
create function app.nameless_thread_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select n.thread_id from public.nameless_posts n
		where n.person_id = app.uid() and n.thread_id is not null and n.title is not null
	);
end $$;
create function app.nameless_post_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select n.post_id from public.nameless_posts n where n.person_id = app.uid() and n.post_id is not null
	);
end $$;

-- What a moderator may see of who asked without a name: of threads for which they wrote down why, while they moderate.
create function app.revealed_nameless_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	moderated uuid[] := app.moderated_cohort_ids();
begin
	return array(
		select n.id from public.author_reveals r join public.nameless_posts n on n.thread_id = r.thread_id
		where r.moderator_id = app.uid() and r.cohort_id = any (moderated)
	);
end $$;

-- The person's own posts to which a moderator did something.
create function app.authored_post_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	mine uuid[] := app.nameless_post_ids();
begin
	return array(
		select distinct p.id from public.posts p join public.moderation_acts a on a.post_id = p.id
		where p.author_id = app.uid() or p.id = any (mine)
	);
end $$;

-- Everybody who reads the threads of a cohort, with what they are there: its audience. For whoever is in it, and for the product.
create function app.cohort_people(cohort uuid) returns table (person_id uuid, part text)
language plpgsql stable security definer set search_path = ''
as $$
begin
	if app.uid() is not null and not (cohort = any (app.discussing_cohort_ids() || app.managed_cohort_ids())) then
		return;
	end if;
	return query
		select distinct on (x.id) x.id, x.part from (
			select e.person_id as id, 'teacher' as part, 1 as place from public.enrollments e
				where e.cohort_id = cohort and e.status in ('enrolled', 'active', 'completed')
			union all select p.mentor_id, 'mentor', 2 from public.pairs p
				where p.cohort_id = cohort and p.status in ('accepted', 'active', 'paused')
			union all select c.coach_id, 'coach', 3 from public.pairs p join public.caseloads c on c.pair_id = p.id
				where p.cohort_id = cohort and c.from_at <= now() and (c.until_at is null or c.until_at > now())
			union all select r.person_id, r.role, 4 from public.roles r
				where r.scope_kind = 'cohort' and r.scope_id = cohort
				and r.from_at <= now() and (r.until_at is null or r.until_at > now())
			union all select m.person_id, 'moderator', 5 from public.cohort_moderators m
				where m.cohort_id = cohort and m.from_at <= now() and (m.until_at is null or m.until_at > now())
		) x join public.people on people.id = x.id and people.deactivated_at is null
		order by x.id, x.place;
end $$;

-- As before, and whoever has said something in a cohort of the person's, or looks after it: what they said keeps its name.
create or replace function app.known_person_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	mine uuid[] := app.cohort_ids();
	talks uuid[] := app.discussing_cohort_ids();
	managed uuid[] := app.managed_program_ids();
begin
	return array(
		select app.uid()
		union select p.mentor_id from public.pairs p where p.teacher_id = app.uid()
		union select p.teacher_id from public.pairs p where p.mentor_id = app.uid()
		union select c.coach_id from public.caseloads c join public.pairs p on p.id = c.pair_id
			where p.teacher_id = app.uid() or p.mentor_id = app.uid()
		union select x.person_id from public.pairs p join public.caseloads c on c.pair_id = p.id
			cross join lateral (values (p.teacher_id), (p.mentor_id)) x(person_id)
			where c.coach_id = app.uid() and c.from_at <= now() and (c.until_at is null or c.until_at > now())
		union select e.person_id from public.enrollments e
			where e.cohort_id = any (talks) and e.status in ('enrolled', 'active', 'completed')
		union select r.person_id from public.roles r
			where r.scope_kind = 'cohort' and r.scope_id = any (mine)
			and r.from_at <= now() and (r.until_at is null or r.until_at > now())
		union select p.mentor_id from public.pairs p
			where p.cohort_id = any (talks) and p.status in ('accepted', 'active', 'paused')
		union select c.coach_id from public.pairs p join public.caseloads c on c.pair_id = p.id
			where p.cohort_id = any (talks) and c.from_at <= now() and (c.until_at is null or c.until_at > now())
		union select v.person_id from public.cohort_voices v where v.cohort_id = any (talks)
		union select m.person_id from public.cohort_moderators m join public.cohorts c on c.id = m.cohort_id
			where m.cohort_id = any (talks) or c.program_id = any (managed)
		union select e.person_id from public.enrollments e where e.program_id = any (managed)
		union select r.person_id from public.roles r where r.scope_kind = 'program' and r.scope_id = any (managed)
		union select r.person_id from public.cohorts c join public.roles r on r.scope_kind = 'cohort' and r.scope_id = c.id
			where c.program_id = any (managed)
		union select x.person_id from public.pairs p
			cross join lateral (values (p.teacher_id), (p.mentor_id)) x(person_id)
			where p.program_id = any (managed)
	);
end $$;

-- As before, and the programs of cohorts that the person looks after.
create or replace function app.program_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	me uuid := app.uid();
	cohorts uuid[] := app.discussing_cohort_ids();
	pairs uuid[] := app.pair_ids();
	managed uuid[] := app.managed_program_ids();
begin
	return array(
		select e.program_id from public.enrollments e where e.person_id = me
		union select c.program_id from public.cohorts c where c.id = any (cohorts)
		union select p.program_id from public.pairs p where p.id = any (pairs)
		union select unnest(managed)
		union select r.scope_id from public.roles r
			where r.person_id = me and r.scope_kind = 'program'
			and r.from_at <= now() and (r.until_at is null or r.until_at > now())
	);
end $$;
alter policy cohorts_read on cohorts using (
	id = any ((select app.discussing_cohort_ids())::uuid[]) or program_id = any ((select app.managed_program_ids())::uuid[])
);

-- A thread's counters. Its row is locked until the transaction ends, so posts of one thread take turns: numbers have no gaps,
-- and a later version was committed later.
create function app.post_takes_place() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	update public.threads set posts = posts + 1, version = version + 1, last_post_at = greatest(last_post_at, new.created_at)
		where id = new.thread_id and cohort_id = new.cohort_id and locked_at is null and withheld_at is null
		returning posts, version into new.number, new.version;
	-- Locked, or not to be seen: the post is not taken, and whoever inserts sees no row come back.
	if not found then return null; end if;
	return new;
end $$;
create trigger posts_take_place before insert on posts for each row execute function app.post_takes_place();

create function app.post_has_voice() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	insert into public.cohort_voices (cohort_id, person_id) values (new.cohort_id, new.author_id) on conflict do nothing;
	return null;
end $$;
create trigger posts_have_voices after insert on posts
	for each row when (new.author_id is not null) execute function app.post_has_voice();

-- Who may change what of a post: hiding is a moderator's, taking back its author's, and neither undoes the other's.
create function app.post_changes() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
	moderates boolean := old.cohort_id = any (app.moderated_cohort_ids());
	own boolean := old.author_id = app.uid() or old.id = any (app.nameless_post_ids());
begin
	if app.uid() is not null then
		if (old.removed_as = 'hidden' or new.removed_as = 'hidden') and old.removed_as is distinct from new.removed_as and not moderates
			or (old.removed_as = 'taken-back' or new.removed_as = 'taken-back') and old.removed_as is distinct from new.removed_as
				and not coalesce(own, false)
			or new.revision <> old.revision and not coalesce(own, false)
		then
			raise exception 'not this person''s to change' using errcode = '42501';
		end if;
	end if;
	if (new.revision, new.removed_as, new.tried, new.thanks, new.gone, new.author_id)
		is distinct from (old.revision, old.removed_as, old.tried, old.thanks, old.gone, old.author_id)
	then
		update public.threads set version = version + 1 where id = new.thread_id returning version into new.version;
	end if;
	return new;
end $$;
create trigger posts_change before update on posts for each row execute function app.post_changes();

create function app.post_words_follow() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
	away boolean := new.removed_at is not null
		or exists (select from public.threads t where t.id = new.thread_id and t.withheld_at is not null);
begin
	update public.post_words set withheld = away where post_id = new.id and withheld <> away;
	update public.post_files set withheld = away where post_id = new.id and withheld <> away;
	return null;
end $$;
create trigger posts_words_follow after update of removed_at on posts
	for each row when (new.removed_at is distinct from old.removed_at) execute function app.post_words_follow();

-- The author of a thread names it and says what helped; all else is a moderator's. What was moved stays in its cohort.
create function app.thread_changes() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
	moderates boolean := old.cohort_id = any (app.moderated_cohort_ids());
	own boolean := coalesce(old.author_id = app.uid() or old.id = any (app.nameless_thread_ids()), false);
begin
	if app.uid() is not null and pg_trigger_depth() < 2 then
		if (new.locked_at, new.microcredential_id) is distinct from (old.locked_at, old.microcredential_id) and not moderates
			or new.withheld_at is distinct from old.withheld_at and not moderates
				and not (own and (new.posts = 1 or old.withheld_at is not null))
			or new.title <> old.title and not own
			or new.helped_post_id is distinct from old.helped_post_id and not own and not moderates
		then
			raise exception 'not this person''s to change' using errcode = '42501';
		end if;
	end if;
	if new.version = old.version and (new.title, new.helped_post_id, new.locked_at, new.microcredential_id, new.withheld_at)
		is distinct from (old.title, old.helped_post_id, old.locked_at, old.microcredential_id, old.withheld_at)
	then
		new.version := old.version + 1;
	end if;
	return new;
end $$;
create trigger threads_change before update on threads for each row execute function app.thread_changes();

create function app.thread_words_follow() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	update public.post_words w set withheld = new.withheld_at is not null or p.removed_at is not null
		from public.posts p where p.thread_id = new.id and w.post_id = p.id;
	update public.post_files f set withheld = new.withheld_at is not null or p.removed_at is not null
		from public.posts p where p.thread_id = new.id and f.post_id = p.id;
	return null;
end $$;
create trigger threads_words_follow after update of withheld_at on threads
	for each row when (new.withheld_at is distinct from old.withheld_at) execute function app.thread_words_follow();

-- The words of a post are its author's, whoever inserts them, and the newest stand.
create function app.post_words_stand() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
	post public.posts;
begin
	select * into post from public.posts where id = new.post_id;
	new.author_id := post.author_id;
	new.cohort_id := post.cohort_id;
	new.thread_id := post.thread_id;
	new.withheld := post.removed_at is not null
		or exists (select from public.threads t where t.id = post.thread_id and t.withheld_at is not null);
	new.stands := true;
	-- Before the row is one's own it changes nothing: the policy is asked after this, and a refusal takes it all back.
	update public.post_words set stands = false where post_id = new.post_id and stands;
	return new;
end $$;
create trigger post_words_stand before insert on post_words for each row execute function app.post_words_stand();

-- Whoever is named in a post that stands, of its audience only: an outsider's name is a word like any other.
create function app.post_names() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	delete from public.post_mentions where post_id = new.post_id;
	insert into public.post_mentions (post_id, cohort_id, person_id)
		select distinct new.post_id, new.cohort_id, a.person_id
		from jsonb_path_query(new.body, 'strict $.** ? (@.type == "mention").attrs.id') named(id)
		join app.cohort_people(new.cohort_id) a on a.person_id::text = named.id #>> '{}'
		limit 25;
	return null;
end $$;
create trigger post_words_name after insert on post_words for each row execute function app.post_names();

create function app.reaction_counts() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
	one public.post_reactions := coalesce(new, old);
	step integer := case when tg_op = 'INSERT' then 1 else -1 end;
begin
	update public.posts set
		tried = tried + case when one.kind = 'tried' then step else 0 end,
		thanks = thanks + case when one.kind = 'thanks' then step else 0 end
	where id = one.post_id;
	return null;
end $$;
create trigger post_reactions_count after insert or delete on post_reactions
	for each row execute function app.reaction_counts();

-- News for whoever holds a thread open: somebody's place in cohorts may have changed. The payload is that person's id.
create function app.tell_cohorts_changed() returns trigger
language plpgsql set search_path = ''
as $$
declare
	gone record := coalesce(new, old);
begin
	if tg_argv[0] = 'pair' then
		perform pg_notify('cohorts_changed', gone.teacher_id::text);
		perform pg_notify('cohorts_changed', gone.mentor_id::text);
	elsif tg_argv[0] = 'coach' then
		perform pg_notify('cohorts_changed', gone.coach_id::text);
	else
		perform pg_notify('cohorts_changed', gone.person_id::text);
	end if;
	return null;
end $$;
create trigger enrollments_tell_cohorts after insert or delete or update of status, cohort_id on enrollments
	for each row execute function app.tell_cohorts_changed('person');
create trigger roles_tell_cohorts after insert or delete or update of until_at on roles
	for each row execute function app.tell_cohorts_changed('person');
create trigger moderators_tell_cohorts after insert or delete or update of until_at on cohort_moderators
	for each row execute function app.tell_cohorts_changed('person');
create trigger pairs_tell_cohorts after update of status, cohort_id on pairs
	for each row execute function app.tell_cohorts_changed('pair');
create trigger caseloads_tell_cohorts after insert or delete or update of until_at on caseloads
	for each row execute function app.tell_cohorts_changed('coach');

-- What somebody said under their name goes with them: the words and the files, and the name. Places stay, so that answers still
-- answer something. What they said without a name stays, and from now on nobody can tell whose it was.
create function app.person_talks_no_more() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	delete from public.post_words w using public.posts p where w.post_id = p.id and p.author_id = new.id;
	delete from public.post_files f where f.person_id = new.id
		or f.post_id in (select p.id from public.posts p where p.author_id = new.id);
	update public.post_words w set words = replace(w.words, '@' || old.name, '@somebody who left')
		from public.post_mentions m where m.person_id = new.id and w.post_id = m.post_id;
	delete from public.post_mentions where person_id = new.id;
	update public.posts set author_id = null, gone = true, quote = null,
		removed_at = coalesce(removed_at, now()), removed_as = coalesce(removed_as, 'taken-back')
		where author_id = new.id;
	update public.posts q set quote = null from public.posts p where q.quotes_id = p.id and p.gone and q.quote is not null;
	update public.threads set title = 'A thread of somebody who left', author_id = null where author_id = new.id;
	delete from public.nameless_posts where person_id = new.id;
	delete from public.post_reactions where person_id = new.id;
	delete from public.thread_reads where person_id = new.id;
	delete from public.thread_choices where person_id = new.id;
	delete from public.post_reports where person_id = new.id;
	delete from public.cohort_voices where person_id = new.id;
	update public.cohort_moderators set until_at = now() where person_id = new.id and until_at is null;
	return new;
end $$;
create trigger people_talk_no_more after update of deleted_at on people
	for each row when (new.deleted_at is not null and old.deleted_at is null) execute function app.person_talks_no_more();

revoke execute on all functions in schema app from public;
grant execute on function
	app.moderated_cohort_ids(), app.discussing_cohort_ids(), app.managed_cohort_ids(), app.nameless_thread_ids(),
	app.nameless_post_ids(), app.revealed_nameless_ids(), app.authored_post_ids()
to authenticated;
grant execute on function app.cohort_people(uuid) to authenticated, app_service;

grant select on
	cohort_moderators, threads, posts, post_words, nameless_posts, author_reveals, post_reactions, thread_reads,
	thread_choices, cohort_voices, post_mentions, post_files, post_reports, moderation_acts
to authenticated;
grant insert on
	cohort_moderators, threads, posts, post_words, nameless_posts, author_reveals, post_reactions, thread_reads,
	thread_choices, post_files, post_reports, moderation_acts
to authenticated;
grant update (until_at) on cohort_moderators to authenticated;
grant update (title, helped_post_id, locked_at, microcredential_id, withheld_at) on threads to authenticated;
grant update (revision, edited_at, removed_at, removed_as) on posts to authenticated;
grant update (up_to, at) on thread_reads to authenticated;
grant update (level, at) on thread_choices to authenticated;
grant update (post_id, person_id, alt) on post_files to authenticated;
grant update (settled_at, settled_by_id, outcome) on post_reports to authenticated;
grant delete on nameless_posts, post_reactions, thread_choices, post_files to authenticated;

-- What the product itself does: tells whoever wants to hear, publishes what was said without a name, and clears files that no
-- post came for. It reads no words of posts.
grant select, insert, update on threads, posts, nameless_posts, moderation_acts, author_reveals to app_service;
grant insert on post_words to app_service;
grant select on cohort_moderators, thread_reads, thread_choices, post_mentions, post_reports to app_service;
grant select (id, cohort_id, post_id, person_id, added_at), update (post_id, person_id), delete on post_files to app_service;

create policy author_reveals_read on author_reveals for select to authenticated
	using (cohort_id = any ((select app.moderated_cohort_ids())::uuid[]) or thread_id = any ((select app.nameless_thread_ids())::uuid[]));
create policy author_reveals_make on author_reveals for insert to authenticated
	with check (moderator_id = (select app.uid()) and cohort_id = any ((select app.moderated_cohort_ids())::uuid[]) and at between now() - interval '5 minutes' and now() + interval '5 minutes');
create policy author_reveals_service on author_reveals for all to app_service
	using (true)
	with check (true);
create policy cohort_moderators_read on cohort_moderators for select to authenticated
	using (cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) or cohort_id = any ((select app.managed_cohort_ids())::uuid[]));
create policy cohort_moderators_appoint on cohort_moderators for insert to authenticated
	with check (cohort_id = any ((select app.managed_cohort_ids())::uuid[]) and appointed_by_id = (select app.uid()) and until_at is null);
create policy cohort_moderators_end on cohort_moderators for update to authenticated
	using (until_at is null and (cohort_id = any ((select app.managed_cohort_ids())::uuid[]) or person_id = (select app.uid())))
	with check (until_at is not null);
create policy cohort_moderators_service on cohort_moderators for select to app_service
	using (true);
create policy cohort_voices_read on cohort_voices for select to authenticated
	using (cohort_id = any ((select app.discussing_cohort_ids())::uuid[]));
create policy moderation_acts_read on moderation_acts for select to authenticated
	using (cohort_id = any ((select app.moderated_cohort_ids())::uuid[]) or (post_id is null and cohort_id = any ((select app.discussing_cohort_ids())::uuid[])) or post_id = any ((select app.authored_post_ids())::uuid[]));
create policy moderation_acts_make on moderation_acts for insert to authenticated
	with check (by_id = (select app.uid()) and cohort_id = any ((select app.moderated_cohort_ids())::uuid[]) and at between now() - interval '5 minutes' and now() + interval '5 minutes');
create policy moderation_acts_service on moderation_acts for all to app_service
	using (true)
	with check (true);
create policy nameless_posts_own on nameless_posts for select to authenticated
	using (person_id = (select app.uid()) or id = any ((select app.revealed_nameless_ids())::uuid[]));
create policy nameless_posts_ask on nameless_posts for insert to authenticated
	with check (person_id = (select app.uid()) and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) and post_id is null and body is not null and (thread_id is null or thread_id = any ((select app.nameless_thread_ids())::uuid[])));
create policy nameless_posts_take_back on nameless_posts for delete to authenticated
	using (person_id = (select app.uid()) and post_id is null);
create policy nameless_posts_service on nameless_posts for all to app_service
	using (true)
	with check (true);
create policy post_files_read on post_files for select to authenticated
	using ((post_id is not null and not withheld and cohort_id = any ((select app.discussing_cohort_ids())::uuid[])) or person_id = (select app.uid()) or post_id = any ((select app.nameless_post_ids())::uuid[]) or (post_id is not null and cohort_id = any ((select app.moderated_cohort_ids())::uuid[])));
create policy post_files_add on post_files for insert to authenticated
	with check (person_id = (select app.uid()) and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) and post_id is null and not withheld);
create policy post_files_use on post_files for update to authenticated
	using (person_id = (select app.uid()) and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) and post_id is null)
	with check (cohort_id = any ((select app.discussing_cohort_ids())::uuid[]));
create policy post_files_take_back on post_files for delete to authenticated
	using (person_id = (select app.uid()));
create policy post_files_service on post_files for all to app_service
	using (true)
	with check (true);
create policy post_mentions_read on post_mentions for select to authenticated
	using (cohort_id = any ((select app.discussing_cohort_ids())::uuid[]));
create policy post_mentions_service on post_mentions for select to app_service
	using (true);
create policy post_reactions_own on post_reactions for select to authenticated
	using (person_id = (select app.uid()));
create policy post_reactions_add on post_reactions for insert to authenticated
	with check (person_id = (select app.uid()) and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]));
create policy post_reactions_take_back on post_reactions for delete to authenticated
	using (person_id = (select app.uid()));
create policy post_reports_read on post_reports for select to authenticated
	using (cohort_id = any ((select app.moderated_cohort_ids())::uuid[]) or person_id = (select app.uid()));
create policy post_reports_make on post_reports for insert to authenticated
	with check (person_id = (select app.uid()) and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) and settled_at is null);
create policy post_reports_settle on post_reports for update to authenticated
	using (cohort_id = any ((select app.moderated_cohort_ids())::uuid[]) and settled_at is null)
	with check (cohort_id = any ((select app.moderated_cohort_ids())::uuid[]) and settled_by_id = (select app.uid()) and settled_at is not null);
create policy post_reports_service on post_reports for select to app_service
	using (true);
create policy post_words_read on post_words for select to authenticated
	using ((not withheld and cohort_id = any ((select app.discussing_cohort_ids())::uuid[])) or cohort_id = any ((select app.moderated_cohort_ids())::uuid[]) or (author_id = (select app.uid()) or post_id = any ((select app.nameless_post_ids())::uuid[])));
create policy post_words_write on post_words for insert to authenticated
	with check (cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) and stands and (author_id = (select app.uid()) or post_id = any ((select app.nameless_post_ids())::uuid[])));
create policy post_words_service_publish on post_words for insert to app_service
	with check (author_id is null);
create policy posts_read on posts for select to authenticated
	using (cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) or (author_id = (select app.uid()) or id = any ((select app.nameless_post_ids())::uuid[])));
create policy posts_say on posts for insert to authenticated
	with check (author_id = (select app.uid()) and not nameless and not gone and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) and created_at between now() - interval '5 minutes' and now() + interval '5 minutes' and removed_at is null and tried = 0 and thanks = 0);
create policy posts_change on posts for update to authenticated
	using ((cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) and (author_id = (select app.uid()) or id = any ((select app.nameless_post_ids())::uuid[]))) or cohort_id = any ((select app.moderated_cohort_ids())::uuid[]))
	with check (cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) or cohort_id = any ((select app.moderated_cohort_ids())::uuid[]));
create policy posts_service on posts for all to app_service
	using (true)
	with check (true);
create policy thread_choices_own on thread_choices for select to authenticated
	using (person_id = (select app.uid()));
create policy thread_choices_make on thread_choices for insert to authenticated
	with check (person_id = (select app.uid()) and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]));
create policy thread_choices_change on thread_choices for update to authenticated
	using (person_id = (select app.uid()))
	with check (person_id = (select app.uid()) and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]));
create policy thread_choices_take_back on thread_choices for delete to authenticated
	using (person_id = (select app.uid()));
create policy thread_choices_service on thread_choices for select to app_service
	using (true);
create policy thread_reads_own on thread_reads for select to authenticated
	using (person_id = (select app.uid()));
create policy thread_reads_note on thread_reads for insert to authenticated
	with check (person_id = (select app.uid()) and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]));
create policy thread_reads_further on thread_reads for update to authenticated
	using (person_id = (select app.uid()))
	with check (person_id = (select app.uid()) and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]));
create policy thread_reads_service on thread_reads for select to app_service
	using (true);
create policy threads_read on threads for select to authenticated
	using ((withheld_at is null and cohort_id = any ((select app.discussing_cohort_ids())::uuid[])) or cohort_id = any ((select app.moderated_cohort_ids())::uuid[]) or author_id = (select app.uid()));
create policy threads_open on threads for insert to authenticated
	with check (author_id = (select app.uid()) and not nameless and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) and created_at between now() - interval '5 minutes' and now() + interval '5 minutes' and locked_at is null and withheld_at is null and helped_post_id is null and posts = 0);
create policy threads_change on threads for update to authenticated
	using ((cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) and (author_id = (select app.uid()) or id = any ((select app.nameless_thread_ids())::uuid[]))) or cohort_id = any ((select app.moderated_cohort_ids())::uuid[]))
	with check (cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) or cohort_id = any ((select app.moderated_cohort_ids())::uuid[]));
create policy threads_service on threads for all to app_service
	using (true)
	with check (true);
