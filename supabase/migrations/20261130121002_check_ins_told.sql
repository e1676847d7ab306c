ALTER TABLE "check_in_signals" ADD COLUMN "told_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "check_in_signals_untold" ON "check_in_signals" USING btree ("at") WHERE told_at is null;--> statement-breakpoint
CREATE POLICY "check_in_signals_service" ON "check_in_signals" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "check_in_signals_service_tell" ON "check_in_signals" AS PERMISSIVE FOR UPDATE TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
-- Whoever writes the mails needs to know that there was a check-in, and not how it goes.
GRANT SELECT (check_in_id, pair_id, at, told_at), UPDATE (told_at) ON check_in_signals TO app_service;
