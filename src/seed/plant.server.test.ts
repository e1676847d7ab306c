import { initProseMirrorDoc } from '@tiptap/y-tiptap';
import { eq, sql } from 'drizzle-orm';
import { encodeAny, toBase64 } from 'lib0/buffer';
import { digest } from 'lib0/hash/sha256';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { awards } from '#lib/badge/schema.server.ts';
import { emailAddresses } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { rootName } from '#lib/reflection/document.ts';
import { placesIn } from '#lib/reflection/comment-places.ts';
import { commentsIn } from '#lib/reflection/comments.ts';
import { ownersOf, readLog, readState } from '#lib/reflection/log.server.ts';
import { plainText, renderDocument, wordCount } from '#lib/reflection/render.ts';
import { settledOf, settledText } from '#lib/reflection/settled.ts';
import { schema } from '#lib/reflection/schema.ts';
import { reflections } from '#lib/reflection/schema.server.ts';
import { suggestionsIn } from '#lib/reflection/settling.ts';
import { flatten, type Node } from '#lib/reflection/suggestions.ts';
import { migrate } from '#lib/server/migrate.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { openInMemory } from '#lib/server/embedded.ts';
import { withDatabase } from '../../tests/with-database.ts';
import { type CastReflection, cast, type ReflectionKey } from './cast.ts';
import { days, instantOf } from './moments.ts';
import { clientsOf, plantCast } from './plant.server.ts';
import { texts } from './texts.ts';

const now = new Date('2026-11-25T16:00:00Z');

/** As the binding to Yjs tells marks apart of which several may lie on one word. */
function hashOf(json: unknown): string {
	const bytes = digest(encodeAny(json as never));
	const short = new Uint8Array(6);
	bytes.forEach((byte, i) => (short[i % 6]! ^= byte));
	return toBase64(short);
}

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
	expect(await plantCast(db, { now })).toBe(true);
});
afterAll(() => db?.close());

const rows = async <T>(tx: Tx, query: ReturnType<typeof sql>) =>
	((await tx.execute(query)) as unknown as { rows: T[] }).rows;

/** How many rows each table has, and a hash of all of them. */
const everything = (of: Database) =>
	of.asOwner(async (tx) => {
		const tables = await rows<{ name: string }>(
			tx,
			sql`select tablename as name from pg_tables where schemaname = 'public' order by 1`
		);
		const found: Record<string, { count: number; hash: string | null }> = {};
		for (const { name } of tables)
			[found[name]] = (await rows<{ count: number; hash: string }>(
				tx,
				// When rows were written is the database's own clock where the cast does not say.
				sql`select count(*)::int as count, md5(string_agg(row, '' order by row)) as hash from (
					select (to_jsonb(t) - ${name === 'frameworks' ? 'imported_at' : name === 'microcredentials' ? 'created_at' : ''}::text)::text as row
					from ${sql.identifier(name)} t
				) r`
			)) as [{ count: number; hash: string }];
		return found;
	});

test('the cast is this large', async () => {
	const counts = Object.fromEntries(Object.entries(await everything(db)).map(([name, { count }]) => [name, count]));
	expect(counts).toMatchObject({
		organizations: 16,
		people: 57,
		email_addresses: 57,
		frameworks: 2,
		competencies: 58,
		microcredentials: 19,
		microcredential_versions: 19,
		stacks: 4,
		stack_items: 15 + 1 + 18 + 16,
		stack_outcomes: 2,
		programs: 4,
		deadline_extensions: 1,
		cohorts: 6,
		enrollments: 40,
		pairs: 32,
		caseloads: 28,
		reflections: 27
	});
});

test('planting again changes nothing, at whatever hour', async () => {
	const before = await everything(db);
	expect(await plantCast(db, { now: new Date(now.getTime() + 86_400_000) })).toBe(false);
	expect(await everything(db)).toEqual(before);
});

// A second database is made and filled for it.
test('planting at the same instant elsewhere gives the same rows', { timeout: 60_000 }, async () => {
	const other = await openInMemory();
	await migrate(other);
	await plantCast(other, { now });
	expect(await everything(other)).toEqual(await everything(db));
	await other.close();
});

