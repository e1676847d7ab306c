CREATE TABLE "reflection_looks" (
	"reflection_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"up_to_number" integer NOT NULL,
	"looked_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reflection_looks_reflection_id_person_id_pk" PRIMARY KEY("reflection_id","person_id"),
	CONSTRAINT "reflection_looks_number" CHECK (up_to_number >= 0)
);
--> statement-breakpoint
ALTER TABLE "reflection_looks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "reflection_passages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"reflection_id" uuid NOT NULL,
	"content" text NOT NULL,
	"granted_by" uuid NOT NULL,
	"granted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"withdrawn_by" uuid,
	"withdrawn_at" timestamp (3) with time zone,
	CONSTRAINT "reflection_passages_length" CHECK (char_length(content) between 1 and 100000),
	CONSTRAINT "reflection_passages_withdrawn" CHECK ((withdrawn_at is null) = (withdrawn_by is null))
);
--> statement-breakpoint
ALTER TABLE "reflection_passages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "reflection_sharings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"reflection_id" uuid NOT NULL,
	"shared_by" uuid NOT NULL,
	"shared_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"taken_back_by" uuid,
	"taken_back_at" timestamp (3) with time zone,
	CONSTRAINT "reflection_sharings_taken_back" CHECK ((taken_back_at is null) = (taken_back_by is null)),
	CONSTRAINT "reflection_sharings_time" CHECK (taken_back_at is null or taken_back_at >= shared_at)
);
--> statement-breakpoint
ALTER TABLE "reflection_sharings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "reflection_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"reflection_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"up_to_number" integer NOT NULL,
	"content" text,
	"hash" text,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reflection_versions_kind" CHECK (kind in ('named', 'frozen')),
	CONSTRAINT "reflection_versions_name" CHECK (char_length(name) between 1 and 100),
	CONSTRAINT "reflection_versions_number" CHECK (up_to_number >= 0),
	CONSTRAINT "reflection_versions_frozen" CHECK ((kind = 'frozen') = (content is not null) and (content is null) = (hash is null)),
	CONSTRAINT "reflection_versions_hash" CHECK (hash = encode(sha256(convert_to(content, 'UTF8')), 'hex'))
);
--> statement-breakpoint
ALTER TABLE "reflection_versions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "microcredential_versions" ADD COLUMN "own_words_percent" integer;--> statement-breakpoint
ALTER TABLE "reflection_looks" ADD CONSTRAINT "reflection_looks_reflection_id_reflections_id_fk" FOREIGN KEY ("reflection_id") REFERENCES "public"."reflections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflection_looks" ADD CONSTRAINT "reflection_looks_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflection_passages" ADD CONSTRAINT "reflection_passages_reflection_id_reflections_id_fk" FOREIGN KEY ("reflection_id") REFERENCES "public"."reflections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflection_passages" ADD CONSTRAINT "reflection_passages_granted_by_people_id_fk" FOREIGN KEY ("granted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflection_passages" ADD CONSTRAINT "reflection_passages_withdrawn_by_people_id_fk" FOREIGN KEY ("withdrawn_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflection_sharings" ADD CONSTRAINT "reflection_sharings_reflection_id_reflections_id_fk" FOREIGN KEY ("reflection_id") REFERENCES "public"."reflections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflection_sharings" ADD CONSTRAINT "reflection_sharings_shared_by_people_id_fk" FOREIGN KEY ("shared_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflection_sharings" ADD CONSTRAINT "reflection_sharings_taken_back_by_people_id_fk" FOREIGN KEY ("taken_back_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflection_versions" ADD CONSTRAINT "reflection_versions_reflection_id_reflections_id_fk" FOREIGN KEY ("reflection_id") REFERENCES "public"."reflections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reflection_versions" ADD CONSTRAINT "reflection_versions_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reflection_looks_person" ON "reflection_looks" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "reflection_passages_reflection" ON "reflection_passages" USING btree ("reflection_id");--> statement-breakpoint
CREATE UNIQUE INDEX "reflection_sharings_now" ON "reflection_sharings" USING btree ("reflection_id") WHERE taken_back_at is null;--> statement-breakpoint
CREATE INDEX "reflection_sharings_reflection" ON "reflection_sharings" USING btree ("reflection_id");--> statement-breakpoint
CREATE INDEX "reflection_versions_reflection" ON "reflection_versions" USING btree ("reflection_id");--> statement-breakpoint
ALTER TABLE "microcredential_versions" ADD CONSTRAINT "microcredential_versions_own_words" CHECK (own_words_percent between 1 and 100);--> statement-breakpoint
CREATE POLICY "reflection_looks_own" ON "reflection_looks" AS PERMISSIVE FOR ALL TO "authenticated" USING (person_id = (select app.uid())) WITH CHECK (person_id = (select app.uid()) and reflection_id = any ((select app.readable_reflection_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "reflection_looks_service" ON "reflection_looks" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "reflection_passages_read" ON "reflection_passages" AS PERMISSIVE FOR SELECT TO "authenticated" USING (reflection_id = any ((select app.readable_reflection_ids())::uuid[]) or id = any ((select app.granted_passage_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "reflection_passages_service" ON "reflection_passages" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "reflection_sharings_read" ON "reflection_sharings" AS PERMISSIVE FOR SELECT TO "authenticated" USING (reflection_id = any ((select app.readable_reflection_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "reflection_sharings_service" ON "reflection_sharings" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
CREATE POLICY "reflection_versions_read" ON "reflection_versions" AS PERMISSIVE FOR SELECT TO "authenticated" USING (reflection_id = any ((select app.readable_reflection_ids())::uuid[]));--> statement-breakpoint
CREATE POLICY "reflection_versions_make" ON "reflection_versions" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (created_by = (select app.uid()) and reflection_id = any ((select app.writable_reflection_ids())::uuid[]) and (kind = 'named' or reflection_id = any ((select app.taught_reflection_ids())::uuid[])));--> statement-breakpoint
CREATE POLICY "reflection_versions_service" ON "reflection_versions" AS PERMISSIVE FOR SELECT TO "app_service" USING (true);--> statement-breakpoint
ALTER POLICY "reflections_read" ON "reflections" TO authenticated USING (id = any ((select app.readable_reflection_ids())::uuid[]));