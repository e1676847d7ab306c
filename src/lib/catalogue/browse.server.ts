/** Finding microcredentials by what a teacher needs, and reading what fits. Everybody signed in may. */
import { and, asc, count, eq, inArray, ne, sql } from 'drizzle-orm';
import type { Person } from '#lib/identity/person.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { type Candidate, type Counts, type LookingFor, meaning, narrowed, probably, wordsOf } from './looking.ts';
import { alignments, competencies, frameworks, issuers, microcredentialVersions, parts } from './schema.server.ts';

export type Found = {
	microcredentialId: string;
	title: string;
	competency: string;
	issuer: string;
	/** As the issuer says; null: not known. */
	hours: number | null;
	artifacts: number;
	grades: string[];
	subjects: string[];
	/** "InTASC 8", as people cite what it proves. */
	proves: string[];
	/** What a teacher would say who needs it. */
	needs: string[];
};
export type Choice = { value: string; name: string; count: number };

export type Catalogue = {
	found: Found[];
	total: number;
	page: number;
	pages: number;
	/** How many microcredentials there are at all. */
	all: number;
	/** Words that nothing in the catalogue uses, and what was looked for in their place; null: left out. */
	instead: { word: string; by: string | null }[];
	frameworks: Choice[];
	/** Of the chosen framework, in its order; empty while none is chosen. */
	competencies: Choice[];
	issuers: Choice[];
	subjects: Choice[];
	/** By the grade and by the bound of hours. */
	counts: Pick<Counts, 'grade' | 'hours'>;
};

const rowsOf = async <Row>(tx: Tx, query: ReturnType<typeof sql>) =>
	((await tx.execute(query)) as unknown as { rows: Row[] }).rows;

/** Today's versions: of each microcredential the newest that is published. */
const current = sql`(
	select distinct on (microcredential_id) * from microcredential_versions where status = 'published'
	order by microcredential_id, number desc
)`;

/** What is in the catalogue for this need, best first. */
export const browseCatalogue = (db: Database, person: Person, looking: LookingFor): Promise<Catalogue> =>
	db.asPerson(person.id, async (tx) => {
		const { words, instead } = await understood(tx, looking.words);
		const candidates = await fitting(tx, looking.words === '' ? null : words);
		// An id that is none is looked for by nobody.
		const ids = {
			framework: idOf(looking.framework),
			competency: idOf(looking.competency),
			issuer: idOf(looking.issuer)
		};
		const { shown, counts, ...rest } = narrowed(candidates, { ...looking, ...ids });
		const [all] = await rowsOf<{ count: number }>(tx, sql`select count(*)::int as count from ${current} c`);
		return {
			...rest,
			found: await listFound(tx, shown),
			all: all!.count,
			instead,
			...(await choices(tx, counts, ids.framework)),
			counts
		};
	});

/** A choice that is none of ours finds nothing, and Postgres is not asked what it can't read. */
const none = '00000000-0000-0000-0000-000000000000';
const idOf = (text: string | null) => (text === null ? null : isId(text) ? text.toLowerCase() : none);

/** Words that the catalogue uses nowhere are taken for the nearest one that it does. Words that say nothing ("after a") go. */
async function understood(tx: Tx, text: string): Promise<{ words: string[]; instead: Catalogue['instead'] }> {
	const asked = wordsOf(text);
	if (asked.length === 0) return { words: [], instead: [] };
	const known = await rowsOf<{ word: string; says: boolean; used: boolean }>(
		tx,
		sql`with current as ${current}
			select a.word, numnode(plainto_tsquery('english', a.word)) > 0 as says,
				exists (select from current c where c.search @@ to_tsquery('english', a.meaning)) as used
			from jsonb_to_recordset(${asJson(asked)}::jsonb) as a(word text, meaning text)`
	);
	const silent = new Set(known.filter(({ says }) => !says).map(({ word }) => word));
	const lost = known.filter(({ says, used }) => says && !used).map(({ word }) => word);
	const vocabulary = lost.length ? await everyWord(tx) : [];
	const instead = lost.map((word) => ({ word, by: probably(word, vocabulary) }));
	const words = asked.flatMap((word) => {
		if (silent.has(word)) return [];
		const found = instead.find((one) => one.word === word);
		return found ? (found.by ?? []) : word;
	});
	return { words: [...new Set(words)], instead };
}

