-- Which helping reply was told to whoever wrote it.
ALTER TABLE "threads" ADD COLUMN "helped_told_id" uuid;
--> statement-breakpoint
CREATE INDEX "threads_helped_untold" ON "threads" USING btree ("id") WHERE helped_post_id is distinct from helped_told_id;
--> statement-breakpoint
-- What was told and is not there any more: the round that takes notices away finds it here, and nothing else.
CREATE INDEX "posts_to_untell" ON "posts" USING btree ("removed_at") WHERE removed_at is not null and told_at is not null;
--> statement-breakpoint
CREATE INDEX "threads_to_untell" ON "threads" USING btree ("withheld_at") WHERE withheld_at is not null and told_at is not null;
