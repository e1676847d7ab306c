CREATE TABLE "stack_outcomes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"stack_version_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"words" text NOT NULL,
	CONSTRAINT "stack_outcomes_order" UNIQUE("stack_version_id","position"),
	CONSTRAINT "stack_outcomes_kind" CHECK (kind in ('pay', 'role', 'licence-credit')),
	CONSTRAINT "stack_outcomes_words" CHECK (char_length(words) between 1 and 300)
);
--> statement-breakpoint
ALTER TABLE "stack_outcomes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "deadline_extensions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"program_id" uuid NOT NULL,
	"last_day" date NOT NULL,
	"reason" text NOT NULL,
	"extended_by_id" uuid NOT NULL,
	"extended_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "deadline_extensions_reason" CHECK (char_length(reason) between 1 and 500)
);
--> statement-breakpoint
ALTER TABLE "deadline_extensions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "outcome_grants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"outcome_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"enrollment_id" uuid NOT NULL,
	"program_id" uuid NOT NULL,
	"met_at" timestamp (3) with time zone NOT NULL,
	"granted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"caused_by" jsonb NOT NULL,
	CONSTRAINT "outcome_grants_once" UNIQUE("person_id","outcome_id")
);
--> statement-breakpoint
ALTER TABLE "outcome_grants" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "stack_outcomes" ADD CONSTRAINT "stack_outcomes_stack_version_id_stack_versions_id_fk" FOREIGN KEY ("stack_version_id") REFERENCES "public"."stack_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deadline_extensions" ADD CONSTRAINT "deadline_extensions_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deadline_extensions" ADD CONSTRAINT "deadline_extensions_extended_by_id_people_id_fk" FOREIGN KEY ("extended_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outcome_grants" ADD CONSTRAINT "outcome_grants_outcome_id_stack_outcomes_id_fk" FOREIGN KEY ("outcome_id") REFERENCES "public"."stack_outcomes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outcome_grants" ADD CONSTRAINT "outcome_grants_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outcome_grants" ADD CONSTRAINT "outcome_grants_enrollment_id_enrollments_id_fk" FOREIGN KEY ("enrollment_id") REFERENCES "public"."enrollments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outcome_grants" ADD CONSTRAINT "outcome_grants_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deadline_extensions_program" ON "deadline_extensions" USING btree ("program_id","extended_at");--> statement-breakpoint
CREATE INDEX "deadline_extensions_by" ON "deadline_extensions" USING btree ("extended_by_id");--> statement-breakpoint
CREATE INDEX "outcome_grants_program" ON "outcome_grants" USING btree ("program_id","granted_at");--> statement-breakpoint
CREATE INDEX "outcome_grants_outcome" ON "outcome_grants" USING btree ("outcome_id");--> statement-breakpoint
CREATE INDEX "outcome_grants_enrollment" ON "outcome_grants" USING btree ("enrollment_id");--> statement-breakpoint
CREATE POLICY "stack_outcomes_read" ON "stack_outcomes" AS PERMISSIVE FOR SELECT TO "authenticated", "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "deadline_extensions_read" ON "deadline_extensions" AS PERMISSIVE FOR SELECT TO "authenticated" USING (program_id = any ((select app.program_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "deadline_extensions_make" ON "deadline_extensions" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (program_id = any ((select app.managed_program_ids())::uuid[]) and extended_by_id = (select app.uid()) and extended_at between now() - interval '5 minutes' and now() + interval '5 minutes');--> statement-breakpoint
CREATE POLICY "deadline_extensions_service" ON "deadline_extensions" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "outcome_grants_read" ON "outcome_grants" AS PERMISSIVE FOR SELECT TO "authenticated" USING (person_id = (select app.uid()) or program_id = any ((select app.managed_program_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "outcome_grants_service" ON "outcome_grants" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "outcome_grants_service_add" ON "outcome_grants" AS PERMISSIVE FOR INSERT TO "app_service" WITH CHECK (true);
