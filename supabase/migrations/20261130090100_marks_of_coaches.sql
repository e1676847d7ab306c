CREATE TABLE "coach_marks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pair_id" uuid NOT NULL,
	"coach_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"words" text NOT NULL,
	"until" date,
	"made_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "coach_marks_kind" CHECK (kind in ('note', 'follow-up', 'not-now')),
	CONSTRAINT "coach_marks_words" CHECK (char_length(words) between 1 and 2000),
	CONSTRAINT "coach_marks_until" CHECK ((kind = 'note') = (until is null))
);
--> statement-breakpoint
ALTER TABLE "coach_marks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "coach_marks" ADD CONSTRAINT "coach_marks_pair_id_pairs_id_fk" FOREIGN KEY ("pair_id") REFERENCES "public"."pairs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "coach_marks" ADD CONSTRAINT "coach_marks_coach_id_people_id_fk" FOREIGN KEY ("coach_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "coach_marks_pair" ON "coach_marks" USING btree ("pair_id","made_at");--> statement-breakpoint
CREATE INDEX "coach_marks_coach" ON "coach_marks" USING btree ("coach_id");--> statement-breakpoint
CREATE FUNCTION app.coached_pair_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(
		select c.pair_id from public.caseloads c join public.pairs p on p.id = c.pair_id
		where c.coach_id = app.uid() and p.status <> 'ended'
			and c.from_at <= now() and (c.until_at is null or c.until_at > now())
	);
end $$;--> statement-breakpoint
REVOKE ALL ON FUNCTION app.coached_pair_ids() FROM public;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION app.coached_pair_ids() TO authenticated;--> statement-breakpoint
CREATE POLICY "coach_marks_read" ON "coach_marks" AS PERMISSIVE FOR SELECT TO "authenticated" USING (coach_id = (select app.uid()) and pair_id = any ((select app.coached_pair_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "coach_marks_make" ON "coach_marks" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (coach_id = (select app.uid()) and ended_at is null and pair_id = any ((select app.coached_pair_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "coach_marks_end" ON "coach_marks" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (coach_id = (select app.uid()) and ended_at is null and pair_id = any ((select app.coached_pair_ids())::uuid[])) WITH CHECK (coach_id = (select app.uid()) and ended_at is not null);--> statement-breakpoint
-- A coach's words about two people: nobody else reads them, and not even the coach once the pair is not theirs any more.
REVOKE ALL ON coach_marks FROM anon, public;--> statement-breakpoint
GRANT SELECT, INSERT ON coach_marks TO authenticated;--> statement-breakpoint
GRANT UPDATE (ended_at) ON coach_marks TO authenticated;
