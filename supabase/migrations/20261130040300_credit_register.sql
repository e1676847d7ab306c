CREATE TABLE "credit_conversions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"jurisdiction" text NOT NULL,
	"from_unit" text NOT NULL,
	"to_unit" text NOT NULL,
	"from_per_to" numeric(8, 2) NOT NULL,
	"valid_from" date,
	"valid_until" date,
	"source" text NOT NULL,
	"as_of" text NOT NULL,
	"supersedes" uuid,
	"reason" text,
	"recorded_by" uuid,
	"recorded_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credit_conversions_supersedes_unique" UNIQUE("supersedes"),
	CONSTRAINT "credit_conversions_units" CHECK (from_unit in ('contact-hours', 'ceu', 'state-points', 'clock-hours') and to_unit in ('contact-hours', 'ceu', 'state-points', 'clock-hours') and from_unit <> to_unit),
	CONSTRAINT "credit_conversions_ratio" CHECK (from_per_to > 0),
	CONSTRAINT "credit_conversions_span" CHECK (valid_until >= valid_from),
	CONSTRAINT "credit_conversions_words" CHECK (char_length(source) between 1 and 1000 and char_length(as_of) between 1 and 100 and char_length(reason) <= 1000)
);
--> statement-breakpoint
ALTER TABLE "credit_conversions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "credit_rules" (
	"id" uuid PRIMARY KEY NOT NULL,
	"jurisdiction" text NOT NULL,
	"issuer_id" uuid,
	"issuer_named" text,
	"microcredential_id" uuid,
	"purpose" text NOT NULL,
	"unit" text,
	"value" numeric(8, 2),
	"statement" text NOT NULL,
	"approver" text,
	"valid_from" date,
	"valid_until" date,
	"source" text NOT NULL,
	"as_of" text NOT NULL,
	"supersedes" uuid,
	"reason" text,
	"recorded_by" uuid,
	"recorded_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credit_rules_supersedes_unique" UNIQUE("supersedes"),
	CONSTRAINT "credit_rules_purpose" CHECK (purpose in ('licence-renewal', 'professional-learning', 'first-credential')),
	CONSTRAINT "credit_rules_unit" CHECK (unit in ('contact-hours', 'ceu', 'state-points', 'clock-hours')),
	CONSTRAINT "credit_rules_value" CHECK (value >= 0 and (value is null or unit is not null)),
	CONSTRAINT "credit_rules_span" CHECK (valid_until >= valid_from),
	CONSTRAINT "credit_rules_words" CHECK (char_length(statement) between 1 and 2000 and char_length(source) between 1 and 1000 and char_length(as_of) between 1 and 100 and char_length(approver) <= 300 and char_length(issuer_named) <= 300 and char_length(reason) <= 1000)
);
--> statement-breakpoint
ALTER TABLE "credit_rules" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "jurisdictions" (
	"code" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	CONSTRAINT "jurisdictions_name_unique" UNIQUE("name"),
	CONSTRAINT "jurisdictions_code" CHECK (code ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$')
);
--> statement-breakpoint
ALTER TABLE "jurisdictions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "credit_conversions" ADD CONSTRAINT "credit_conversions_jurisdiction_jurisdictions_code_fk" FOREIGN KEY ("jurisdiction") REFERENCES "public"."jurisdictions"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_conversions" ADD CONSTRAINT "credit_conversions_supersedes_credit_conversions_id_fk" FOREIGN KEY ("supersedes") REFERENCES "public"."credit_conversions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_conversions" ADD CONSTRAINT "credit_conversions_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_rules" ADD CONSTRAINT "credit_rules_jurisdiction_jurisdictions_code_fk" FOREIGN KEY ("jurisdiction") REFERENCES "public"."jurisdictions"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_rules" ADD CONSTRAINT "credit_rules_issuer_id_issuers_id_fk" FOREIGN KEY ("issuer_id") REFERENCES "public"."issuers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_rules" ADD CONSTRAINT "credit_rules_microcredential_id_microcredentials_id_fk" FOREIGN KEY ("microcredential_id") REFERENCES "public"."microcredentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_rules" ADD CONSTRAINT "credit_rules_supersedes_credit_rules_id_fk" FOREIGN KEY ("supersedes") REFERENCES "public"."credit_rules"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_rules" ADD CONSTRAINT "credit_rules_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "credit_conversions_jurisdiction" ON "credit_conversions" USING btree ("jurisdiction");--> statement-breakpoint
CREATE INDEX "credit_rules_jurisdiction" ON "credit_rules" USING btree ("jurisdiction");--> statement-breakpoint
CREATE POLICY "credit_conversions_read" ON "credit_conversions" AS PERMISSIVE FOR SELECT TO "app_service", "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "credit_conversions_record" ON "credit_conversions" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (recorded_by = (select app.uid()) and (select app.runs_a_program()));--> statement-breakpoint
CREATE POLICY "credit_rules_read" ON "credit_rules" AS PERMISSIVE FOR SELECT TO "app_service", "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "credit_rules_record" ON "credit_rules" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (recorded_by = (select app.uid()) and (select app.runs_a_program()));--> statement-breakpoint
CREATE POLICY "jurisdictions_read" ON "jurisdictions" AS PERMISSIVE FOR SELECT TO "app_service", "authenticated" USING (true);
