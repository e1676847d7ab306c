/** Importing a framework as a person does it: from a file or an address, looked at first, and done once it was. */
import { setImmediate as others } from 'node:timers/promises';
import { and, count, desc, eq, isNull, lt, sql } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import type { Whence } from '#lib/audit/event.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Proof } from '#lib/identity/policy.ts';
import { demandProof } from '#lib/identity/proof.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { fetchOutside } from '#lib/server/outside.server.ts';
import { packageOf, placesToAsk } from './case-address.ts';
import { largestPackage, parseCase, readCasePackage } from './case.ts';
import { importFramework, previewFramework } from './frameworks.server.ts';
import { mayImportFrameworks, type Standing } from './policy.ts';
import { competencies, frameworkDrafts, frameworks } from './schema.server.ts';

/** Who acts, how they have shown who they are, and from where. */
export type Acting = { person: Person; proof: Proof | null; whence: Whence };

/** How somebody stands to the catalogue now. */
export async function standingToCatalogue(tx: Tx): Promise<Standing> {
	const { rows } = (await tx.execute(sql`select app.runs_a_program() as runs`)) as unknown as {
		rows: { runs: boolean }[];
	};
	return rows[0]?.runs ? 'manager' : 'somebody';
}

/** @throws Refusal not-allowed, or unproven */
async function demandImporter(tx: Tx, by: Pick<Acting, 'proof'>): Promise<void> {
	if (!mayImportFrameworks(await standingToCatalogue(tx)))
		throw new Refusal(
			'not-allowed',
			'Frameworks are brought in by whoever manages a program. Ask them for the one you miss; reading is open to you.'
		);
	demandProof(by.proof, 'role');
}

/** Whether to show the way to the import. */
export const mayImport = (db: Database, person: Person): Promise<boolean> =>
	db.asPerson(person.id, async (tx) => mayImportFrameworks(await standingToCatalogue(tx)));

/** For the page that asks for a file or an address. @throws Refusal not-allowed, or unproven */
export const readImporting = (db: Database, by: Pick<Acting, 'person' | 'proof'>) =>
	db.asPerson(by.person.id, async (tx) => {
		await demandImporter(tx, by);
		return {
			waiting: await tx
				.select({ id: frameworkDrafts.id, source: frameworkDrafts.source, createdAt: frameworkDrafts.createdAt })
				.from(frameworkDrafts)
				.where(eq(frameworkDrafts.personId, by.person.id))
				.orderBy(desc(frameworkDrafts.createdAt))
		};
	});

/** Two to compare, and one more; each may be ten megabytes. */
const mostDrafts = 3;

/**
 * Puts a package down to be looked at. Nothing of the catalogue changes.
 * @param bytes what the file or the address holds
 * @returns the id of the draft
 * @throws Refusal rule when it is no package, not-allowed, unproven
 */
export async function layDown(db: Database, by: Acting, source: string, bytes: Uint8Array): Promise<string> {
	if (bytes.length > largestPackage)
		throw new Refusal(
			'rule',
			`This file is larger than ${largestPackage / 1024 / 1024} MB, which is more than any published framework. Nothing was imported.`
		);
	const text = textOf(bytes);
	return db.asPerson(by.person.id, async (tx) => {
		await demandImporter(tx, by);
		await readPackage(text);
		const own = eq(frameworkDrafts.personId, by.person.id);
		const older = await tx
			.select({ id: frameworkDrafts.id })
			.from(frameworkDrafts)
			.where(own)
			.orderBy(desc(frameworkDrafts.createdAt))
			.offset(mostDrafts - 1);
		for (const { id } of older) await tx.delete(frameworkDrafts).where(and(own, eq(frameworkDrafts.id, id)));
		const [draft] = await tx
			.insert(frameworkDrafts)
			.values({ personId: by.person.id, source: source.slice(0, 2000) || 'a file', package: text })
			.returning({ id: frameworkDrafts.id });
		return draft!.id;
	});
}

