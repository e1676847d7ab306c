CREATE TABLE "issuer_editors" (
	"issuer_id" uuid NOT NULL,
	"program_id" uuid NOT NULL,
	CONSTRAINT "issuer_editors_issuer_id_program_id_pk" PRIMARY KEY("issuer_id","program_id")
);
--> statement-breakpoint
ALTER TABLE "issuer_editors" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "microcredential_drafts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"issuer_id" uuid NOT NULL,
	"microcredential_id" uuid,
	"body" jsonb NOT NULL,
	"previous" jsonb,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_by" uuid NOT NULL,
	"updated_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "microcredential_drafts_small" CHECK (octet_length(body::text) <= 1000000 and coalesce(octet_length(previous::text), 0) <= 1000000)
);
--> statement-breakpoint
ALTER TABLE "microcredential_drafts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "issuer_editors" ADD CONSTRAINT "issuer_editors_issuer_id_issuers_id_fk" FOREIGN KEY ("issuer_id") REFERENCES "public"."issuers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "microcredential_drafts" ADD CONSTRAINT "microcredential_drafts_issuer_id_issuers_id_fk" FOREIGN KEY ("issuer_id") REFERENCES "public"."issuers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "microcredential_drafts" ADD CONSTRAINT "microcredential_drafts_microcredential_id_microcredentials_id_fk" FOREIGN KEY ("microcredential_id") REFERENCES "public"."microcredentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "microcredential_drafts" ADD CONSTRAINT "microcredential_drafts_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "microcredential_drafts" ADD CONSTRAINT "microcredential_drafts_updated_by_people_id_fk" FOREIGN KEY ("updated_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "issuer_editors_program" ON "issuer_editors" USING btree ("program_id");--> statement-breakpoint
CREATE INDEX "microcredential_drafts_issuer" ON "microcredential_drafts" USING btree ("issuer_id");--> statement-breakpoint
CREATE INDEX "microcredential_drafts_microcredential" ON "microcredential_drafts" USING btree ("microcredential_id");--> statement-breakpoint
CREATE POLICY "issuer_editors_read" ON "issuer_editors" AS PERMISSIVE FOR SELECT TO "authenticated", "app_service" USING (true);
