CREATE TABLE "check_ins" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pair_id" uuid NOT NULL,
	"teacher_id" uuid NOT NULL,
	"day" date NOT NULL,
	"going" text NOT NULL,
	"stuck" text,
	"confidence" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"form_id" uuid NOT NULL,
	"sent_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "check_ins_once_a_day" UNIQUE("pair_id","day"),
	CONSTRAINT "check_ins_once_a_form" UNIQUE("pair_id","form_id"),
	CONSTRAINT "check_ins_of_pair" UNIQUE("id","pair_id"),
	CONSTRAINT "check_ins_going" CHECK (going in ('well', 'mixed', 'hard')),
	CONSTRAINT "check_ins_stuck" CHECK (char_length(stuck) between 1 and 500),
	CONSTRAINT "check_ins_confidence" CHECK (jsonb_typeof(confidence) = 'array' and octet_length(confidence::text) <= 20000)
);
--> statement-breakpoint
ALTER TABLE "check_ins" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "check_in_signals" (
	"check_in_id" uuid PRIMARY KEY NOT NULL,
	"pair_id" uuid NOT NULL,
	"shows" text NOT NULL,
	"going" text,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "check_in_signals_shows" CHECK (shows in ('day', 'going', 'word')),
	CONSTRAINT "check_in_signals_going" CHECK ((shows = 'day') = (going is null) and going in ('well', 'mixed', 'hard'))
);
--> statement-breakpoint
ALTER TABLE "check_in_signals" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "check_ins" ADD CONSTRAINT "check_ins_pair_id_pairs_id_fk" FOREIGN KEY ("pair_id") REFERENCES "public"."pairs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "check_ins" ADD CONSTRAINT "check_ins_teacher_id_people_id_fk" FOREIGN KEY ("teacher_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "check_in_signals" ADD CONSTRAINT "check_in_signals_of_check_in" FOREIGN KEY ("check_in_id","pair_id") REFERENCES "public"."check_ins"("id","pair_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "check_ins_teacher" ON "check_ins" USING btree ("teacher_id");--> statement-breakpoint
CREATE INDEX "check_in_signals_pair" ON "check_in_signals" USING btree ("pair_id","at");--> statement-breakpoint
CREATE INDEX "check_in_signals_check_in" ON "check_in_signals" USING btree ("check_in_id","pair_id");
