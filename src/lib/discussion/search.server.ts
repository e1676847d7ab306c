/** Finding posts in the cohorts that somebody is in. docs/decisions/0038 says how it stays quick and tells nothing of others. */
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { probably } from '#lib/catalogue/looking.ts';
import { microcredentialVersions } from '#lib/catalogue/schema.server.ts';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import { instantAt } from '#lib/meeting/free.ts';
import { zoneOf } from '#lib/meeting/zone.server.ts';
import { cohorts as cohortTable, programs } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { earlierCohorts } from './earlier.server.ts';
import type { Kind } from './kinds.ts';
import { cohortVoices, posts, postWords, threads } from './schema.server.ts';
import {
	anyOf,
	asked,
	asksAnything,
	correctable,
	corrected,
	type Looking,
	marks,
	onPage,
	type Piece,
	piecesOf,
	snippetOf,
	termsOf,
	type Term
} from './searching.ts';

export type Hit = {
	postId: string;
	threadId: string;
	number: number;
	cohort: string;
	/** One's own, of a cohort that one has left: it is read on a page of its own. */
	earlier: boolean;
	/** What the thread is about and is called; null where that is not the person's to read any more. */
	about: { competency: string; kind: Kind } | null;
	title: Piece[] | null;
	/** Null: said without a name, or by somebody who is gone. */
	by: string | null;
	own: boolean;
	nameless: boolean;
	at: Date;
	/** Around the hits; null where only the title is left to see. */
	words: Piece[] | null;
	/** Found by the thread's title: leads to its beginning. */
	byTitle: boolean;
};
export type Choice = { value: string; name: string };
export type FoundPosts = {
	hits: Hit[];
	/** Up to `mostFound`. */
	total: number;
	more: boolean;
	/** Words that nobody says here, and what was looked for in their place; null: left out. */
	instead: { word: string; by: string | null }[];
	/** What was typed are words that say nothing to a search, such as "the". */
	saysNothing: boolean;
	/** Days are those of this zone. */
	zone: string;
	choices: { cohorts: Choice[]; competencies: Choice[]; authors: Choice[] };
};

const rowsOf = async <Row>(tx: Tx, query: ReturnType<typeof sql>) =>
	((await tx.execute(query)) as unknown as { rows: Row[] }).rows;

/** As Postgres' own list, on every driver. */
const listOf = (texts: string[]) => sql`array(select jsonb_array_elements_text(${JSON.stringify(texts)}::jsonb))`;

/**
 * What the person's cohorts say about this, and what they said themselves in cohorts that they have left: over what they may
 * read now, and nothing else.
 */
export const searchPosts = (db: Database, person: Person, looking: Looking): Promise<FoundPosts> =>
	db.asPerson(person.id, async (tx) => {
		const { programsZone, titles, earlier, ...choices } = await choicesOf(tx, person, looking.cohort);
		const zone = await zoneOf(tx, person.id, programsZone);
		const nothing = { hits: [], total: 0, more: false, instead: [], saysNothing: false, zone, choices };
		if (!asksAnything(looking)) return nothing;
		const { terms, instead, saysNothing } = await understood(tx, termsOf(looking.words), looking.cohort);
		if (looking.words !== '' && (terms.length === 0 || saysNothing)) return { ...nothing, instead, saysNothing };

		const found = await rowsOf<{ post: string; thread: string; titled: boolean; total: number }>(
			tx,
			sql`select post_id as post, thread_id as thread, by_title as titled, total from app.search_posts(
				${looking.words === '' ? null : asked(terms)}::text, ${anyOf(terms)}::text, ${looking.cohort}::uuid,
				${looking.competency}::uuid, ${looking.kind}::text, ${looking.author}::uuid,
				${looking.from && new Date(instantAt(looking.from, '00:00', zone)).toISOString()}::timestamptz,
				${looking.until && new Date(instantAt(dayAfter(looking.until), '00:00', zone)).toISOString()}::timestamptz,
				${looking.order === 'newest'}::boolean, ${onPage}::integer, ${(looking.page - 1) * onPage}::integer)`
		);
		const total = found[0]?.total ?? 0;
		return {
			hits: await shown(tx, person, found, anyOf(terms), { titles, earlier }),
			total,
			more: looking.page * onPage < total,
			instead,
			saysNothing,
			zone,
			choices
		};
	});

