/** Reading a framework: as an outline, a part at a time, and by looking for words. */
import { and, asc, eq, ilike, inArray, isNotNull, isNull, or, type SQL } from 'drizzle-orm';
import { notFound } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { type Branch, outlineOf } from './outline.ts';
import { competencies, frameworks } from './schema.server.ts';

/** Items on a page: what a phone draws at once and somebody still reads; 300 take some 12 KiB on the line. */
const mostShown = 300;
/** Whoever finds more has to say more of what they look for. */
const mostFound = 50;

export type Statement = {
	id: string;
	parentId: string | null;
	code: string | null;
	statement: string;
	label: string | null;
	itemType: string | null;
};

const columns = {
	id: competencies.id,
	parentId: competencies.parentId,
	code: competencies.code,
	label: competencies.label,
	itemType: competencies.itemType
};

/** Signs that a pattern would take for something else. */
const literally = (words: string) => `%${words.replace(/[\\%_]/g, '\\$&')}%`;

/**
 * One framework, for everybody who is signed in.
 * @param look at an item and what is below it, or at all; from so many of the first level; or for words
 * @throws Refusal not-found
 */
export const readFramework = (
	db: Database,
	person: Person,
	id: string,
	look: { at: string | null; from: number; words: string | null }
) =>
	db.asPerson(person.id, async (tx) => {
		const [framework] = isId(id)
			? await tx
					.select({
						id: frameworks.id,
						caseId: frameworks.caseId,
						caseVersion: frameworks.caseVersion,
						title: frameworks.title,
						creator: frameworks.creator,
						version: frameworks.version,
						officialSourceUrl: frameworks.officialSourceUrl,
						notes: frameworks.notes,
						licenceTitle: frameworks.licenceTitle,
						licenceText: frameworks.licenceText,
						changedAt: frameworks.caseChangedAt,
						importedAt: frameworks.importedAt,
						importedFrom: frameworks.importedFrom
					})
					.from(frameworks)
					.where(eq(frameworks.id, id))
			: [];
		if (!framework) throw notFound('framework');
		const ofIt = eq(competencies.frameworkId, id);
		const published = and(ofIt, isNull(competencies.droppedAt))!;
		const rows = await tx.select(columns).from(competencies).where(published).orderBy(asc(competencies.position));
		const at = rows.find((row) => row.id === look.at)?.id ?? null;
		const { path, branches, ...pages } = outlineOf(rows, at, look.from, mostShown);

		const shown: string[] = path.map((one) => one.id);
		const gather = (level: Branch<(typeof rows)[number]>[]) => {
			for (const one of level) {
				shown.push(one.id);
				gather(one.below);
			}
		};
		gather(branches);
		const texts = await statementsOf(tx, shown);
		const worded = (one: (typeof rows)[number]): Statement => ({ ...one, statement: texts.get(one.id) ?? '' });
		const branch = (one: Branch<(typeof rows)[number]>): Branch<Statement> => ({
			...worded(one),
			below: one.below.map(branch),
			hidden: one.hidden
		});
		return {
			framework,
			statements: rows.length,
			path: path.map(worded),
			branches: branches.map(branch),
			...pages,
			found: look.words ? await find(tx, published, look.words) : null,
			dropped: await tx
				.select({ ...columns, statement: competencies.statement })
				.from(competencies)
				.where(and(ofIt, isNotNull(competencies.droppedAt)))
				.orderBy(asc(competencies.position))
				.limit(mostShown)
		};
	});

async function statementsOf(tx: Tx, ids: string[]): Promise<Map<string, string>> {
	if (ids.length === 0) return new Map();
	const rows = await tx
		.select({ id: competencies.id, statement: competencies.statement })
		.from(competencies)
		.where(inArray(competencies.id, ids));
	return new Map(rows.map((row) => [row.id, row.statement]));
}

/** Statements that hold every one of the words, in outline order. A code is found by its beginning too. */
async function find(tx: Tx, published: SQL, words: string) {
	const each = words.split(/\s+/).filter(Boolean).slice(0, 10);
	const holds = each.map((word) =>
		or(
			ilike(competencies.statement, literally(word)),
			ilike(competencies.label, literally(word)),
			ilike(competencies.code, literally(word).slice(1))
		)
	);
	const rows = await tx
		.select({ ...columns, statement: competencies.statement })
		.from(competencies)
		.where(and(published, ...holds))
		.orderBy(asc(competencies.position))
		.limit(mostFound + 1);
	return { statements: rows.slice(0, mostFound), more: rows.length > mostFound };
}
