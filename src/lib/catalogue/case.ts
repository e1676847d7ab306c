/**
 * Reads competency frameworks in 1EdTech's CASE format, versions 1.0 and 1.1: the CFPackage that a publisher's
 * `/CFPackages/{id}` answers with. Pure: text in, our rows out; `catalogue.server.ts` stores them.
 *
 * Published frameworks are not always tidy. What can be read is read, and everything that had to be decided for the
 * publisher (an item without a parent, two parents, a ring of parents) is listed in `problems` in plain sentences.
 */
import * as v from 'valibot';
import { Refusal } from '#lib/errors.ts';

/** The largest state frameworks hold some thousands of statements; more than this is not a framework. */
export const mostItems = 20_000;

export type CaseCompetency = {
	/** CFItem identifier, lower case. */
	caseId: string;
	parentCaseId: string | null;
	code: string | null;
	statement: string;
	label: string | null;
	itemType: string | null;
	/** Place in the whole outline, depth first, from 1: ordering by it shows every parent just before its children. */
	position: number;
};

export type CaseFramework = {
	/** CFDocument identifier, lower case. */
	caseId: string;
	title: string;
	creator: string;
	version: string | null;
	officialSourceUrl: string | null;
	notes: string | null;
	licenceTitle: string | null;
	licenceText: string | null;
	changedAt: Date;
	/** In outline order. */
	competencies: CaseCompetency[];
	/** What had to be decided for the publisher, one sentence each. */
	problems: string[];
};

const uuid = v.pipe(
	v.string(),
	v.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'An identifier is not a UUID.'),
	v.toLowerCase()
);
const words = v.nullish(v.string());
const link = v.looseObject({ identifier: uuid, title: words });

const shape = v.looseObject({
	CFDocument: v.looseObject({
		identifier: uuid,
		title: v.pipe(v.string(), v.minLength(1)),
		creator: v.string(),
		lastChangeDateTime: v.pipe(
			v.string(),
			v.check((text) => !Number.isNaN(Date.parse(text)), 'lastChangeDateTime is not a time.')
		),
		version: words,
		officialSourceURL: words,
		description: words,
		notes: words,
		licenseURI: v.nullish(link)
	}),
	CFItems: v.nullish(
		v.pipe(
			v.array(
				v.looseObject({
					identifier: uuid,
					fullStatement: v.string(),
					humanCodingScheme: words,
					abbreviatedStatement: words,
					CFItemType: words
				})
			),
			v.maxLength(mostItems, `A framework may hold at most ${mostItems} items.`)
		),
		[]
	),
	CFAssociations: v.nullish(
		v.pipe(
			v.array(
				v.looseObject({
					associationType: v.string(),
					sequenceNumber: v.nullish(v.number()),
					originNodeURI: v.nullish(v.looseObject({ identifier: words })),
					destinationNodeURI: v.nullish(v.looseObject({ identifier: words }))
				})
			),
			// Cross-links outnumber items in rich frameworks, but not tenfold.
			v.maxLength(10 * mostItems, `A framework may hold at most ${10 * mostItems} associations.`)
		),
		[]
	),
	CFDefinitions: v.nullish(
		v.looseObject({
			CFLicenses: v.nullish(v.array(v.looseObject({ identifier: uuid, title: words, licenseText: words })))
		})
	)
});

const filled = (text: string | null | undefined) => (text?.trim() ? text : null);

/**
 * @param input a parsed CFPackage
 * @throws Refusal 'rule' when it is not one, naming the place that could not be read
 */
