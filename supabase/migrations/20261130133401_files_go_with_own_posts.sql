-- A file goes with a post of its own sender, or waits beside their own question, and nobody else's. By a trigger, because a
-- policy would read another table by that one's policies.
drop policy post_files_add on post_files;
create policy post_files_add on post_files for insert to authenticated
	with check (person_id = (select app.uid()) and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) and post_id is null and not withheld);
drop policy post_files_use on post_files;
create policy post_files_use on post_files for update to authenticated
	using (person_id = (select app.uid()) and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) and post_id is null)
	with check (person_id = (select app.uid()) and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]));

create function app.post_file_goes() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	if app.uid() is not null and (
		new.post_id is not null and not exists (
			select from public.posts p where p.id = new.post_id and p.author_id = app.uid())
		or new.nameless_id is not null and not exists (
			select from public.nameless_posts n where n.id = new.nameless_id and n.person_id = app.uid() and n.post_id is null)
	) then
		raise exception 'a file goes with its sender''s own posts' using errcode = '42501';
	end if;
	return new;
end $$;
create trigger post_files_go before insert or update of post_id, nameless_id on post_files
	for each row execute function app.post_file_goes();
revoke execute on function app.post_file_goes() from public;
