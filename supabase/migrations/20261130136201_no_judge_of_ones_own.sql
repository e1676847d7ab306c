-- Who reported a post, and what comes of it, is not for its author, also where they look after the cohort: another moderator
-- reads it.
create function app.reported_own_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	moderated uuid[] := app.moderated_cohort_ids();
	unnamed uuid[];
begin
	-- Of nearly everybody there is nothing to ask.
	if cardinality(moderated) = 0 then return '{}'; end if;
	unnamed := app.nameless_post_ids();
	return array(
		select distinct r.post_id from public.post_reports r join public.posts p on p.id = r.post_id
		where r.cohort_id = any (moderated) and (p.author_id = app.uid() or p.id = any (unnamed))
	);
end $$;

alter policy post_reports_read on post_reports using (
	(cohort_id = any ((select app.moderated_cohort_ids())::uuid[]) and post_id <> all ((select app.reported_own_ids())::uuid[])) or person_id = (select app.uid())
);
alter policy post_reports_settle on post_reports using (
	cohort_id = any ((select app.moderated_cohort_ids())::uuid[]) and post_id <> all ((select app.reported_own_ids())::uuid[]) and settled_at is null
);

-- What another moderator hid of one's own is not shown again by oneself, and no thread of one's own is opened again that another
-- one closed: by the newest act that did it. Hiding comes before its act is written down, so that this is asked of undoing only.
create function app.undone_by_others() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
	own boolean;
	did text;
	last_by uuid;
begin
	if app.uid() is null then return new; end if;
	if tg_argv[0] = 'post' then
		own := old.author_id = app.uid() or old.id = any (app.nameless_post_ids());
		select a.by_id into last_by from public.moderation_acts a
			where a.post_id = old.id and a.act = 'hide' order by a.at desc, a.id desc limit 1;
	else
		own := old.author_id = app.uid() or old.id = any (app.nameless_thread_ids());
		did := case when old.withheld_at is not null and new.withheld_at is null then 'hide' else 'lock' end;
		select a.by_id into last_by from public.moderation_acts a
			where a.thread_id = old.id and a.post_id is null and a.act = did order by a.at desc, a.id desc limit 1;
	end if;
	if coalesce(own, false) and last_by is not null and last_by <> app.uid() then
		raise exception 'closed by another moderator, and opened by one' using errcode = '42501';
	end if;
	return new;
end $$;
create trigger posts_undone_by_others before update of removed_as on posts
	for each row when (old.removed_as = 'hidden' and new.removed_as is distinct from 'hidden')
	execute function app.undone_by_others('post');
create trigger threads_undone_by_others before update of withheld_at, locked_at on threads
	for each row when (old.withheld_as = 'hidden' and new.withheld_at is null or old.locked_at is not null and new.locked_at is null)
	execute function app.undone_by_others('thread');

revoke execute on all functions in schema app from public;
grant execute on function app.reported_own_ids() to authenticated;
