-- History keeps what was typed; lines from before keep only who and when.
ALTER TABLE "reflection_history" ADD COLUMN "rows" "bytea" NOT NULL DEFAULT '';--> statement-breakpoint
ALTER TABLE "reflection_history" ALTER COLUMN "rows" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "reflection_history" DROP COLUMN "ranges";
