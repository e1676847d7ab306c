CREATE TABLE "program_counts" (
	"program_id" uuid NOT NULL,
	"place_id" uuid NOT NULL,
	"rest" boolean NOT NULL,
	"within_id" uuid,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"invited" integer NOT NULL,
	"applied" integer NOT NULL,
	"waiting" integer NOT NULL,
	"enrolled" integer NOT NULL,
	"active" integer NOT NULL,
	"completed" integer NOT NULL,
	"withdrawn" integer NOT NULL,
	"submitted" integer NOT NULL,
	"earned" integer NOT NULL,
	"expired" integer NOT NULL,
	"pairs_proposed" integer NOT NULL,
	"pairs_accepted" integer NOT NULL,
	"pairs_active" integer NOT NULL,
	"pairs_paused" integer NOT NULL,
	"pairs_ended" integer NOT NULL,
	"hidden" integer NOT NULL,
	"counted_at" timestamp (3) with time zone,
	CONSTRAINT "program_counts_program_id_place_id_rest_pk" PRIMARY KEY("program_id","place_id","rest"),
	CONSTRAINT "program_counts_kind" CHECK (kind in ('program', 'state', 'district', 'school', 'rest')),
	CONSTRAINT "program_counts_whole" CHECK ((kind = 'program') = (within_id is null) and (kind = 'program') = (counted_at is not null) and (kind = 'rest') = rest)
);
--> statement-breakpoint
ALTER TABLE "program_counts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "program_counts" ADD CONSTRAINT "program_counts_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "program_counts_within" ON "program_counts" USING btree ("program_id","within_id","rest",name collate "und-x-icu","place_id");--> statement-breakpoint
CREATE POLICY "program_counts_read" ON "program_counts" AS PERMISSIVE FOR SELECT TO "authenticated" USING (program_id = any ((select app.managed_program_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "program_counts_service" ON "program_counts" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);
