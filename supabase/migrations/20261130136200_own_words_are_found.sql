-- Whoever has moved on still reads what they wrote before, so a search finds it for them: their own words and the titles that
-- they gave, and nothing else of cohorts that they have left. Otherwise the functions are as before.

-- The cohorts that the person has left and said something in: one of them, or all.
create function app.searched_earlier_ids(cohort uuid) returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
	here uuid[] := app.discussing_cohort_ids();
begin
	return array(
		select v.cohort_id from public.cohort_voices v
			where v.person_id = app.uid() and v.cohort_id <> all (here) and (cohort is null or v.cohort_id = cohort)
		union select n.cohort_id from public.nameless_posts n
			where n.person_id = app.uid() and n.post_id is not null and n.cohort_id <> all (here)
				and (cohort is null or n.cohort_id = cohort)
	);
end $$;

create or replace function app.search_posts(
	asked text, anything text, cohort uuid, about uuid, of_kind text, by_author uuid,
	not_before timestamptz, before timestamptz, newest boolean, most integer, skip integer
) returns table (post_id uuid, thread_id uuid, by_title boolean, total integer)
language plpgsql stable security definer set search_path = '' set enable_seqscan = off
as $$
#variable_conflict use_column
declare
	cohorts uuid[] := app.searched_cohort_ids(cohort);
	earlier uuid[] := app.searched_earlier_ids(cohort);
	everywhere uuid[] := cohorts || earlier;
	me uuid := app.uid();
	unnamed uuid[] := case when cardinality(earlier) = 0 then '{}' else app.nameless_post_ids() end;
	unnamed_threads uuid[] := case when cardinality(earlier) = 0 then '{}' else app.nameless_thread_ids() end;
	wanted tsquery := websearch_to_tsquery('english', asked);
	one_of tsquery := websearch_to_tsquery('english', anything);
	scope tsquery;
begin
	if cardinality(everywhere) = 0 then return; end if;
	if asked is null then
		return query
			with found as (
				select p.id, p.thread_id, p.created_at
				from public.posts p join public.threads t on t.id = p.thread_id
				where p.cohort_id = any (everywhere) and p.removed_at is null and t.withheld_at is null
					and (p.cohort_id = any (cohorts) or p.author_id = me or p.id = any (unnamed))
					and (by_author is null or p.author_id = by_author)
					-- What others call and keep their threads is theirs, so no choice of it tells anything of a cohort that one has left.
					and (about is null and of_kind is null or p.cohort_id = any (cohorts) or t.author_id = me or t.id = any (unnamed_threads))
					and (about is null or t.microcredential_id = about) and (of_kind is null or t.kind = of_kind)
					and (not_before is null or p.created_at >= not_before) and (before is null or p.created_at < before)
				order by p.created_at desc, p.id desc limit 1000
			)
			select f.id, f.thread_id, false, (count(*) over ())::integer from found f
			order by f.created_at desc, f.id desc limit most offset skip;
		return;
	end if;
	if numnode(wanted) = 0 then return; end if;
	scope := app.cohort_query(everywhere);
	return query
		with said as (
			select w.post_id as id, ts_rank(w.search, one_of, 1) as rank, false as titled
			from public.post_words w where w.stands and not w.withheld and w.search @@ (wanted && scope)
				and (w.cohort_id = any (cohorts) or w.author_id = me or w.post_id = any (unnamed))
		), titles as (
			select t.id, t.search, t.search @@ wanted as whole from public.threads t
			where t.cohort_id = any (everywhere) and t.withheld_at is null and t.search @@ one_of
				and (t.cohort_id = any (cohorts) or t.author_id = me or t.id = any (unnamed_threads))
		), hits as (
			select s.id, s.rank, s.titled from said s
			-- A title that says it all leads to where its thread begins, once.
			union all select p.id, 1.0, true from titles t join public.posts p on p.thread_id = t.id and p.number = 1 where t.whole
			union all select w.post_id, 0.5 + ts_rank(w.search, one_of, 1), false
			from titles t join public.post_words w on w.thread_id = t.id
			where not t.whole and w.stands and not w.withheld and w.search @@ one_of and not w.search @@ wanted
				and (t.search || w.search) @@ wanted
				and (w.cohort_id = any (cohorts) or w.author_id = me or w.post_id = any (unnamed))
		), found as (
			select h.id, p.thread_id, max(h.rank) as rank, bool_or(h.titled) as titled, p.created_at
			from hits h join public.posts p on p.id = h.id join public.threads t on t.id = p.thread_id
			where (p.removed_at is null or h.titled)
				and (by_author is null or p.author_id = by_author)
				and (about is null and of_kind is null or p.cohort_id = any (cohorts) or t.author_id = me or t.id = any (unnamed_threads))
				and (about is null or t.microcredential_id = about) and (of_kind is null or t.kind = of_kind)
				and (not_before is null or p.created_at >= not_before) and (before is null or p.created_at < before)
			group by h.id, p.thread_id, p.created_at
		)
		select f.id, f.thread_id, f.titled, least(count(*) over (), 1000)::integer from found f
		order by case when newest then 0 else f.rank end desc, f.created_at desc, f.id desc limit most offset skip;
end $$;

