CREATE TABLE "capacity_rules" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"from_on" date,
	"most" integer,
	"full_day_hours" numeric(3, 1),
	"most_full_day" integer,
	"match_days" integer,
	"match_from" text,
	"source" text NOT NULL,
	"as_of" date NOT NULL,
	CONSTRAINT "capacity_rules_dated" UNIQUE NULLS NOT DISTINCT("key","from_on"),
	CONSTRAINT "capacity_rules_numbers" CHECK (most between 1 and 100 and most_full_day between 1 and most and full_day_hours between 0 and 24 and match_days between 1 and 1000),
	CONSTRAINT "capacity_rules_full_day" CHECK ((full_day_hours is null) = (most_full_day is null)),
	CONSTRAINT "capacity_rules_match" CHECK ((match_days is null) = (match_from is null) and match_from in ('employment', 'enrollment'))
);
--> statement-breakpoint
ALTER TABLE "capacity_rules" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "program_capacity" (
	"id" uuid PRIMARY KEY NOT NULL,
	"program_id" uuid NOT NULL,
	"rule_key" text NOT NULL,
	"own_most" integer,
	"from_on" date NOT NULL,
	"reason" text NOT NULL,
	"set_by_id" uuid NOT NULL,
	"set_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "program_capacity_own" CHECK (own_most between 1 and 100),
	CONSTRAINT "program_capacity_reason" CHECK (char_length(reason) between 1 and 500)
);
--> statement-breakpoint
ALTER TABLE "program_capacity" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "mentor_hours" (
	"id" uuid PRIMARY KEY NOT NULL,
	"program_id" uuid NOT NULL,
	"mentor_id" uuid NOT NULL,
	"from_on" date NOT NULL,
	"hours" numeric(3, 1) NOT NULL,
	"entered_by_id" uuid NOT NULL,
	"entered_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "mentor_hours_hours" CHECK (hours between 0 and 24)
);
--> statement-breakpoint
ALTER TABLE "mentor_hours" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "earlier_passages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pair_id" uuid NOT NULL,
	"reflection_id" uuid NOT NULL,
	"content" text NOT NULL,
	"shown_by" uuid NOT NULL,
	"shown_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"taken_back_at" timestamp (3) with time zone,
	CONSTRAINT "earlier_passages_length" CHECK (char_length(content) between 1 and 100000)
);
--> statement-breakpoint
ALTER TABLE "earlier_passages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "pairs" ADD COLUMN "follows_id" uuid;--> statement-breakpoint
ALTER TABLE "pairs" ADD COLUMN "begins_with_id" uuid;--> statement-breakpoint
ALTER TABLE "pair_events" DROP CONSTRAINT "pair_events_kind";--> statement-breakpoint
ALTER TABLE "pair_events" ADD CONSTRAINT "pair_events_kind" CHECK (kind in ('proposed', 'overridden', 'accepted', 'declined', 'started', 'pause-asked', 'paused', 'resume-asked', 'resumed', 'not-now', 'ended'));--> statement-breakpoint
ALTER TABLE "pairs" ADD CONSTRAINT "pairs_follows_id_pairs_id_fk" FOREIGN KEY ("follows_id") REFERENCES "public"."pairs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pairs" ADD CONSTRAINT "pairs_begins_with_id_microcredentials_id_fk" FOREIGN KEY ("begins_with_id") REFERENCES "public"."microcredentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_capacity" ADD CONSTRAINT "program_capacity_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_capacity" ADD CONSTRAINT "program_capacity_set_by_id_people_id_fk" FOREIGN KEY ("set_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mentor_hours" ADD CONSTRAINT "mentor_hours_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mentor_hours" ADD CONSTRAINT "mentor_hours_mentor_id_people_id_fk" FOREIGN KEY ("mentor_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mentor_hours" ADD CONSTRAINT "mentor_hours_entered_by_id_people_id_fk" FOREIGN KEY ("entered_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "earlier_passages" ADD CONSTRAINT "earlier_passages_pair_id_pairs_id_fk" FOREIGN KEY ("pair_id") REFERENCES "public"."pairs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "earlier_passages" ADD CONSTRAINT "earlier_passages_reflection_id_reflections_id_fk" FOREIGN KEY ("reflection_id") REFERENCES "public"."reflections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "earlier_passages" ADD CONSTRAINT "earlier_passages_shown_by_people_id_fk" FOREIGN KEY ("shown_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "program_capacity_program" ON "program_capacity" USING btree ("program_id","from_on");--> statement-breakpoint
CREATE INDEX "mentor_hours_mentor" ON "mentor_hours" USING btree ("mentor_id","from_on");--> statement-breakpoint
CREATE INDEX "mentor_hours_program" ON "mentor_hours" USING btree ("program_id");--> statement-breakpoint
CREATE INDEX "earlier_passages_pair" ON "earlier_passages" USING btree ("pair_id");--> statement-breakpoint
CREATE INDEX "earlier_passages_reflection" ON "earlier_passages" USING btree ("reflection_id");--> statement-breakpoint
CREATE INDEX "earlier_passages_shown_by" ON "earlier_passages" USING btree ("shown_by");--> statement-breakpoint
CREATE POLICY "pairs_propose" ON "pairs" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (program_id = any ((select app.managed_program_ids())::uuid[]) and status = 'proposed' and active_at is null and proposed_at between now() - interval '5 minutes' and now() + interval '5 minutes');--> statement-breakpoint
CREATE POLICY "pairs_move" ON "pairs" AS PERMISSIVE FOR UPDATE TO "authenticated" USING ((teacher_id = (select app.uid()) or mentor_id = (select app.uid())) and status <> 'ended') WITH CHECK ((teacher_id = (select app.uid()) or mentor_id = (select app.uid())) and status in ('accepted', 'active', 'paused'));--> statement-breakpoint
CREATE POLICY "pair_events_two" ON "pair_events" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (by_person_id = (select app.uid()) and (pair_id::text || ' ' || kind) = any ((select app.own_pair_steps())::text[]) and at between now() - interval '5 minutes' and now() + interval '5 minutes');--> statement-breakpoint
CREATE POLICY "pair_events_propose" ON "pair_events" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (kind in ('proposed', 'overridden') and by_person_id = (select app.uid()) and pair_id = any ((select app.proposed_pair_ids())::uuid[]) and at between now() - interval '5 minutes' and now() + interval '5 minutes');--> statement-breakpoint
CREATE POLICY "capacity_rules_read" ON "capacity_rules" AS PERMISSIVE FOR SELECT TO "authenticated", "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "program_capacity_read" ON "program_capacity" AS PERMISSIVE FOR SELECT TO "authenticated" USING (program_id = any ((select app.program_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "program_capacity_set" ON "program_capacity" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (program_id = any ((select app.managed_program_ids())::uuid[]) and set_by_id = (select app.uid()) and set_at between now() - interval '5 minutes' and now() + interval '5 minutes');--> statement-breakpoint
CREATE POLICY "program_capacity_service" ON "program_capacity" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "mentor_hours_read" ON "mentor_hours" AS PERMISSIVE FOR SELECT TO "authenticated" USING (mentor_id = (select app.uid()) or program_id = any ((select app.managed_program_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "mentor_hours_enter" ON "mentor_hours" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (program_id = any ((select app.managed_program_ids())::uuid[]) and entered_by_id = (select app.uid()) and entered_at between now() - interval '5 minutes' and now() + interval '5 minutes');--> statement-breakpoint
CREATE POLICY "mentor_hours_service" ON "mentor_hours" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "earlier_passages_read" ON "earlier_passages" AS PERMISSIVE FOR SELECT TO "authenticated" USING (shown_by = (select app.uid()) or (taken_back_at is null and pair_id = any ((select app.mentored_pair_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "earlier_passages_show" ON "earlier_passages" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (shown_by = (select app.uid()) and taken_back_at is null and (pair_id::text || ' ' || reflection_id::text) = any ((select app.handable_reflections())::text[]));--> statement-breakpoint
CREATE POLICY "earlier_passages_take_back" ON "earlier_passages" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (shown_by = (select app.uid()) and taken_back_at is null) WITH CHECK (shown_by = (select app.uid()) and taken_back_at is not null);--> statement-breakpoint
CREATE POLICY "earlier_passages_service" ON "earlier_passages" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);
