-- Taking back what was said without a name, and bringing it back, carry the moment at which somebody sat there. So they wait some
-- minutes, by chance, and the product itself does them; at once only where whoever asked wants it so. docs/decisions/0037.
ALTER TABLE "nameless_posts" ADD COLUMN "change_at" timestamp (3) with time zone;
--> statement-breakpoint
ALTER TABLE "nameless_posts" ADD COLUMN "change_to" text;
--> statement-breakpoint
ALTER TABLE "nameless_posts" ADD CONSTRAINT "nameless_posts_change" CHECK (change_to in ('taken-back', 'stands') and (change_at is null) = (change_to is null) and (change_at is null or post_id is not null));
--> statement-breakpoint
CREATE INDEX "nameless_posts_changing" ON "nameless_posts" USING btree ("change_at") WHERE change_at is not null;
--> statement-breakpoint
grant update (change_at, change_to) on nameless_posts to authenticated;
create policy nameless_posts_change on nameless_posts for update to authenticated
	using (person_id = (select app.uid()) and post_id is not null)
	with check (person_id = (select app.uid()) and post_id is not null);

-- As before, and where the product itself takes a question back it does so for whoever asked.
create or replace function app.thread_is_withheld_as() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
	moderates boolean := old.cohort_id = any (app.moderated_cohort_ids());
	own boolean := coalesce(old.author_id = app.uid() or old.id = any (app.nameless_thread_ids()), app.uid() is null and old.nameless);
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
