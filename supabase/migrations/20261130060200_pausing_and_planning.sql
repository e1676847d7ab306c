CREATE TABLE "pauses" (
	"id" uuid PRIMARY KEY NOT NULL,
	"enrollment_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"microcredential_id" uuid,
	"paused_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"resumed_at" timestamp (3) with time zone,
	CONSTRAINT "pauses_of_enrollment" UNIQUE("id","enrollment_id"),
	CONSTRAINT "pauses_time" CHECK (resumed_at is null or resumed_at >= paused_at)
);
--> statement-breakpoint
ALTER TABLE "pauses" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "pause_reasons" (
	"pause_id" uuid PRIMARY KEY NOT NULL,
	"enrollment_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"words" text NOT NULL,
	CONSTRAINT "pause_reasons_words" CHECK (char_length(words) between 1 and 300)
);
--> statement-breakpoint
ALTER TABLE "pause_reasons" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "plans" (
	"enrollment_id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"minutes_per_week" integer NOT NULL,
	"in_order" uuid[] NOT NULL,
	"saved_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "plans_minutes" CHECK (minutes_per_week between 15 and 2400),
	CONSTRAINT "plans_order" CHECK (cardinality(in_order) <= 400)
);
--> statement-breakpoint
ALTER TABLE "plans" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "plan_dates" (
	"enrollment_id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"done_on" date,
	"saved_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "plan_dates" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "second_reasons" (
	"reflection_id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"choice" text NOT NULL,
	"words" text,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "second_reasons_choice" CHECK (choice in ('waiting', 'fits-class', 'practised', 'other')),
	CONSTRAINT "second_reasons_words" CHECK (char_length(words) between 1 and 300 and (choice <> 'other' or words is not null))
);
--> statement-breakpoint
ALTER TABLE "second_reasons" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "pauses" ADD CONSTRAINT "pauses_enrollment_id_enrollments_id_fk" FOREIGN KEY ("enrollment_id") REFERENCES "public"."enrollments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pauses" ADD CONSTRAINT "pauses_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pauses" ADD CONSTRAINT "pauses_microcredential_id_microcredentials_id_fk" FOREIGN KEY ("microcredential_id") REFERENCES "public"."microcredentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pause_reasons" ADD CONSTRAINT "pause_reasons_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pause_reasons" ADD CONSTRAINT "pause_reasons_of_pause" FOREIGN KEY ("pause_id","enrollment_id") REFERENCES "public"."pauses"("id","enrollment_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plans" ADD CONSTRAINT "plans_enrollment_id_enrollments_id_fk" FOREIGN KEY ("enrollment_id") REFERENCES "public"."enrollments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plans" ADD CONSTRAINT "plans_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_dates" ADD CONSTRAINT "plan_dates_enrollment_id_enrollments_id_fk" FOREIGN KEY ("enrollment_id") REFERENCES "public"."enrollments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_dates" ADD CONSTRAINT "plan_dates_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "second_reasons" ADD CONSTRAINT "second_reasons_reflection_id_reflections_id_fk" FOREIGN KEY ("reflection_id") REFERENCES "public"."reflections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "second_reasons" ADD CONSTRAINT "second_reasons_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "pauses_open_of_all" ON "pauses" USING btree ("enrollment_id") WHERE resumed_at is null and microcredential_id is null;--> statement-breakpoint
CREATE UNIQUE INDEX "pauses_open_of_one" ON "pauses" USING btree ("enrollment_id","microcredential_id") WHERE resumed_at is null;--> statement-breakpoint
CREATE INDEX "pauses_enrollment" ON "pauses" USING btree ("enrollment_id","paused_at");--> statement-breakpoint
CREATE INDEX "pauses_person" ON "pauses" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "pauses_microcredential" ON "pauses" USING btree ("microcredential_id");--> statement-breakpoint
CREATE INDEX "pause_reasons_enrollment" ON "pause_reasons" USING btree ("enrollment_id");--> statement-breakpoint
CREATE INDEX "pause_reasons_person" ON "pause_reasons" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "plans_person" ON "plans" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "plan_dates_person" ON "plan_dates" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "second_reasons_person" ON "second_reasons" USING btree ("person_id");
