import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '#lib/server/database.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import {
	caseResponse,
	serveAssociation,
	serveDefinition,
	serveDocument,
	serveDocuments,
	serveItem,
	serveItemAssociations,
	servePackage,
	type Served
} from './case-serving.server.ts';
import { type CaseObject, parseCase, readCasePackage } from './case.ts';
import { importFramework } from './frameworks.server.ts';

const text = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
function schema(name: string) {
	const { $schema: _, ...rest } = JSON.parse(
		text(`../../../tests/data/case/schemas/case_v1p1_${name}-jsonschema1.json`)
	) as CaseObject;
	const check = new Ajv({ allErrors: true, unknownFormats: ['uuid'] }).compile(rest);
	return (value: unknown) => (check(JSON.parse(JSON.stringify(value))) ? [] : check.errors);
}

const origin = 'https://wayfellow.example';
const florida = JSON.parse(text('../../seed/data/frameworks/florida-feaps.case-v1p1.json')) as {
	CFDocument: CaseObject & { identifier: string };
	CFItems: (CaseObject & { identifier: string })[];
	CFAssociations: (CaseObject & { identifier: string })[];
	CFDefinitions: {
		CFLicenses: (CaseObject & { identifier: string })[];
		CFItemTypes: (CaseObject & { identifier: string })[];
	};
};
const [document, item, association] = [florida.CFDocument, florida.CFItems[5]!, florida.CFAssociations[5]!];

let db: Database;
/** A second database, for what comes in elsewhere. */
let other: Database;
beforeAll(async () => {
	// The cast brings both real frameworks.
	[db, other] = await Promise.all([withDatabase(), withDatabase({ cast: false })]);
});
afterAll(() => Promise.all([db.close(), other.close()]));

const found = (served: Served) => {
	if ('refused' in served) throw new Error(served.sentence);
	return 'text' in served ? (JSON.parse(served.text) as CaseObject) : served.found;
};
const list = (query: string) => serveDocuments(db, origin, new URLSearchParams(query));

test('each address answers in the shape of its schema, with the licence, and without anybody being signed in', async () => {
	const whole = found(await servePackage(db, origin, document.identifier));
	expect(schema('cfpackage')(whole)).toEqual([]);
	expect(whole).toMatchObject({ CFDocument: document, CFDefinitions: florida.CFDefinitions });
	expect((whole.CFItems as CaseObject[]).length).toBe(44);
	const alone = found(await serveDocument(db, origin, document.identifier.toUpperCase()));
	expect(schema('cfdocument')(alone)).toEqual([]);
	expect(alone).toMatchObject({
		...document,
		CFPackageURI: { uri: `${origin}/ims/case/v1p1/CFPackages/${document.identifier}` }
	});
	const one = found(await serveItem(db, origin, item.identifier));
	expect(schema('cfitem')(one)).toEqual([]);
	expect(one).toMatchObject({ ...item, CFDocumentURI: { identifier: document.identifier } });
	const link = found(await serveAssociation(db, origin, association.identifier));
	expect(schema('cfassociation')(link)).toEqual([]);
	expect(link).toMatchObject(association);
	const both = found(await serveItemAssociations(db, origin, item.identifier)) as {
		CFItem: CaseObject;
		CFAssociations: CaseObject[];
	};
	expect(both.CFItem).toEqual(one);
	expect(both.CFAssociations.length).toBeGreaterThan(0);
	for (const each of both.CFAssociations) expect(schema('cfassociation')(each)).toEqual([]);
	const [licence] = florida.CFDefinitions.CFLicenses;
	expect(found(await serveDefinition(db, origin, 'CFLicenses', licence!.identifier))).toEqual(licence);
	const [kind] = florida.CFDefinitions.CFItemTypes;
	expect(found(await serveDefinition(db, origin, 'CFItemTypes', kind!.identifier))).toEqual({ CFItemTypes: [kind] });
});

test('what leaves here, comes in elsewhere and leaves there is the same to the last byte', async () => {
	for (const { identifier } of (found(await list('')).CFDocuments as { identifier: string }[]).values()) {
		const sent = JSON.stringify(found(await servePackage(db, origin, identifier)));
		await other.asOwner((tx) => importFramework(tx, readCasePackage(parseCase(sent))));
		const back = found(await servePackage(other, 'https://other.example', identifier));
		expect(JSON.stringify(back)).toBe(sent);
		// And once more here: nothing is new in it.
		const again = await db.asOwner((tx) => importFramework(tx, readCasePackage(parseCase(sent))));
		expect(again.outcome).toBe('unchanged');
	}
});