const all = Object.entries(cast.reflections) as [ReflectionKey, CastReflection][];

/** What the markup of texts.ts says, without its signs, in the order of the page. */
function said(key: ReflectionKey): string[] {
	const lines: string[] = [];
	for (const { words, after } of (texts[key] ?? []).filter((turn) => turn.words !== undefined)) {
		if (after === undefined)
			lines.push(
				...words
					.split('\n')
					.map((line) =>
						line
							.trim()
							.replace(/^(##+|-|>|\d+\.) /, '')
							.replaceAll('*', '')
					)
					.filter((line) => line !== '')
			);
		else {
			const line = lines.findIndex((one) => one.includes(after));
			lines[line] = lines[line]!.replace(after, after + words);
		}
	}
	return lines;
}

test.for(all)('%s reads back through Yjs to what the two wrote', async ([key, { id }]) => {
	const doc = new Y.Doc();
	Y.applyUpdate(doc, (await db.asOwner((tx) => readState(tx, id))).update);
	// What is only suggested is no text of the document.
	expect(settledText(settledOf(doc)).split('\n')).toEqual(texts[key] ? said(key) : ['']);
	expect(doc.getXmlFragment(rootName).length === 0).toBe(!texts[key]);

	if (!texts[key]) return;
	// The editor finds nothing to mend: its schema takes the document as it is.
	const { doc: shown } = initProseMirrorDoc(doc.getXmlFragment(rootName), schema);
	shown.check();
	expect(shown.textBetween(0, shown.content.size, '\n')).toBe(plainText(doc));
});

test('every character has its author, and the log its order', async () => {
	for (const [key, reflection] of all) {
		const { id, pair } = reflection;
		const { teacher, mentor } = cast.pairs[pair];
		const clients = clientsOf(reflection);
		const { log, authors } = await db.asOwner(async (tx) => ({
			log: (await readLog(tx, id)).rows,
			authors: await ownersOf(tx, id)
		}));
		expect(log.map(({ number }) => number)).toEqual(log.map((_, index) => index + 1));
		expect(log.map(({ at }) => at)).toEqual(log.map(({ at }) => at).toSorted((a, b) => +a - +b));
		const doc = new Y.Doc();
		for (const { personId, updates } of log) {
			const before = Y.decodeStateVector(Y.encodeStateVector(doc));
			for (const update of updates) Y.applyUpdate(doc, update);
			const grown = [...Y.decodeStateVector(Y.encodeStateVector(doc))].filter(
				([client, clock]) => clock > (before.get(client) ?? 0)
			);
			expect(
				grown.map(([client]) => authors.get(client)),
				key
			).toEqual([personId]);
		}
		const expected = new Map([
			[clients.teacher, cast.people[teacher].id],
			[clients.mentor, cast.people[mentor].id]
		]);
		for (const [client, person] of authors) expect(expected.get(client)).toBe(person);
		expect(doc.store.pendingStructs).toBeNull();
	}
});

test('Rosa’s second reflection looks like a page that two people write', async () => {
	const doc = new Y.Doc();
	const { update } = await db.asPerson(cast.people.idris.id, (tx) => readState(tx, cast.reflections.rosaSecond.id));
	Y.applyUpdate(doc, update);
	const html = renderDocument(doc);
	expect(html).toMatch(/^<p>Tuesday, second period, grade 3\. I asked how a seed knows which way is up/);
	expect(html).toContain('<h2>Second try</h2>');
	expect(html).toContain('<strong>The wait is not for them.</strong>');
	expect(html).toContain('<em>most</em>');
	expect(html).toContain('<ol><li><p>How does a seed know which way is up?</p></li>');
	expect(wordCount(doc)).toBeGreaterThan(150);
});

test('what is beside the text is there to be looked at: comments in every state, suggestions, and one that is not shared', async () => {
	const readAs = async (person: { id: string }, id: string) => {
		const doc = new Y.Doc();
		const [{ update }, owners] = await db.asPerson(person.id, (tx) =>
			Promise.all([readState(tx, id), ownersOf(tx, id)])
		);
		Y.applyUpdate(doc, update);
		return { doc, ownerOf: (client: number) => owners.get(client) ?? null };
	};
	const { rosa, idris, sam, grace } = cast.people;
	const first = await readAs(idris, cast.reflections.rosaFirst.id);
	const comments = commentsIn(first.doc, first.ownerOf).sort((a, b) => (a.id < b.id ? -1 : 1));
	expect(comments.map(({ by, posts, resolved }) => [by, posts.map((post) => post.by), resolved?.by ?? null])).toEqual([
		[idris.id, [idris.id, rosa.id], idris.id],
		[idris.id, [idris.id, rosa.id], null],
		[rosa.id, [rosa.id], null]
	]);
	expect(comments[0]!.posts[0]!.at).toEqual(instantOf(days(54, '07:30'), now));
	// Each stands on its words, under the name that the editor would give it.
	const { doc: shown } = initProseMirrorDoc(first.doc.getXmlFragment(rootName), schema);
	expect([...placesIn(shown)].map(([id, { words }]) => [id, words]).sort()).toEqual([
		['cast1', 'eleven minutes'],
		['cast2', 'badly on purpose the second time'],
		['cast3', 'they ran it, I watched']
	]);
	const named = JSON.stringify(
		first.doc
			.getXmlFragment(rootName)
			.toArray()
			.map((node) => (node as Y.XmlElement).toString())
	);
	shown.descendants((node) => {
		for (const mark of node.marks)
			if (mark.type.name === 'comment') expect(named).toContain(`comment--${hashOf(mark.toJSON())}`);
	});

	const only = await readAs(sam, cast.reflections.samOnly.id);
	const text = initProseMirrorDoc(only.doc.getXmlFragment(rootName), schema).doc.toJSON() as { content: Node[] };
	const suggestions = suggestionsIn(flatten(text.content));
	expect(suggestions).toHaveLength(2);
	expect(new Set(suggestions.map(({ id }) => only.ownerOf(parseInt(id, 36))))).toEqual(new Set([grace.id]));

	const { samAlone } = cast.reflections;
	expect(plainText((await readAs(sam, samAlone.id)).doc)).toContain('the potatoes in my bag');
	expect(plainText((await readAs(grace, samAlone.id)).doc)).toBe('');
});

test('what the rows say follows from the cast', async () => {
	await db.asOwner(async (tx) => {
		expect(await tx.select().from(pairs).where(eq(pairs.id, cast.pairs.lenaMarta.id))).toMatchObject([
			{ status: 'ended', endedAs: 'rematched', endedAt: new Date('2026-11-01T17:05:00Z') }
		]);
		expect(await tx.select().from(awards).where(eq(awards.personId, cast.people.rosa.id))).toMatchObject([
			{ microcredentialVersionId: cast.microcredentials.firstRoutines.versionId, revokedAt: null }
		]);
		const [second] = await tx.select().from(reflections).where(eq(reflections.id, cast.reflections.rosaSecond.id));
		expect(second).toMatchObject({
			title: 'What changed when I waited?',
			createdBy: cast.people.rosa.id,
			microcredentialVersionId: cast.microcredentials.waitTime.versionId
		});
		expect(
			await tx.select().from(emailAddresses).where(eq(emailAddresses.address, 'tomas@wayfellow.example'))
		).toMatchObject([{ personId: cast.people.tomas.id }]);
		// Nothing that happened to the cast lies ahead of the clock given.
		const [{ ahead }] = (await rows<{ ahead: number }>(
			tx,
			sql`select count(*)::int as ahead from (
				select at from pair_events union all select created_at from reflection_updates
				union all select submitted_at from submissions union all select awarded_at from awards
				union all select from_at from roles union all select created_at from people
			) t where at > ${now.toISOString()}`
		)) as [{ ahead: number }];
		expect(ahead).toBe(0);
	});
});
