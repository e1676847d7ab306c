import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import type { Proof } from '#lib/identity/policy.ts';
import type { Database } from '#lib/server/database.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { cast } from '../../seed/cast.ts';
import {
	discardDraft,
	fetchFramework,
	importDraft,
	layDown,
	listFrameworks,
	readDraft,
	readImporting,
	sweepDrafts
} from './importing.server.ts';
import { readFramework } from './reading.server.ts';
import { frameworkDrafts } from './schema.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db.close());

const whence = { network: '192.0.2.1', userAgent: 'a browser' };
const proven: Proof = { openedBy: 'passkey', passkeyAt: new Date() };
const manager = { person: cast.people.pat, proof: proven, whence };
const teacher = { person: cast.people.rosa, proof: proven, whence };

const id = (n: number) => `10000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const hostile = [
	'<script>alert(1)</script>',
	'[click](javascript:alert(1)) and ![x](https://tracker.example/x.png)',
	'<img src=x onerror=alert(1)>',
	'| a | b |\r\n|---|---|\r\n| 𝑑 | “ö” |'
];
/** A framework of our own, changed on a day; its statements are what nobody should believe. */
const file = (day: number, statements = hostile, title = 'Hostile') =>
	JSON.stringify({
		CFDocument: {
			identifier: id(0),
			uri: 'https://case.example/ims/case/v1p0/CFDocuments/x',
			title,
			creator: 'Somebody',
			officialSourceURL: 'javascript:alert(1)',
			lastChangeDateTime: new Date(Date.UTC(2026, 0, day)).toISOString()
		},
		CFItems: statements.map((fullStatement, i) => ({
			identifier: id(i + 1),
			uri: `https://case.example/${i}`,
			fullStatement,
			humanCodingScheme: `H.${i + 1}`,
			lastChangeDateTime: new Date(Date.UTC(2026, 0, day)).toISOString()
		})),
		CFAssociations: statements.map((_, i) => ({
			identifier: id(i + 101),
			associationType: 'isChildOf',
			originNodeURI: { title: 'x', identifier: id(i + 1), uri: 'x' },
			destinationNodeURI: { title: 'x', identifier: id(0), uri: 'x' },
			sequenceNumber: i + 1,
			lastChangeDateTime: '2026-01-01T00:00:00Z'
		}))
	});
const lay = (text: string | Uint8Array, by = manager) =>
	layDown(db, by, 'a.json', typeof text === 'string' ? Buffer.from(text) : text);
const drafts = () => db.asOwner((tx) => tx.select().from(frameworkDrafts));
beforeEach(() => db.asOwner((tx) => tx.delete(frameworkDrafts).then(() => {})));

test('a manager looks at a file, imports it, and reads every character of it as it was', async () => {
	const draft = await lay(file(2));
	const looked = await readDraft(db, manager, draft);
	expect(looked.changes.added.map(({ statement }) => statement)).toEqual(hostile);
	expect(looked).toMatchObject({ source: 'a.json', frameworkId: null, seen: 'new', framework: { items: 4, links: 4 } });
	// Looking changes nothing.
	expect((await listFrameworks(db, manager.person)).frameworks.map(({ title }) => title)).not.toContain('Hostile');

	const frameworkId = await importDraft(db, manager, draft, looked.seen);
	expect(await drafts()).toEqual([]);
	const read = await readFramework(db, teacher.person, frameworkId, { at: null, from: 0, words: null });
	expect(read.branches.map(({ statement }) => statement)).toEqual(hostile);
	expect(read.framework.importedFrom).toBe('a.json');
	const found = await readFramework(db, teacher.person, frameworkId, { at: null, from: 0, words: 'SCRIPT alert' });
	expect(found.found!.statements.map(({ code }) => code)).toEqual(['H.1', 'H.2']);
	// Signs of a pattern are signs like others.
	const odd = await readFramework(db, teacher.person, frameworkId, { at: null, from: 0, words: '%_' });
	expect(odd.found!.statements).toEqual([]);
	const events = await db.asOwner((tx) =>
		tx.select().from(auditEvents).where(eq(auditEvents.kind, 'framework-imported'))
	);
	expect(events).toMatchObject([
		{
			personId: manager.person.id,
			byPersonId: manager.person.id,
			about: { framework: frameworkId, added: 4, dropped: 0 }
		}
	]);

	// The same again: nothing to do, and nothing written down.
	const again = await lay(file(2));
	expect((await readDraft(db, manager, again)).changes.outcome).toBe('unchanged');
	await importDraft(db, manager, again, (await readDraft(db, manager, again)).seen);
	expect(
		await db.asOwner((tx) => tx.select().from(auditEvents).where(eq(auditEvents.kind, 'framework-imported')))
	).toHaveLength(1);
});

