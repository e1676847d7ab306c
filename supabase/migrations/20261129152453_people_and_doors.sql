ALTER TABLE "cohorts" ADD CONSTRAINT "cohorts_of_program" UNIQUE("id","program_id");--> statement-breakpoint
CREATE TABLE "audit_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"person_id" uuid NOT NULL,
	"by_person_id" uuid,
	"on_behalf_of_id" uuid,
	"network" text,
	"user_agent" text,
	"about" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "audit_events_kind" CHECK (char_length(kind) between 1 and 60),
	CONSTRAINT "audit_events_small" CHECK (octet_length(about::text) <= 2000 and char_length(user_agent) <= 300)
);
--> statement-breakpoint
ALTER TABLE "audit_events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "address_proofs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"address" text NOT NULL,
	"code_hash" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"codes_tried" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "address_proofs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "free_times" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"weekday" integer,
	"starts_at" time NOT NULL,
	"ends_at" time NOT NULL,
	CONSTRAINT "free_times_once" UNIQUE NULLS NOT DISTINCT("person_id","weekday","starts_at"),
	CONSTRAINT "free_times_weekday" CHECK (weekday between 1 and 7),
	CONSTRAINT "free_times_span" CHECK (ends_at > starts_at)
);
--> statement-breakpoint
ALTER TABLE "free_times" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "passkey_challenges" (
	"id" uuid PRIMARY KEY NOT NULL,
	"challenge" text NOT NULL,
	"purpose" text NOT NULL,
	"person_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	CONSTRAINT "passkey_challenges_purpose" CHECK (purpose in ('add', 'sign-in', 'prove'))
);
--> statement-breakpoint
ALTER TABLE "passkey_challenges" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "passkeys" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"public_key" "bytea" NOT NULL,
	"counter" bigint NOT NULL,
	"transports" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"backed_up" boolean NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	CONSTRAINT "passkeys_name" CHECK (char_length(name) between 1 and 100),
	CONSTRAINT "passkeys_id" CHECK (char_length(id) between 16 and 1400)
);
--> statement-breakpoint
ALTER TABLE "passkeys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "person_settings" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"time_zone" text,
	"remind" text DEFAULT 'weekly' NOT NULL,
	"first_run_at" timestamp (3) with time zone,
	CONSTRAINT "person_settings_remind" CHECK (remind in ('never', 'daily', 'weekly')),
	CONSTRAINT "person_settings_time_zone" CHECK (char_length(time_zone) <= 64)
);
--> statement-breakpoint
ALTER TABLE "person_settings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "provider_accounts" (
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"person_id" uuid NOT NULL,
	"provider" text NOT NULL,
	"label" text,
	"linked_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	CONSTRAINT "provider_accounts_issuer_subject_pk" PRIMARY KEY("issuer","subject"),
	CONSTRAINT "provider_accounts_sizes" CHECK (char_length(issuer) <= 300 and char_length(subject) <= 300 and char_length(label) <= 254)
);
--> statement-breakpoint
ALTER TABLE "provider_accounts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "provider_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"state_hash" "bytea" NOT NULL,
	"nonce" text NOT NULL,
	"code_verifier" text NOT NULL,
	"person_id" uuid,
	"next" text NOT NULL,
	"shared" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "provider_requests" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "invitations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"program_id" uuid NOT NULL,
	"cohort_id" uuid,
	"role" text NOT NULL,
	"name" text,
	"address" text,
	"invited_by_id" uuid NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"withdrawn_at" timestamp (3) with time zone,
	"withdrawn_by_id" uuid,
	"accepted_at" timestamp (3) with time zone,
	"accepted_by_id" uuid,
	CONSTRAINT "invitations_role" CHECK (role in ('teacher', 'mentor', 'coach', 'assessor', 'manager')),
	CONSTRAINT "invitations_once" CHECK (withdrawn_at is null or accepted_at is null),
	CONSTRAINT "invitations_accepted" CHECK ((accepted_at is null) = (accepted_by_id is null)),
	CONSTRAINT "invitations_withdrawn" CHECK ((withdrawn_at is null) = (withdrawn_by_id is null)),
	CONSTRAINT "invitations_expiry" CHECK (expires_at > created_at),
	CONSTRAINT "invitations_sizes" CHECK (char_length(name) between 1 and 200 and char_length(address) <= 254)
);
--> statement-breakpoint
ALTER TABLE "invitations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "program_stacks" (
	"program_id" uuid NOT NULL,
	"stack_version_id" uuid NOT NULL,
	"from_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"until_at" timestamp (3) with time zone,
	CONSTRAINT "program_stacks_program_id_stack_version_id_pk" PRIMARY KEY("program_id","stack_version_id"),
	CONSTRAINT "program_stacks_time" CHECK (until_at is null or until_at >= from_at)
);
--> statement-breakpoint
ALTER TABLE "program_stacks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"key" text PRIMARY KEY NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"expire" bigint
);
--> statement-breakpoint
ALTER TABLE "rate_limits" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "deletion_asked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "deleted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "network" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "opened_by" text DEFAULT 'mail' NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "passkey_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "shared" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "address_proofs" ADD CONSTRAINT "address_proofs_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "free_times" ADD CONSTRAINT "free_times_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkey_challenges" ADD CONSTRAINT "passkey_challenges_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkeys" ADD CONSTRAINT "passkeys_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_settings" ADD CONSTRAINT "person_settings_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_accounts" ADD CONSTRAINT "provider_accounts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_requests" ADD CONSTRAINT "provider_requests_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_invited_by_id_people_id_fk" FOREIGN KEY ("invited_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_withdrawn_by_id_people_id_fk" FOREIGN KEY ("withdrawn_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_accepted_by_id_people_id_fk" FOREIGN KEY ("accepted_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_cohort_of_program" FOREIGN KEY ("cohort_id","program_id") REFERENCES "public"."cohorts"("id","program_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_stacks" ADD CONSTRAINT "program_stacks_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_stacks" ADD CONSTRAINT "program_stacks_stack_version_id_stack_versions_id_fk" FOREIGN KEY ("stack_version_id") REFERENCES "public"."stack_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_events_person" ON "audit_events" USING btree ("person_id","at");--> statement-breakpoint
CREATE INDEX "audit_events_by" ON "audit_events" USING btree ("by_person_id","at");--> statement-breakpoint
CREATE INDEX "address_proofs_person" ON "address_proofs" USING btree ("person_id","created_at");--> statement-breakpoint
CREATE INDEX "address_proofs_address" ON "address_proofs" USING btree ("address","created_at");--> statement-breakpoint
CREATE INDEX "passkey_challenges_person" ON "passkey_challenges" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "passkey_challenges_expires" ON "passkey_challenges" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "passkeys_person" ON "passkeys" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "provider_accounts_person" ON "provider_accounts" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "provider_requests_state" ON "provider_requests" USING btree ("state_hash");--> statement-breakpoint
CREATE INDEX "provider_requests_person" ON "provider_requests" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "provider_requests_expires" ON "provider_requests" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_token" ON "invitations" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "invitations_program" ON "invitations" USING btree ("program_id","created_at");--> statement-breakpoint
CREATE INDEX "invitations_address" ON "invitations" USING btree ("address","created_at");--> statement-breakpoint
CREATE INDEX "invitations_invited_by" ON "invitations" USING btree ("invited_by_id");--> statement-breakpoint
CREATE INDEX "invitations_accepted_by" ON "invitations" USING btree ("accepted_by_id");--> statement-breakpoint
CREATE INDEX "program_stacks_version" ON "program_stacks" USING btree ("stack_version_id");--> statement-breakpoint
CREATE INDEX "rate_limits_expire" ON "rate_limits" USING btree ("expire");--> statement-breakpoint
ALTER TABLE "people" ADD CONSTRAINT "people_deletion" CHECK (deletion_asked_at is null or deactivated_at is not null);--> statement-breakpoint
ALTER TABLE "people" ADD CONSTRAINT "people_deleted" CHECK (deleted_at is null or deletion_asked_at is not null);--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_opened_by" CHECK (opened_by in ('mail', 'passkey', 'provider', 'demo'));--> statement-breakpoint
DROP POLICY "email_addresses_service" ON "email_addresses" CASCADE;--> statement-breakpoint
DROP POLICY "people_service" ON "people" CASCADE;--> statement-breakpoint
DROP POLICY "roles_service" ON "roles" CASCADE;--> statement-breakpoint
CREATE POLICY "roles_read_managed" ON "roles" AS PERMISSIVE FOR SELECT TO "authenticated" USING (id = any ((select app.managed_role_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "roles_end" ON "roles" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (id = any ((select app.endable_role_ids())::uuid[])) WITH CHECK (until_at >= now() - interval '5 minutes');--> statement-breakpoint
CREATE POLICY "enrollments_choose" ON "enrollments" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (person_id = (select app.uid()) and status = 'active' and ended_at is null and (program_id::text || ' ' || coalesce(cohort_id::text, '-') || ' ' || stack_version_id::text) = any ((select app.choosable_stacks())::text[]));--> statement-breakpoint
CREATE POLICY "enrollments_leave" ON "enrollments" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (person_id = (select app.uid()) and status <> 'withdrawn') WITH CHECK (person_id = (select app.uid()) and status = 'withdrawn' and ended_at is not null);--> statement-breakpoint
CREATE POLICY "email_addresses_service" ON "email_addresses" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "people_service" ON "people" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "roles_service" ON "roles" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "audit_events_read_concerned" ON "audit_events" AS PERMISSIVE FOR SELECT TO "authenticated" USING (person_id = (select app.uid()) or by_person_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "audit_events_add" ON "audit_events" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (by_person_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "audit_events_service_add" ON "audit_events" AS PERMISSIVE FOR INSERT TO "app_service" WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "audit_events_service_read" ON "audit_events" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "address_proofs_service" ON "address_proofs" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "free_times_own" ON "free_times" AS PERMISSIVE FOR ALL TO "authenticated" USING (person_id = (select app.uid())) WITH CHECK (person_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "free_times_service" ON "free_times" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "passkey_challenges_service" ON "passkey_challenges" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "passkeys_read_own" ON "passkeys" AS PERMISSIVE FOR SELECT TO "authenticated" USING (person_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "passkeys_service" ON "passkeys" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "person_settings_own" ON "person_settings" AS PERMISSIVE FOR ALL TO "authenticated" USING (person_id = (select app.uid())) WITH CHECK (person_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "person_settings_service" ON "person_settings" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "provider_accounts_read_own" ON "provider_accounts" AS PERMISSIVE FOR SELECT TO "authenticated" USING (person_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "provider_accounts_service" ON "provider_accounts" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "provider_requests_service" ON "provider_requests" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "invitations_read" ON "invitations" AS PERMISSIVE FOR SELECT TO "authenticated" USING (program_id = any ((select app.managed_program_ids())::uuid[]) or accepted_by_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "invitations_make" ON "invitations" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (program_id = any ((select app.managed_program_ids())::uuid[]) and invited_by_id = (select app.uid()) and accepted_at is null and withdrawn_at is null);--> statement-breakpoint
CREATE POLICY "invitations_withdraw" ON "invitations" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (program_id = any ((select app.managed_program_ids())::uuid[]) and accepted_at is null) WITH CHECK (program_id = any ((select app.managed_program_ids())::uuid[]) and withdrawn_by_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "invitations_service" ON "invitations" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "program_stacks_read" ON "program_stacks" AS PERMISSIVE FOR SELECT TO "authenticated" USING (program_id = any ((select app.program_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "program_stacks_service" ON "program_stacks" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "rate_limits_service" ON "rate_limits" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);