/** What a stack offers, as a teacher meets it: its rule and its microcredentials in today's versions. */
import { and, asc, count, desc, eq, inArray, ne } from 'drizzle-orm';
import type { Tx } from '#lib/server/database.ts';
import {
	microcredentials,
	microcredentialVersions,
	parts,
	stackItems,
	stackOutcomes,
	stacks,
	stackVersions
} from './schema.server.ts';
import { deepestStack, everyOf, requirementWords, ruleWords, type StackRule, stacksIn } from './stack.ts';

export type Offer = {
	microcredentialId: string;
	/** The newest published version: what somebody who starts today answers. Null while nothing is published. */
	versionId: string | null;
	title: string;
	/** The one competency, in the issuer's words. */
	competency: string;
	/** The issuer's estimate; null is "not known". */
	hours: number | null;
	/** How many artifacts the version asks for; null is "not known". */
	artifacts: number | null;
};

export type StackOffer = {
	stackVersionId: string;
	title: string;
	summary: string;
	rule: StackRule;
	/** In the order a teacher meets them. A rule may ask for more than the list names so far. */
	items: Offer[];
	/** Stacks that the rule asks to be complete, by stack version, with all that those ask for in turn. */
	nested: Map<string, { title: string; rule: StackRule; items: Offer[] }>;
	/** What completing it brings, once. */
	outcomes: { id: string; words: string }[];
	/** Every version ever of the items, those of nested stacks included, so that older reflections, submissions and awards find their microcredential. */
	microcredentialOf: Map<string, string>;
};

/** The stacks behind these stack versions, by id. The number of statements does not grow with the number of stacks. */
export async function readStackOffers(tx: Tx, stackVersionIds: string[]): Promise<Map<string, StackOffer>> {
	const offers = new Map<string, StackOffer>();
	if (stackVersionIds.length === 0) return offers;

	// One more statement for each level of stacks within stacks, of which people follow few.
	for (let ids = [...new Set(stackVersionIds)], level = 0; ids.length > 0 && level <= deepestStack; level++) {
		const versions = await tx
			.select({
				stackVersionId: stackVersions.id,
				title: stacks.title,
				summary: stacks.summary,
				rule: stackVersions.rule
			})
			.from(stackVersions)
			.innerJoin(stacks, eq(stacks.id, stackVersions.stackId))
			.where(inArray(stackVersions.id, ids));
		for (const version of versions)
			offers.set(version.stackVersionId, {
				...version,
				items: [],
				nested: new Map(),
				outcomes: [],
				microcredentialOf: new Map()
			});
		ids = [...new Set(versions.flatMap(({ rule }) => stacksIn(rule)))].filter((id) => !offers.has(id));
	}

	const outcomes = await tx
		.select({ stackVersionId: stackOutcomes.stackVersionId, id: stackOutcomes.id, words: stackOutcomes.words })
		.from(stackOutcomes)
		.where(inArray(stackOutcomes.stackVersionId, [...offers.keys()]))
		.orderBy(asc(stackOutcomes.position));
	for (const { stackVersionId, ...outcome } of outcomes) offers.get(stackVersionId)?.outcomes.push(outcome);

	const items = await tx
		.select({
			stackVersionId: stackItems.stackVersionId,
			microcredentialId: microcredentials.id,
			key: microcredentials.key
		})
		.from(stackItems)
		.innerJoin(microcredentials, eq(microcredentials.id, stackItems.microcredentialId))
		.where(inArray(stackItems.stackVersionId, [...offers.keys()]))
		.orderBy(asc(stackItems.position));

	const known = await tx
		.select({
			id: microcredentialVersions.id,
			microcredentialId: microcredentialVersions.microcredentialId,
			status: microcredentialVersions.status,
			title: microcredentialVersions.title,
			competency: microcredentialVersions.competency,
			hours: microcredentialVersions.hours
		})
		.from(microcredentialVersions)
		.where(
			inArray(microcredentialVersions.microcredentialId, [...new Set(items.map((item) => item.microcredentialId))])
		)
		.orderBy(desc(microcredentialVersions.number));
	// Newest first, so the first published one is today's; a title must be shown even when all are drafts or retired.
	const today = new Map(
		items.map(({ microcredentialId }) => {
			const own = known.filter((version) => version.microcredentialId === microcredentialId);
			return [microcredentialId, own.find((version) => version.status === 'published') ?? own[0]] as const;
		})
	);

	const currentIds = [...today.values()].flatMap((version) => (version ? [version.id] : []));
	const asked = currentIds.length
		? await tx
				.select({ versionId: parts.microcredentialVersionId, artifacts: count() })
				.from(parts)
				.where(
					and(inArray(parts.microcredentialVersionId, currentIds), eq(parts.section, 2), ne(parts.artifactKinds, []))
				)
				.groupBy(parts.microcredentialVersionId)
		: [];
	const artifactsOf = new Map(asked.map((row) => [row.versionId, row.artifacts]));

	const everyVersionOf = new Map<string, string[]>();
	for (const { id, microcredentialId } of known) {
		const own = everyVersionOf.get(microcredentialId);
		if (own) own.push(id);
		else everyVersionOf.set(microcredentialId, [id]);
	}
	for (const item of items) {
		const offer = offers.get(item.stackVersionId);
		const version = today.get(item.microcredentialId);
		if (!offer) continue;
		offer.items.push({
			microcredentialId: item.microcredentialId,
			versionId: version?.status === 'published' ? version.id : null,
			title: version?.title ?? item.key,
			competency: version?.competency ?? '',
			hours: version?.hours ?? null,
			artifacts: (version && artifactsOf.get(version.id)) ?? null
		});
		for (const id of everyVersionOf.get(item.microcredentialId) ?? [])
			offer.microcredentialOf.set(id, item.microcredentialId);
	}
	for (const offer of offers.values()) {
		const ids = stacksIn(offer.rule);
		for (const id of ids) {
			const inner = id === offer.stackVersionId ? undefined : offers.get(id);
			if (!inner || offer.nested.has(id)) continue;
			offer.nested.set(id, { title: inner.title, rule: inner.rule, items: inner.items });
			for (const [versionId, microcredentialId] of inner.microcredentialOf)
				offer.microcredentialOf.set(versionId, microcredentialId);
			ids.push(...stacksIn(inner.rule));
		}
	}
	return offers;
}

