CREATE TABLE "author_reveals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"thread_id" uuid NOT NULL,
	"cohort_id" uuid NOT NULL,
	"moderator_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"told_at" timestamp (3) with time zone,
	CONSTRAINT "author_reveals_reason" CHECK (char_length(reason) between 10 and 500)
);
--> statement-breakpoint
ALTER TABLE "author_reveals" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE TABLE "cohort_moderators" (
	"id" uuid PRIMARY KEY NOT NULL,
	"cohort_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"from_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"until_at" timestamp (3) with time zone,
	"appointed_by_id" uuid,
	CONSTRAINT "cohort_moderators_time" CHECK (until_at is null or until_at >= from_at)
);
--> statement-breakpoint
ALTER TABLE "cohort_moderators" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE TABLE "cohort_voices" (
	"cohort_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	CONSTRAINT "cohort_voices_cohort_id_person_id_pk" PRIMARY KEY("cohort_id","person_id")
);
--> statement-breakpoint
ALTER TABLE "cohort_voices" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE TABLE "moderation_acts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"cohort_id" uuid NOT NULL,
	"thread_id" uuid NOT NULL,
	"post_id" uuid,
	"act" text NOT NULL,
	"reason" text NOT NULL,
	"by_id" uuid NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"told_at" timestamp (3) with time zone,
	CONSTRAINT "moderation_acts_act" CHECK (act in ('hide', 'show', 'lock', 'unlock', 'move', 'warn')),
	CONSTRAINT "moderation_acts_reason" CHECK (char_length(reason) between 3 and 500)
);
--> statement-breakpoint
ALTER TABLE "moderation_acts" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE TABLE "nameless_posts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"cohort_id" uuid NOT NULL,
	"microcredential_id" uuid NOT NULL,
	"thread_id" uuid,
	"post_id" uuid,
	"title" text,
	"body" jsonb,
	"quotes_id" uuid,
	"quote" text,
	"asked_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"publish_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "nameless_posts_postId_unique" UNIQUE("post_id"),
	CONSTRAINT "nameless_posts_out" CHECK ((post_id is null) = (body is not null)),
	CONSTRAINT "nameless_posts_body" CHECK (octet_length(body::text) <= 200000)
);
--> statement-breakpoint
ALTER TABLE "nameless_posts" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE TABLE "post_files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"cohort_id" uuid NOT NULL,
	"post_id" uuid,
	"person_id" uuid,
	"withheld" boolean DEFAULT false NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"size" integer NOT NULL,
	"width" integer,
	"height" integer,
	"alt" text,
	"content" "bytea" NOT NULL,
	"added_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "post_files_name" CHECK (char_length(name) between 1 and 120),
	CONSTRAINT "post_files_size" CHECK (size between 1 and 10485760),
	CONSTRAINT "post_files_alt" CHECK (char_length(alt) <= 500)
);
--> statement-breakpoint
ALTER TABLE "post_files" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE TABLE "post_mentions" (
	"post_id" uuid NOT NULL,
	"cohort_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	CONSTRAINT "post_mentions_post_id_person_id_pk" PRIMARY KEY("post_id","person_id")
);
--> statement-breakpoint
ALTER TABLE "post_mentions" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE TABLE "post_reactions" (
	"post_id" uuid NOT NULL,
	"cohort_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "post_reactions_post_id_person_id_kind_pk" PRIMARY KEY("post_id","person_id","kind"),
	CONSTRAINT "post_reactions_kind" CHECK (kind in ('tried', 'thanks'))
);
--> statement-breakpoint
ALTER TABLE "post_reactions" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE TABLE "post_reports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"post_id" uuid NOT NULL,
	"cohort_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"words" text,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp (3) with time zone,
	"settled_by_id" uuid,
	"outcome" text,
	CONSTRAINT "post_reports_once" UNIQUE("post_id","person_id"),
	CONSTRAINT "post_reports_reason" CHECK (reason in ('unkind', 'private', 'off-topic', 'other')),
	CONSTRAINT "post_reports_words" CHECK (char_length(words) between 1 and 500),
	CONSTRAINT "post_reports_settled" CHECK ((settled_at is null) = (outcome is null))
);
--> statement-breakpoint
ALTER TABLE "post_reports" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE TABLE "post_words" (
	"post_id" uuid NOT NULL,
	"revision" integer NOT NULL,
	"cohort_id" uuid NOT NULL,
	"thread_id" uuid NOT NULL,
	"author_id" uuid,
	"withheld" boolean DEFAULT false NOT NULL,
	"stands" boolean DEFAULT true NOT NULL,
	"body" jsonb NOT NULL,
	"words" text NOT NULL,
	"written_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (to_tsvector('english', words)) STORED,
	CONSTRAINT "post_words_post_id_revision_pk" PRIMARY KEY("post_id","revision"),
	CONSTRAINT "post_words_body" CHECK (octet_length(body::text) <= 200000),
	CONSTRAINT "post_words_words" CHECK (char_length(words) <= 20000)
);
--> statement-breakpoint
ALTER TABLE "post_words" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE TABLE "posts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"thread_id" uuid NOT NULL,
	"cohort_id" uuid NOT NULL,
	"number" integer DEFAULT 0 NOT NULL,
	"version" bigint DEFAULT 0 NOT NULL,
	"author_id" uuid,
	"nameless" boolean DEFAULT false NOT NULL,
	"gone" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"edited_at" timestamp (3) with time zone,
	"quotes_id" uuid,
	"quote" text,
	"removed_at" timestamp (3) with time zone,
	"removed_as" text,
	"tried" integer DEFAULT 0 NOT NULL,
	"thanks" integer DEFAULT 0 NOT NULL,
	"form_id" uuid NOT NULL,
	"told_at" timestamp (3) with time zone,
	CONSTRAINT "posts_number" UNIQUE("thread_id","number"),
	CONSTRAINT "posts_in_thread" UNIQUE("id","thread_id"),
	CONSTRAINT "posts_in_cohort" UNIQUE("id","cohort_id"),
	CONSTRAINT "posts_once" UNIQUE("form_id"),
	CONSTRAINT "posts_quote" CHECK ((quote is null or quotes_id is not null) and char_length(quote) between 1 and 600),
	CONSTRAINT "posts_removed" CHECK ((removed_at is null) = (removed_as is null)),
	CONSTRAINT "posts_nameless" CHECK (not nameless or author_id is null)
);
--> statement-breakpoint
ALTER TABLE "posts" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE TABLE "thread_choices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"cohort_id" uuid NOT NULL,
	"microcredential_id" uuid,
	"thread_id" uuid,
	"level" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "thread_choices_once" UNIQUE NULLS NOT DISTINCT("person_id","cohort_id","microcredential_id","thread_id"),
	CONSTRAINT "thread_choices_level" CHECK (level in ('watch', 'follow', 'mute')),
	CONSTRAINT "thread_choices_one" CHECK (microcredential_id is null or thread_id is null)
);
--> statement-breakpoint
ALTER TABLE "thread_choices" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE TABLE "thread_reads" (
	"person_id" uuid NOT NULL,
	"thread_id" uuid NOT NULL,
	"cohort_id" uuid NOT NULL,
	"up_to" integer NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "thread_reads_person_id_thread_id_pk" PRIMARY KEY("person_id","thread_id"),
	CONSTRAINT "thread_reads_up_to" CHECK (up_to >= 0)
);
--> statement-breakpoint
ALTER TABLE "thread_reads" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE TABLE "threads" (
	"id" uuid PRIMARY KEY NOT NULL,
	"cohort_id" uuid NOT NULL,
	"microcredential_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"author_id" uuid,
	"nameless" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"posts" integer DEFAULT 0 NOT NULL,
	"version" bigint DEFAULT 0 NOT NULL,
	"last_post_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"locked_at" timestamp (3) with time zone,
	"helped_post_id" uuid,
	"withheld_at" timestamp (3) with time zone,
	"form_id" uuid NOT NULL,
	"told_at" timestamp (3) with time zone,
	CONSTRAINT "threads_of_cohort" UNIQUE("id","cohort_id"),
	CONSTRAINT "threads_once" UNIQUE("form_id"),
	CONSTRAINT "threads_kind" CHECK (kind in ('question', 'strategy', 'tried')),
	CONSTRAINT "threads_title" CHECK (char_length(title) between 3 and 160),
	CONSTRAINT "threads_nameless" CHECK (not nameless or (author_id is null and kind = 'question'))
);
--> statement-breakpoint
ALTER TABLE "threads" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "author_reveals" ADD CONSTRAINT "author_reveals_moderator_id_people_id_fk" FOREIGN KEY ("moderator_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "author_reveals" ADD CONSTRAINT "author_reveals_of_thread" FOREIGN KEY ("thread_id","cohort_id") REFERENCES "public"."threads"("id","cohort_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "cohort_moderators" ADD CONSTRAINT "cohort_moderators_cohort_id_cohorts_id_fk" FOREIGN KEY ("cohort_id") REFERENCES "public"."cohorts"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "cohort_moderators" ADD CONSTRAINT "cohort_moderators_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "cohort_moderators" ADD CONSTRAINT "cohort_moderators_appointed_by_id_people_id_fk" FOREIGN KEY ("appointed_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "cohort_voices" ADD CONSTRAINT "cohort_voices_cohort_id_cohorts_id_fk" FOREIGN KEY ("cohort_id") REFERENCES "public"."cohorts"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "cohort_voices" ADD CONSTRAINT "cohort_voices_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "moderation_acts" ADD CONSTRAINT "moderation_acts_by_id_people_id_fk" FOREIGN KEY ("by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "moderation_acts" ADD CONSTRAINT "moderation_acts_of_thread" FOREIGN KEY ("thread_id","cohort_id") REFERENCES "public"."threads"("id","cohort_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "moderation_acts" ADD CONSTRAINT "moderation_acts_of_post" FOREIGN KEY ("post_id","thread_id") REFERENCES "public"."posts"("id","thread_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "nameless_posts" ADD CONSTRAINT "nameless_posts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "nameless_posts" ADD CONSTRAINT "nameless_posts_cohort_id_cohorts_id_fk" FOREIGN KEY ("cohort_id") REFERENCES "public"."cohorts"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "nameless_posts" ADD CONSTRAINT "nameless_posts_microcredential_id_microcredentials_id_fk" FOREIGN KEY ("microcredential_id") REFERENCES "public"."microcredentials"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "post_files" ADD CONSTRAINT "post_files_cohort_id_cohorts_id_fk" FOREIGN KEY ("cohort_id") REFERENCES "public"."cohorts"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "post_files" ADD CONSTRAINT "post_files_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "post_files" ADD CONSTRAINT "post_files_of_post" FOREIGN KEY ("post_id","cohort_id") REFERENCES "public"."posts"("id","cohort_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "post_mentions" ADD CONSTRAINT "post_mentions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "post_mentions" ADD CONSTRAINT "post_mentions_of_post" FOREIGN KEY ("post_id","cohort_id") REFERENCES "public"."posts"("id","cohort_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "post_reactions" ADD CONSTRAINT "post_reactions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "post_reactions" ADD CONSTRAINT "post_reactions_of_post" FOREIGN KEY ("post_id","cohort_id") REFERENCES "public"."posts"("id","cohort_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "post_reports" ADD CONSTRAINT "post_reports_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "post_reports" ADD CONSTRAINT "post_reports_settled_by_id_people_id_fk" FOREIGN KEY ("settled_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "post_reports" ADD CONSTRAINT "post_reports_of_post" FOREIGN KEY ("post_id","cohort_id") REFERENCES "public"."posts"("id","cohort_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "post_words" ADD CONSTRAINT "post_words_author_id_people_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "post_words" ADD CONSTRAINT "post_words_of_post" FOREIGN KEY ("post_id","cohort_id") REFERENCES "public"."posts"("id","cohort_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_author_id_people_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_of_thread" FOREIGN KEY ("thread_id","cohort_id") REFERENCES "public"."threads"("id","cohort_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_quotes" FOREIGN KEY ("quotes_id","thread_id") REFERENCES "public"."posts"("id","thread_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "thread_choices" ADD CONSTRAINT "thread_choices_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "thread_choices" ADD CONSTRAINT "thread_choices_cohort_id_cohorts_id_fk" FOREIGN KEY ("cohort_id") REFERENCES "public"."cohorts"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "thread_choices" ADD CONSTRAINT "thread_choices_microcredential_id_microcredentials_id_fk" FOREIGN KEY ("microcredential_id") REFERENCES "public"."microcredentials"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "thread_choices" ADD CONSTRAINT "thread_choices_of_thread" FOREIGN KEY ("thread_id","cohort_id") REFERENCES "public"."threads"("id","cohort_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "thread_reads" ADD CONSTRAINT "thread_reads_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "thread_reads" ADD CONSTRAINT "thread_reads_of_thread" FOREIGN KEY ("thread_id","cohort_id") REFERENCES "public"."threads"("id","cohort_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_cohort_id_cohorts_id_fk" FOREIGN KEY ("cohort_id") REFERENCES "public"."cohorts"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_microcredential_id_microcredentials_id_fk" FOREIGN KEY ("microcredential_id") REFERENCES "public"."microcredentials"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_author_id_people_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_helped_post_id_posts_id_fk" FOREIGN KEY ("helped_post_id") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "author_reveals_thread" ON "author_reveals" USING btree ("thread_id","cohort_id");
--> statement-breakpoint
CREATE INDEX "author_reveals_cohort" ON "author_reveals" USING btree ("cohort_id");
--> statement-breakpoint
CREATE INDEX "author_reveals_moderator" ON "author_reveals" USING btree ("moderator_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "cohort_moderators_once" ON "cohort_moderators" USING btree ("cohort_id","person_id") WHERE until_at is null;
--> statement-breakpoint
CREATE INDEX "cohort_moderators_person" ON "cohort_moderators" USING btree ("person_id");
--> statement-breakpoint
CREATE INDEX "cohort_moderators_by" ON "cohort_moderators" USING btree ("appointed_by_id");
--> statement-breakpoint
CREATE INDEX "cohort_voices_person" ON "cohort_voices" USING btree ("person_id");
--> statement-breakpoint
CREATE INDEX "moderation_acts_cohort" ON "moderation_acts" USING btree ("cohort_id","at");
--> statement-breakpoint
CREATE INDEX "moderation_acts_thread" ON "moderation_acts" USING btree ("thread_id","cohort_id");
--> statement-breakpoint
CREATE INDEX "moderation_acts_post" ON "moderation_acts" USING btree ("post_id","thread_id");
--> statement-breakpoint
CREATE INDEX "moderation_acts_by" ON "moderation_acts" USING btree ("by_id");
--> statement-breakpoint
CREATE INDEX "moderation_acts_untold" ON "moderation_acts" USING btree ("at") WHERE told_at is null;
--> statement-breakpoint
CREATE INDEX "nameless_posts_person" ON "nameless_posts" USING btree ("person_id","cohort_id");
--> statement-breakpoint
CREATE INDEX "nameless_posts_thread" ON "nameless_posts" USING btree ("thread_id");
--> statement-breakpoint
CREATE INDEX "nameless_posts_cohort" ON "nameless_posts" USING btree ("cohort_id");
--> statement-breakpoint
CREATE INDEX "nameless_posts_microcredential" ON "nameless_posts" USING btree ("microcredential_id");
--> statement-breakpoint
CREATE INDEX "nameless_posts_waiting" ON "nameless_posts" USING btree ("publish_at") WHERE post_id is null;
--> statement-breakpoint
CREATE INDEX "post_files_post" ON "post_files" USING btree ("post_id","cohort_id");
--> statement-breakpoint
CREATE INDEX "post_files_cohort" ON "post_files" USING btree ("cohort_id");
--> statement-breakpoint
CREATE INDEX "post_files_person" ON "post_files" USING btree ("person_id");
--> statement-breakpoint
CREATE INDEX "post_files_loose" ON "post_files" USING btree ("added_at") WHERE post_id is null;
--> statement-breakpoint
CREATE INDEX "post_mentions_person" ON "post_mentions" USING btree ("person_id");
--> statement-breakpoint
CREATE INDEX "post_mentions_cohort" ON "post_mentions" USING btree ("cohort_id");
--> statement-breakpoint
CREATE INDEX "post_reactions_person" ON "post_reactions" USING btree ("person_id");
--> statement-breakpoint
CREATE INDEX "post_reactions_cohort" ON "post_reactions" USING btree ("cohort_id");
--> statement-breakpoint
CREATE INDEX "post_reports_cohort" ON "post_reports" USING btree ("cohort_id","at");
--> statement-breakpoint
CREATE INDEX "post_reports_person" ON "post_reports" USING btree ("person_id");
--> statement-breakpoint
CREATE INDEX "post_reports_settled_by" ON "post_reports" USING btree ("settled_by_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "post_words_standing" ON "post_words" USING btree ("post_id") WHERE stands;
--> statement-breakpoint
CREATE INDEX "post_words_cohort" ON "post_words" USING btree ("cohort_id");
--> statement-breakpoint
CREATE INDEX "post_words_author" ON "post_words" USING btree ("author_id");
--> statement-breakpoint
CREATE INDEX "post_words_thread" ON "post_words" USING btree ("thread_id");
--> statement-breakpoint
CREATE INDEX "posts_changed" ON "posts" USING btree ("thread_id","version");
--> statement-breakpoint
CREATE INDEX "posts_cohort" ON "posts" USING btree ("cohort_id","created_at");
--> statement-breakpoint
CREATE INDEX "posts_thread" ON "posts" USING btree ("thread_id","cohort_id");
--> statement-breakpoint
CREATE INDEX "posts_author" ON "posts" USING btree ("author_id","created_at");
--> statement-breakpoint
CREATE INDEX "posts_quoting" ON "posts" USING btree ("quotes_id","thread_id");
--> statement-breakpoint
CREATE INDEX "posts_untold" ON "posts" USING btree ("created_at") WHERE told_at is null;
--> statement-breakpoint
CREATE INDEX "thread_choices_cohort" ON "thread_choices" USING btree ("cohort_id");
--> statement-breakpoint
CREATE INDEX "thread_choices_microcredential" ON "thread_choices" USING btree ("microcredential_id");
--> statement-breakpoint
CREATE INDEX "thread_choices_thread" ON "thread_choices" USING btree ("thread_id","cohort_id");
--> statement-breakpoint
CREATE INDEX "thread_reads_thread" ON "thread_reads" USING btree ("thread_id","cohort_id");
--> statement-breakpoint
CREATE INDEX "thread_reads_cohort" ON "thread_reads" USING btree ("cohort_id");
--> statement-breakpoint
CREATE INDEX "threads_cohort" ON "threads" USING btree ("cohort_id","microcredential_id","last_post_at");
--> statement-breakpoint
CREATE INDEX "threads_newest" ON "threads" USING btree ("cohort_id","last_post_at");
--> statement-breakpoint
CREATE INDEX "threads_microcredential" ON "threads" USING btree ("microcredential_id");
--> statement-breakpoint
CREATE INDEX "threads_author" ON "threads" USING btree ("author_id");
--> statement-breakpoint
CREATE INDEX "threads_helped_post" ON "threads" USING btree ("helped_post_id");
--> statement-breakpoint
CREATE INDEX "threads_untold" ON "threads" USING btree ("created_at") WHERE told_at is null;
--> statement-breakpoint
CREATE INDEX "cohort_moderators_cohort" ON "cohort_moderators" USING btree ("cohort_id");
