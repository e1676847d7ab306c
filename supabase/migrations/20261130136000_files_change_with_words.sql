-- How many files an edit added and took off: history says so, without names, which may be why a file went.
ALTER TABLE "post_words" ADD COLUMN "files_added" smallint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "post_words" ADD COLUMN "files_taken_off" smallint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "post_words" ADD CONSTRAINT "post_words_files" CHECK (files_added between 0 and 5 and files_taken_off between 0 and 5);
