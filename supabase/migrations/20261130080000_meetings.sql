CREATE TABLE "contact_norms" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"title" text NOT NULL,
	"rule" jsonb NOT NULL,
	"source" text NOT NULL,
	"from_day" date NOT NULL,
	"until_day" date,
	CONSTRAINT "contact_norms_once" UNIQUE("key","from_day"),
	CONSTRAINT "contact_norms_time" CHECK (until_day is null or until_day >= from_day)
);
--> statement-breakpoint
ALTER TABLE "contact_norms" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "program_times" (
	"id" uuid PRIMARY KEY NOT NULL,
	"program_id" uuid NOT NULL,
	"contact_norm_id" uuid,
	"starts_at" time NOT NULL,
	"ends_at" time NOT NULL,
	"terms" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"set_by_id" uuid,
	"set_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "program_times_span" CHECK (ends_at > starts_at),
	CONSTRAINT "program_times_terms" CHECK (jsonb_typeof(terms) = 'array' and octet_length(terms::text) <= 10000)
);
--> statement-breakpoint
ALTER TABLE "program_times" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "work_shares" (
	"id" uuid PRIMARY KEY NOT NULL,
	"program_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"from_day" date NOT NULL,
	"percent" integer NOT NULL,
	"set_by_id" uuid NOT NULL,
	"set_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "work_shares_percent" CHECK (percent between 1 and 100)
);
--> statement-breakpoint
ALTER TABLE "work_shares" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "calendars" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"address" text,
	"name" text NOT NULL,
	"busy" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"unread" integer DEFAULT 0 NOT NULL,
	"added_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"read_at" timestamp (3) with time zone,
	"tried_at" timestamp (3) with time zone,
	"failing_since" timestamp (3) with time zone,
	"failure" text,
	CONSTRAINT "calendars_sizes" CHECK (char_length(address) <= 2000 and char_length(name) between 1 and 200 and char_length(failure) <= 500 and octet_length(busy::text) <= 300000)
);
--> statement-breakpoint
ALTER TABLE "calendars" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "timetable_periods" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"weekday" integer NOT NULL,
	"starts_at" time NOT NULL,
	"ends_at" time NOT NULL,
	"kind" text NOT NULL,
	CONSTRAINT "timetable_periods_weekday" CHECK (weekday between 1 and 7),
	CONSTRAINT "timetable_periods_span" CHECK (ends_at > starts_at),
	CONSTRAINT "timetable_periods_kind" CHECK (kind in ('teaching', 'prep', 'other'))
);
--> statement-breakpoint
ALTER TABLE "timetable_periods" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "meeting_settings" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"offers_prep" boolean DEFAULT false NOT NULL,
	"invited_by_mail" boolean DEFAULT true NOT NULL,
	"feed_hash" "bytea",
	"feed_made_at" timestamp (3) with time zone,
	CONSTRAINT "meeting_settings_feed" CHECK ((feed_hash is null) = (feed_made_at is null))
);
--> statement-breakpoint
ALTER TABLE "meeting_settings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "meetings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pair_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"minutes" integer NOT NULL,
	"state" text NOT NULL,
	"in_prep" boolean DEFAULT false NOT NULL,
	"proposed_by_id" uuid NOT NULL,
	"proposed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"accepted_by_id" uuid,
	"accepted_at" timestamp (3) with time zone,
	"cancelled_by_id" uuid,
	"cancelled_at" timestamp (3) with time zone,
	"teacher_confirmed_at" timestamp (3) with time zone,
	"mentor_confirmed_at" timestamp (3) with time zone,
	"sequence" integer DEFAULT 0 NOT NULL,
	"told" integer DEFAULT -1 NOT NULL,
	CONSTRAINT "meetings_of_pair" UNIQUE("id","pair_id"),
	CONSTRAINT "meetings_kind" CHECK (kind in ('meeting', 'observation')),
	CONSTRAINT "meetings_minutes" CHECK (minutes between 5 and 480),
	CONSTRAINT "meetings_state" CHECK (state in ('proposed', 'accepted', 'cancelled')),
	CONSTRAINT "meetings_cancelled" CHECK ((state = 'cancelled') = (cancelled_at is not null)),
	CONSTRAINT "meetings_confirmed" CHECK (state <> 'cancelled' or (teacher_confirmed_at is null and mentor_confirmed_at is null))
);
--> statement-breakpoint
ALTER TABLE "meetings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "agenda_items" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pair_id" uuid NOT NULL,
	"words" text NOT NULL,
	"added_by_id" uuid NOT NULL,
	"added_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"done_in_id" uuid,
	"done_by_id" uuid,
	"done_at" timestamp (3) with time zone,
	CONSTRAINT "agenda_items_words" CHECK (char_length(words) between 1 and 300),
	CONSTRAINT "agenda_items_done" CHECK ((done_at is null) = (done_by_id is null) and (done_in_id is null) = (done_at is null))
);
--> statement-breakpoint
ALTER TABLE "agenda_items" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "meeting_notes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"meeting_id" uuid NOT NULL,
	"pair_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"notes" text NOT NULL,
	"agreed" text NOT NULL,
	"written_by_id" uuid NOT NULL,
	"written_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"beside" boolean DEFAULT false NOT NULL,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "meeting_notes_once" UNIQUE("meeting_id","number"),
	CONSTRAINT "meeting_notes_sizes" CHECK (char_length(notes) <= 10000 and char_length(agreed) <= 2000),
	CONSTRAINT "meeting_notes_settled" CHECK (beside or settled_at is null)
);
--> statement-breakpoint
ALTER TABLE "meeting_notes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "mail_messages" ADD COLUMN "calendar" text;--> statement-breakpoint
ALTER TABLE "program_times" ADD CONSTRAINT "program_times_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_times" ADD CONSTRAINT "program_times_contact_norm_id_contact_norms_id_fk" FOREIGN KEY ("contact_norm_id") REFERENCES "public"."contact_norms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_times" ADD CONSTRAINT "program_times_set_by_id_people_id_fk" FOREIGN KEY ("set_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "work_shares" ADD CONSTRAINT "work_shares_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "work_shares" ADD CONSTRAINT "work_shares_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "work_shares" ADD CONSTRAINT "work_shares_set_by_id_people_id_fk" FOREIGN KEY ("set_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calendars" ADD CONSTRAINT "calendars_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "timetable_periods" ADD CONSTRAINT "timetable_periods_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "meeting_settings" ADD CONSTRAINT "meeting_settings_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "meetings" ADD CONSTRAINT "meetings_pair_id_pairs_id_fk" FOREIGN KEY ("pair_id") REFERENCES "public"."pairs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "meetings" ADD CONSTRAINT "meetings_proposed_by_id_people_id_fk" FOREIGN KEY ("proposed_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "meetings" ADD CONSTRAINT "meetings_accepted_by_id_people_id_fk" FOREIGN KEY ("accepted_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "meetings" ADD CONSTRAINT "meetings_cancelled_by_id_people_id_fk" FOREIGN KEY ("cancelled_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agenda_items" ADD CONSTRAINT "agenda_items_pair_id_pairs_id_fk" FOREIGN KEY ("pair_id") REFERENCES "public"."pairs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agenda_items" ADD CONSTRAINT "agenda_items_added_by_id_people_id_fk" FOREIGN KEY ("added_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agenda_items" ADD CONSTRAINT "agenda_items_done_by_id_people_id_fk" FOREIGN KEY ("done_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agenda_items" ADD CONSTRAINT "agenda_items_done_in_of_pair" FOREIGN KEY ("done_in_id","pair_id") REFERENCES "public"."meetings"("id","pair_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "meeting_notes" ADD CONSTRAINT "meeting_notes_meeting_of_pair" FOREIGN KEY ("meeting_id","pair_id") REFERENCES "public"."meetings"("id","pair_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "meeting_notes" ADD CONSTRAINT "meeting_notes_written_by_id_people_id_fk" FOREIGN KEY ("written_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "program_times_program" ON "program_times" USING btree ("program_id","set_at");--> statement-breakpoint
CREATE INDEX "program_times_norm" ON "program_times" USING btree ("contact_norm_id");--> statement-breakpoint
CREATE INDEX "program_times_set_by" ON "program_times" USING btree ("set_by_id");--> statement-breakpoint
CREATE INDEX "work_shares_person" ON "work_shares" USING btree ("person_id","program_id");--> statement-breakpoint
CREATE INDEX "work_shares_program" ON "work_shares" USING btree ("program_id");--> statement-breakpoint
CREATE INDEX "work_shares_set_by" ON "work_shares" USING btree ("set_by_id");--> statement-breakpoint
CREATE INDEX "calendars_person" ON "calendars" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "calendars_due" ON "calendars" USING btree ("tried_at") WHERE address is not null;--> statement-breakpoint
CREATE INDEX "timetable_periods_person" ON "timetable_periods" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "meeting_settings_feed_hash" ON "meeting_settings" USING btree ("feed_hash");--> statement-breakpoint
CREATE INDEX "meetings_pair" ON "meetings" USING btree ("pair_id","starts_at");--> statement-breakpoint
CREATE INDEX "meetings_untold" ON "meetings" USING btree ("starts_at") WHERE told < sequence;--> statement-breakpoint
CREATE INDEX "meetings_proposed_by" ON "meetings" USING btree ("proposed_by_id");--> statement-breakpoint
CREATE INDEX "meetings_accepted_by" ON "meetings" USING btree ("accepted_by_id");--> statement-breakpoint
CREATE INDEX "meetings_cancelled_by" ON "meetings" USING btree ("cancelled_by_id");--> statement-breakpoint
CREATE INDEX "agenda_items_pair" ON "agenda_items" USING btree ("pair_id","done_at");--> statement-breakpoint
CREATE INDEX "agenda_items_done_in" ON "agenda_items" USING btree ("done_in_id","pair_id");--> statement-breakpoint
CREATE INDEX "agenda_items_added_by" ON "agenda_items" USING btree ("added_by_id");--> statement-breakpoint
CREATE INDEX "agenda_items_done_by" ON "agenda_items" USING btree ("done_by_id");--> statement-breakpoint
CREATE INDEX "meeting_notes_pair" ON "meeting_notes" USING btree ("pair_id");--> statement-breakpoint
CREATE INDEX "meeting_notes_meeting" ON "meeting_notes" USING btree ("meeting_id","pair_id");--> statement-breakpoint
CREATE INDEX "meeting_notes_written_by" ON "meeting_notes" USING btree ("written_by_id");--> statement-breakpoint
CREATE POLICY "contact_norms_read" ON "contact_norms" AS PERMISSIVE FOR SELECT TO "authenticated", "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "program_times_read" ON "program_times" AS PERMISSIVE FOR SELECT TO "authenticated" USING (program_id = any ((select app.program_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "program_times_service" ON "program_times" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "work_shares_service" ON "work_shares" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "calendars_own" ON "calendars" AS PERMISSIVE FOR ALL TO "authenticated" USING (person_id = (select app.uid())) WITH CHECK (person_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "calendars_service" ON "calendars" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "timetable_periods_own" ON "timetable_periods" AS PERMISSIVE FOR ALL TO "authenticated" USING (person_id = (select app.uid())) WITH CHECK (person_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "timetable_periods_service" ON "timetable_periods" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "meeting_settings_own" ON "meeting_settings" AS PERMISSIVE FOR ALL TO "authenticated" USING (person_id = (select app.uid())) WITH CHECK (person_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "meeting_settings_service" ON "meeting_settings" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "meetings_read" ON "meetings" AS PERMISSIVE FOR SELECT TO "authenticated" USING (pair_id = any ((select app.pair_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "meetings_service" ON "meetings" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "agenda_items_read" ON "agenda_items" AS PERMISSIVE FOR SELECT TO "authenticated" USING (pair_id = any ((select app.readable_pair_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "meeting_notes_read" ON "meeting_notes" AS PERMISSIVE FOR SELECT TO "authenticated" USING (pair_id = any ((select app.readable_pair_ids())::uuid[]));
