/**
 * Our frameworks for whoever asks at CASE's own addresses, signed in or not: what a state has published is public, and its
 * licence travels along. Nothing here knows who asks.
 */
import { and, asc, count, desc, eq, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import {
	associationAlone,
	documentAlone,
	itemAlone,
	packageOf,
	type Source,
	type SourceAssociation,
	type SourceItem
} from './case-export.ts';
import type { CaseObject } from './case.ts';
import { competencies, frameworkAssociations, frameworks } from './schema.server.ts';

/** What is answered: an object, or in CASE's own words why not. */
export type Served =
	| { found: CaseObject; changedAt: Date; headers?: Record<string, string> }
	/** The same, written out already. */
	| { text: string; changedAt: Date; headers?: Record<string, string> }
	| { refused: 400 | 404; minor: string; sentence: string };

const noSuch = (what: string): Served => ({
	refused: 404,
	minor: 'unknownobject',
	sentence: `There is no ${what} with this identifier here.`
});
const notAnId: Served = {
	refused: 404,
	minor: 'invaliduuid',
	sentence: 'This is not an identifier: CASE’s are UUIDs.'
};

const columns = {
	id: frameworks.id,
	caseId: frameworks.caseId,
	title: frameworks.title,
	creator: frameworks.creator,
	version: frameworks.version,
	officialSourceUrl: frameworks.officialSourceUrl,
	notes: frameworks.notes,
	changedAt: frameworks.caseChangedAt,
	importedAt: frameworks.importedAt,
	published: frameworks.published
};

const itemColumns = {
	caseId: competencies.caseId,
	code: competencies.code,
	statement: competencies.statement,
	label: competencies.label,
	itemType: competencies.itemType,
	changedAt: competencies.caseChangedAt,
	published: competencies.published
};

/** How many documents a page of the list may have: CASE’s own default, which is also as many as we give. */
const mostListed = 100;
/** By what the list may be sorted. */
const sortable = {
	title: frameworks.title,
	creator: frameworks.creator,
	identifier: frameworks.caseId,
	lastChangeDateTime: frameworks.caseChangedAt
};

/**
 * The list of all documents, a page of it.
 * @param asked `limit`, `offset`, `sort`, `orderBy` and `fields`, as CASE names them; `filter` we do not have, and say so
 */
export const serveDocuments = (db: Database, origin: string, asked: URLSearchParams): Promise<Served> =>
	db.asService(async (tx): Promise<Served> => {
		const number = (name: string, otherwise: number) => {
			const text = asked.get(name);
			return text === null ? otherwise : /^\d{1,9}$/.test(text) ? Number(text) : null;
		};
		const [limit, offset] = [number('limit', mostListed), number('offset', 0)];
		if (limit === null || offset === null || limit < 1)
			return { refused: 400, minor: 'invalid_data', sentence: 'limit and offset are whole numbers, limit at least 1.' };
		if (asked.has('filter'))
			return {
				refused: 400,
				minor: 'invalid_filter_field',
				sentence: 'This server does not filter; it pages and sorts.'
			};
		const sort = asked.get('sort') ?? 'title';
		if (!Object.hasOwn(sortable, sort))
			return {
				refused: 400,
				minor: 'invalid_sort_field',
				sentence: `This list is sorted by one of ${Object.keys(sortable).join(', ')}.`
			};
		const direction = asked.get('orderBy') ?? 'asc';
		if (direction !== 'asc' && direction !== 'desc')
			return { refused: 400, minor: 'invalid_sort_field', sentence: 'orderBy is asc or desc.' };
		const column = sortable[sort as keyof typeof sortable];
		const [total] = await tx.select({ all: count() }).from(frameworks);
		const all = total?.all ?? 0;
		const page = Math.min(limit, mostListed);
		const rows = await tx
			.select(columns)
			.from(frameworks)
			.orderBy(direction === 'asc' ? asc(column) : desc(column), asc(frameworks.caseId))
			.limit(page)
			.offset(offset);
		const documents = rows.map((row) => documentAlone({ origin, framework: { ...row, rest: null } }));
		const kept = fieldsOf(asked.get('fields'), documents);
		if (!kept)
			return {
				refused: 400,
				minor: 'invalid_selection_field',
				sentence: 'fields names something that no document has.'
			};
		return {
			found: { CFDocuments: kept },
			changedAt: new Date(Math.max(0, ...rows.map((row) => row.importedAt.getTime()))),
			headers: {
				'x-total-count': String(all),
				...linksTo(`${origin}/ims/case/v1p1/CFDocuments`, asked, { page, offset, all })
			}
		};
	});

/** Only the names that were asked for; null when one is no name of a document. */
function fieldsOf(asked: string | null, documents: CaseObject[]): CaseObject[] | null {
	if (!asked) return documents;
	const names = asked.split(',').map((name) => name.trim());
	const known = new Set([
		...['identifier', 'uri', 'frameworkType', 'caseVersion', 'creator', 'title', 'lastChangeDateTime', 'publisher'],
		...['officialSourceURL', 'description', 'subject', 'subjectURI', 'language', 'version', 'adoptionStatus', 'notes'],
		...['statusStartDate', 'statusEndDate', 'licenseURI', 'extensions', 'CFPackageURI']
	]);
	if (names.some((name) => !known.has(name))) return null;
	return documents.map((one) => Object.fromEntries(Object.entries(one).filter(([name]) => names.includes(name))));
}

/** The pages around this one, as a Link header says them. */
function linksTo(
	address: string,
	asked: URLSearchParams,
	{ page, offset, all }: Record<'page' | 'offset' | 'all', number>
): Record<string, string> {
	const to = (rel: string, from: number) => {
		const query = new URLSearchParams(asked);
		query.set('limit', String(page));
		query.set('offset', String(from));
		return `<${address}?${query}>; rel="${rel}"`;
	};
	const links = [
		...(offset + page < all ? [to('next', offset + page)] : []),
		...(offset > 0 ? [to('prev', Math.max(0, offset - page))] : [])
	];
	return links.length > 0 ? { link: links.join(', ') } : {};
}

async function frameworkWith(tx: Tx, which: SQL) {
	const [row] = await tx.select(columns).from(frameworks).where(which);
	return row ?? null;
}

/** One framework by the identifier of its document, given to `serve`. */
const ofDocument = (
	db: Database,
	origin: string,
	caseId: string,
	serve: (source: Source) => CaseObject
): Promise<Served> => {
	if (!isId(caseId)) return Promise.resolve(notAnId);
	return db.asService(async (tx) => {
		const row = await frameworkWith(tx, eq(frameworks.caseId, caseId));
		if (!row) return noSuch('framework');
		return { found: serve({ origin, framework: { ...row, rest: null } }), changedAt: row.importedAt };
	});
};

export const serveDocument = (db: Database, origin: string, caseId: string): Promise<Served> =>
	ofDocument(db, origin, caseId, documentAlone);

/** Bytes of packages that are kept ready: three of the largest. */
const mostKept = 32 * 1024 * 1024;
/** By framework, import and origin; the one asked for longest ago goes first. */
const kept = new Map<string, Promise<string>>();
let keptBytes = 0;

/**
 * All of a framework: what stands in it now. What its publisher dropped has its own address only. The largest takes seconds
 * of a processor to put together, so it is done once for each import, however many ask.
 */
export const servePackage = async (db: Database, origin: string, caseId: string): Promise<Served> => {
	if (!isId(caseId)) return notAnId;
	const row = await db.asService((tx) => frameworkWith(tx, eq(frameworks.caseId, caseId)));
	if (!row) return noSuch('framework');
	const key = `${row.id} ${row.importedAt.getTime()} ${origin}`;
	let text = kept.get(key);
	if (text) kept.delete(key);
	else {
		text = db.asService((tx) => wholeOf(tx, { origin, framework: { ...row, rest: null } }, row.id));
		text.then(
			(made) => {
				keptBytes += made.length;
				keepWithin();
			},
			() => kept.delete(key)
		);
	}
	kept.set(key, text);
	return { text: await text, changedAt: row.importedAt };
};

function keepWithin(): void {
	for (const [key, text] of kept) {
		if (keptBytes <= mostKept) return;
		kept.delete(key);
		text.then(
			(made) => (keptBytes -= made.length),
			() => {}
		);
	}
}

async function wholeOf(tx: Tx, source: Source, frameworkId: string): Promise<string> {
	const [whole] = await tx.select({ rest: frameworks.rest }).from(frameworks).where(eq(frameworks.id, frameworkId));
	const items: SourceItem[] = await tx
		.select(itemColumns)
		.from(competencies)
		.where(and(eq(competencies.frameworkId, frameworkId), isNull(competencies.droppedAt)))
		.orderBy(asc(competencies.position));
	const associations: SourceAssociation[] = await tx
		.select({ caseId: frameworkAssociations.caseId, published: frameworkAssociations.published })
		.from(frameworkAssociations)
		.where(eq(frameworkAssociations.frameworkId, frameworkId))
		.orderBy(asc(frameworkAssociations.position));
	return JSON.stringify(
		packageOf({ ...source, framework: { ...source.framework, rest: whole?.rest ?? null } }, items, associations)
	);
}

async function itemWith(tx: Tx, origin: string, caseId: string) {
	const [row] = await tx
		.select({ ...itemColumns, frameworkId: competencies.frameworkId })
		.from(competencies)
		.where(eq(competencies.caseId, caseId));
	if (!row) return null;
	const framework = (await frameworkWith(tx, eq(frameworks.id, row.frameworkId)))!;
	const source: Source = { origin, framework: { ...framework, rest: null } };
	return { source, row, changedAt: framework.importedAt };
}

export const serveItem = (db: Database, origin: string, caseId: string): Promise<Served> =>
	!isId(caseId)
		? Promise.resolve(notAnId)
		: db.asService(async (tx) => {
				const one = await itemWith(tx, origin, caseId);
				return one ? { found: itemAlone(one.source, one.row), changedAt: one.changedAt } : noSuch('item');
			});

/** One link, of the framework that was imported last if several hold it. */
export const serveAssociation = (db: Database, origin: string, caseId: string): Promise<Served> =>
	!isId(caseId)
		? Promise.resolve(notAnId)
		: db.asService(async (tx) => {
				const [row] = await tx
					.select({
						caseId: frameworkAssociations.caseId,
						published: frameworkAssociations.published,
						framework: columns
					})
					.from(frameworkAssociations)
					.innerJoin(frameworks, eq(frameworks.id, frameworkAssociations.frameworkId))
					.where(eq(frameworkAssociations.caseId, caseId))
					.orderBy(desc(frameworks.importedAt))
					.limit(1);
				if (!row) return noSuch('association');
				const source: Source = { origin, framework: { ...row.framework, rest: null } };
				return { found: associationAlone(source, row), changedAt: row.framework.importedAt };
			});

/** More links than this on one statement are a list of its children, and stand in the package. */
const mostLinks = 1_000;

/** An item and every link that goes from it or to it, of whatever framework here. */
export const serveItemAssociations = (db: Database, origin: string, caseId: string): Promise<Served> =>
	!isId(caseId)
		? Promise.resolve(notAnId)
		: db.asService(async (tx) => {
				const one = await itemWith(tx, origin, caseId);
				if (!one) return noSuch('item');
				const id = caseId.toLowerCase();
				const rows = await tx
					.select({
						caseId: frameworkAssociations.caseId,
						published: frameworkAssociations.published,
						framework: columns
					})
					.from(frameworkAssociations)
					.innerJoin(frameworks, eq(frameworks.id, frameworkAssociations.frameworkId))
					.where(or(eq(frameworkAssociations.origin, id), eq(frameworkAssociations.destination, id)))
					.orderBy(asc(frameworks.caseId), asc(frameworkAssociations.position))
					.limit(mostLinks);
				return {
					found: {
						CFItem: itemAlone(one.source, one.row),
						CFAssociations: rows.map((row) =>
							associationAlone({ origin, framework: { ...row.framework, rest: null } }, row)
						)
					},
					changedAt: one.changedAt
				};
			});

/** A list of definitions answers as a list, a single one as itself. */
const definitionKinds = {
	CFConcepts: true,
	CFSubjects: true,
	CFItemTypes: true,
	CFLicenses: false,
	CFAssociationGroupings: false
} as const;
export type DefinitionKind = keyof typeof definitionKinds;

export const isDefinitionKind = (kind: string): kind is DefinitionKind => Object.hasOwn(definitionKinds, kind);

/** What a framework defines, such as its licence, by the identifier that its statements name. */
export const serveDefinition = (db: Database, origin: string, kind: string, caseId: string): Promise<Served> => {
	if (!isDefinitionKind(kind)) return Promise.resolve(noSuch('kind of definition'));
	if (!isId(caseId)) return Promise.resolve(notAnId);
	return db.asService(async (tx) => {
		const id = caseId.toLowerCase();
		const holds = JSON.stringify({ CFDefinitions: { [kind]: [{ identifier: id }] } });
		const [row] = await tx
			.select({ ...columns, rest: frameworks.rest })
			.from(frameworks)
			.where(sql`${frameworks.rest} @> ${holds}::jsonb`)
			.orderBy(desc(frameworks.importedAt))
			.limit(1);
		if (!row) return noSuch('definition');
		const { CFDefinitions } = packageOf({ origin, framework: row }, [], []) as { CFDefinitions: CaseObject };
		const one = (CFDefinitions[kind] as CaseObject[]).find(({ identifier }) => identifier === id)!;
		return { found: definitionKinds[kind] ? { [kind]: [one] } : one, changedAt: row.importedAt };
	});
};

/** As CASE answers: JSON, with its own words for what is refused, and 304 for whoever has it already. */
export function caseResponse(served: Served, request: Request): Response {
	const json = { 'content-type': 'application/json; charset=utf-8' };
	if ('refused' in served)
		return new Response(
			JSON.stringify({
				imsx_codeMajor: 'failure',
				imsx_severity: 'error',
				imsx_description: served.sentence,
				imsx_CodeMinor: {
					imsx_codeMinorField: [{ imsx_codeMinorFieldName: 'TargetEndSystem', imsx_codeMinorFieldValue: served.minor }]
				}
			}),
			{ status: served.refused, headers: json }
		);
	const body = 'text' in served ? served.text : JSON.stringify(served.found);
	const etag = `W/"${served.changedAt.getTime().toString(36)}-${body.length.toString(36)}"`;
	// Asked again each time, so that a publisher's correction is there at once.
	const headers = { 'cache-control': 'no-cache', etag, ...served.headers };
	if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
	return new Response(body, { headers: { ...json, ...headers } });
}
