CREATE TABLE "program_breaks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"program_id" uuid NOT NULL,
	"name" text NOT NULL,
	"first_day" date NOT NULL,
	"last_day" date NOT NULL,
	"added_by_id" uuid,
	"added_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "program_breaks_name" CHECK (char_length(name) between 1 and 80),
	CONSTRAINT "program_breaks_days" CHECK (last_day >= first_day and last_day - first_day < 120)
);
--> statement-breakpoint
ALTER TABLE "program_breaks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "program_breaks" ADD CONSTRAINT "program_breaks_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_breaks" ADD CONSTRAINT "program_breaks_added_by_id_people_id_fk" FOREIGN KEY ("added_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "program_breaks_program" ON "program_breaks" USING btree ("program_id","first_day");--> statement-breakpoint
CREATE INDEX "program_breaks_by" ON "program_breaks" USING btree ("added_by_id");--> statement-breakpoint
CREATE POLICY "program_breaks_read" ON "program_breaks" AS PERMISSIVE FOR SELECT TO "authenticated" USING (program_id = any ((select app.program_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "program_breaks_add" ON "program_breaks" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (program_id = any ((select app.managed_program_ids())::uuid[]) and added_by_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "program_breaks_take_away" ON "program_breaks" AS PERMISSIVE FOR DELETE TO "authenticated" USING (program_id = any ((select app.managed_program_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "program_breaks_service" ON "program_breaks" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);
