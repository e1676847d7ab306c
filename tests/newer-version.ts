/** An issuer publishes a microcredential anew. */
import { eq } from 'drizzle-orm';
import { describedVersion, importMicrocredential } from '#lib/catalogue/catalogue.server.ts';
import type { Microcredential } from '#lib/catalogue/microcredential.ts';
import { microcredentials, microcredentialVersions } from '#lib/catalogue/schema.server.ts';
import type { Database } from '#lib/server/database.ts';

/** @returns the id of the next version, which is the given one with something changed in it */
export const publishNewer = (
	db: Database,
	versionId: string,
	change: (offer: Microcredential) => Microcredential
): Promise<string> =>
	db.asOwner(async (tx) => {
		const [found] = await tx
			.select({ key: microcredentials.key, issuerId: microcredentials.issuerId })
			.from(microcredentialVersions)
			.innerJoin(microcredentials, eq(microcredentials.id, microcredentialVersions.microcredentialId))
			.where(eq(microcredentialVersions.id, versionId));
		const { offer, parts } = await describedVersion(tx, versionId);
		const offered = { ...offer, key: found!.key, alignments: [], parts } as unknown as Microcredential;
		const publishedAt = new Date('2026-11-02T09:00:00Z');
		return (await importMicrocredential(tx, found!.issuerId, change(offered), {}, { publishedAt })).versionId;
	});

/** The first prompt asks for more, in fewer words. */
export const withAnotherFirstPrompt = (offer: Microcredential): Microcredential => ({
	...offer,
	parts: offer.parts.map((part, i) =>
		i === 0 ? { ...part, prompt: `${part.prompt} Say why.`, maxWords: 100, wordsBinding: true } : part
	)
});
