-- Finding posts. Row policies can't stand before a search in an index (@@ is not leakproof), so each of these applies, itself and
-- first, what post_words_read and threads_read say, less what is withheld: that nobody finds, not even whoever may read it.

-- The cohorts that are searched: one of the person's, or all.
create function app.searched_cohort_ids(cohort uuid) returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(select distinct c from unnest(app.discussing_cohort_ids()) c where cohort is null or c = cohort);
end $$;

-- The words under which they stand in the index of posts.
create function app.cohort_query(cohorts uuid[]) returns tsquery
language sql immutable set search_path = ''
as $$ select array_to_string(array(select '''' || c::text || '''' from unnest(cohorts) c), '|')::tsquery $$;

-- Whoever wants one post of many is tempted to read them all until it comes along: where nobody says a word, that is all of them
-- (8 s at a million and a half). So none of these reads a table from its beginning.

/* Best first, or newest first; `total` counts no further than to 1,000.
   asked: what somebody typed, as websearch_to_tsquery reads it, which refuses nothing; null lists everything, newest first.
   anything: one of its words, to find what title and post say only together. */
create function app.search_posts(
	asked text, anything text, cohort uuid, about uuid, of_kind text, by_author uuid,
	not_before timestamptz, before timestamptz, newest boolean, most integer, skip integer
) returns table (post_id uuid, thread_id uuid, by_title boolean, total integer)
language plpgsql stable security definer set search_path = '' set enable_seqscan = off
as $$
#variable_conflict use_column
declare
	cohorts uuid[] := app.searched_cohort_ids(cohort);
	wanted tsquery := websearch_to_tsquery('english', asked);
	one_of tsquery := websearch_to_tsquery('english', anything);
	scope tsquery;
begin
	if cardinality(cohorts) = 0 then return; end if;
	if asked is null then
		return query
			with found as (
				select p.id, p.thread_id, p.created_at
				from public.posts p join public.threads t on t.id = p.thread_id
				where p.cohort_id = any (cohorts) and p.removed_at is null and t.withheld_at is null
					and (by_author is null or p.author_id = by_author)
					and (about is null or t.microcredential_id = about) and (of_kind is null or t.kind = of_kind)
					and (not_before is null or p.created_at >= not_before) and (before is null or p.created_at < before)
				order by p.created_at desc, p.id desc limit 1000
			)
			select f.id, f.thread_id, false, (count(*) over ())::integer from found f
			order by f.created_at desc, f.id desc limit most offset skip;
		return;
	end if;
	if numnode(wanted) = 0 then return; end if;
	scope := app.cohort_query(cohorts);
	return query
		with said as (
			select w.post_id as id, ts_rank(w.search, one_of, 1) as rank, false as titled
			from public.post_words w where w.stands and not w.withheld and w.search @@ (wanted && scope)
		), titles as (
			select t.id, t.search, t.search @@ wanted as whole from public.threads t
			where t.cohort_id = any (cohorts) and t.withheld_at is null and t.search @@ one_of
		), hits as (
			select s.id, s.rank, s.titled from said s
			-- A title that says it all leads to where its thread begins, once.
			union all select p.id, 1.0, true from titles t join public.posts p on p.thread_id = t.id and p.number = 1 where t.whole
			union all select w.post_id, 0.5 + ts_rank(w.search, one_of, 1), false
			from titles t join public.post_words w on w.thread_id = t.id
			where not t.whole and w.stands and not w.withheld and w.search @@ one_of and not w.search @@ wanted
				and (t.search || w.search) @@ wanted
		), found as (
			select h.id, p.thread_id, max(h.rank) as rank, bool_or(h.titled) as titled, p.created_at
			from hits h join public.posts p on p.id = h.id join public.threads t on t.id = p.thread_id
			where (p.removed_at is null or h.titled)
				and (by_author is null or p.author_id = by_author)
				and (about is null or t.microcredential_id = about) and (of_kind is null or t.kind = of_kind)
				and (not_before is null or p.created_at >= not_before) and (before is null or p.created_at < before)
			group by h.id, p.thread_id, p.created_at
		)
		select f.id, f.thread_id, f.titled, least(count(*) over (), 1000)::integer from found f
		order by case when newest then 0 else f.rank end desc, f.created_at desc, f.id desc limit most offset skip;
end $$;

-- Whether a word says anything to a search, by which stem it is looked for, and whether anybody said it where the person reads.
create function app.searched_words(words text[], cohort uuid) returns table (word text, stem text, used boolean)
language plpgsql stable security definer set search_path = '' set enable_seqscan = off
as $$
declare
	cohorts uuid[] := app.searched_cohort_ids(cohort);
	scope tsquery := app.cohort_query(cohorts);
begin
	return query
		select a.word, array_to_string(tsvector_to_array(to_tsvector('english', a.word)), ' '),
			exists (select from public.post_words w
				where w.stands and not w.withheld and w.search @@ (plainto_tsquery('english', a.word) && scope))
			or exists (select from public.threads t
				where t.cohort_id = any (cohorts) and t.withheld_at is null and t.search @@ plainto_tsquery('english', a.word))
		from unnest(words) a(word);
end $$;

-- The stems of what is said where the person reads that these could be slips of, by how many posts say them: of the newest
-- posts, because nobody waits for all of a large caseload's. Nothing here is stored, so nothing that was withheld, or that
-- others say, can be left in it.
create function app.said_stems(near text[], cohort uuid) returns table (word text, uses integer)
-- Calling a second process to help takes longer than this.
language plpgsql stable security definer set search_path = '' set enable_seqscan = off set max_parallel_workers_per_gather = 0
as $$
declare
	cohorts uuid[] := app.searched_cohort_ids(cohort);
	least integer := (select min(char_length(n)) from unnest(near) n) - 2;
	longest integer := (select max(char_length(n)) from unnest(near) n) + 2;
begin
	if cardinality(cohorts) = 0 then return; end if;
	return query
		with newest as (
			(select w.search from public.posts p join public.post_words w on w.post_id = p.id and w.stands and not w.withheld
				where p.cohort_id = any (cohorts) order by p.created_at desc limit 600)
			union all (select t.search from public.threads t
				where t.cohort_id = any (cohorts) and t.withheld_at is null order by t.last_post_at desc limit 300)
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

-- Words as somebody wrote them that have these stems, so that people are shown words and not stems.
create function app.said_like(stems text[], cohort uuid) returns table (stem text, said text)
language plpgsql stable security definer set search_path = '' set enable_seqscan = off
as $$
declare
	cohorts uuid[] := app.searched_cohort_ids(cohort);
	scope tsquery := app.cohort_query(cohorts);
begin
	return query
		select a.stem, coalesce(
			(select ts_headline('english', left(w.words, 5000), quoted.query, 'StartSel=,StopSel=,MaxWords=3,MinWords=1')
				from public.post_words w where w.stands and not w.withheld and w.search @@ (quoted.query && scope) limit 1),
			(select ts_headline('english', t.title, quoted.query, 'StartSel=,StopSel=,MaxWords=3,MinWords=1')
				from public.threads t
				where t.cohort_id = any (cohorts) and t.withheld_at is null and t.search @@ quoted.query limit 1))
		from unnest(stems) a(stem) cross join lateral (select quote_literal(a.stem)::tsquery as query) quoted;
end $$;

revoke execute on all functions in schema app from public;
grant execute on function
	app.search_posts(text, text, uuid, uuid, text, uuid, timestamptz, timestamptz, boolean, integer, integer),
	app.searched_cohort_ids(uuid), app.searched_words(text[], uuid), app.said_stems(text[], uuid), app.said_like(text[], uuid)
to authenticated;
