ALTER TABLE "microcredential_versions" ADD COLUMN "award_months" integer;--> statement-breakpoint
ALTER TABLE "microcredential_versions" ADD COLUMN "grades" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "microcredential_versions" ADD COLUMN "subjects" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "microcredential_versions" ADD COLUMN "needs" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "microcredential_versions" ADD COLUMN "retired_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "microcredential_versions" ADD COLUMN "retired_reason" text;--> statement-breakpoint
ALTER TABLE "microcredential_versions" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('pg_catalog.english', title), 'A') || setweight(jsonb_to_tsvector('pg_catalog.english', needs, '["string"]'), 'B') || setweight(to_tsvector('pg_catalog.english', competency), 'B') || setweight(to_tsvector('pg_catalog.english', coalesce(key_method, '')), 'C') || setweight(jsonb_to_tsvector('pg_catalog.english', method_components, '["string"]'), 'C') || setweight(jsonb_to_tsvector('pg_catalog.english', subjects, '["string"]'), 'D')) STORED;--> statement-breakpoint
ALTER TABLE "microcredential_versions" ADD CONSTRAINT "microcredential_versions_award_months" CHECK (award_months between 1 and 600);--> statement-breakpoint
ALTER TABLE "microcredential_versions" ADD CONSTRAINT "microcredential_versions_retired" CHECK ((status = 'retired') = (retired_at is not null) and (retired_reason is null or status = 'retired'));
