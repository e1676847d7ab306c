/** A copy, opened by another program and held against the database: all that is theirs, and nothing that is not. */
import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import * as Y from 'yjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cast, type PersonKey } from '../../seed/cast.ts';
import { texts } from '../../seed/texts.ts';
import { record } from '#lib/audit/audit.server.ts';
import { createSession } from '#lib/identity/session.server.ts';
import { freeTimes, passkeys, providerAccounts } from '#lib/identity/schema.server.ts';
import { rootName } from '#lib/reflection/document.ts';
import { readState } from '#lib/reflection/log.server.ts';
import { reflectionHistory } from '#lib/reflection/schema.server.ts';
import { plainText, renderUpdate } from '#lib/reflection/render.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { unzipped } from '../../../tests/unzipped.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { notCopied } from './copy.ts';
import { lists } from './copy-lists.server.ts';
import { askForCopy, inReflections, isShown, mayFetchCopy, zipOf } from './copy.server.ts';
import { copiesPerDay, fetchWithin, freshFor } from './policy.ts';

const { people, reflections, pairs } = cast;
const { rosa, idris, marta, lena } = people;

let db: EmbeddedDatabase;
let rosasSession: string;
const copies = new Map<PersonKey, Map<string, string>>();
const who = ['rosa', 'idris', 'marta', 'lena', 'ben', 'claire', 'pat', 'wei', 'jonah'] as const satisfies PersonKey[];

beforeAll(async () => {
	db = await withDatabase();
	({ sessionId: rosasSession } = await createSession(db, rosa.id, 'A browser'));
	await db.asService(async (tx) => {
		await tx.insert(passkeys).values({
			id: 'a-passkey-of-rosa-medina',
			personId: rosa.id,
			publicKey: new Uint8Array([1, 2, 3]),
			counter: 7,
			backedUp: true,
			name: 'My phone'
		});
		await tx
			.insert(providerAccounts)
			.values({ issuer: 'https://id.example', subject: 'rosa-there', personId: rosa.id, provider: 'google' });
		await record(tx, { kind: 'role-given', person: rosa.id, by: people.pat.id, whence: null });
	});
	await db.asPerson(rosa.id, (tx) =>
		tx.insert(freeTimes).values({ personId: rosa.id, weekday: 3, startsAt: '15:15', endsAt: '16:00' })
	);
	for (const key of who) {
		const bytes = await new Response(zipOf(db, people[key])).bytes();
		copies.set(key, await unzipped(bytes));
	}
}, 240_000);
afterAll(() => db?.close());

const rowsOf = async <Row>(personId: string | null, query: ReturnType<typeof sql>): Promise<Row[]> => {
	const ask = async (tx: Parameters<Parameters<typeof db.asOwner>[0]>[0]) =>
		((await tx.execute(query)) as unknown as { rows: Row[] }).rows;
	return personId ? db.asPerson(personId, ask) : db.asOwner(ask);
};
const all = (copy: Map<string, string>) => [...copy].map(([name, text]) => `${name}\n${text}`).join('\n');

/** Lines of what was written that have no marks in them, so that they read the same in every form. */
const linesOf = (key: keyof typeof texts) =>
	(texts[key] ?? []).flatMap(({ words = '' }) =>
		words
			.split('\n')
			.map((line) => line.trim())
			.filter((line) => line.length > 40 && /^[\w .,]+$/.test(line))
	);

test('the lines that are looked for are there for whoever may read them', () => {
	const lines = linesOf('rosaSecond');
	expect(lines.length).toBeGreaterThan(0);
	for (const line of lines) expect(all(copies.get('rosa')!)).toContain(line);
});

test('every table that a person can read is in a file, or on the list of those that are not, with a reason', async () => {
	const readable = await rowsOf<{ name: string }>(
		rosa.id,
		sql`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm', 'p')
			and has_table_privilege(oid, 'select') order by 1`
	);
	const copied = [...lists.flatMap(({ tables }) => tables), ...inReflections];
	expect([...copied, ...Object.keys(notCopied)].sort()).toEqual(readable.map(({ name }) => name));
	for (const reason of Object.values(notCopied)) expect(reason.length).toBeGreaterThan(10);
});

