/**
 * A framework in CASE 1.1, out of what its publisher published: the same words, the same identifiers and addresses, in the
 * shape that 1EdTech's JSON schemas of version 1.1 ask for. Pure.
 *
 * What the schemas require and a publisher left out is filled in (an address becomes ours); what they do not know travels
 * in `extensions`, which they leave open. So what comes in again is what went out, and exports are equal from then on.
 */
import type { CaseObject, CaseRest } from './case.ts';

type Kind =
	| 'text'
	| 'texts'
	| 'integer'
	| 'number'
	| 'day'
	| 'time'
	| 'uuid'
	| 'link'
	| 'links'
	| 'node'
	| 'association'
	| Shape
	| [Shape];
type Shape = { [name: string]: Kind };

const own = { identifier: 'uuid', uri: 'text', lastChangeDateTime: 'time' } as const;

/** As in the schemas of 1.1, class by class. `extensions` belongs to each and is not listed. */
const document: Shape = {
	...own,
	frameworkType: 'text',
	caseVersion: 'text',
	creator: 'text',
	title: 'text',
	officialSourceURL: 'text',
	publisher: 'text',
	description: 'text',
	subject: 'texts',
	subjectURI: 'links',
	language: 'text',
	version: 'text',
	adoptionStatus: 'text',
	statusStartDate: 'day',
	statusEndDate: 'day',
	licenseURI: 'link',
	notes: 'text'
};
const item: Shape = {
	...own,
	fullStatement: 'text',
	alternativeLabel: 'text',
	CFItemType: 'text',
	humanCodingScheme: 'text',
	listEnumeration: 'text',
	abbreviatedStatement: 'text',
	conceptKeywords: 'texts',
	conceptKeywordsURI: 'link',
	notes: 'text',
	subject: 'texts',
	subjectURI: 'links',
	language: 'text',
	educationLevel: 'texts',
	CFItemTypeURI: 'link',
	licenseURI: 'link',
	statusStartDate: 'day',
	statusEndDate: 'day'
};
const association: Shape = {
	...own,
	associationType: 'association',
	sequenceNumber: 'integer',
	originNodeURI: 'node',
	destinationNodeURI: 'node',
	CFAssociationGroupingURI: 'link',
	notes: 'text'
};
const level: Shape = {
	...own,
	description: 'text',
	quality: 'text',
	score: 'number',
	feedback: 'text',
	position: 'integer',
	rubricCriterionId: 'uuid'
};
const criterion: Shape = {
	...own,
	category: 'text',
	description: 'text',
	CFItemURI: 'link',
	weight: 'number',
	position: 'integer',
	rubricId: 'uuid',
	CFRubricCriterionLevels: [level]
};
const rubric: Shape = { ...own, title: 'text', description: 'text', CFRubricCriteria: [criterion] };
const titled: Shape = { ...own, title: 'text', description: 'text' };
const definitions: Shape = {
	CFConcepts: [{ ...titled, keywords: 'text', hierarchyCode: 'text' }],
	CFSubjects: [{ ...titled, hierarchyCode: 'text' }],
	CFLicenses: [{ ...titled, licenseText: 'text' }],
	CFItemTypes: [{ ...titled, hierarchyCode: 'text', typeCode: 'text' }],
	CFAssociationGroupings: [titled]
};
/** What each class must have beside `own`, and gets as an empty text where its publisher left it out. */
const required: Record<string, string[]> = {
	CFConcepts: ['title', 'hierarchyCode'],
	CFSubjects: ['title', 'hierarchyCode'],
	CFLicenses: ['title', 'licenseText'],
	CFItemTypes: ['title', 'description', 'hierarchyCode'],
	CFAssociationGroupings: ['title']
};

