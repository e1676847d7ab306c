-- A mail says how not to get the next one, whom it is for, and whether somebody waits for it.
ALTER TABLE "mail_messages" ADD COLUMN "headers" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "mail_messages" ADD COLUMN "person_id" uuid;--> statement-breakpoint
ALTER TABLE "mail_messages" ADD COLUMN "again" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "mail_messages_person" ON "mail_messages" USING btree ("person_id");