describe.for(who)('the copy of %s', (key) => {
	const person = people[key];
	const copy = () => copies.get(key)!;

	test('is whole: every file is in the manifest with its checksum', () => {
		const manifest = JSON.parse(copy().get('manifest.json')!) as {
			format: string;
			version: number;
			of: string;
			files: { name: string; bytes: number; sha256: string }[];
		};
		expect(manifest).toMatchObject({ format: 'wayfellow-copy', version: 1, of: person.id });
		expect(manifest.files.map(({ name }) => name)).toEqual(
			[...copy().keys()].filter((name) => name !== 'manifest.json')
		);
		for (const { name, bytes, sha256 } of manifest.files) {
			const text = Buffer.from(copy().get(name)!);
			expect([name, bytes, sha256]).toEqual([name, text.length, createHash('sha256').update(text).digest('hex')]);
		}
	});

	test('has names that every system takes', () => {
		for (const name of copy().keys()) {
			expect(name).toMatch(/^[^<>:"\\|?*\p{Cc}]{1,120}$/u);
			for (const part of name.split('/')) expect(part).not.toMatch(/^\.|[. ]$|^$/);
		}
		const folded = [...copy().keys()].map((name) => name.toLowerCase());
		expect(new Set(folded).size).toBe(folded.length);
	});

	test.for(lists)('has in $file every row of $tables that is theirs', async ({ file, tables }) => {
		const text = copy().get(file)!;
		for (const table of tables) {
			const columns = await rowsOf<{ name: string; type: string }>(
				null,
				sql`select column_name as name, data_type as type from information_schema.columns
					where table_schema = 'public' and table_name = ${table}`
			);
			const pointing = columns.filter(({ type }) => type === 'uuid').map(({ name }) => name);
			// What a manager did for others is about the others.
			const theirs =
				table === 'invitations'
					? ['accepted_by_id']
					: ['cohort_moderators', 'cohort_moves'].includes(table)
						? ['person_id']
						: pointing;
			const rows = await rowsOf<Record<string, unknown>>(
				person.id,
				sql`select to_jsonb(t) as row from ${sql.identifier(table)} t
					where ${sql.join(
						theirs.map((column) => sql`${sql.identifier(column)} = ${person.id}`),
						sql` or `
					)}`
			);
			for (const { row } of rows as { row: Record<string, unknown> }[]) {
				const name = String(row.id ?? row.address ?? row.subject ?? row.post_id ?? row.person_id);
				expect(text, `${table} ${name}`).toContain(JSON.stringify(name));
			}
		}
	});

	test('has every reflection that they may read, in three forms, and no other', async () => {
		const readable = (await rowsOf<{ id: string }>(person.id, sql`select id from reflections order by id`)).map(
			({ id }) => id
		);
		const list = JSON.parse(copy().get('reflections/list.json')!) as { id: string; files: string; title: string }[];
		expect(list.map(({ id }) => id).sort()).toEqual(readable);
		for (const { id, files, title } of list) {
			const name = `reflections/${files.split('.md')[0]}`;
			const { update } = await db.asPerson(person.id, (tx) => readState(tx, id));
			expect(copy().get(`${name}.html`)).toContain(`<main>${renderUpdate(update)}</main>`);
			expect(copy().get(`${name}.md`)).toContain('# ');
			const copied = JSON.parse(copy().get(`${name}.json`)!) as {
				title: string;
				teacher: { name: string };
				mentor: { name: string };
				authors: { author: { name: string }; root: string; text: string }[];
			};
			expect(copied.title).toBe(title);
			const doc = new Y.Doc();
			Y.applyUpdate(doc, update);
			const words = copied.authors.filter(({ root }) => root === rootName);
			expect(words.map(({ text }) => text).join('')).toBe(plainText(doc).replaceAll('\n', ''));
			doc.destroy();
			for (const { author } of copied.authors) expect([copied.teacher.name, copied.mentor.name]).toContain(author.name);
		}
		// What a cohort says may be called as somebody's reflection is: both are about the same competency.
		const text = all(new Map([...copy()].filter(([name]) => !name.startsWith('cohorts/'))));
		for (const [key, { id, title }] of Object.entries(reflections)) {
			if (readable.includes(id)) continue;
			expect(text, key).not.toContain(id);
			expect(text, key).not.toContain(title);
			for (const line of linesOf(key as keyof typeof texts)) expect(text, key).not.toContain(line);
		}
	});

	test('has nobody else’s address, and no secret', async () => {
		const text = all(copy());
		for (const other of Object.values(people)) if (other.id !== person.id) expect(text).not.toContain(other.email);
		const secrets = await rowsOf<{ hash: string }>(
			null,
			sql`select encode(secret_hash, 'base64') as hash from sessions`
		);
		for (const { hash } of secrets) expect(text).not.toContain(hash);
		expect(text).not.toMatch(/secretHash|publicKey|tokenHash|secret_hash|public_key/);
	});
});

test('who wrote which words stands there by name', () => {
	const copy = copies.get('rosa')!;
	const [markdown] = [...copy].find(([name]) => name.endsWith('What changed when I waited.md'))!.slice(1);
	expect(markdown).toContain('## Who wrote what');
	expect(markdown).toContain(`- **${rosa.name}:**`);
	expect(markdown).toContain(`- **${idris.name}:**`);
});

test('a mentor whose pair was rematched takes nothing of it along, and keeps what was completed', () => {
	const text = all(copies.get('marta')!);
	expect(text).toContain(reflections.benOnly.title);
	expect(text).not.toContain(reflections.lenaOld.title);
	// That there was a pair, and how it ended, is part of their own history.
	expect(text).toContain(pairs.lenaMarta.id);
	expect(all(copies.get('lena')!)).toContain(reflections.lenaOld.title);
	expect([marta.id, lena.id].every((id) => text.includes(id))).toBe(true);
});

test('a coach’s and a manager’s copy holds no word of a reflection and nobody else’s place', () => {
	for (const key of ['claire', 'pat'] as const) {
		const copy = copies.get(key)!;
		expect(JSON.parse(copy.get('reflections/list.json')!)).toEqual([]);
		expect(JSON.parse(copy.get('programs/enrollments.json')!)).toEqual([]);
		expect(JSON.parse(copy.get('programs/roles.json')!)).toHaveLength(1);
	}
	expect(JSON.parse(copies.get('claire')!.get('programs/caseload.json')!)).toHaveLength(cast.caseloads.claire.length);
});

test('only whoever has just shown who they are may ask', async () => {
	const now = new Date();
	const later = new Date(now.getTime() + freshFor + 60_000);
	expect(await isShown(db, rosa, rosasSession, now)).toBe(true);
	expect(await isShown(db, rosa, rosasSession, later)).toBe(false);
	// Somebody else’s session shows nothing.
	expect(await isShown(db, idris, rosasSession, now)).toBe(false);
	await expect(askForCopy(db, rosa, rosasSession, null, later)).rejects.toMatchObject({ reason: 'rule' });
	await expect(askForCopy(db, idris, rosasSession, null, now)).rejects.toMatchObject({ reason: 'rule' });
	expect(await mayFetchCopy(db, rosa)).toBe(false);
});

test('three in a day, also when asked for at one instant; each is written down and can be fetched for ten minutes', async () => {
	const asked = await Promise.allSettled(
		Array.from({ length: copiesPerDay + 2 }, () => askForCopy(db, rosa, rosasSession, null))
	);
	expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(copiesPerDay);
	for (const one of asked) if (one.status === 'rejected') expect(one.reason).toMatchObject({ reason: 'too-many' });
	const events = await rowsOf<{ n: number }>(
		rosa.id,
		sql`select count(*)::int as n from audit_events where kind = 'data-exported' and by_person_id = ${rosa.id}`
	);
	expect(events).toEqual([{ n: copiesPerDay }]);
	expect(await mayFetchCopy(db, rosa)).toBe(true);
	expect(await mayFetchCopy(db, rosa, new Date(Date.now() + fetchWithin + 60_000))).toBe(false);
	expect(await mayFetchCopy(db, idris)).toBe(false);
	await db.asOwner((tx) => tx.execute(sql`update audit_events set at = at - interval '25 hours'`));
	await expect(askForCopy(db, rosa, rosasSession, null)).resolves.toEqual({ asked: true });
});

test('a damaged row takes nobody’s words away: the text is there, and says that its authors are not known', async () => {
	const damage = (rows: Uint8Array) =>
		db.asOwner((tx) =>
			tx.insert(reflectionHistory).values({
				reflectionId: reflections.rosaSecond.id,
				fromNumber: 9_000,
				toNumber: 9_000,
				personId: rosa.id,
				fromAt: new Date(),
				toAt: new Date(),
				rows
			})
		);
	await damage(new Uint8Array([0, 0]));
	const copy = await unzipped(await new Response(zipOf(db, rosa)).bytes());
	await db.asOwner((tx) => tx.delete(reflectionHistory));
	const [name, text] = [...copy].find(([name]) => name.endsWith('What changed when I waited.md'))!;
	for (const line of linesOf('rosaSecond')) expect(text).toContain(line);
	expect(text).toContain('could not be read when this copy was made');
	expect(JSON.parse(copy.get(name.replace('.md', '.json'))!)).toMatchObject({ authors: null });
});

test('somebody who is nobody any more takes nothing', async () => {
	await db.asOwner((tx) => tx.execute(sql`update people set deactivated_at = now() where id = ${rosa.id}`));
	const copy = await unzipped(await new Response(zipOf(db, rosa)).bytes());
	await db.asOwner((tx) => tx.execute(sql`update people set deactivated_at = null where id = ${rosa.id}`));
	for (const { file } of lists) expect(JSON.parse(copy.get(file)!)).toEqual([]);
	expect([...copy.keys()].filter((name) => name.endsWith('.md'))).toEqual([]);
});
