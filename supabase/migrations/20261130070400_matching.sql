CREATE TABLE "teaching_facts" (
	"program_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"subjects" text[] NOT NULL,
	"grades" text[] NOT NULL,
	"languages" text[] NOT NULL,
	"begins_with_id" uuid,
	"entered_by_id" uuid NOT NULL,
	"entered_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "teaching_facts_program_id_person_id_pk" PRIMARY KEY("program_id","person_id"),
	CONSTRAINT "teaching_facts_sizes" CHECK (cardinality(subjects) <= 10 and cardinality(grades) <= 20 and cardinality(languages) <= 10)
);
--> statement-breakpoint
ALTER TABLE "teaching_facts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "matchings" (
	"program_id" uuid PRIMARY KEY NOT NULL,
	"weights" jsonb,
	"draft" jsonb,
	"changed_by_id" uuid NOT NULL,
	"changed_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "matchings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "teaching_facts" ADD CONSTRAINT "teaching_facts_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "teaching_facts" ADD CONSTRAINT "teaching_facts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "teaching_facts" ADD CONSTRAINT "teaching_facts_begins_with_id_microcredentials_id_fk" FOREIGN KEY ("begins_with_id") REFERENCES "public"."microcredentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "teaching_facts" ADD CONSTRAINT "teaching_facts_entered_by_id_people_id_fk" FOREIGN KEY ("entered_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "matchings" ADD CONSTRAINT "matchings_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "matchings" ADD CONSTRAINT "matchings_changed_by_id_people_id_fk" FOREIGN KEY ("changed_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "teaching_facts_person" ON "teaching_facts" USING btree ("person_id");--> statement-breakpoint
CREATE POLICY "teaching_facts_read_own" ON "teaching_facts" AS PERMISSIVE FOR SELECT TO "authenticated" USING (person_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "teaching_facts_enter" ON "teaching_facts" AS PERMISSIVE FOR ALL TO "authenticated" USING (program_id = any ((select app.managed_program_ids())::uuid[])) WITH CHECK (program_id = any ((select app.managed_program_ids())::uuid[]) and entered_by_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "teaching_facts_service" ON "teaching_facts" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "matchings_draft" ON "matchings" AS PERMISSIVE FOR ALL TO "authenticated" USING (program_id = any ((select app.managed_program_ids())::uuid[])) WITH CHECK (program_id = any ((select app.managed_program_ids())::uuid[]) and changed_by_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "matchings_service" ON "matchings" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);