test('whoever looked before somebody else imported is asked to look again, and loses nothing', async () => {
	const draft = await lay(file(3, ['One', 'Two']));
	const { seen } = await readDraft(db, manager, draft);
	const other = await lay(file(4, ['One', 'Three']));
	await importDraft(db, manager, other, (await readDraft(db, manager, other)).seen);
	await expect(importDraft(db, manager, draft, seen)).rejects.toMatchObject({ reason: 'rule' });
	const looked = await readDraft(db, manager, draft);
	expect(looked.changes.outcome).toBe('unchanged'); // an older one by now
	await discardDraft(db, manager, draft);
	expect(await drafts()).toEqual([]);
});

test('only whoever manages a program imports, and only with a passkey; reading is open', async () => {
	const draft = await lay(file(2));
	const { seen } = await readDraft(db, manager, draft);
	const mailOnly = { ...manager, proof: { openedBy: 'mail', passkeyAt: null } satisfies Proof };
	for (const [by, reason] of [
		[teacher, 'not-allowed'],
		[mailOnly, 'unproven']
	] as const)
		for (const act of [
			() => readImporting(db, by),
			() => lay(file(2), by as typeof manager),
			() => readDraft(db, by, draft),
			() => importDraft(db, by, draft, seen),
			() => fetchFramework(db, by, 'https://case.example/', [])
		])
			await expect(act()).rejects.toMatchObject({ reason });
	const read = await listFrameworks(db, teacher.person);
	expect(read.mayImport).toBe(false);
	expect(read.frameworks.map(({ title }) => title)).toContain(
		'Florida Educator Accomplished Practices (Rule 6A-5.065, F.A.C.)'
	);
	// A draft is its owner's.
	const other = { ...manager, person: { ...manager.person, id: crypto.randomUUID() } };
	await expect(readDraft(db, other, draft)).rejects.toThrow();
	await discardDraft(db, { person: teacher.person }, draft);
	expect(await drafts()).toHaveLength(1);
});

test.for<[what: string, bytes: () => Uint8Array, sentence: RegExp]>([
	['nothing', () => new Uint8Array(), /choose a file/],
	['too much', () => new Uint8Array(10 * 1024 * 1024 + 1), /larger than 10 MB/],
	['UTF-16', () => Buffer.from(file(2), 'utf16le'), /not text in UTF-8/],
	['a broken sequence', () => Buffer.from([0x7b, 0xff, 0x7d]), /not text in UTF-8/],
	['a ZIP', () => Buffer.from('PK\x03\x04\0\0'), /not text in UTF-8/],
	['no JSON', () => Buffer.from('<html>'), /not JSON/],
	['half of it', () => Buffer.from(file(2).slice(0, 300)), /not JSON/],
	['depth', () => Buffer.from('['.repeat(100_000)), /more than 40 deep/],
	['a list', () => Buffer.from('[]'), /not a CASE package/],
	['half a character', () => Buffer.from(file(2).replace('Somebody', '\\ud83d')), /half a character/],
	['no character', () => Buffer.from(file(2).replace('Somebody', '\\u0000')), /a sign that is none/],
	['a name that is none', () => Buffer.from('{"__proto__":{"CFDocument":1}}'), /a name in it that nothing may have/]
])('is refused in a sentence: %s', async ([, bytes, sentence]) => {
	await expect(lay(bytes())).rejects.toThrow(sentence);
	expect(await drafts()).toEqual([]);
});

