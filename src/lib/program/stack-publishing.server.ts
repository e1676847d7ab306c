/** Publishing a version of a stack for a program: whole, at once, and never changed afterwards. */
import { isDeepStrictEqual } from 'node:util';
import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { record } from '#lib/audit/audit.server.ts';
import { readStackOffers, type StackOffer } from '#lib/catalogue/offers.server.ts';
import {
	issuers,
	microcredentials,
	microcredentialVersions,
	stackItems,
	stackOutcomes,
	stacks,
	stackVersions
} from '#lib/catalogue/schema.server.ts';
import { circleIn, type StackRule } from '#lib/catalogue/stack.ts';
import { readStackFile, type StackFile, withIds } from '#lib/catalogue/stack-file.ts';
import { Refusal } from '#lib/errors.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { type Acting, programToChange } from './managing.server.ts';
import { enrollments, programStacks } from './schema.server.ts';

export type StackRead = {
	file: StackFile;
	/** Over ids. */
	rule: StackRule;
	items: { microcredentialId: string; title: string; hours: number | null; open: boolean }[];
	nested: StackOffer['nested'];
	/** The number it will have. */
	number: number;
	stackId: string | null;
	/** The version that says the same already. */
	same: string | null;
};

/** @throws Refusal rule when it names what is not in the catalogue, is another program's, or leads back to itself */
export async function readStack(tx: Tx, programId: string, text: string): Promise<StackRead> {
	const file = readStackFile(text);
	const known = await tx
		.select({ id: microcredentials.id, issuer: issuers.key, key: microcredentials.key })
		.from(microcredentials)
		.innerJoin(issuers, eq(issuers.id, microcredentials.issuerId))
		.where(inArray(sql`${issuers.key} || '/' || ${microcredentials.key}`, file.items));
	const ids = new Map(known.map(({ id, issuer, key }) => [`${issuer}/${key}`, id]));
	const missing = file.items.filter((item) => !ids.has(item));
	if (missing.length > 0)
		throw no(
			`${missing.length === 1 ? 'One microcredential is' : `${missing.length} microcredentials are`} not in the catalogue: ` +
				`${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ' and others' : ''}.`
		);
	const versions = await tx
		.select({
			microcredentialId: microcredentialVersions.microcredentialId,
			title: microcredentialVersions.title,
			hours: microcredentialVersions.hours,
			status: microcredentialVersions.status
		})
		.from(microcredentialVersions)
		.where(inArray(microcredentialVersions.microcredentialId, [...ids.values()]))
		.orderBy(desc(microcredentialVersions.number));
	const items = file.items.map((item) => {
		const microcredentialId = ids.get(item)!;
		const own = versions.filter((one) => one.microcredentialId === microcredentialId);
		const today = own.find(({ status }) => status === 'published') ?? own[0];
		const open = today?.status === 'published';
		return { microcredentialId, title: today?.title ?? item, hours: today?.hours ?? null, open };
	});

	const [stack] = await tx.select().from(stacks).where(eq(stacks.key, file.key));
	const latest = stack ? await versionsOf(tx, stack.id) : [];
	if (stack) {
		const own = await tx
			.select({ id: programStacks.stackVersionId })
			.from(programStacks)
			.where(
				and(
					eq(programStacks.programId, programId),
					inArray(
						programStacks.stackVersionId,
						latest.map(({ id }) => id)
					)
				)
			);
		if (own.length === 0)
			throw no(`The key “${file.key}” is that of a stack of another program. Please choose a key of your own.`);
	}
	const others = new Map<string, string>();
	const wanted =
		file.rule.kind === 'every'
			? file.rule.needs.flatMap((one) => (one.kind === 'stack' ? [one.stackVersionId] : []))
			: [];
	for (const key of wanted) {
		const [other] = await tx.select({ id: stacks.id }).from(stacks).where(eq(stacks.key, key));
		const newest = other ? (await versionsOf(tx, other.id))[0] : undefined;
		if (!newest) throw no(`It asks for the stack “${key}”, which is not there.`);
		if (other!.id === stack?.id) throw no('It asks for itself to be complete.');
		others.set(key, newest.id);
	}
	const rule = withIds(
		file.rule,
		(item) => ids.get(item)!,
		(key) => others.get(key)!
	);
	const offers = await readStackOffers(tx, [...others.values()]);
	const nested: StackOffer['nested'] = new Map();
	for (const [id, offer] of offers) {
		nested.set(id, { title: offer.title, rule: offer.rule, items: offer.items });
		for (const [deeper, inner] of offer.nested) nested.set(deeper, inner);
	}
	const rules = new Map([['new', rule], ...[...nested].map(([id, one]) => [id, one.rule] as const)]);
	if (circleIn('new', rules)) throw no('It asks for stacks that ask for others more than four deep, or in a circle.');

	const newest = latest[0];
	const same =
		newest &&
		isDeepStrictEqual(newest.rule, rule) &&
		isDeepStrictEqual(
			(await readStackOffers(tx, [newest.id])).get(newest.id)!.items.map((one) => one.microcredentialId),
			items.map((one) => one.microcredentialId)
		) &&
		isDeepStrictEqual(await outcomesOf(tx, newest.id), file.outcomes)
			? newest.id
			: null;
	return { file, rule, items, nested, number: (newest?.number ?? 0) + 1, stackId: stack?.id ?? null, same };
}