create or replace function app.searched_words(words text[], cohort uuid) returns table (word text, stem text, used boolean)
language plpgsql stable security definer set search_path = '' set enable_seqscan = off
as $$
declare
	cohorts uuid[] := app.searched_cohort_ids(cohort);
	earlier uuid[] := app.searched_earlier_ids(cohort);
	me uuid := app.uid();
	unnamed uuid[] := case when cardinality(earlier) = 0 then '{}' else app.nameless_post_ids() end;
	unnamed_threads uuid[] := case when cardinality(earlier) = 0 then '{}' else app.nameless_thread_ids() end;
	scope tsquery := app.cohort_query(cohorts || earlier);
begin
	return query
		select a.word, array_to_string(tsvector_to_array(to_tsvector('english', a.word)), ' '),
			exists (select from public.post_words w
				where w.stands and not w.withheld and w.search @@ (plainto_tsquery('english', a.word) && scope)
				and (w.cohort_id = any (cohorts) or w.author_id = me or w.post_id = any (unnamed)))
			or exists (select from public.threads t
				where t.cohort_id = any (cohorts || earlier) and t.withheld_at is null
				and t.search @@ plainto_tsquery('english', a.word)
				and (t.cohort_id = any (cohorts) or t.author_id = me or t.id = any (unnamed_threads)))
		from unnest(words) a(word);
end $$;

create or replace function app.said_stems(near text[], cohort uuid) returns table (word text, uses integer)
-- Calling a second process to help takes longer than this.
language plpgsql stable security definer set search_path = '' set enable_seqscan = off set max_parallel_workers_per_gather = 0
as $$
declare
	cohorts uuid[] := app.searched_cohort_ids(cohort);
	earlier uuid[] := app.searched_earlier_ids(cohort);
	me uuid := app.uid();
	unnamed uuid[] := case when cardinality(earlier) = 0 then '{}' else app.nameless_post_ids() end;
	unnamed_threads uuid[] := case when cardinality(earlier) = 0 then '{}' else app.nameless_thread_ids() end;
	least integer := (select min(char_length(n)) from unnest(near) n) - 2;
	longest integer := (select max(char_length(n)) from unnest(near) n) + 2;
begin
	if cardinality(cohorts || earlier) = 0 then return; end if;
	return query
		with newest as (
			(select w.search from public.posts p join public.post_words w on w.post_id = p.id and w.stands and not w.withheld
				where p.cohort_id = any (cohorts) order by p.created_at desc limit 600)
			union all (select t.search from public.threads t
				where t.cohort_id = any (cohorts) and t.withheld_at is null order by t.last_post_at desc limit 300)
			-- One's own of before.
			union all (select w.search from public.posts p join public.post_words w on w.post_id = p.id and w.stands and not w.withheld
				where cardinality(earlier) > 0 and p.author_id = me and p.cohort_id = any (earlier) order by p.created_at desc limit 300)
			union all (select w.search from unnest(unnamed) u(id)
				join public.post_words w on w.post_id = u.id and w.stands and not w.withheld
				where w.cohort_id = any (earlier) limit 300)
			union all (select t.search from public.threads t
				where cardinality(earlier) > 0 and t.withheld_at is null and t.cohort_id = any (earlier)
				and (t.author_id = me or t.id = any (unnamed_threads)) order by t.last_post_at desc limit 300)
		),
		-- Each is looked at once, and not for every post that says it.
		stems as materialized (
			select s.stem, count(*)::integer as uses
			from newest cross join lateral unnest(tsvector_to_array(newest.search)) s(stem)
			where char_length(s.stem) >= least group by s.stem
		)
		select s.stem, s.uses from stems s
		where (char_length(s.stem) <= longest or exists (select from unnest(near) n where starts_with(s.stem, n)))
			and s.stem ~ '^[[:alpha:]]{3,40}$'
		order by s.uses desc, s.stem limit 20000;
end $$;

create or replace function app.said_like(stems text[], cohort uuid) returns table (stem text, said text)
language plpgsql stable security definer set search_path = '' set enable_seqscan = off
as $$
declare
	cohorts uuid[] := app.searched_cohort_ids(cohort);
	earlier uuid[] := app.searched_earlier_ids(cohort);
	me uuid := app.uid();
	unnamed uuid[] := case when cardinality(earlier) = 0 then '{}' else app.nameless_post_ids() end;
	unnamed_threads uuid[] := case when cardinality(earlier) = 0 then '{}' else app.nameless_thread_ids() end;
	scope tsquery := app.cohort_query(cohorts || earlier);
begin
	return query
		select a.stem, coalesce(
			(select ts_headline('english', left(w.words, 5000), quoted.query, 'StartSel=,StopSel=,MaxWords=3,MinWords=1')
				from public.post_words w where w.stands and not w.withheld and w.search @@ (quoted.query && scope)
				and (w.cohort_id = any (cohorts) or w.author_id = me or w.post_id = any (unnamed)) limit 1),
			(select ts_headline('english', t.title, quoted.query, 'StartSel=,StopSel=,MaxWords=3,MinWords=1')
				from public.threads t
				where t.cohort_id = any (cohorts || earlier) and t.withheld_at is null and t.search @@ quoted.query
				and (t.cohort_id = any (cohorts) or t.author_id = me or t.id = any (unnamed_threads)) limit 1))
		from unnest(stems) a(stem) cross join lateral (select quote_literal(a.stem)::tsquery as query) quoted;
end $$;

revoke execute on all functions in schema app from public;
grant execute on function app.searched_earlier_ids(uuid) to authenticated;