test('a mark in front of the text is no part of it', async () => {
	expect((await readDraft(db, manager, await lay(`\ufeff${file(9)}`))).framework.title).toBe('Hostile');
});

test('three drafts are kept, the oldest goes, and all of them after a day', async () => {
	const laid: string[] = [];
	for (const day of [1, 2, 3, 4]) laid.push(await lay(file(day)));
	expect((await drafts()).map((one) => one.id).toSorted()).toEqual(laid.slice(1).toSorted());
	await sweepDrafts(db);
	expect(await drafts()).toHaveLength(3);
	await db.asOwner((tx) => tx.update(frameworkDrafts).set({ createdAt: sql`now() - interval '25 hours'` }));
	await sweepDrafts(db);
	expect(await drafts()).toEqual([]);
});

describe('from an address', () => {
	let server: http.Server;
	let host: string;
	let asked: string[] = [];
	let has: Record<string, string>;
	beforeAll(async () => {
		server = http.createServer((request, response) => {
			asked.push(request.url!);
			const body = has[request.url!];
			response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(body);
		});
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
		host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	});
	afterAll(() => server.close());
	beforeEach(() => {
		asked = [];
	});
	const fetching = (path: string) => fetchFramework(db, manager, `http://${host}${path}`, [host]);
	const listed = (n: number) => ({ identifier: id(n), title: `Framework ${n}`, creator: 'C', CFPackageURI: 'x' });

	test('a package, a document and a file are looked at alike', async () => {
		has = { [`/ims/case/v1p0/CFPackages/${id(0)}`]: file(2), '/one.json': file(2) };
		for (const path of [`/ims/case/v1p0/CFPackages/${id(0)}`, `/ims/case/v1p0/CFDocuments/${id(0)}`, '/one.json']) {
			const found = await fetching(path);
			const looked = await readDraft(db, manager, 'draft' in found ? found.draft : '');
			expect(looked.framework.title).toBe('Hostile');
			expect(looked.source).toContain(host);
		}
	});

	test('a server with several asks which, one with one goes on, and 1.0 is asked where 1.1 is not there', async () => {
		const list = '/ims/case/v1p0/CFDocuments?limit=100';
		has = { [list]: JSON.stringify({ CFDocuments: [listed(0), listed(7)] }) };
		expect(await fetching('')).toEqual({
			choices: [0, 7].map((n) => ({
				title: `Framework ${n}`,
				creator: 'C',
				address: `http://${host}/ims/case/v1p0/CFPackages/${id(n)}`
			}))
		});
		expect(asked).toEqual(['/ims/case/v1p1/CFDocuments?limit=100', list]);
		has = { [list]: JSON.stringify({ CFDocuments: [listed(0)] }), [`/ims/case/v1p0/CFPackages/${id(0)}`]: file(2) };
		expect(await fetching('/ims/case/v1p0')).toHaveProperty('draft');
		has = { [list]: '{"CFDocuments":[]}' };
		await expect(fetching('/ims/case/v1p0/')).rejects.toThrow('no frameworks to offer');
	});

	test('what is not there, or no package, or inside the network, is said', async () => {
		has = { '/x': '{"a":1}' };
		await expect(fetching('/y')).rejects.toThrow('nothing at this address');
		await expect(fetching('/x')).rejects.toThrow('not a CASE package');
		await expect(fetchFramework(db, manager, 'https://127.0.0.1/x', [])).rejects.toThrow('inside a network');
		await expect(fetchFramework(db, manager, `http://${host}/x`, [])).rejects.toThrow('begin with https');
		await expect(fetchFramework(db, manager, 'case', [])).rejects.toThrow('not an address');
	});
});