/** Each word with those that mean the same, as a query anywhere in a microcredential and as one of its title alone. */
const asJson = (words: string[]) =>
	JSON.stringify(
		words.map((word) => {
			// Letters and figures only, so nothing in them speaks to Postgres' own language for queries.
			const any = (where: string) =>
				meaning(word)
					.map((one) => `'${one}'${where}`)
					.join(' | ');
			return { word, meaning: any(''), titled: any(':A') };
		})
	);

/** Every word of the catalogue as it is written, the commonest first; far more than any catalogue has. */
const everyWord = (tx: Tx) =>
	rowsOf<{ word: string; uses: number }>(
		tx,
		sql`select word, ndoc as uses from ts_stat($$
				select to_tsvector('simple', title || ' ' || competency || ' ' || coalesce(key_method, ''))
					|| jsonb_to_tsvector('simple', needs || method_components || subjects, '["string"]')
				from microcredential_versions where status = 'published'
			$$) where word ~ '[[:alpha:]]{3}' and numnode(plainto_tsquery('english', word)) > 0 order by ndoc desc, word limit 20000`
	);

/**
 * Best first. A word counts the more, the fewer microcredentials use it, though not so much that one odd word outweighs two
 * that fit (hence the root), and the higher up it stands: title, then needs and competency, then the method. The more of
 * the words are found, and the more of them in the title, the better; and best side by side, as they were typed.
 * @param words null for everything, by title
 */
const fitting = (tx: Tx, words: string[] | null) =>
	rowsOf<Candidate>(
		tx,
		sql`with current as ${current},
			words as (
				select to_tsquery('english', a.meaning) as query, to_tsquery('english', a.titled) as titled
				from jsonb_to_recordset(${asJson(words ?? [])}::jsonb) as a(meaning text, titled text)
			),
			used as (
				select w.query, w.titled, sqrt(ln(1 + (select count(*) from current)::float8 / greatest(count(c.id), 1))) as rare
				from words w left join current c on c.search @@ w.query group by w.query, w.titled
			),
			scored as (
				select c.id, sum(u.rare * ts_rank('{0.05, 0.2, 0.6, 1}', c.search, u.query))
					* count(*) * (1 + count(*) filter (where c.search @@ u.titled)) as score
				from current c join used u on c.search @@ u.query group by c.id
			)
			select c.id as "versionId", m.issuer_id as "issuerId", c.grades, c.subjects, c.hours,
				coalesce(a.competency_ids, '{}') as "competencyIds", coalesce(a.framework_ids, '{}') as "frameworkIds"
			from current c
			join microcredentials m on m.id = c.microcredential_id
			left join scored s on s.id = c.id
			left join lateral (
				with recursive upwards as (
					select k.id, k.parent_id, k.framework_id from alignments l join competencies k on k.id = l.competency_id
					where l.microcredential_version_id = c.id
					union select k.id, k.parent_id, k.framework_id from upwards u join competencies k on k.id = u.parent_id
				)
				select array_agg(distinct u.id::text) as competency_ids, array_agg(distinct u.framework_id::text) as framework_ids
				from upwards u
			) a on true
			where ${words === null}::boolean or s.id is not null
			order by coalesce(s.score, 0) * case
				when c.search @@ phraseto_tsquery('english', ${(words ?? []).join(' ')}) then 1.5 else 1 end desc,
				lower(c.title), c.id`
	);

