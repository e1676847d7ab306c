CREATE TABLE "notifications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"about" text,
	"within" text[] DEFAULT '{}' NOT NULL,
	"title" text NOT NULL,
	"href" text NOT NULL,
	"place" text,
	"at" timestamp (3) with time zone NOT NULL,
	"read_at" timestamp (3) with time zone,
	"withdrawn_at" timestamp (3) with time zone,
	"held_from" timestamp (3) with time zone NOT NULL,
	"mail_after" timestamp (3) with time zone,
	"mailed_at" timestamp (3) with time zone,
	CONSTRAINT "notifications_once" UNIQUE("person_id","key"),
	CONSTRAINT "notifications_sizes" CHECK (char_length(kind) between 1 and 40 and char_length(key) between 1 and 200 and char_length(about) between 1 and 200 and char_length(title) between 1 and 300 and char_length(place) between 1 and 200 and cardinality(within) <= 5),
	CONSTRAINT "notifications_href" CHECK (href ~ '^/([^/\\]|$)' and char_length(href) <= 500)
);
--> statement-breakpoint
ALTER TABLE "notifications" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "notification_settings" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"mail" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"digest" text DEFAULT 'weekly' NOT NULL,
	"digest_weekday" integer DEFAULT 1 NOT NULL,
	"digest_hour" integer DEFAULT 7 NOT NULL,
	"quiet_from" time DEFAULT '19:00' NOT NULL,
	"quiet_to" time DEFAULT '07:00' NOT NULL,
	CONSTRAINT "notification_settings_mail" CHECK (jsonb_typeof(mail) = 'object' and octet_length(mail::text) <= 500),
	CONSTRAINT "notification_settings_digest" CHECK (digest in ('daily', 'weekly', 'off')),
	CONSTRAINT "notification_settings_when" CHECK (digest_weekday between 1 and 7 and digest_hour between 0 and 23)
);
--> statement-breakpoint
ALTER TABLE "notification_settings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "notification_mutes" (
	"person_id" uuid NOT NULL,
	"about" text NOT NULL,
	"place" text,
	"until" timestamp (3) with time zone,
	"muted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "notification_mutes_person_id_about_pk" PRIMARY KEY("person_id","about"),
	CONSTRAINT "notification_mutes_sizes" CHECK (char_length(about) between 1 and 200 and char_length(place) between 1 and 200)
);
--> statement-breakpoint
ALTER TABLE "notification_mutes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "unsubscribe_tokens" (
	"token_hash" "bytea" PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"scope" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "unsubscribe_tokens_scope" CHECK (char_length(scope) between 1 and 40)
);
--> statement-breakpoint
ALTER TABLE "unsubscribe_tokens" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "push_subscriptions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"endpoint" text NOT NULL,
	"p256dh" text NOT NULL,
	"auth" text NOT NULL,
	"name" text NOT NULL,
	"added_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp (3) with time zone,
	CONSTRAINT "push_subscriptions_sizes" CHECK (char_length(endpoint) <= 1000 and char_length(p256dh) between 80 and 100 and char_length(auth) between 20 and 30 and char_length(name) between 1 and 100)
);
--> statement-breakpoint
ALTER TABLE "push_subscriptions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "push_messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"subscription_id" uuid NOT NULL,
	"notification_id" uuid NOT NULL,
	"send_after" timestamp (3) with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"sent_at" timestamp (3) with time zone,
	CONSTRAINT "push_messages_once" UNIQUE("notification_id","subscription_id")
);
--> statement-breakpoint
ALTER TABLE "push_messages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_settings" ADD CONSTRAINT "notification_settings_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_mutes" ADD CONSTRAINT "notification_mutes_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "unsubscribe_tokens" ADD CONSTRAINT "unsubscribe_tokens_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "push_subscriptions" ADD CONSTRAINT "push_subscriptions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "push_messages" ADD CONSTRAINT "push_messages_subscription_id_push_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."push_subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "push_messages" ADD CONSTRAINT "push_messages_notification_id_notifications_id_fk" FOREIGN KEY ("notification_id") REFERENCES "public"."notifications"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "push_subscriptions_endpoint" ON "push_subscriptions" USING btree ("endpoint");--> statement-breakpoint
CREATE INDEX "notifications_person" ON "notifications" USING btree ("person_id","at");--> statement-breakpoint
CREATE INDEX "notifications_unread" ON "notifications" USING btree ("person_id","about") WHERE read_at is null and withdrawn_at is null;--> statement-breakpoint
CREATE INDEX "notifications_due" ON "notifications" USING btree ("mail_after") WHERE mail_after is not null;--> statement-breakpoint
CREATE INDEX "notifications_key" ON "notifications" USING btree ("key" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "notifications_about" ON "notifications" USING btree ("about");--> statement-breakpoint
CREATE INDEX "notifications_old" ON "notifications" USING btree ("at");--> statement-breakpoint
CREATE INDEX "unsubscribe_tokens_person" ON "unsubscribe_tokens" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "unsubscribe_tokens_created" ON "unsubscribe_tokens" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "push_subscriptions_person" ON "push_subscriptions" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "push_messages_subscription" ON "push_messages" USING btree ("subscription_id");--> statement-breakpoint
CREATE INDEX "push_messages_due" ON "push_messages" USING btree ("send_after") WHERE send_after is not null;