const associationTypes = new Set([
	...['isChildOf', 'isPeerOf', 'isPartOf', 'exactMatchOf', 'precedes', 'isRelatedTo', 'replacedBy', 'exemplar'],
	...['hasSkillLevel', 'isTranslationOf']
]);
/** Follow from where something stands, and are made anew for whoever asks. */
const made = new Set(['CFPackageURI', 'CFDocumentURI']);

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const isObject = (value: unknown): value is CaseObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Only what its kind allows; undefined for the rest, which goes into `extensions`. */
function valued(kind: Kind, value: unknown): unknown {
	switch (kind) {
		case 'text':
			return typeof value === 'string' ? value : undefined;
		case 'texts': {
			const all = typeof value === 'string' ? [value] : value;
			return Array.isArray(all) && all.every((one) => typeof one === 'string') ? all : undefined;
		}
		case 'integer':
			return Number.isInteger(value) ? value : undefined;
		case 'number':
			return Number.isFinite(value) ? value : undefined;
		case 'day': {
			const day = typeof value === 'string' ? value.slice(0, 10) : '';
			return /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day)) ? day : undefined;
		}
		case 'time':
			if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) return undefined;
			return instant.test(value) ? value : new Date(value).toISOString();
		case 'uuid':
			return typeof value === 'string' && uuid.test(value) ? value.toLowerCase() : undefined;
		case 'association':
			if (typeof value !== 'string') return undefined;
			// The vocabulary may be extended, by names that say so.
			return associationTypes.has(value) || /^ext:[\w.-]+$/.test(value)
				? value
				: `ext:${value.replace(/[^\w.-]/g, '') || 'other'}`;
		case 'link':
			return isObject(value) && valued('uuid', value.identifier) ? linked(value, false) : undefined;
		case 'links': {
			const all = Array.isArray(value) ? value.map((one) => valued('link', one)) : [];
			return all.length > 0 && all.every((one) => one !== undefined) ? all : undefined;
		}
		case 'node':
			return isObject(value) ? linked(value, true) : undefined;
		default:
			return undefined;
	}
}

function linked(value: CaseObject, generic: boolean): CaseObject {
	const words = (name: string) => (typeof value[name] === 'string' ? value[name] : '');
	const target = words('targetType');
	return {
		title: words('title'),
		identifier: generic ? words('identifier') : words('identifier').toLowerCase(),
		uri: words('uri'),
		...(generic && (target === 'CASE' || /^ext:[\w.-]+$/.test(target)) ? { targetType: target } : {})
	};
}

/** One object in the shape of its class, names in the order of the shape. */
function shaped(shape: Shape, given: CaseObject, filled: CaseObject, needs: string[] = []): CaseObject {
	const out: CaseObject = {};
	const strange: CaseObject = {};
	for (const [name, value] of Object.entries(given))
		if (!(name in shape) && name !== 'extensions' && !made.has(name)) strange[name] = value;
	for (const [name, kind] of Object.entries(shape)) {
		const value = given[name];
		const fits = Array.isArray(kind)
			? Array.isArray(value)
				? value.flatMap((one) => (isObject(one) ? [shaped(kind[0], one, fillIn(one, filled), required[name])] : []))
				: undefined
			: typeof kind === 'object'
				? undefined
				: valued(kind, value);
		if (fits !== undefined) out[name] = fits;
		else if (filled[name] !== undefined && filled[name] !== null) out[name] = filled[name];
		if (fits === undefined && value !== undefined && value !== null) strange[name] = value;
	}
	for (const name of needs) out[name] ??= '';
	const extensions = { ...strange, ...(isObject(given.extensions) ? given.extensions : {}) };
	// The schema of a rubric's level says a list where all others say an object; both are kept as they came.
	if (Array.isArray(given.extensions)) out.extensions = given.extensions;
	else if (Object.keys(extensions).length > 0) out.extensions = shape === level ? [extensions] : extensions;
	return out;
}

/** What an object inside another gets if it has none: an identifier is never made up, the others are its parent's. */
const fillIn = (one: CaseObject, { lastChangeDateTime, base }: CaseObject): CaseObject => ({
	lastChangeDateTime,
	uri: `${String(base)}/${typeof one.identifier === 'string' ? one.identifier.toLowerCase() : ''}`,
	base
});

export type Source = {
	/** Where our own addresses begin, without a slash at the end. */
	origin: string;
	framework: {
		caseId: string;
		title: string;
		creator: string;
		version: string | null;
		officialSourceUrl: string | null;
		notes: string | null;
		changedAt: Date;
		published: CaseObject | null;
		rest: CaseRest | null;
	};
};
export type SourceItem = {
	caseId: string;
	code: string | null;
	statement: string;
	label: string | null;
	itemType: string | null;
	changedAt: Date | null;
	published: CaseObject | null;
};
export type SourceAssociation = { caseId: string; published: CaseObject };

const base = '/ims/case/v1p1';
const at = ({ origin }: Source, kind: string, id: string) => `${origin}${base}/${kind}/${id}`;
/** Names without a value are left out. */
const some = (values: CaseObject): CaseObject =>
	Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));

/** The CFPckgDocument of a framework. */
export function documentIn(source: Source): CaseObject {
	const { framework } = source;
	const given = framework.published ?? {
		title: framework.title,
		creator: framework.creator,
		...some({
			version: framework.version,
			officialSourceURL: framework.officialSourceUrl,
			notes: framework.notes
		})
	};
	const out = shaped(document, given, {
		identifier: framework.caseId,
		uri: at(source, 'CFDocuments', framework.caseId),
		title: framework.title,
		creator: framework.creator,
		lastChangeDateTime: framework.changedAt.toISOString()
	});
	// What leaves by this address is 1.1, whatever it came as.
	return { ...out, caseVersion: '1.1' };
}

