CREATE TABLE "framework_associations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"framework_id" uuid NOT NULL,
	"case_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"origin" text NOT NULL,
	"destination" text NOT NULL,
	"position" integer NOT NULL,
	"published" jsonb NOT NULL,
	CONSTRAINT "framework_associations_case_id" UNIQUE("framework_id","case_id")
);
--> statement-breakpoint
ALTER TABLE "framework_associations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "framework_drafts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"source" text NOT NULL,
	"package" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "framework_drafts_size" CHECK (octet_length(package) <= 10485760),
	CONSTRAINT "framework_drafts_source" CHECK (char_length(source) between 1 and 2000)
);
--> statement-breakpoint
ALTER TABLE "framework_drafts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "competencies" ADD COLUMN "case_changed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "competencies" ADD COLUMN "published" jsonb;--> statement-breakpoint
ALTER TABLE "competencies" ADD COLUMN "dropped_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "frameworks" ADD COLUMN "case_version" text;--> statement-breakpoint
ALTER TABLE "frameworks" ADD COLUMN "latest_change_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "frameworks" ADD COLUMN "published" jsonb;--> statement-breakpoint
ALTER TABLE "frameworks" ADD COLUMN "rest" jsonb;--> statement-breakpoint
ALTER TABLE "frameworks" ADD COLUMN "imported_from" text;--> statement-breakpoint
ALTER TABLE "framework_associations" ADD CONSTRAINT "framework_associations_framework_id_frameworks_id_fk" FOREIGN KEY ("framework_id") REFERENCES "public"."frameworks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "framework_drafts" ADD CONSTRAINT "framework_drafts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "framework_associations_case" ON "framework_associations" USING btree ("case_id");--> statement-breakpoint
CREATE INDEX "framework_associations_origin" ON "framework_associations" USING btree ("origin");--> statement-breakpoint
CREATE INDEX "framework_associations_destination" ON "framework_associations" USING btree ("destination");--> statement-breakpoint
CREATE INDEX "framework_drafts_person" ON "framework_drafts" USING btree ("person_id","created_at");--> statement-breakpoint
ALTER TABLE "frameworks" ADD CONSTRAINT "frameworks_case_version" CHECK (case_version in ('1.0', '1.1'));--> statement-breakpoint
CREATE POLICY "competencies_import" ON "competencies" AS PERMISSIVE FOR ALL TO "authenticated" USING ((select app.runs_a_program())) WITH CHECK ((select app.runs_a_program()));--> statement-breakpoint
CREATE POLICY "framework_associations_read" ON "framework_associations" AS PERMISSIVE FOR SELECT TO "app_service", "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "framework_associations_import" ON "framework_associations" AS PERMISSIVE FOR ALL TO "authenticated" USING ((select app.runs_a_program())) WITH CHECK ((select app.runs_a_program()));--> statement-breakpoint
CREATE POLICY "framework_drafts_own" ON "framework_drafts" AS PERMISSIVE FOR ALL TO "authenticated" USING (person_id = (select app.uid())) WITH CHECK (person_id = (select app.uid()) and (select app.runs_a_program()));--> statement-breakpoint
CREATE POLICY "framework_drafts_service" ON "framework_drafts" AS PERMISSIVE FOR ALL TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "frameworks_import" ON "frameworks" AS PERMISSIVE FOR ALL TO "authenticated" USING ((select app.runs_a_program())) WITH CHECK ((select app.runs_a_program()));
