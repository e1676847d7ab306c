/**
 * People and offers named in a post. Who is named hears of it, so it is checked: people of the audience only, by the names
 * that they have today. Somebody who is meant and is not there is said, by name only where the author knows them anyway.
 */
import { and, eq, inArray, sql } from 'drizzle-orm';
import { microcredentials, microcredentialVersions, parts, rubricRows } from '#lib/catalogue/schema.server.ts';
import { Refusal } from '#lib/errors.ts';
import { people } from '#lib/identity/schema.server.ts';
import { cohorts } from '#lib/program/schema.server.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { type Body, type Inline, mapInline, measured, mostMentions, type Read } from './body.ts';
import { mentionsIn, namesAfterAt } from './naming.ts';
import { posts, postWords } from './schema.server.ts';

type Named = { id: string; name: string };

/** Everybody who reads what is said there, and what the cohort is called. */
async function audienceOf(tx: Tx, cohortId: string): Promise<{ cohort: string; audience: Named[] }> {
	const [cohort] = await tx.select({ name: cohorts.name }).from(cohorts).where(eq(cohorts.id, cohortId));
	const audience = await tx
		.select({ id: people.id, name: people.name })
		.from(people)
		.where(sql`${people.id} in (select person_id from app.cohort_people(${cohortId}::uuid))`);
	return { cohort: cohort?.name ?? 'this cohort', audience };
}

const listed = (names: string[]) => new Intl.ListFormat('en').format(names);

/**
 * Gives the people named in a post the names that they have, and names those whose whole name was typed after an @.
 * @returns with it `said`: who was meant and will not read it
 * @throws Refusal rule when a person is named who is not of the audience
 */
export async function readMentions(
	tx: Tx,
	cohortId: string,
	body: Body,
	typed: boolean
): Promise<{ body: Body; said: string[] }> {
	const ids = new Set<string>();
	mapInline(body, (node) => {
		if (node.type === 'mention') ids.add(node.attrs.id);
		return [node];
	});
	const candidates = typed ? namesAfterAt(body) : [];
	if (ids.size === 0 && candidates.length === 0) return { body, said: [] };
	const { cohort, audience } = await audienceOf(tx, cohortId);

	const nameOf = new Map(audience.map(({ id, name }) => [id, name]));
	const outside = [...ids].filter((id) => !nameOf.has(id));
	if (outside.length > 0) {
		// Only whom the author knows is found here at all: somebody else's id says no name.
		const known = await tx.select({ name: people.name }).from(people).where(inArray(people.id, outside));
		const names = known.length === outside.length ? known.map(({ name }) => name) : ['Somebody whom you name'];
		throw new Refusal(
			'rule',
			`${listed(names)} ${names.length > 1 ? 'are' : 'is'} not in ${cohort} and would not read this. Nothing was posted; your words are in the form. Please take the name out, or write it without @.`
		);
	}
	let settled = mapInline(body, (node) =>
		node.type === 'mention' ? [{ ...node, attrs: { ...node.attrs, name: nameOf.get(node.attrs.id)! } }] : [node]
	);
	if (candidates.length === 0) return { body: settled, said: [] };

	// More than a post may name stay words.
	settled = mentionsIn(settled, audience, mostMentions);
	// Whoever is typed and is not there: among those only whom the author knows.
	const left = namesAfterAt(settled);
	if (left.length === 0) return { body: settled, said: [] };
	const meant = await tx
		.select({ name: people.name })
		.from(people)
		.where(inArray(sql`lower(${people.name})`, left))
		.limit(mostMentions);
	const there = new Set(audience.map(({ name }) => name.toLowerCase()));
	const twice = new Set<string>();
	const away = new Set<string>();
	for (const { name } of meant) (there.has(name.toLowerCase()) ? twice : away).add(name);
	return {
		body: settled,
		said: [
			...(away.size > 0
				? [`${listed([...away])} ${away.size > 1 ? 'are' : 'is'} not in ${cohort} and will not read this.`]
				: []),
			...[...twice].map((name) => `More than one person here is called ${name}, so nobody was told by that name.`)
		]
	};
}

/**
 * Who was meant in a post of the person's own and will not read it, said once more: for the page that follows. Of other
 * people's posts it says nothing.
 */
export const readUnheard = (db: Database, person: Person, threadId: string, number: unknown): Promise<string[]> =>
	db.asPerson(person.id, async (tx) => {
		if (!isId(threadId) || typeof number !== 'string' || !/^\d{1,9}$/.test(number)) return [];
		const [post] = await tx
			.select({ cohortId: posts.cohortId, body: postWords.body })
			.from(posts)
			.innerJoin(postWords, and(eq(postWords.postId, posts.id), eq(postWords.revision, posts.revision)))
			.where(and(eq(posts.threadId, threadId), eq(posts.number, Number(number)), eq(posts.authorId, person.id)));
		if (!post) return [];
		// Who was named then and is gone since has been said nothing of.
		const body = mapInline(post.body, (node) => (node.type === 'mention' ? [] : [node]));
		return (await readMentions(tx, post.cohortId, body, true)).said;
	});

/**
 * Gives the offers linked in a post the titles that they have today. An offer that is not there is a word like any other.
 */
export async function readReferences(tx: Tx, body: Body): Promise<Body> {
	const ids = { microcredential: new Set<string>(), row: new Set<string>() };
	mapInline(body, (node) => {
		if (node.type === 'reference') ids[node.attrs.kind].add(node.attrs.id);
		return [node];
	});
	const titles = new Map<string, string>();
	if (ids.microcredential.size > 0) {
		const rows = await tx
			.selectDistinctOn([microcredentials.id], { id: microcredentials.id, title: microcredentialVersions.title })
			.from(microcredentials)
			.innerJoin(microcredentialVersions, eq(microcredentialVersions.microcredentialId, microcredentials.id))
			.where(
				sql`${inArray(microcredentials.id, [...ids.microcredential])} and ${microcredentialVersions.status} <> 'draft'`
			)
			.orderBy(microcredentials.id, sql`${microcredentialVersions.number} desc`);
		for (const { id, title } of rows) titles.set(`microcredential/${id}`, title);
	}
	if (ids.row.size > 0) {
		const rows = await tx
			.select({ id: rubricRows.id, title: rubricRows.criterion })
			.from(rubricRows)
			.innerJoin(parts, eq(parts.id, rubricRows.partId))
			.innerJoin(microcredentialVersions, eq(microcredentialVersions.id, parts.microcredentialVersionId))
			.where(sql`${inArray(rubricRows.id, [...ids.row])} and ${microcredentialVersions.status} <> 'draft'`);
		for (const { id, title } of rows) titles.set(`row/${id}`, title);
	}
	return mapInline(body, (node): Inline[] => {
		if (node.type !== 'reference') return [node];
		const title = titles.get(`${node.attrs.kind}/${node.attrs.id}`);
		if (title !== undefined)
			return [{ ...node, attrs: { ...node.attrs, title: title.length > 200 ? `${title.slice(0, 199)}…` : title } }];
		return node.attrs.title ? [{ type: 'text', text: node.attrs.title }] : [];
	});
}

/** A post that was read, with everybody and everything in it as it is called today, measured again. */
export async function settleNames(
	tx: Tx,
	cohortId: string,
	{ body }: Read,
	typed: boolean
): Promise<Read & { said: string[] }> {
	const named = await readMentions(tx, cohortId, body, typed);
	return { ...measured(await readReferences(tx, named.body)), said: named.said };
}
