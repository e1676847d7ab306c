-- What the cohorts are called that somebody said something in and has left: they read their own words there, and may know where
-- it was. Nothing else of those cohorts.
create function app.earlier_cohorts() returns table (id uuid, name text)
language plpgsql stable security definer set search_path = ''
as $$
declare
	here uuid[] := app.discussing_cohort_ids();
	unnamed uuid[] := app.nameless_post_ids();
begin
	return query
		select c.id, c.name from public.cohorts c
		where c.id <> all (here) and c.id in (
			select p.cohort_id from public.posts p where p.author_id = app.uid()
			union select p.cohort_id from public.posts p where p.id = any (unnamed)
		)
		order by c.name, c.id;
end $$;
revoke execute on all functions in schema app from public;
grant execute on function app.earlier_cohorts() to authenticated;
