-- Whether its author took a thread back or a moderator hid it: bringing back one's question does not show what a moderator hid.
ALTER TABLE "threads" ADD COLUMN "withheld_as" text;
--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_withheld_as" CHECK (withheld_as in ('taken-back', 'hidden'));
--> statement-breakpoint
create function app.thread_is_withheld_as() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
	moderates boolean := old.cohort_id = any (app.moderated_cohort_ids());
	own boolean := coalesce(old.author_id = app.uid() or old.id = any (app.nameless_thread_ids()), false);
begin
	if new.withheld_at is null then
		if old.withheld_as = 'hidden' and app.uid() is not null and not moderates then
			raise exception 'not this person''s to change' using errcode = '42501';
		end if;
		new.withheld_as := null;
	elsif old.withheld_at is null then
		new.withheld_as := case when own and old.posts = 1 then 'taken-back' else 'hidden' end;
	end if;
	return new;
end $$;
create trigger threads_withheld_as before update of withheld_at on threads
	for each row when (new.withheld_at is distinct from old.withheld_at) execute function app.thread_is_withheld_as();
revoke execute on all functions in schema app from public;
