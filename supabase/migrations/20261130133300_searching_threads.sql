-- The cohort stands in the words' own index, as a word that nobody types: so what one cohort says is found without reading what
-- the others say, and without an extension. docs/decisions/0038.
ALTER TABLE "post_words" DROP COLUMN "search";
--> statement-breakpoint
ALTER TABLE "post_words" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (to_tsvector('english', words) || array_to_tsvector(array[cohort_id::text])) STORED;
--> statement-breakpoint
ALTER TABLE "threads" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (to_tsvector('english', title)) STORED;
--> statement-breakpoint
-- Without a list of what waits to be put in: reading that list would cost each search more than putting in costs each post.
CREATE INDEX "post_words_search" ON "post_words" USING gin ("search") WITH (fastupdate=off) WHERE stands and not withheld;
