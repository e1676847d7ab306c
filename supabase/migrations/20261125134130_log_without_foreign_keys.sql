ALTER TABLE "reflection_updates" DROP CONSTRAINT "reflection_updates_reflection_id_reflections_id_fk";
--> statement-breakpoint
ALTER TABLE "reflection_updates" DROP CONSTRAINT "reflection_updates_person_id_people_id_fk";
