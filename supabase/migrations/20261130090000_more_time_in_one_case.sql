ALTER TABLE "deadline_extensions" ADD COLUMN "person_id" uuid;--> statement-breakpoint
ALTER TABLE "deadline_extensions" ADD COLUMN "stack_version_id" uuid;--> statement-breakpoint
ALTER TABLE "deadline_extensions" ADD COLUMN "requirement" integer;--> statement-breakpoint
ALTER TABLE "deadline_extensions" ADD CONSTRAINT "deadline_extensions_requirement" CHECK ((stack_version_id is null) = (requirement is null) and requirement >= 0);--> statement-breakpoint
ALTER TABLE "deadline_extensions" ADD CONSTRAINT "deadline_extensions_stack_version_id_stack_versions_id_fk" FOREIGN KEY ("stack_version_id") REFERENCES "public"."stack_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deadline_extensions" ADD CONSTRAINT "deadline_extensions_enrolled" FOREIGN KEY ("program_id","person_id") REFERENCES "public"."enrollments"("program_id","person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deadline_extensions_person" ON "deadline_extensions" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "deadline_extensions_stack" ON "deadline_extensions" USING btree ("stack_version_id");--> statement-breakpoint
ALTER POLICY "deadline_extensions_read" ON "deadline_extensions" USING (program_id = any ((select app.program_ids())::uuid[]) and (person_id is null or person_id = any ((select app.progress_person_ids())::uuid[]) or program_id = any ((select app.managed_program_ids())::uuid[])));