/** The largest package takes a second or two of a processor: in between, whoever types has their turn. */
async function readPackage(text: string) {
	const parsed = parseCase(text);
	await others();
	const framework = readCasePackage(parsed);
	await others();
	return framework;
}

function textOf(bytes: Uint8Array): string {
	if (bytes.length === 0) throw new Refusal('rule', 'Please choose a file first. Nothing was imported.');
	try {
		const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
		if (!text.includes('\0')) return text;
	} catch {
		// Said below.
	}
	throw new Refusal(
		'rule',
		'This file is not text in UTF-8, which every CASE package is. A ZIP or a spreadsheet has to be unpacked or exported first. Nothing was imported.'
	);
}

export type Choice = { title: string; creator: string; address: string };

/** A long list is a place to search, which is the publisher's own site. */
const mostChoices = 100;

/**
 * Fetches what an address leads to: a package, which is put down to be looked at, or the list of a server's frameworks to
 * choose from.
 * @param alsoFrom hosts that the settings name, see FETCH_HOSTS
 * @throws Refusal rule with what the address did not give, not-allowed, unproven
 */
export async function fetchFramework(
	db: Database,
	by: Acting,
	named: string,
	alsoFrom: readonly string[]
): Promise<{ draft: string } | { choices: Choice[] }> {
	await db.asPerson(by.person.id, (tx) => demandImporter(tx, by));
	const address = URL.parse(named.trim())?.href;
	if (!address) throw new Refusal('rule', 'This is not an address. One begins with https://.');
	const answer = await firstThere(placesToAsk(address), alsoFrom);
	const choices = choicesIn(answer.body, answer.address);
	if (!choices) return { draft: await layDown(db, by, answer.address, answer.body) };
	if (choices.length === 0) throw new Refusal('rule', 'This server has no frameworks to offer. Nothing was taken.');
	const [only] = choices;
	if (choices.length > 1 || !only) return { choices };
	const one = await firstThere([only.address], alsoFrom);
	return { draft: await layDown(db, by, one.address, one.body) };
}

async function firstThere(places: string[], alsoFrom: readonly string[]) {
	let last: unknown;
	for (const place of places)
		try {
			return await fetchOutside(place, {
				most: largestPackage,
				accept: 'application/json, text/plain;q=0.5',
				// Files lie on many a server without a type, or as plain text.
				types: /^(application\/([\w.-]+\+)?json|text\/json|text\/plain|application\/octet-stream)$/,
				alsoFrom
			});
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			last = error;
		}
	throw last;
}

/** The frameworks in an answer that is a list of them; null when it is something else. */
function choicesIn(body: Uint8Array, address: string): Choice[] | null {
	const answer = parseCase(textOf(body));
	const list = typeof answer === 'object' && answer !== null && 'CFDocuments' in answer ? answer.CFDocuments : null;
	if (!Array.isArray(list)) return null;
	return list.slice(0, mostChoices).flatMap((one: unknown) => {
		if (typeof one !== 'object' || one === null) return [];
		const { identifier, title, creator } = one as Record<string, unknown>;
		if (typeof identifier !== 'string' || typeof title !== 'string') return [];
		return { title, creator: typeof creator === 'string' ? creator : '', address: packageOf(address, identifier) };
	});
}

const draftOf = async (tx: Tx, by: Pick<Acting, 'person'>, id: string) => {
	const [draft] = isId(id)
		? await tx
				.select()
				.from(frameworkDrafts)
				.where(and(eq(frameworkDrafts.id, id), eq(frameworkDrafts.personId, by.person.id)))
		: [];
	if (!draft) throw notFound('framework to look at');
	return draft;
};

/** What the catalogue looked like, for an import to notice that it is another one by now. */
async function seenOf(tx: Tx, caseId: string): Promise<string> {
	const [here] = await tx
		.select({ importedAt: frameworks.importedAt })
		.from(frameworks)
		.where(eq(frameworks.caseId, caseId));
	return here ? here.importedAt.toISOString() : 'new';
}

