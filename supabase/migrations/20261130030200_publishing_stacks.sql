-- The product publishes a stack's version for whoever manages a program, whole and at once. No person has a right to write
-- here: one who could add a row to a version could change the goal of those who are bound to it.
CREATE POLICY "stacks_service_add" ON "stacks" AS PERMISSIVE FOR INSERT TO "app_service" WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "stack_versions_service_add" ON "stack_versions" AS PERMISSIVE FOR INSERT TO "app_service" WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "stack_items_service_add" ON "stack_items" AS PERMISSIVE FOR INSERT TO "app_service" WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "stack_outcomes_service_add" ON "stack_outcomes" AS PERMISSIVE FOR INSERT TO "app_service" WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "program_stacks_service_add" ON "program_stacks" AS PERMISSIVE FOR INSERT TO "app_service" WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "program_stacks_service_end" ON "program_stacks" AS PERMISSIVE FOR UPDATE TO "app_service" USING (until_at is null) WITH CHECK (true);
grant insert on stacks, stack_versions, stack_items, stack_outcomes, program_stacks to app_service;
grant update (until_at) on program_stacks to app_service;
