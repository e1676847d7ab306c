import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import { describe, expect, test } from 'vitest';
import {
	associationAlone,
	documentAlone,
	documentIn,
	itemAlone,
	packageOf,
	type Source,
	type SourceItem
} from './case-export.ts';
import { type CaseFramework, type CaseObject, parseCase, readCasePackage } from './case.ts';

const text = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
/** 1EdTech's own schema. The one of its words that this ajv does not know is the name of the draft. */
function schema(name: string) {
	const { $schema: _, ...rest } = JSON.parse(
		text(`../../../tests/data/case/schemas/case_v1p1_${name}-jsonschema1.json`)
	) as CaseObject;
	const check = new Ajv({ allErrors: true, unknownFormats: ['uuid'], schemaId: '$id' }).compile(rest);
	return (value: unknown) => (check(JSON.parse(JSON.stringify(value))) ? [] : check.errors);
}
const [asPackage, asDocument, asItem, asAssociation] = ['cfpackage', 'cfdocument', 'cfitem', 'cfassociation'].map(
	schema
);

const source = (framework: CaseFramework, origin = 'https://wayfellow.example'): Source => ({ origin, framework });
const exported = (framework: CaseFramework, origin?: string) =>
	packageOf(source(framework, origin), framework.competencies, framework.associations);
/** As another server would read what we send. */
const elsewhere = (value: unknown) => readCasePackage(parseCase(JSON.stringify(value)));

const files = [
	'../../seed/data/frameworks/florida-feaps.case-v1p1.json',
	'../../seed/data/frameworks/intasc-outline.case-v1p1.json',
	...[
		'EmptyExternalFramework',
		'MarkdownFramework',
		'SequenceNumberFramework',
		'SmartLevelFramework',
		'Utf8TestFramework',
		'ItemTypeTestFramework'
	].map((name) => `../../../tests/data/case/opensalt-${name}.json`)
];

describe.for(files)('%s', (path) => {
	const framework = readCasePackage(parseCase(text(path)));
	const package_ = exported(framework);

	test('leaves as 1EdTech’s schemas of 1.1 want it, whole and in its parts', () => {
		expect(asPackage!(package_)).toEqual([]);
		expect(asDocument!(documentAlone(source(framework)))).toEqual([]);
		for (const one of framework.competencies) expect(asItem!(itemAlone(source(framework), one))).toEqual([]);
		for (const one of framework.associations)
			expect(asAssociation!(associationAlone(source(framework), one))).toEqual([]);
	});

	test('is equal when it comes in elsewhere and leaves again, word for word', () => {
		const there = elsewhere(package_);
		expect(exported(there, 'https://other.example')).toEqual(package_);
		expect(
			there.competencies.map(({ statement, parentCaseId, position }) => [statement, parentCaseId, position])
		).toEqual(
			framework.competencies.map(({ statement, parentCaseId, position }) => [statement, parentCaseId, position])
		);
		expect([there.licenceTitle, there.licenceText]).toEqual([framework.licenceTitle, framework.licenceText]);
	});

	test('keeps what its publisher wrote', () => {
		const given = JSON.parse(text(path)) as { CFItems?: CaseObject[]; CFDocument: CaseObject };
		expect(package_.CFDocument).toMatchObject({ ...given.CFDocument, caseVersion: '1.1' });
		const items = new Map((package_.CFItems as CaseObject[]).map((one) => [one.identifier, one]));
		for (const one of given.CFItems ?? []) expect(items.get(one.identifier)).toMatchObject(one);
	});
});

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
/** Everything that no schema wants, and that comes in all the same. */
const untidy = () =>
	readCasePackage({
		CFDocument: {
			identifier: id(0).toUpperCase(),
			title: 'T',
			creator: 'C',
			lastChangeDateTime: '2026-01-02',
			subject: 'Teaching',
			statusStartDate: '2026-01-02T00:00:00Z',
			adoptionStatus: null,
			caseVersion: '1.0',
			'odd:name': { a: [1, 2] },
			licenseURI: { identifier: id(9), title: 'Free' },
			extensions: { kept: true }
		},
		CFItems: [1, 2, 3].map((n) => ({
			identifier: id(n),
			fullStatement: `S ${n} 𝑑 | <b>`,
			CFDocumentURI: { title: 'x' },
			educationLevel: 'K',
			conceptKeywords: [1],
			smartLevel: `1.${n}`,
			lastChangeDateTime: n === 3 ? 'yesterday' : '2026-01-02T03:04:05Z'
		})),
		CFAssociations: [
			...[2.5, 'two', -1].map((sequenceNumber, i) => ({
				associationType: 'isChildOf',
				originNodeURI: { identifier: id(i + 1), more: 1 },
				destinationNodeURI: { identifier: id(0), title: 'T', uri: 'x', targetType: 'CASE' },
				sequenceNumber
			})),
			{ identifier: 'not a uuid', associationType: 'translates to!', originNodeURI: { identifier: 'ISBN 1' } }
		],
		CFDefinitions: {
			CFLicenses: [{ identifier: id(9), title: 'Free', licenseText: 'Do as you like' }],
			CFItemTypes: [{ identifier: id(8), title: 'Kind', uri: 'https://x.example', typeCode: 4 }],
			CFNew: [1]
		},
		CFRubrics: [
			{
				identifier: id(20),
				CFRubricCriteria: [
					{ identifier: id(21), weight: 'half', CFRubricCriterionLevels: [{ identifier: id(22), score: 1, x: 2 }] }
				]
			}
		],
		somethingElse: { deep: [null] }
	});

