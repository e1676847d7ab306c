-- What a coach writes to the two of a pair, or to one of them: a kind word, a time to sit down, or whether another pair
-- would suit better. Nobody changes it afterwards.
CREATE TABLE "coach_messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pair_id" uuid NOT NULL,
	"coach_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"addressed_to" text NOT NULL,
	"words" text NOT NULL,
	"starts_at" timestamp (3) with time zone,
	"minutes" integer,
	"sent_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"told_at" timestamp (3) with time zone,
	CONSTRAINT "coach_messages_kind" CHECK (kind in ('nudge', 'slot', 'rematch')),
	CONSTRAINT "coach_messages_addressed_to" CHECK (addressed_to in ('teacher', 'mentor', 'both') and (kind <> 'rematch' or addressed_to <> 'both')),
	CONSTRAINT "coach_messages_words" CHECK (char_length(words) between 1 and 1000),
	CONSTRAINT "coach_messages_slot" CHECK ((kind = 'slot') = (starts_at is not null) and (starts_at is null) = (minutes is null))
);
--> statement-breakpoint
ALTER TABLE "coach_messages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "coach_messages" ADD CONSTRAINT "coach_messages_pair_id_pairs_id_fk" FOREIGN KEY ("pair_id") REFERENCES "public"."pairs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "coach_messages" ADD CONSTRAINT "coach_messages_coach_id_people_id_fk" FOREIGN KEY ("coach_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "coach_messages_pair" ON "coach_messages" USING btree ("pair_id","sent_at");--> statement-breakpoint
CREATE INDEX "coach_messages_coach" ON "coach_messages" USING btree ("coach_id");--> statement-breakpoint
CREATE INDEX "coach_messages_untold" ON "coach_messages" USING btree ("sent_at") WHERE told_at is null;--> statement-breakpoint
-- The pairs that the asker teaches in, for good; and those that they mentor, until these end.
CREATE FUNCTION app.taught_pair_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(select p.id from public.pairs p where p.teacher_id = app.uid());
end $$;--> statement-breakpoint
REVOKE ALL ON FUNCTION app.taught_pair_ids() FROM public;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION app.taught_pair_ids() TO authenticated;--> statement-breakpoint
CREATE FUNCTION app.open_mentored_pair_ids() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
	return array(select p.id from public.pairs p where p.mentor_id = app.uid() and p.status <> 'ended');
end $$;--> statement-breakpoint
REVOKE ALL ON FUNCTION app.open_mentored_pair_ids() FROM public;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION app.open_mentored_pair_ids() TO authenticated;--> statement-breakpoint
CREATE POLICY "coach_messages_sent" ON "coach_messages" AS PERMISSIVE FOR SELECT TO "authenticated" USING (coach_id = (select app.uid()) and pair_id = any ((select app.coached_pair_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "coach_messages_to_teacher" ON "coach_messages" AS PERMISSIVE FOR SELECT TO "authenticated" USING (addressed_to <> 'mentor' and pair_id = any ((select app.taught_pair_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "coach_messages_to_mentor" ON "coach_messages" AS PERMISSIVE FOR SELECT TO "authenticated" USING (addressed_to <> 'teacher' and pair_id = any ((select app.open_mentored_pair_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "coach_messages_send" ON "coach_messages" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (coach_id = (select app.uid()) and told_at is null and pair_id = any ((select app.coached_pair_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "coach_messages_tell" ON "coach_messages" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
REVOKE ALL ON coach_messages FROM anon, authenticated, app_service, public;--> statement-breakpoint
GRANT SELECT, INSERT ON coach_messages TO authenticated;--> statement-breakpoint
GRANT SELECT ON coach_messages TO app_service;--> statement-breakpoint
GRANT UPDATE (told_at) ON coach_messages TO app_service;--> statement-breakpoint
-- The mail of each Monday: whether somebody wants it, and which was the last one. A row only where one of the two is known.
CREATE TABLE "coach_letters" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"wanted" boolean DEFAULT true NOT NULL,
	"last_monday" date
);
--> statement-breakpoint
ALTER TABLE "coach_letters" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "coach_letters" ADD CONSTRAINT "coach_letters_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "coach_letters_own" ON "coach_letters" AS PERMISSIVE FOR ALL TO "authenticated" USING (person_id = (select app.uid())) WITH CHECK (person_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "coach_letters_service" ON "coach_letters" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
REVOKE ALL ON coach_letters FROM anon, authenticated, app_service, public;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (wanted) ON coach_letters TO authenticated;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON coach_letters TO app_service;--> statement-breakpoint
-- Whoever leaves takes along what a coach wrote to them or they wrote as a coach, and the wish for a mail.
CREATE FUNCTION app.person_is_written_no_more() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
	delete from public.coach_messages m
		where m.coach_id = new.id
		or m.pair_id in (select p.id from public.pairs p where new.id in (p.teacher_id, p.mentor_id));
	delete from public.coach_letters l where l.person_id = new.id;
	return new;
end $$;--> statement-breakpoint
REVOKE ALL ON FUNCTION app.person_is_written_no_more() FROM public;--> statement-breakpoint
CREATE TRIGGER people_are_written_no_more AFTER UPDATE OF deleted_at ON people
	FOR EACH ROW WHEN (new.deleted_at is not null AND old.deleted_at is null) EXECUTE FUNCTION app.person_is_written_no_more();
