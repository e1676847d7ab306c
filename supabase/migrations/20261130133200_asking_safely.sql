CREATE TABLE "cohort_moves" (
	"id" uuid PRIMARY KEY NOT NULL,
	"program_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"from_cohort_id" uuid,
	"to_cohort_id" uuid NOT NULL,
	"moved_by_id" uuid NOT NULL,
	"reason" text,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"told_at" timestamp (3) with time zone,
	CONSTRAINT "cohort_moves_reason" CHECK (char_length(reason) between 1 and 300)
);
--> statement-breakpoint
ALTER TABLE "cohort_moves" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE TABLE "nameless_marks" (
	"thread_id" uuid PRIMARY KEY NOT NULL,
	"cohort_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"post_id" uuid,
	"apply_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "nameless_marks" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "post_reports" ADD COLUMN "moderators_told_at" timestamp (3) with time zone;
--> statement-breakpoint
ALTER TABLE "post_reports" ADD COLUMN "told_at" timestamp (3) with time zone;
--> statement-breakpoint
ALTER TABLE "cohort_moderators" ADD COLUMN "told_at" timestamp (3) with time zone;
--> statement-breakpoint
ALTER TABLE "cohort_moves" ADD CONSTRAINT "cohort_moves_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "cohort_moves" ADD CONSTRAINT "cohort_moves_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "cohort_moves" ADD CONSTRAINT "cohort_moves_moved_by_id_people_id_fk" FOREIGN KEY ("moved_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "cohort_moves" ADD CONSTRAINT "cohort_moves_from" FOREIGN KEY ("from_cohort_id","program_id") REFERENCES "public"."cohorts"("id","program_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "cohort_moves" ADD CONSTRAINT "cohort_moves_to" FOREIGN KEY ("to_cohort_id","program_id") REFERENCES "public"."cohorts"("id","program_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "nameless_marks" ADD CONSTRAINT "nameless_marks_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "nameless_marks" ADD CONSTRAINT "nameless_marks_of_thread" FOREIGN KEY ("thread_id","cohort_id") REFERENCES "public"."threads"("id","cohort_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "nameless_marks" ADD CONSTRAINT "nameless_marks_of_post" FOREIGN KEY ("post_id","thread_id") REFERENCES "public"."posts"("id","thread_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "cohort_moves_program" ON "cohort_moves" USING btree ("program_id","at");
--> statement-breakpoint
CREATE INDEX "cohort_moves_person" ON "cohort_moves" USING btree ("person_id");
--> statement-breakpoint
CREATE INDEX "cohort_moves_from" ON "cohort_moves" USING btree ("from_cohort_id","program_id");
--> statement-breakpoint
CREATE INDEX "cohort_moves_to" ON "cohort_moves" USING btree ("to_cohort_id","program_id");
--> statement-breakpoint
CREATE INDEX "cohort_moves_by" ON "cohort_moves" USING btree ("moved_by_id");
--> statement-breakpoint
CREATE INDEX "cohort_moves_untold" ON "cohort_moves" USING btree ("at") WHERE told_at is null;
--> statement-breakpoint
CREATE INDEX "nameless_marks_person" ON "nameless_marks" USING btree ("person_id");
--> statement-breakpoint
CREATE INDEX "nameless_marks_thread" ON "nameless_marks" USING btree ("thread_id","cohort_id");
--> statement-breakpoint
CREATE INDEX "nameless_marks_post" ON "nameless_marks" USING btree ("post_id","thread_id");
--> statement-breakpoint
CREATE INDEX "nameless_marks_waiting" ON "nameless_marks" USING btree ("apply_at");
--> statement-breakpoint
CREATE INDEX "post_reports_untold" ON "post_reports" USING btree ("at") WHERE moderators_told_at is null or (settled_at is not null and told_at is null);
--> statement-breakpoint
CREATE INDEX "author_reveals_untold" ON "author_reveals" USING btree ("at") WHERE told_at is null;
--> statement-breakpoint
CREATE INDEX "cohort_moderators_untold" ON "cohort_moderators" USING btree ("from_at") WHERE told_at is null;
