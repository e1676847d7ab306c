-- No file goes with what is said without a name (docs/decisions/0037), so none waits beside it.
drop trigger post_files_go on post_files;
ALTER TABLE "post_files" DROP COLUMN "nameless_id";
--> statement-breakpoint
create or replace function app.post_file_goes() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	if app.uid() is not null and new.post_id is not null and not exists (
		select from public.posts p where p.id = new.post_id and p.author_id = app.uid()
	) then
		raise exception 'a file goes with its sender''s own posts' using errcode = '42501';
	end if;
	return new;
end $$;
create trigger post_files_go before insert or update of post_id on post_files
	for each row execute function app.post_file_goes();
revoke update (added_at) on post_files from app_service;
