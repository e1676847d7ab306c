CREATE TABLE "awards" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"microcredential_version_id" uuid NOT NULL,
	"awarded_at" timestamp (3) with time zone NOT NULL,
	"expires_on" date,
	"revoked_at" timestamp (3) with time zone,
	"revoked_reason" text,
	CONSTRAINT "awards_revoked" CHECK ((revoked_at is null) = (revoked_reason is null))
);
--> statement-breakpoint
ALTER TABLE "awards" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "alignments" (
	"microcredential_version_id" uuid NOT NULL,
	"competency_id" uuid NOT NULL,
	CONSTRAINT "alignments_microcredential_version_id_competency_id_pk" PRIMARY KEY("microcredential_version_id","competency_id")
);
--> statement-breakpoint
ALTER TABLE "alignments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "competencies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"framework_id" uuid NOT NULL,
	"case_id" uuid NOT NULL,
	"parent_id" uuid,
	"code" text,
	"statement" text NOT NULL,
	"label" text,
	"item_type" text,
	"position" integer NOT NULL,
	CONSTRAINT "competencies_caseId_unique" UNIQUE("case_id")
);
--> statement-breakpoint
ALTER TABLE "competencies" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "frameworks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"case_id" uuid NOT NULL,
	"title" text NOT NULL,
	"creator" text NOT NULL,
	"version" text,
	"official_source_url" text,
	"notes" text,
	"licence_title" text,
	"licence_text" text,
	"case_changed_at" timestamp (3) with time zone NOT NULL,
	"imported_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "frameworks_caseId_unique" UNIQUE("case_id")
);
--> statement-breakpoint
ALTER TABLE "frameworks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "issuers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"url" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "issuers_key_unique" UNIQUE("key")
);
--> statement-breakpoint
ALTER TABLE "issuers" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "microcredential_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"microcredential_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"title" text NOT NULL,
	"competency" text NOT NULL,
	"key_method" text,
	"method_components" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"research" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"levels" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"passing_level" integer,
	"hours" integer,
	"status" text DEFAULT 'draft' NOT NULL,
	"published_at" timestamp (3) with time zone,
	"review_by" date,
	"licence" text,
	CONSTRAINT "microcredential_versions_number" UNIQUE("microcredential_id","number"),
	CONSTRAINT "microcredential_versions_status" CHECK (status in ('draft', 'published', 'retired'))
);
--> statement-breakpoint
ALTER TABLE "microcredential_versions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "microcredentials" (
	"id" uuid PRIMARY KEY NOT NULL,
	"issuer_id" uuid NOT NULL,
	"key" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "microcredentials_issuer_key" UNIQUE("issuer_id","key")
);
--> statement-breakpoint
ALTER TABLE "microcredentials" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"microcredential_version_id" uuid NOT NULL,
	"section" integer NOT NULL,
	"position" integer NOT NULL,
	"prompt" text NOT NULL,
	"min_words" integer,
	"max_words" integer,
	"words_binding" boolean DEFAULT false NOT NULL,
	"artifact_kinds" jsonb DEFAULT '[]'::jsonb NOT NULL,
	CONSTRAINT "parts_order" UNIQUE("microcredential_version_id","position"),
	CONSTRAINT "parts_section" CHECK (section between 1 and 3),
	CONSTRAINT "parts_words" CHECK (coalesce(min_words, 0) <= coalesce(max_words, 2147483647))
);
--> statement-breakpoint
ALTER TABLE "parts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "rubric_rows" (
	"id" uuid PRIMARY KEY NOT NULL,
	"part_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"criterion" text NOT NULL,
	"descriptions" jsonb NOT NULL,
	CONSTRAINT "rubric_rows_order" UNIQUE("part_id","position")
);
--> statement-breakpoint
ALTER TABLE "rubric_rows" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "stack_items" (
	"stack_version_id" uuid NOT NULL,
	"microcredential_id" uuid NOT NULL,
	"position" integer NOT NULL,
	CONSTRAINT "stack_items_stack_version_id_microcredential_id_pk" PRIMARY KEY("stack_version_id","microcredential_id")
);
--> statement-breakpoint
ALTER TABLE "stack_items" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "stack_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"stack_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"rule" jsonb NOT NULL,
	"published_at" timestamp (3) with time zone,
	CONSTRAINT "stack_versions_number" UNIQUE("stack_id","number")
);
--> statement-breakpoint
ALTER TABLE "stack_versions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "stacks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"title" text NOT NULL,
	"summary" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "stacks_key_unique" UNIQUE("key")
);
--> statement-breakpoint
ALTER TABLE "stacks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "submissions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"teacher_id" uuid NOT NULL,
	"microcredential_version_id" uuid NOT NULL,
	"submitted_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"decision" text,
	CONSTRAINT "submissions_decision" CHECK (decision in ('earned', 'not-yet', 'incomplete')),
	CONSTRAINT "submissions_decided" CHECK ((decided_at is null) = (decision is null))
);
--> statement-breakpoint
ALTER TABLE "submissions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "email_addresses" (
	"address" text PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"verified_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "email_addresses_lower" CHECK (address = lower(address) and char_length(address) <= 254),
	CONSTRAINT "email_addresses_kind" CHECK (kind in ('school', 'personal'))
);
--> statement-breakpoint
ALTER TABLE "email_addresses" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "organizations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"parent_id" uuid,
	"name" text NOT NULL,
	"time_zone" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "organizations_kind" CHECK (kind in ('state', 'district', 'school')),
	CONSTRAINT "organizations_state_has_no_parent" CHECK ((kind = 'state') = (parent_id is null))
);
--> statement-breakpoint
ALTER TABLE "organizations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "people" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"initials" text NOT NULL,
	"organization_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deactivated_at" timestamp (3) with time zone,
	CONSTRAINT "people_name" CHECK (char_length(name) between 1 and 200),
	CONSTRAINT "people_initials" CHECK (char_length(initials) between 1 and 3)
);
--> statement-breakpoint
ALTER TABLE "people" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "roles" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"role" text NOT NULL,
	"scope_kind" text NOT NULL,
	"scope_id" uuid NOT NULL,
	"from_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"until_at" timestamp (3) with time zone,
	CONSTRAINT "roles_role" CHECK (role in ('teacher', 'mentor', 'coach', 'assessor', 'manager')),
	CONSTRAINT "roles_scope" CHECK (scope_kind in ('state', 'district', 'school', 'program', 'cohort', 'pair')),
	CONSTRAINT "roles_time" CHECK (until_at is null or until_at >= from_at)
);
--> statement-breakpoint
ALTER TABLE "roles" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"secret_hash" "bytea" NOT NULL,
	"person_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"user_agent" text
);
--> statement-breakpoint
ALTER TABLE "sessions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "sign_in_links" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid,
	"address" text NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"code_hash" "bytea" NOT NULL,
	"asked_from" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"codes_tried" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "sign_in_links" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "caseloads" (
	"id" uuid PRIMARY KEY NOT NULL,
	"coach_id" uuid NOT NULL,
	"pair_id" uuid NOT NULL,
	"from_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"until_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "caseloads" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "pair_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pair_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"by_person_id" uuid,
	"reason" text,
	CONSTRAINT "pair_events_kind" CHECK (kind in ('proposed', 'accepted', 'started', 'paused', 'resumed', 'ended')),
	CONSTRAINT "pair_events_reason" CHECK (char_length(reason) <= 2000)
);
--> statement-breakpoint
ALTER TABLE "pair_events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "pairs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"program_id" uuid NOT NULL,
	"cohort_id" uuid,
	"teacher_id" uuid NOT NULL,
	"mentor_id" uuid NOT NULL,
	"status" text NOT NULL,
	"ended_as" text,
	"proposed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"active_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "pairs_status" CHECK (status in ('proposed', 'accepted', 'active', 'paused', 'ended')),
	CONSTRAINT "pairs_ended_as" CHECK (ended_as in ('completed', 'rematched', 'withdrawn')),
	CONSTRAINT "pairs_end" CHECK ((status = 'ended') = (ended_as is not null) and (status = 'ended') = (ended_at is not null)),
	CONSTRAINT "pairs_two_people" CHECK (teacher_id <> mentor_id)
);
--> statement-breakpoint
ALTER TABLE "pairs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "cohorts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"program_id" uuid NOT NULL,
	"name" text NOT NULL,
	"wave" integer DEFAULT 1 NOT NULL,
	"capacity" integer DEFAULT 25 NOT NULL,
	"starts_on" date NOT NULL,
	"ends_on" date,
	CONSTRAINT "cohorts_capacity" CHECK (capacity >= 0)
);
--> statement-breakpoint
ALTER TABLE "cohorts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "enrollments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"program_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"cohort_id" uuid,
	"stack_version_id" uuid NOT NULL,
	"status" text NOT NULL,
	"joined_list_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"enrolled_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "enrollments_once" UNIQUE("program_id","person_id"),
	CONSTRAINT "enrollments_status" CHECK (status in ('invited', 'applied', 'waiting', 'enrolled', 'active', 'completed', 'withdrawn'))
);
--> statement-breakpoint
ALTER TABLE "enrollments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "programs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"organization_id" uuid NOT NULL,
	"time_zone" text NOT NULL,
	"starts_on" date NOT NULL,
	"ends_on" date,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "programs_key_unique" UNIQUE("key")
);
--> statement-breakpoint
ALTER TABLE "programs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "reflection_clients" (
	"reflection_id" uuid NOT NULL,
	"client_id" bigint NOT NULL,
	"person_id" uuid NOT NULL,
	"first_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reflection_clients_reflection_id_client_id_pk" PRIMARY KEY("reflection_id","client_id")
);
--> statement-breakpoint
ALTER TABLE "reflection_clients" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "reflection_history" (
	"reflection_id" uuid NOT NULL,
	"from_number" integer NOT NULL,
	"to_number" integer NOT NULL,
	"person_id" uuid NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"to_at" timestamp (3) with time zone NOT NULL,
	"ranges" "bytea" NOT NULL,
	CONSTRAINT "reflection_history_reflection_id_from_number_pk" PRIMARY KEY("reflection_id","from_number")
);
--> statement-breakpoint
ALTER TABLE "reflection_history" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "reflection_snapshots" (
	"reflection_id" uuid PRIMARY KEY NOT NULL,
	"up_to_number" integer NOT NULL,
	"state" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "reflection_snapshots" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "reflection_updates" (
	"reflection_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"person_id" uuid NOT NULL,
	"updates" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reflection_updates_reflection_id_number_pk" PRIMARY KEY("reflection_id","number")
);
--> statement-breakpoint
ALTER TABLE "reflection_updates" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "reflections" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pair_id" uuid NOT NULL,
	"microcredential_version_id" uuid NOT NULL,
	"title" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reflections_title" CHECK (char_length(title) between 1 and 200)
);
--> statement-breakpoint
ALTER TABLE "reflections" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "mail_messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"to_address" text NOT NULL,
	"subject" text NOT NULL,
	"body_text" text NOT NULL,
	"body_html" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"failure" text
);
--> statement-breakpoint
ALTER TABLE "mail_messages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "awards" ADD CONSTRAINT "awards_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "awards" ADD CONSTRAINT "awards_microcredential_version_id_microcredential_versions_id_fk" FOREIGN KEY ("microcredential_version_id") REFERENCES "public"."microcredential_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alignments" ADD CONSTRAINT "alignments_microcredential_version_id_microcredential_versions_id_fk" FOREIGN KEY ("microcredential_version_id") REFERENCES "public"."microcredential_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alignments" ADD CONSTRAINT "alignments_competency_id_competencies_id_fk" FOREIGN KEY ("competency_id") REFERENCES "public"."competencies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "competencies" ADD CONSTRAINT "competencies_framework_id_frameworks_id_fk" FOREIGN KEY ("framework_id") REFERENCES "public"."frameworks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "competencies" ADD CONSTRAINT "competencies_parent_id_competencies_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."competencies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "microcredential_versions" ADD CONSTRAINT "microcredential_versions_microcredential_id_microcredentials_id_fk" FOREIGN KEY ("microcredential_id") REFERENCES "public"."microcredentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "microcredentials" ADD CONSTRAINT "microcredentials_issuer_id_issuers_id_fk" FOREIGN KEY ("issuer_id") REFERENCES "public"."issuers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parts" ADD CONSTRAINT "parts_microcredential_version_id_microcredential_versions_id_fk" FOREIGN KEY ("microcredential_version_id") REFERENCES "public"."microcredential_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rubric_rows" ADD CONSTRAINT "rubric_rows_part_id_parts_id_fk" FOREIGN KEY ("part_id") REFERENCES "public"."parts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stack_items" ADD CONSTRAINT "stack_items_microcredential_id_microcredentials_id_fk" FOREIGN KEY ("microcredential_id") REFERENCES "public"."microcredentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stack_items" ADD CONSTRAINT "stack_items_version" FOREIGN KEY ("stack_version_id") REFERENCES "public"."stack_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stack_versions" ADD CONSTRAINT "stack_versions_stack_id_stacks_id_fk" FOREIGN KEY ("stack_id") REFERENCES "public"."stacks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "submissions" ADD CONSTRAINT "submissions_teacher_id_people_id_fk" FOREIGN KEY ("teacher_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "submissions" ADD CONSTRAINT "submissions_microcredential_version_id_microcredential_versions_id_fk" FOREIGN KEY ("microcredential_version_id") REFERENCES "public"."microcredential_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "email_addresses" ADD CONSTRAINT "email_addresses_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_parent_id_organizations_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "people" ADD CONSTRAINT "people_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "roles" ADD CONSTRAINT "roles_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in_links" ADD CONSTRAINT "sign_in_links_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "caseloads" ADD CONSTRAINT "caseloads_coach_id_people_id_fk" FOREIGN KEY ("coach_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "caseloads" ADD CONSTRAINT "caseloads_pair_id_pairs_id_fk" FOREIGN KEY ("pair_id") REFERENCES "public"."pairs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pair_events" ADD CONSTRAINT "pair_events_pair_id_pairs_id_fk" FOREIGN KEY ("pair_id") REFERENCES "public"."pairs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pair_events" ADD CONSTRAINT "pair_events_by_person_id_people_id_fk" FOREIGN KEY ("by_person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pairs" ADD CONSTRAINT "pairs_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pairs" ADD CONSTRAINT "pairs_cohort_id_cohorts_id_fk" FOREIGN KEY ("cohort_id") REFERENCES "public"."cohorts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pairs" ADD CONSTRAINT "pairs_teacher_id_people_id_fk" FOREIGN KEY ("teacher_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pairs" ADD CONSTRAINT "pairs_mentor_id_people_id_fk" FOREIGN KEY ("mentor_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cohorts" ADD CONSTRAINT "cohorts_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_program_id_programs_id_fk" FOREIGN KEY ("program_id") REFERENCES "public"."programs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_cohort_id_cohorts_id_fk" FOREIGN KEY ("cohort_id") REFERENCES "public"."cohorts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_stack_version_id_stack_versions_id_fk" FOREIGN KEY ("stack_version_id") REFERENCES "public"."stack_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "programs" ADD CONSTRAINT "programs_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflection_clients" ADD CONSTRAINT "reflection_clients_reflection_id_reflections_id_fk" FOREIGN KEY ("reflection_id") REFERENCES "public"."reflections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflection_clients" ADD CONSTRAINT "reflection_clients_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflection_history" ADD CONSTRAINT "reflection_history_reflection_id_reflections_id_fk" FOREIGN KEY ("reflection_id") REFERENCES "public"."reflections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflection_history" ADD CONSTRAINT "reflection_history_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflection_snapshots" ADD CONSTRAINT "reflection_snapshots_reflection_id_reflections_id_fk" FOREIGN KEY ("reflection_id") REFERENCES "public"."reflections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflection_updates" ADD CONSTRAINT "reflection_updates_reflection_id_reflections_id_fk" FOREIGN KEY ("reflection_id") REFERENCES "public"."reflections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflection_updates" ADD CONSTRAINT "reflection_updates_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflections" ADD CONSTRAINT "reflections_pair_id_pairs_id_fk" FOREIGN KEY ("pair_id") REFERENCES "public"."pairs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflections" ADD CONSTRAINT "reflections_microcredential_version_id_microcredential_versions_id_fk" FOREIGN KEY ("microcredential_version_id") REFERENCES "public"."microcredential_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflections" ADD CONSTRAINT "reflections_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "awards_person" ON "awards" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "alignments_competency" ON "alignments" USING btree ("competency_id");--> statement-breakpoint
CREATE INDEX "competencies_framework" ON "competencies" USING btree ("framework_id","position");--> statement-breakpoint
CREATE INDEX "competencies_parent" ON "competencies" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "stack_items_microcredential" ON "stack_items" USING btree ("microcredential_id");--> statement-breakpoint
CREATE INDEX "submissions_teacher" ON "submissions" USING btree ("teacher_id");--> statement-breakpoint
CREATE INDEX "email_addresses_person" ON "email_addresses" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "organizations_parent" ON "organizations" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "people_organization" ON "people" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "roles_person" ON "roles" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "roles_scope" ON "roles" USING btree ("scope_id","role");--> statement-breakpoint
CREATE INDEX "sessions_person" ON "sessions" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "sign_in_links_token" ON "sign_in_links" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "sign_in_links_address" ON "sign_in_links" USING btree ("address","created_at");--> statement-breakpoint
CREATE INDEX "sign_in_links_asked_from" ON "sign_in_links" USING btree ("asked_from","created_at");--> statement-breakpoint
CREATE INDEX "sign_in_links_person" ON "sign_in_links" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "caseloads_one_coach" ON "caseloads" USING btree ("pair_id") WHERE until_at is null;--> statement-breakpoint
CREATE INDEX "caseloads_coach" ON "caseloads" USING btree ("coach_id");--> statement-breakpoint
CREATE INDEX "caseloads_pair" ON "caseloads" USING btree ("pair_id");--> statement-breakpoint
CREATE INDEX "pair_events_pair" ON "pair_events" USING btree ("pair_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "pairs_one_open" ON "pairs" USING btree ("program_id","teacher_id") WHERE status <> 'ended';--> statement-breakpoint
CREATE INDEX "pairs_teacher" ON "pairs" USING btree ("teacher_id");--> statement-breakpoint
CREATE INDEX "pairs_mentor" ON "pairs" USING btree ("mentor_id");--> statement-breakpoint
CREATE INDEX "pairs_cohort" ON "pairs" USING btree ("cohort_id");--> statement-breakpoint
CREATE INDEX "pairs_program" ON "pairs" USING btree ("program_id");--> statement-breakpoint
CREATE INDEX "cohorts_program" ON "cohorts" USING btree ("program_id");--> statement-breakpoint
CREATE INDEX "enrollments_person" ON "enrollments" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "enrollments_cohort" ON "enrollments" USING btree ("cohort_id");--> statement-breakpoint
CREATE INDEX "programs_organization" ON "programs" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "reflections_pair" ON "reflections" USING btree ("pair_id");--> statement-breakpoint
CREATE INDEX "reflections_microcredential" ON "reflections" USING btree ("microcredential_version_id");--> statement-breakpoint
CREATE INDEX "mail_messages_unsent" ON "mail_messages" USING btree ("created_at") WHERE sent_at is null;--> statement-breakpoint
CREATE POLICY "awards_read" ON "awards" AS PERMISSIVE FOR SELECT TO "authenticated" USING (person_id = any ((select app.progress_person_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "awards_service" ON "awards" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "alignments_read" ON "alignments" AS PERMISSIVE FOR SELECT TO "app_service", "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "competencies_read" ON "competencies" AS PERMISSIVE FOR SELECT TO "app_service", "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "frameworks_read" ON "frameworks" AS PERMISSIVE FOR SELECT TO "app_service", "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "issuers_read" ON "issuers" AS PERMISSIVE FOR SELECT TO "app_service", "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "microcredential_versions_read" ON "microcredential_versions" AS PERMISSIVE FOR SELECT TO "app_service", "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "microcredentials_read" ON "microcredentials" AS PERMISSIVE FOR SELECT TO "app_service", "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "parts_read" ON "parts" AS PERMISSIVE FOR SELECT TO "app_service", "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "rubric_rows_read" ON "rubric_rows" AS PERMISSIVE FOR SELECT TO "app_service", "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "stack_items_read" ON "stack_items" AS PERMISSIVE FOR SELECT TO "app_service", "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "stack_versions_read" ON "stack_versions" AS PERMISSIVE FOR SELECT TO "app_service", "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "stacks_read" ON "stacks" AS PERMISSIVE FOR SELECT TO "app_service", "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "submissions_read" ON "submissions" AS PERMISSIVE FOR SELECT TO "authenticated" USING (teacher_id = any ((select app.progress_person_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "submissions_service" ON "submissions" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "email_addresses_read_own" ON "email_addresses" AS PERMISSIVE FOR SELECT TO "authenticated" USING (person_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "email_addresses_service" ON "email_addresses" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "organizations_read" ON "organizations" AS PERMISSIVE FOR SELECT TO "app_service", "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "people_read_known" ON "people" AS PERMISSIVE FOR SELECT TO "authenticated" USING (id = any ((select app.known_person_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "people_service" ON "people" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "roles_read_own" ON "roles" AS PERMISSIVE FOR SELECT TO "authenticated" USING (person_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "roles_service" ON "roles" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "sessions_read_own" ON "sessions" AS PERMISSIVE FOR SELECT TO "authenticated" USING (person_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "sessions_end_own" ON "sessions" AS PERMISSIVE FOR DELETE TO "authenticated" USING (person_id = (select app.uid()));--> statement-breakpoint
CREATE POLICY "sessions_service" ON "sessions" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "sign_in_links_service" ON "sign_in_links" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "caseloads_read" ON "caseloads" AS PERMISSIVE FOR SELECT TO "authenticated" USING (coach_id = (select app.uid()) or pair_id = any ((select app.pair_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "caseloads_service" ON "caseloads" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "pair_events_read" ON "pair_events" AS PERMISSIVE FOR SELECT TO "authenticated" USING (pair_id = any ((select app.pair_ids())::uuid[]) or pair_id = any ((select app.managed_pair_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "pair_events_end" ON "pair_events" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (kind = 'ended' and by_person_id = (select app.uid()) and pair_id = any ((select app.endable_pair_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "pair_events_service" ON "pair_events" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "pairs_read" ON "pairs" AS PERMISSIVE FOR SELECT TO "authenticated" USING (id = any ((select app.pair_ids())::uuid[]) or program_id = any ((select app.managed_program_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "pairs_end" ON "pairs" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (id = any ((select app.endable_pair_ids())::uuid[])) WITH CHECK (status = 'ended');--> statement-breakpoint
CREATE POLICY "pairs_service" ON "pairs" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "cohorts_read" ON "cohorts" AS PERMISSIVE FOR SELECT TO "authenticated" USING (id = any ((select app.cohort_ids())::uuid[]) or program_id = any ((select app.managed_program_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "cohorts_service" ON "cohorts" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "enrollments_read" ON "enrollments" AS PERMISSIVE FOR SELECT TO "authenticated" USING (person_id = any ((select app.progress_person_ids())::uuid[]) or program_id = any ((select app.managed_program_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "enrollments_service" ON "enrollments" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "programs_read" ON "programs" AS PERMISSIVE FOR SELECT TO "authenticated" USING (id = any ((select app.program_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "programs_service" ON "programs" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "reflection_clients_read" ON "reflection_clients" AS PERMISSIVE FOR SELECT TO "authenticated" USING (reflection_id = any ((select app.readable_reflection_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "reflection_clients_service" ON "reflection_clients" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "reflection_history_read" ON "reflection_history" AS PERMISSIVE FOR SELECT TO "authenticated" USING (reflection_id = any ((select app.readable_reflection_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "reflection_history_service" ON "reflection_history" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "reflection_snapshots_read" ON "reflection_snapshots" AS PERMISSIVE FOR SELECT TO "authenticated" USING (reflection_id = any ((select app.readable_reflection_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "reflection_snapshots_service" ON "reflection_snapshots" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "reflection_updates_read" ON "reflection_updates" AS PERMISSIVE FOR SELECT TO "authenticated" USING (reflection_id = any ((select app.readable_reflection_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "reflection_updates_service" ON "reflection_updates" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "reflections_read" ON "reflections" AS PERMISSIVE FOR SELECT TO "authenticated" USING (pair_id = any ((select app.readable_pair_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "reflections_start" ON "reflections" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (pair_id = any ((select app.writable_pair_ids())::uuid[]) and created_by = (select app.uid()));--> statement-breakpoint
CREATE POLICY "reflections_service" ON "reflections" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "mail_messages_service" ON "mail_messages" AS PERMISSIVE FOR ALL TO "app_service" USING (true) WITH CHECK (true);