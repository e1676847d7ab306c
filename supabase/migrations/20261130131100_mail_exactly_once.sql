-- A mail says how far it came: until its last bytes go out nothing was sent, and after that nobody may send it again who
-- does not know. And an address says since when mail comes back from it.
ALTER TABLE "mail_messages" ADD COLUMN "due_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "mail_messages" ADD COLUMN "handed_over_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "mail_messages" ADD COLUMN "status" text;--> statement-breakpoint
ALTER TABLE "mail_messages" ADD COLUMN "failed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "mail_messages" ADD CONSTRAINT "mail_messages_status" CHECK (status ~ '^[245]\.\d{1,3}\.\d{1,3}$');--> statement-breakpoint
DROP INDEX "mail_messages_unsent";--> statement-breakpoint
CREATE INDEX "mail_messages_unsent" ON "mail_messages" USING btree ("due_at") WHERE sent_at is null and failed_at is null;--> statement-breakpoint
CREATE INDEX "mail_messages_failed" ON "mail_messages" USING btree ("failed_at") WHERE failed_at is not null;--> statement-breakpoint
CREATE INDEX "mail_messages_address" ON "mail_messages" USING btree ("to_address","sent_at");--> statement-breakpoint
ALTER TABLE "email_addresses" ADD COLUMN "unreachable_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "email_addresses" ADD COLUMN "unreachable_status" text;--> statement-breakpoint
ALTER TABLE "email_addresses" ADD COLUMN "reachable_at" timestamp (3) with time zone;