const dayAfter = (day: string) => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/** Words that nobody says here are taken for the nearest that somebody does: of what this person may read, and of nothing else. */
async function understood(
	tx: Tx,
	terms: Term[],
	cohort: string | null
): Promise<{ terms: Term[]; instead: FoundPosts['instead']; saysNothing: boolean }> {
	const words = correctable(terms);
	if (words.length === 0) return { terms, instead: [], saysNothing: false };
	const known = await rowsOf<{ word: string; stem: string; used: boolean }>(
		tx,
		sql`select word, stem, used from app.searched_words(${listOf(words)}, ${cohort}::uuid)`
	);
	const silent = known.filter(({ stem }) => stem === '').map(({ word }) => word);
	const others = terms.some(
		(term) => term.kind !== 'or' && !term.text.split(' ').every((word) => silent.includes(word.toLowerCase()))
	);
	if (!others) return { terms, instead: [], saysNothing: true };
	const lost = known.filter(({ stem, used }) => stem !== '' && !used);
	if (lost.length === 0) return { terms, instead: [], saysNothing: false };

	const near = lost.flatMap(({ word, stem }) => [word, stem]);
	const vocabulary = await rowsOf<{ word: string; uses: number }>(
		tx,
		sql`select word, uses from app.said_stems(${listOf(near)}, ${cohort}::uuid)`
	);
	const meant = lost.map(({ word, stem }) => ({
		word,
		stem: probably(stem, vocabulary) ?? probably(word, vocabulary)
	}));
	const stems = [...new Set(meant.flatMap((one) => one.stem ?? []))];
	const said = stems.length
		? await rowsOf<{ stem: string; said: string | null }>(
				tx,
				sql`select stem, said from app.said_like(${listOf(stems)}, ${cohort}::uuid)`
			)
		: [];
	const instead = meant.map(({ word, stem }) => ({
		word,
		by:
			piecesOf(said.find((one) => one.stem === stem)?.said ?? '')
				.find(({ hit }) => hit)
				?.text.toLowerCase() ?? null
	}));
	return {
		terms: corrected(terms, new Map(instead.map(({ word, by }) => [word, by]))),
		instead,
		saysNothing: false
	};
}

/** All of the text, with signs around the hits: Postgres' own fragments drop what looks like a tag. */
const headline = `StartSel=${marks.from},StopSel=${marks.to},HighlightAll=true`;
/** Characters of a post in which hits are looked for first: marking them takes as long as the text is. */
const atFirst = 4000;

/** The found posts as they are shown, in their order; read under row policies like everything else. */
async function shown(
	tx: Tx,
	person: Person,
	found: { post: string; thread: string; titled: boolean }[],
	any: string,
	{ titles, earlier }: { titles: ReadonlyMap<string, string>; earlier: ReadonlyMap<string, string> }
): Promise<Hit[]> {
	if (found.length === 0) return [];
	const query = sql`websearch_to_tsquery('english', ${any})`;
	const rows = await tx
		.select({
			postId: posts.id,
			threadId: posts.threadId,
			number: posts.number,
			cohortId: posts.cohortId,
			cohort: cohortTable.name,
			microcredentialId: threads.microcredentialId,
			kind: threads.kind,
			title: sql<string | null>`ts_headline('english', ${threads.title}, ${query}, ${headline})`,
			by: people.name,
			byId: posts.authorId,
			nameless: posts.nameless,
			at: posts.createdAt,
			words: sql<string | null>`ts_headline('english', left(${postWords.words}, ${atFirst}), ${query}, ${headline})`,
			long: sql<boolean>`coalesce(length(${postWords.words}) > ${atFirst}, false)`
		})
		.from(posts)
		// Of a cohort that they have left they read their own posts, and of its threads those that they opened.
		.leftJoin(threads, eq(threads.id, posts.threadId))
		.leftJoin(cohortTable, eq(cohortTable.id, posts.cohortId))
		.leftJoin(people, eq(people.id, posts.authorId))
		.leftJoin(postWords, and(eq(postWords.postId, posts.id), eq(postWords.stands, true), eq(postWords.withheld, false)))
		.where(
			inArray(
				posts.id,
				found.map(({ post }) => post)
			)
		);
	const late = rows.filter(({ long, words }) => long && !words?.includes(marks.from)).map(({ postId }) => postId);
	const whole = late.length
		? await tx
				.select({
					id: postWords.postId,
					words: sql<string>`ts_headline('english', ${postWords.words}, ${query}, ${headline})`
				})
				.from(postWords)
				.where(and(inArray(postWords.postId, late), eq(postWords.stands, true)))
		: [];
	return found.flatMap(({ post, titled }) => {
		const row = rows.find(({ postId }) => postId === post);
		if (!row) return [];
		const { byId, words, long: _, microcredentialId, kind, cohort, cohortId, title, ...rest } = row;
		const marked = whole.find(({ id }) => id === post)?.words ?? words;
		return {
			...rest,
			cohort: cohort ?? earlier.get(cohortId) ?? '',
			earlier: earlier.has(cohortId),
			about: kind && microcredentialId ? { competency: titles.get(microcredentialId) ?? '', kind } : null,
			title: title === null ? null : piecesOf(title),
			own: byId === person.id,
			words: marked === null ? null : snippetOf(marked),
			byTitle: titled
		};
	});
}

