-- A version in use never changes: reflections, submissions and awards point at it for good. This holds for everybody, the
-- owner of the database too. What may happen to a published version is that it is no longer offered.
create function app.keep_published_version() returns trigger
language plpgsql set search_path = ''
as $$
declare
	-- `search` is worked out after this trigger.
	may_change constant text[] := array['status', 'retired_at', 'retired_reason', 'search'];
begin
	if tg_op = 'UPDATE' and new.status = 'retired' and old.status <> 'retired' then
		new.retired_at := coalesce(new.retired_at, now());
	end if;
	if old.status = 'draft' then
		return case tg_op when 'DELETE' then old else new end;
	end if;
	if tg_op = 'DELETE'
		or to_jsonb(new) - may_change is distinct from to_jsonb(old) - may_change
		or new.status <> old.status and not (old.status = 'published' and new.status = 'retired')
		or new.status = old.status
			and (new.retired_at is distinct from old.retired_at or new.retired_reason is distinct from old.retired_reason)
	then
		raise exception 'A published version of a microcredential never changes: publish the next one.'
			using errcode = 'restrict_violation';
	end if;
	return new;
end $$;
create trigger microcredential_versions_keep before update or delete on microcredential_versions
	for each row execute function app.keep_published_version();

-- And what belongs to it: its parts, their rubric rows, and the competencies that it proves.
create function app.keep_what_was_published() returns trigger
language plpgsql set search_path = ''
as $$
declare
	touched uuid[];
begin
	if tg_table_name = 'rubric_rows' then
		touched := array(select p.microcredential_version_id from public.parts p where p.id in (
			case when tg_op <> 'INSERT' then (to_jsonb(old) ->> 'part_id')::uuid end,
			case when tg_op <> 'DELETE' then (to_jsonb(new) ->> 'part_id')::uuid end
		));
	else
		touched := array[
			case when tg_op <> 'INSERT' then (to_jsonb(old) ->> 'microcredential_version_id')::uuid end,
			case when tg_op <> 'DELETE' then (to_jsonb(new) ->> 'microcredential_version_id')::uuid end
		];
	end if;
	if exists (select from public.microcredential_versions v where v.id = any (touched) and v.status <> 'draft') then
		raise exception 'What a published version of a microcredential asks for never changes: publish the next one.'
			using errcode = 'restrict_violation';
	end if;
	return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger parts_keep before insert or update or delete on parts
	for each row execute function app.keep_what_was_published();
create trigger rubric_rows_keep before insert or update or delete on rubric_rows
	for each row execute function app.keep_what_was_published();
create trigger alignments_keep before insert or update or delete on alignments
	for each row execute function app.keep_what_was_published();

-- How long teachers wrote for a microcredential, in minutes of active editing, up to the first time they handed it in:
-- pauses of up to five minutes are thinking and count, longer ones do not. Whoever wrote for less than a minute brought
-- finished words and tells nothing. Of the latest 200, so that it is answered in a moment. Nobody's time can be read off
-- it: below ten people there is the count and nothing else.
create function app.measured_time(microcredential uuid)
returns table (people integer, lower_quartile double precision, median double precision, upper_quartile double precision)
language plpgsql stable security definer set search_path = ''
as $$
begin
	return query
		with versions as (
			select v.id from public.microcredential_versions v where v.microcredential_id = microcredential
		), first_times as (
			select distinct on (s.teacher_id) s.teacher_id, s.submitted_at from public.submissions s
			where s.microcredential_version_id in (select v.id from versions v)
			order by s.teacher_id, s.submitted_at
		), latest as (
			select f.teacher_id, f.submitted_at from first_times f order by f.submitted_at desc limit 200
		), theirs as (
			select l.teacher_id, l.submitted_at, r.id from latest l
			join public.pairs p on p.teacher_id = l.teacher_id
			join public.reflections r on r.pair_id = p.id
			where r.microcredential_version_id in (select v.id from versions v)
		), edits as (
			select t.teacher_id, u.created_at as from_at, u.created_at as to_at from theirs t
			join public.reflection_updates u on u.reflection_id = t.id
			where u.person_id = t.teacher_id and u.created_at <= t.submitted_at
			union all
			select t.teacher_id, h.from_at, least(h.to_at, t.submitted_at) from theirs t
			join public.reflection_history h on h.reflection_id = t.id
			where h.person_id = t.teacher_id and h.from_at <= t.submitted_at
		), ordered as (
			select e.teacher_id, e.from_at, e.to_at, max(e.to_at) over (
				partition by e.teacher_id order by e.from_at, e.to_at rows between unbounded preceding and 1 preceding
			) as before from edits e
		), minutes as (
			select sum(extract(epoch from case
				when o.before is null or o.from_at > o.before + interval '5 minutes' then o.to_at - o.from_at
				else greatest(o.to_at, o.before) - o.before
			end))::float8 / 60 as spent
			from ordered o group by o.teacher_id
		), counted as (select m.spent from minutes m where m.spent >= 1)
		select count(*)::integer,
			case when count(*) >= 10 then percentile_cont(0.25) within group (order by c.spent) end,
			case when count(*) >= 10 then percentile_cont(0.5) within group (order by c.spent) end,
			case when count(*) >= 10 then percentile_cont(0.75) within group (order by c.spent) end
		from counted c;
end $$;

revoke execute on all functions in schema app from public;
grant execute on function app.measured_time(uuid) to authenticated, app_service;