const versionsOf = (tx: Tx, stackId: string) =>
	tx.select().from(stackVersions).where(eq(stackVersions.stackId, stackId)).orderBy(desc(stackVersions.number));

const outcomesOf = (tx: Tx, stackVersionId: string) =>
	tx
		.select({ kind: stackOutcomes.kind, words: stackOutcomes.words })
		.from(stackOutcomes)
		.where(eq(stackOutcomes.stackVersionId, stackVersionId))
		.orderBy(asc(stackOutcomes.position));

const no = (why: string) => new Refusal('rule', `${why} Nothing has changed.`);

/**
 * Publishes a version and offers it in the program from now on. Whoever is bound to an earlier one keeps it; the same
 * once more changes nothing.
 * @throws Refusal not-found for whoever does not manage the program, unproven, or rule
 */
export async function publishStack(
	db: Database,
	by: Acting,
	programId: string,
	text: string,
	now = new Date()
): Promise<{ stackVersionId: string; number: number; bound: number }> {
	await db.asPerson(by.person.id, (tx) => programToChange(tx, by, programId));
	return db.asService(async (tx) => {
		// Two managers who publish at one instant take turns, so that each version has its own number.
		await tx.execute(sql`select pg_advisory_xact_lock(hashtext('publishing a stack'))`);
		const read = await readStack(tx, programId, text);
		const stackId = read.stackId ?? uuidv7();
		const { key, title, summary, outcomes } = read.file;
		const before = read.stackId ? await versionsOf(tx, stackId) : [];
		if (read.same) return { stackVersionId: read.same, number: read.number - 1, bound: 0 };
		if (!read.stackId) await tx.insert(stacks).values({ id: stackId, key, title, summary });
		const stackVersionId = uuidv7();
		await tx
			.insert(stackVersions)
			.values({ id: stackVersionId, stackId, number: read.number, rule: read.rule, publishedAt: now });
		await tx
			.insert(stackItems)
			.values(read.items.map(({ microcredentialId }, i) => ({ stackVersionId, microcredentialId, position: i + 1 })));
		if (outcomes.length > 0)
			await tx
				.insert(stackOutcomes)
				.values(outcomes.map((one, i) => ({ ...one, id: uuidv7(), stackVersionId, position: i + 1 })));
		const older = before.map(({ id }) => id);
		if (older.length > 0)
			await tx
				.update(programStacks)
				.set({ untilAt: sql`greatest(now(), ${programStacks.fromAt})` })
				.where(
					and(
						eq(programStacks.programId, programId),
						inArray(programStacks.stackVersionId, older),
						isNull(programStacks.untilAt)
					)
				);
		await tx.insert(programStacks).values({ programId, stackVersionId });
		const bound = older.length
			? await tx
					.select({ id: enrollments.id })
					.from(enrollments)
					.where(and(eq(enrollments.programId, programId), inArray(enrollments.stackVersionId, older)))
			: [];
		await record(tx, {
			kind: 'stack-published',
			person: by.person.id,
			by: by.person.id,
			whence: by.whence,
			about: { program: programId, stack: stackVersionId, number: read.number }
		});
		return { stackVersionId, number: read.number, bound: bound.length };
	});
}