export function readCasePackage(input: unknown): CaseFramework {
	const parsed = v.safeParse(shape, input);
	if (!parsed.success) {
		const [issue] = parsed.issues;
		throw new Refusal(
			'rule',
			`This is not a CASE package: ${v.getDotPath(issue) ?? 'the whole file'}: ${issue.message}`
		);
	}
	const { CFDocument: document, CFItems, CFAssociations, CFDefinitions } = parsed.output;
	const problems: string[] = [];

	type Item = (typeof CFItems)[number];
	const items = new Map<string, Item>();
	for (const item of CFItems) {
		if (items.has(item.identifier)) problems.push(`${named(item)} appears twice; the first is kept.`);
		else items.set(item.identifier, item);
	}

	// Where each item hangs: its parent (null is the document itself) and its number among its siblings.
	const places = new Map<string, { parent: string | null; number: number }>();
	const parentElsewhere = new Set<string>();
	for (const { associationType, originNodeURI, destinationNodeURI, sequenceNumber } of CFAssociations) {
		if (associationType !== 'isChildOf') continue;
		const item = items.get(originNodeURI?.identifier?.toLowerCase() ?? '');
		if (!item) continue; // a child that lives in another package
		const to = destinationNodeURI?.identifier?.toLowerCase() ?? '';
		if (to !== document.identifier && !items.has(to)) parentElsewhere.add(item.identifier);
		else if (places.has(item.identifier)) problems.push(`${named(item)} has more than one parent; the first is kept.`);
		else
			places.set(item.identifier, {
				parent: to === document.identifier ? null : to,
				number: sequenceNumber ?? Infinity
			});
	}
	for (const item of items.values()) {
		if (places.has(item.identifier)) continue;
		places.set(item.identifier, { parent: null, number: Infinity });
		problems.push(
			parentElsewhere.has(item.identifier)
				? `The parent of ${named(item)} is not in the package; it stands on the top level.`
				: `${named(item)} has no parent; it stands on the top level.`
		);
	}

	const children = new Map<string | null, Item[]>();
	for (const item of items.values()) {
		const { parent } = places.get(item.identifier)!;
		const siblings = children.get(parent);
		if (siblings) siblings.push(item);
		else children.set(parent, [item]);
	}

	const competencies: CaseCompetency[] = [];
	const listed = new Set<string>();
	/** Lists these items and all below them, depth first; a stack of our own, since a chain may be thousands deep. */
	function list(siblings: Item[]) {
		const waiting = inOrder(siblings).reverse();
		for (let item = waiting.pop(); item; item = waiting.pop()) {
			if (listed.has(item.identifier)) continue;
			listed.add(item.identifier);
			competencies.push({
				caseId: item.identifier,
				parentCaseId: places.get(item.identifier)!.parent,
				code: filled(item.humanCodingScheme),
				statement: item.fullStatement,
				label: filled(item.abbreviatedStatement),
				itemType: filled(item.CFItemType),
				position: competencies.length + 1
			});
			waiting.push(...inOrder(children.get(item.identifier) ?? []).reverse());
		}
	}
	const inOrder = (siblings: Item[]) =>
		// The same number twice, or none, keeps the order of the file: sort is stable.
		siblings.toSorted((a, b) => compare(places.get(a.identifier)!.number, places.get(b.identifier)!.number));

	list(children.get(null) ?? []);
	// Whatever was not reached hangs on a ring of parents. Cut each ring once, at the item where a walk upwards closes it.
	for (const item of items.values()) {
		if (listed.has(item.identifier)) continue;
		const seen = new Set<string>();
		let at = item.identifier;
		while (!seen.has(at)) {
			seen.add(at);
			at = places.get(at)!.parent!;
		}
		places.get(at)!.parent = null;
		problems.push(`${named(items.get(at)!)} is its own ancestor; it stands on the top level.`);
		list([items.get(at)!]);
	}

	const licence = CFDefinitions?.CFLicenses?.find((one) => one.identifier === document.licenseURI?.identifier);
	return {
		caseId: document.identifier,
		title: document.title,
		creator: document.creator,
		version: filled(document.version),
		officialSourceUrl: filled(document.officialSourceURL),
		notes: filled(document.notes) ?? filled(document.description),
		licenceTitle: filled(licence?.title) ?? filled(document.licenseURI?.title),
		licenceText: filled(licence?.licenseText),
		changedAt: new Date(document.lastChangeDateTime),
		competencies,
		problems
	};
}

const named = (item: { identifier: string; humanCodingScheme?: string | null }) =>
	`Item ${filled(item.humanCodingScheme) ?? item.identifier}`;

// Infinity minus Infinity is not a number, so subtraction does not sort these.
const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);