/** What a stack asks for, in one phrase. */
export function offerWords({ rule, items, nested }: Pick<StackOffer, 'rule' | 'items' | 'nested'>): string {
	const titles = new Map(items.map((item) => [item.microcredentialId, item.title]));
	return ruleWords(rule, [...titles.keys()], {
		titleOf: (id) => titles.get(id) ?? 'one that is not known here',
		stackOf: (id) => nested.get(id)?.title ?? 'a stack that is not known here'
	});
}

/** A requirement with a last day of its own, by its place in a version's rule. */
export type DatedRequirement = { stackVersionId: string; requirement: number; words: string; by: string };

/** Those of a stack and of the stacks within it, as the rules were published: before any extension. */
export function datedRequirements({ stackVersionId, title, rule, items, nested }: StackOffer): DatedRequirement[] {
	const stacks = [[stackVersionId, { title, rule, items }] as const, ...nested];
	const stackOf = (id: string) => nested.get(id)?.title ?? 'a stack that is not known here';
	return stacks.flatMap(([id, own]) => {
		const titles = new Map(own.items.map((item) => [item.microcredentialId, item.title]));
		const titleOf = (one: string) => titles.get(one) ?? 'one that is not known here';
		const every = everyOf(own.rule);
		return every.needs.flatMap((need, requirement) => {
			if (!need.by) return [];
			const words = requirementWords(need, every, [...titles.keys()], { titleOf, stackOf });
			const where = id === stackVersionId ? '' : ` (in “${own.title}”)`;
			return [{ stackVersionId: id, requirement, words: `${words}${where}`, by: need.by }];
		});
	});
}

/** Titles of microcredential versions, by id: what a reflection or a submission is about. */
export async function listTitles(tx: Tx, versionIds: string[]): Promise<Map<string, string>> {
	if (versionIds.length === 0) return new Map();
	const rows = await tx
		.select({ id: microcredentialVersions.id, title: microcredentialVersions.title })
		.from(microcredentialVersions)
		.where(inArray(microcredentialVersions.id, [...new Set(versionIds)]));
	return new Map(rows.map((row) => [row.id, row.title]));
}
