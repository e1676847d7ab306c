CREATE TABLE "anchor_scores" (
	"id" uuid PRIMARY KEY NOT NULL,
	"program_id" uuid NOT NULL,
	"mentor_id" uuid NOT NULL,
	"microcredential_id" uuid NOT NULL,
	"anchor" text NOT NULL,
	"scored_on" date NOT NULL,
	"entered_by_id" uuid NOT NULL,
	"entered_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"taken_back_by_id" uuid,
	"taken_back_at" timestamp (3) with time zone,
	CONSTRAINT "anchor_scores_anchor" CHECK (char_length(anchor) between 1 and 100 and anchor = btrim(anchor)),
	CONSTRAINT "anchor_scores_taken_back" CHECK ((taken_back_at is null) = (taken_back_by_id is null))
);
--> statement-breakpoint
ALTER TABLE "anchor_scores" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "anchor_scores" ADD CONSTRAINT "anchor_scores_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "anchor_scores" ADD CONSTRAINT "anchor_scores_mentor_id_people_id_fk" FOREIGN KEY ("mentor_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "anchor_scores" ADD CONSTRAINT "anchor_scores_microcredential_id_microcredentials_id_fk" FOREIGN KEY ("microcredential_id") REFERENCES "public"."microcredentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "anchor_scores" ADD CONSTRAINT "anchor_scores_entered_by_id_people_id_fk" FOREIGN KEY ("entered_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "anchor_scores" ADD CONSTRAINT "anchor_scores_taken_back_by_id_people_id_fk" FOREIGN KEY ("taken_back_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "anchor_scores_once" ON "anchor_scores" USING btree ("mentor_id","microcredential_id",lower("anchor")) WHERE taken_back_at is null;--> statement-breakpoint
CREATE INDEX "anchor_scores_mentor" ON "anchor_scores" USING btree ("mentor_id");--> statement-breakpoint
CREATE INDEX "anchor_scores_program" ON "anchor_scores" USING btree ("program_id");--> statement-breakpoint
CREATE POLICY "anchor_scores_read" ON "anchor_scores" AS PERMISSIVE FOR SELECT TO "authenticated" USING (mentor_id = (select app.uid()) or program_id = any ((select app.managed_program_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "anchor_scores_enter" ON "anchor_scores" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (program_id = any ((select app.managed_program_ids())::uuid[]) and entered_by_id = (select app.uid()) and taken_back_at is null and entered_at between now() - interval '5 minutes' and now() + interval '5 minutes');--> statement-breakpoint
CREATE POLICY "anchor_scores_take_back" ON "anchor_scores" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (program_id = any ((select app.managed_program_ids())::uuid[]) and taken_back_at is null) WITH CHECK (taken_back_by_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "anchor_scores_service" ON "anchor_scores" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);
