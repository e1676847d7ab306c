-- A picture that waits beside a question without a name, until the product itself publishes both. Taken back, it is a file
-- that no post came for.
ALTER TABLE "post_files" ADD COLUMN "nameless_id" uuid;
--> statement-breakpoint
ALTER TABLE "post_files" ADD CONSTRAINT "post_files_nameless_id_nameless_posts_id_fk" FOREIGN KEY ("nameless_id") REFERENCES "public"."nameless_posts"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "post_files_nameless" ON "post_files" USING btree ("nameless_id");
--> statement-breakpoint
drop policy post_files_add on post_files;
create policy post_files_add on post_files for insert to authenticated
	with check (person_id = (select app.uid()) and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) and post_id is null and not withheld and (nameless_id is null or nameless_id in (select n.id from nameless_posts n where n.person_id = (select app.uid()) and n.post_id is null)));
-- A file goes with a post of its own sender, and with nobody else's.
drop policy post_files_use on post_files;
create policy post_files_use on post_files for update to authenticated
	using (person_id = (select app.uid()) and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) and post_id is null)
	with check (person_id = (select app.uid()) and cohort_id = any ((select app.discussing_cohort_ids())::uuid[]) and (post_id is null or post_id in (select p.id from posts p where p.author_id = (select app.uid()))));
grant select (nameless_id), update (nameless_id, added_at) on post_files to app_service;
