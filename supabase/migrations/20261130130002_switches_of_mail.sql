-- Whoever had said no to a room's mails has said no to that group of mails: one place for all of it.
insert into notification_settings (person_id, mail)
select person_id, jsonb_object_agg(said, 'off') from (
	select person_id, 'pair' as said from meeting_settings where not invited_by_mail
	union all select person_id, 'coach' from coach_letters where not wanted
) no group by person_id
on conflict (person_id) do update set mail = notification_settings.mail || excluded.mail;
ALTER TABLE "meeting_settings" DROP COLUMN "invited_by_mail";--> statement-breakpoint
ALTER TABLE "coach_letters" DROP COLUMN "wanted";--> statement-breakpoint
DROP POLICY "coach_letters_own" ON "coach_letters";--> statement-breakpoint
CREATE POLICY "coach_letters_own" ON "coach_letters" AS PERMISSIVE FOR SELECT TO "authenticated" USING (person_id = (select app.uid()));--> statement-breakpoint
REVOKE INSERT, UPDATE ON coach_letters FROM authenticated;