async function listFound(tx: Tx, shown: Candidate[]): Promise<Found[]> {
	const ids = shown.map(({ versionId }) => versionId);
	if (ids.length === 0) return [];
	const versions = await tx
		.select({
			id: microcredentialVersions.id,
			microcredentialId: microcredentialVersions.microcredentialId,
			title: microcredentialVersions.title,
			competency: microcredentialVersions.competency,
			hours: microcredentialVersions.hours,
			grades: microcredentialVersions.grades,
			subjects: microcredentialVersions.subjects,
			needs: microcredentialVersions.needs
		})
		.from(microcredentialVersions)
		.where(inArray(microcredentialVersions.id, ids));
	const names = await tx
		.select({ id: issuers.id, name: issuers.name })
		.from(issuers)
		.where(inArray(issuers.id, [...new Set(shown.map(({ issuerId }) => issuerId))]));
	const asked = await tx
		.select({ versionId: parts.microcredentialVersionId, artifacts: count() })
		.from(parts)
		.where(and(inArray(parts.microcredentialVersionId, ids), ne(parts.artifactKinds, [])))
		.groupBy(parts.microcredentialVersionId);
	const proven = await listProven(tx, ids);
	return shown.map(({ versionId, issuerId }) => {
		const { id: _, ...version } = versions.find(({ id }) => id === versionId)!;
		return {
			...version,
			issuer: names.find(({ id }) => id === issuerId)?.name ?? '',
			artifacts: asked.find((one) => one.versionId === versionId)?.artifacts ?? 0,
			proves: proven.filter((one) => one.versionId === versionId).map(cited)
		};
	});
}

export type Proven = {
	versionId: string;
	competencyId: string;
	code: string | null;
	statement: string;
	frameworkId: string;
	framework: string;
};

/** What these versions prove, in the order of the frameworks. */
export const listProven = (tx: Tx, versionIds: string[]): Promise<Proven[]> =>
	tx
		.select({
			versionId: alignments.microcredentialVersionId,
			competencyId: competencies.id,
			code: competencies.code,
			statement: competencies.statement,
			frameworkId: frameworks.id,
			framework: frameworks.title
		})
		.from(alignments)
		.innerJoin(competencies, eq(competencies.id, alignments.competencyId))
		.innerJoin(frameworks, eq(frameworks.id, competencies.frameworkId))
		.where(inArray(alignments.microcredentialVersionId, versionIds))
		.orderBy(asc(frameworks.title), asc(competencies.position));

/** "InTASC 8": the first word of a framework's title that is a name, and the code. */
export const cited = ({ framework, code, statement }: Pick<Proven, 'framework' | 'code' | 'statement'>): string =>
	code ? `${framework.split(/[\s(,:]/)[0]} ${code}` : statement.slice(0, 60);

async function choices(tx: Tx, counts: Counts, framework: string | null) {
	const known = async (table: typeof frameworks | typeof issuers, ids: string[], name: typeof issuers.name) =>
		ids.length === 0
			? []
			: tx
					.select({ value: sql<string>`${table.id}::text`, name })
					.from(table)
					.where(inArray(table.id, ids))
					.orderBy(asc(name));
	const withCount = (filter: keyof Counts, all: { value: string; name: string }[]): Choice[] =>
		all.map((one) => ({ ...one, count: counts[filter].get(one.value) ?? 0 }));
	const ofFramework =
		framework === null
			? []
			: await tx
					.select({
						value: sql<string>`${competencies.id}::text`,
						code: competencies.code,
						statement: competencies.statement
					})
					.from(competencies)
					.where(eq(competencies.frameworkId, framework))
					.orderBy(asc(competencies.position));
	return {
		frameworks: withCount(
			'framework',
			await known(frameworks, [...counts.framework.keys()], frameworks.title as unknown as typeof issuers.name)
		),
		competencies: withCount(
			'competency',
			ofFramework
				.filter(({ value }) => counts.competency.has(value))
				.map(({ value, code, statement }) => ({ value, name: [code, short(statement)].filter(Boolean).join(' ') }))
		),
		issuers: withCount('issuer', await known(issuers, [...counts.issuer.keys()], issuers.name)),
		subjects: [...counts.subject]
			.map(([value, n]) => ({ value, name: value, count: n }))
			.sort((a, b) => a.name.localeCompare(b.name, 'en'))
	};
}

/** As much of a statement as fits into a line to choose from. */
const short = (statement: string) => (statement.length > 80 ? `${statement.slice(0, 78).trimEnd()} …` : statement);