test('what a publisher dropped stands in no package any more, and still at its own address', async () => {
	await other.asOwner(async (tx) => {
		await tx.execute(sql`update competencies set dropped_at = now() where case_id = ${item.identifier}`);
		// As an import would.
		await tx.execute(sql`update frameworks set imported_at = now() + interval '1 second'`);
	});
	const whole = found(await servePackage(other, origin, document.identifier));
	expect((whole.CFItems as { identifier: string }[]).map(({ identifier }) => identifier)).not.toContain(
		item.identifier
	);
	expect(found(await serveItem(other, origin, item.identifier))).toMatchObject(item);
});

describe('the list', () => {
	const titles = async (query: string) =>
		(found(await list(query)).CFDocuments as { title: string }[]).map(({ title }) => title.split(' ')[0]);
	test.for<[query: string, titles: string[]]>([
		['', ['Florida', 'InTASC']],
		['limit=1', ['Florida']],
		['limit=1&offset=1', ['InTASC']],
		['offset=5', []],
		['sort=title&orderBy=desc', ['InTASC', 'Florida']],
		['sort=creator', ['InTASC', 'Florida']],
		['limit=9999', ['Florida', 'InTASC']]
	])('of “%s”', async ([query, expected]) => expect(await titles(query)).toEqual(expected));

	test('says how many there are and where the others stand, and gives only the fields that were asked for', async () => {
		const served = await list('limit=1&fields=title,identifier');
		expect(served).toMatchObject({
			headers: {
				'x-total-count': '2',
				link: `<${origin}/ims/case/v1p1/CFDocuments?limit=1&fields=title%2Cidentifier&offset=1>; rel="next"`
			}
		});
		expect(found(served)).toEqual({ CFDocuments: [{ identifier: document.identifier, title: document.title }] });
		const last = await list('limit=1&offset=1');
		expect(last).toMatchObject({ headers: { link: expect.stringContaining('offset=0>; rel="prev"') } });
	});

	test.for([
		['limit=0', 'invalid_data'],
		['limit=-1', 'invalid_data'],
		['offset=x', 'invalid_data'],
		['sort=licenceText', 'invalid_sort_field'],
		['sort=toString', 'invalid_sort_field'],
		['orderBy=up', 'invalid_sort_field'],
		['fields=title,rest', 'invalid_selection_field'],
		["filter=title='x'", 'invalid_filter_field']
	])('refuses “%s” in CASE’s words', async ([query, minor]) => {
		expect(await list(query!)).toMatchObject({ refused: 400, minor });
	});
});

test('what is not there, or is no identifier, is said in CASE’s words', async () => {
	const nowhere = '00000000-0000-4000-8000-000000000000';
	for (const serve of [serveDocument, servePackage, serveItem, serveAssociation, serveItemAssociations]) {
		expect(await serve(db, origin, nowhere)).toMatchObject({ refused: 404, minor: 'unknownobject' });
		expect(await serve(db, origin, "x' or 1=1")).toMatchObject({ refused: 404, minor: 'invaliduuid' });
	}
	for (const kind of ['CFLicenses', 'constructor', 'frameworks'])
		expect(await serveDefinition(db, origin, kind, nowhere)).toMatchObject({ refused: 404, minor: 'unknownobject' });
	const answer = caseResponse(await serveItem(db, origin, nowhere), new Request(origin));
	expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/json; charset=utf-8']);
	expect(await answer.json()).toMatchObject({
		imsx_codeMajor: 'failure',
		imsx_CodeMinor: { imsx_codeMinorField: [{ imsx_codeMinorFieldValue: 'unknownobject' }] }
	});
});

test('a package is put together once for each import, however many ask at once', async () => {
	let made = 0;
	const counting: Database = {
		...db,
		asService: (work) => {
			made++;
			return db.asService(work);
		}
	};
	const ask = () => servePackage(counting, 'https://asked.example', document.identifier);
	const all = await Promise.all([ask(), ask(), ask()]);
	expect(new Set(all.map((served) => JSON.stringify(found(served)))).size).toBe(1);
	await ask();
	expect(made).toBe(4 + 1); // each looks which import it is, and one puts it together
});

test('whoever has it already is told so and sent nothing', async () => {
	const served = await serveDocument(db, origin, document.identifier);
	const first = caseResponse(served, new Request(origin));
	const etag = first.headers.get('etag')!;
	expect(first.status).toBe(200);
	const again = caseResponse(served, new Request(origin, { headers: { 'if-none-match': etag } }));
	expect([again.status, await again.text()]).toEqual([304, '']);
});