test('what is untidy leaves tidy, and nothing of it is lost on the way', () => {
	const package_ = exported(untidy());
	expect(asPackage!(package_)).toEqual([]);
	expect(exported(elsewhere(package_))).toEqual(package_);
	const { CFDocument, CFItems, CFAssociations, CFDefinitions, extensions } = package_ as Record<string, CaseObject> & {
		CFItems: CaseObject[];
		CFAssociations: CaseObject[];
	};
	expect(CFDocument).toMatchObject({
		identifier: id(0),
		uri: `https://wayfellow.example/ims/case/v1p1/CFDocuments/${id(0)}`,
		lastChangeDateTime: '2026-01-02T00:00:00.000Z',
		subject: ['Teaching'],
		statusStartDate: '2026-01-02',
		extensions: { kept: true, 'odd:name': { a: [1, 2] } }
	});
	expect(CFItems[0]).toMatchObject({ extensions: { smartLevel: expect.stringContaining('1.'), conceptKeywords: [1] } });
	// −1 comes first, then 2.5, and what is no number last; by whole numbers from here on.
	expect(CFAssociations.slice(0, 3).map(({ sequenceNumber }) => sequenceNumber)).toEqual([2, 3, 1]);
	expect(CFAssociations[3]).toMatchObject({
		associationType: 'ext:translatesto',
		originNodeURI: { identifier: 'ISBN 1' }
	});
	expect(CFDefinitions).toMatchObject({ CFLicenses: [{ licenseText: 'Do as you like' }], extensions: { CFNew: [1] } });
	expect(extensions).toEqual({ somethingElse: { deep: [null] } });
});

test('a framework from before the whole of it was kept leaves with what is known', () => {
	const read = untidy();
	const bare = { ...source(read), framework: { ...read, published: null, rest: null } };
	const items: SourceItem[] = read.competencies.map((one) => ({ ...one, published: null, changedAt: null }));
	const package_ = packageOf(bare, items, []);
	expect(asPackage!(package_)).toEqual([]);
	expect((package_.CFItems as CaseObject[]).map(({ fullStatement }) => fullStatement)).toEqual(
		read.competencies.map(({ statement }) => statement)
	);
	expect(documentIn(bare)).toMatchObject({ title: 'T', creator: 'C' });
});

test('the schemas would notice', () => {
	const { CFDocument, ...rest } = exported(untidy()) as { CFDocument: CaseObject };
	expect(asPackage!(rest)).not.toEqual([]);
	expect(asPackage!({ ...rest, CFDocument: { ...CFDocument, strange: 1 } })).not.toEqual([]);
	expect(asPackage!({ ...rest, CFDocument: { ...CFDocument, lastChangeDateTime: 'yesterday' } })).not.toEqual([]);
});