/** The same outside of a package: says where its package is. */
export const documentAlone = (source: Source): CaseObject => ({
	...documentIn(source),
	CFPackageURI: {
		title: source.framework.title,
		identifier: source.framework.caseId,
		uri: at(source, 'CFPackages', source.framework.caseId)
	}
});

const documentLink = (source: Source): CaseObject => ({
	title: source.framework.title,
	identifier: source.framework.caseId,
	uri: documentIn(source).uri
});

export function itemIn(source: Source, one: SourceItem): CaseObject {
	const given =
		one.published ??
		some({
			fullStatement: one.statement,
			humanCodingScheme: one.code,
			abbreviatedStatement: one.label,
			CFItemType: one.itemType
		});
	return shaped(item, given, {
		identifier: one.caseId,
		uri: at(source, 'CFItems', one.caseId),
		fullStatement: one.statement,
		lastChangeDateTime: (one.changedAt ?? source.framework.changedAt).toISOString()
	});
}

export const itemAlone = (source: Source, one: SourceItem): CaseObject => ({
	...itemIn(source, one),
	CFDocumentURI: documentLink(source)
});

export function associationIn(source: Source, one: SourceAssociation, sequence?: number): CaseObject {
	const nowhere = { title: '', identifier: '', uri: '' };
	const given = sequence === undefined ? one.published : { ...one.published, sequenceNumber: sequence };
	return shaped(association, given, {
		identifier: one.caseId,
		uri: at(source, 'CFAssociations', one.caseId),
		associationType: 'isRelatedTo',
		originNodeURI: nowhere,
		destinationNodeURI: nowhere,
		lastChangeDateTime: source.framework.changedAt.toISOString()
	});
}

export const associationAlone = (source: Source, one: SourceAssociation): CaseObject => ({
	...associationIn(source, one),
	CFDocumentURI: documentLink(source)
});

/**
 * The whole CFPackage.
 * @param items in outline order, which is the order of siblings too
 * @param associations in the order of the package
 */
export function packageOf(source: Source, items: SourceItem[], associations: SourceAssociation[]): CaseObject {
	const { framework } = source;
	const {
		CFDefinitions,
		CFRubrics,
		extensions,
		CFDocument: _d,
		CFItems: _i,
		CFAssociations: _a,
		...strange
	} = framework.rest ?? {};
	const inside = { lastChangeDateTime: framework.changedAt.toISOString() };
	const filled = (kind: string) => ({ ...inside, base: `${source.origin}${base}/${kind}` });
	const numbers = renumbered(items, associations);
	const all = { ...strange, ...(isObject(extensions) ? extensions : {}) };
	return {
		CFDocument: documentIn(source),
		CFItems: items.map((one) => itemIn(source, one)),
		CFAssociations: associations.map((one) => associationIn(source, one, numbers.get(one.caseId))),
		...(isObject(CFDefinitions) ? { CFDefinitions: shaped(definitions, CFDefinitions, filled('CFDefinitions')) } : {}),
		...(Array.isArray(CFRubrics)
			? {
					CFRubrics: CFRubrics.flatMap((one: unknown) =>
						isObject(one) ? [shaped(rubric, one, fillIn(one, filled('CFRubrics')))] : []
					)
				}
			: {}),
		...(Object.keys(all).length > 0 ? { extensions: all } : {})
	};
}

/**
 * CASE numbers siblings by integers. Where a publisher used fractions or words, all siblings there get the numbers of the
 * order that they stand in.
 */
function renumbered(items: SourceItem[], associations: SourceAssociation[]): Map<string, number> {
	const place = new Map(items.map((one, index) => [one.caseId, index]));
	const target = (one: SourceAssociation, end: 'originNodeURI' | 'destinationNodeURI') => {
		const node = one.published[end];
		return isObject(node) && typeof node.identifier === 'string' ? node.identifier.toLowerCase() : '';
	};
	const siblings = Map.groupBy(
		associations.filter((one) => one.published.associationType === 'isChildOf'),
		(one) => target(one, 'destinationNodeURI')
	);
	const numbers = new Map<string, number>();
	for (const all of siblings.values()) {
		const isOdd = ({ published: { sequenceNumber: n } }: SourceAssociation) =>
			n !== undefined && n !== null && !Number.isInteger(n);
		if (!all.some(isOdd)) continue;
		all
			.toSorted(
				(a, b) =>
					(place.get(target(a, 'originNodeURI')) ?? Infinity) - (place.get(target(b, 'originNodeURI')) ?? Infinity)
			)
			.forEach((one, index) => numbers.set(one.caseId, index + 1));
	}
	return numbers;
}