/** What each competency is called today. */
async function competencyTitles(tx: Tx, ids: string[]): Promise<Map<string, string>> {
	if (ids.length === 0) return new Map();
	const rows = await tx
		.selectDistinctOn([microcredentialVersions.microcredentialId], {
			id: microcredentialVersions.microcredentialId,
			title: microcredentialVersions.title
		})
		.from(microcredentialVersions)
		.where(
			and(
				inArray(microcredentialVersions.microcredentialId, ids),
				inArray(microcredentialVersions.status, ['published', 'retired'])
			)
		)
		.orderBy(microcredentialVersions.microcredentialId, sql`${microcredentialVersions.number} desc`);
	return new Map(rows.map(({ id, title }) => [id, title]));
}

/** More than a person is in; longer lists than anybody reads through are narrowed by choosing a cohort. */
const mostChoices = 300;

/** By what can be chosen: the person's cohorts, what is talked about there, and who has said something under their name. */
async function choicesOf(
	tx: Tx,
	person: Person,
	cohort: string | null
): Promise<
	FoundPosts['choices'] & {
		programsZone: string;
		titles: ReadonlyMap<string, string>;
		/** The cohorts that they have left and said something in, by what they are called. */
		earlier: ReadonlyMap<string, string>;
	}
> {
	const searched = sql`any ((select app.searched_cohort_ids(${cohort}::uuid))::uuid[])`;
	const left = await earlierCohorts(tx);
	const ownThere = left.some(({ id }) => cohort === null || cohort === id);
	const byName = sql`${people.name} collate "und-x-icu"`;
	const inThem = await tx
		.select({ value: cohortTable.id, name: cohortTable.name, zone: programs.timeZone })
		.from(cohortTable)
		.innerJoin(programs, eq(programs.id, cohortTable.programId))
		.where(sql`${cohortTable.id} = any ((select app.discussing_cohort_ids())::uuid[])`)
		.orderBy(asc(cohortTable.name), asc(cohortTable.id))
		.limit(mostChoices);
	const about = await rowsOf<{ id: string }>(
		tx,
		sql`select distinct microcredential_id as id from threads where cohort_id = ${searched} and withheld_at is null limit ${mostChoices}`
	);
	// What they opened themselves in cohorts before; row policies let nothing else of those through.
	if (ownThere)
		about.push(
			...(await rowsOf<{ id: string }>(
				tx,
				sql`select distinct microcredential_id as id from threads
					where cohort_id = any (app.searched_earlier_ids(${cohort}::uuid)) and withheld_at is null limit ${mostChoices}`
			))
		);
	const authors = await tx
		.select({ value: people.id, name: people.name })
		.from(people)
		.where(
			inArray(
				people.id,
				tx
					.select({ id: cohortVoices.personId })
					.from(cohortVoices)
					.where(sql`${cohortVoices.cohortId} = ${searched}`)
			)
		)
		.orderBy(byName, asc(people.id))
		.limit(mostChoices);
	const titles = await competencyTitles(
		tx,
		about.map(({ id }) => id)
	);
	if (ownThere && !authors.some(({ value }) => value === person.id))
		authors.push({ value: person.id, name: person.name });
	return {
		// For whoever never said where they live.
		programsZone: inThem[0]?.zone ?? 'UTC',
		titles,
		earlier: new Map(left.map(({ id, name }) => [id, name])),
		cohorts: [
			...inThem.map(({ value, name }) => ({ value, name })),
			...left.map(({ id, name }) => ({ value: id, name: `${name}, which you have left` }))
		],
		competencies: [...titles]
			.map(([value, name]) => ({ value, name }))
			.sort((a, b) => a.name.localeCompare(b.name, 'en')),
		authors
	};
}