/** What importing a draft would change. @throws Refusal not-found, not-allowed, unproven */
export const readDraft = (db: Database, by: Pick<Acting, 'person' | 'proof'>, id: string) =>
	db.asPerson(by.person.id, async (tx) => {
		await demandImporter(tx, by);
		const draft = await draftOf(tx, by, id);
		const whole = await readPackage(draft.package);
		const { competencies: items, associations, published: _published, rest: _rest, ...framework } = whole;
		const { frameworkId, changes, against } = await previewFramework(tx, whole);
		const { write: _write, ...said } = changes;
		return {
			id: draft.id,
			source: draft.source,
			framework: { ...framework, items: items.length, links: associations.length },
			frameworkId,
			changes: said,
			against,
			seen: await seenOf(tx, framework.caseId)
		};
	});

/**
 * Imports a draft as it was looked at, and forgets the draft.
 * @param seen what `readDraft` gave
 * @returns the framework's id
 * @throws Refusal rule when the catalogue is another one by now, not-found, not-allowed, unproven
 */
export const importDraft = (db: Database, by: Acting, id: string, seen: string): Promise<string> =>
	db.asPerson(by.person.id, async (tx) => {
		await demandImporter(tx, by);
		const draft = await draftOf(tx, by, id);
		const framework = await readPackage(draft.package);
		// One import at a time: two of the same framework would both find that it is new.
		await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('import of frameworks', 0))`);
		if ((await seenOf(tx, framework.caseId)) !== seen)
			throw new Refusal(
				'rule',
				'Somebody imported this framework since you looked, so nothing was done. What would change now stands below; look at it once more.'
			);
		const { frameworkId, outcome, changes } = await importFramework(tx, framework, undefined, draft.source);
		await tx.delete(frameworkDrafts).where(eq(frameworkDrafts.id, draft.id));
		if (outcome !== 'unchanged')
			await record(tx, {
				kind: 'framework-imported',
				person: by.person.id,
				by: by.person.id,
				whence: by.whence,
				about: {
					framework: frameworkId,
					added: changes.added.length,
					changed: changes.changed.length,
					moved: changes.moved.length,
					dropped: changes.dropped.length
				}
			});
		return frameworkId;
	});

/** Forgets a draft; whoever has none of that id is none the wiser. */
export const discardDraft = (db: Database, by: Pick<Acting, 'person'>, id: string): Promise<void> =>
	db.asPerson(by.person.id, async (tx) => {
		if (isId(id))
			await tx
				.delete(frameworkDrafts)
				.where(and(eq(frameworkDrafts.id, id), eq(frameworkDrafts.personId, by.person.id)));
	});

/** Forgets what was looked at and not imported within a day: by then the publisher may have another one. */
export const sweepDrafts = (db: Database): Promise<void> =>
	db.asService(async (tx) => {
		await tx.delete(frameworkDrafts).where(lt(frameworkDrafts.createdAt, sql`now() - interval '1 day'`));
	});

/** Every framework, for everybody who is signed in, by title. */
export const listFrameworks = (db: Database, person: Person) =>
	db.asPerson(person.id, async (tx) => ({
		mayImport: mayImportFrameworks(await standingToCatalogue(tx)),
		frameworks: await tx
			.select({
				id: frameworks.id,
				title: frameworks.title,
				creator: frameworks.creator,
				version: frameworks.version,
				licenceTitle: frameworks.licenceTitle,
				changedAt: frameworks.caseChangedAt,
				statements: count(competencies.id)
			})
			.from(frameworks)
			.leftJoin(competencies, and(eq(competencies.frameworkId, frameworks.id), isNull(competencies.droppedAt)))
			.groupBy(frameworks.id)
			.orderBy(frameworks.title, frameworks.id)
	}));
