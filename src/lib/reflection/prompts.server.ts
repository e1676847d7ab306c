/** The prompts and rubric that a reflection is bound to, beside a newer version of them. */
import { eq } from 'drizzle-orm';
import { describedVersion } from '#lib/catalogue/catalogue.server.ts';
import { type Change, whatChanged } from '#lib/catalogue/what-changed.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Database } from '#lib/server/database.ts';
import { readHead, type ReflectionHead, type Version, versionsOf } from './reflection.server.ts';
import { reflections } from './schema.server.ts';

export type PromptChanges = {
	head: ReflectionHead;
	version: Version;
	/** Null while the reflection's own version is the newest that is published. */
	newer: Version | null;
	changes: Change[];
};

/**
 * What changed since the version that a reflection answers.
 * @throws Refusal not-found when the reflection is absent or its words are not the person's to read
 */
export const readPromptChanges = (db: Database, person: Person, id: string): Promise<PromptChanges> =>
	db.asPerson(person.id, async (tx) => {
		const head = await readHead(tx, person, id);
		const [bound] = await tx
			.select({ versionId: reflections.microcredentialVersionId })
			.from(reflections)
			.where(eq(reflections.id, id));
		const { version, newer } = await versionsOf(tx, bound!.versionId);
		const of = (one: { id: string }) => describedVersion(tx, one.id);
		const changes = newer ? whatChanged(await of(version), await of(newer)) : [];
		return { head, version, newer, changes };
	});
