/**
 * Reads competency frameworks in 1EdTech's CASE format, versions 1.0 and 1.1: the CFPackage that a publisher's
 * `/CFPackages/{id}` answers with. Pure: text in, our rows out; `framework-changes.ts` says what an import would change
 * and `catalogue.server.ts` stores it. What was published is kept as it came, beside the columns that we read it by, so
 * that a framework leaves as it entered.
 *
 * Published frameworks are not always tidy. What can be read is read, and everything that had to be decided for the
 * publisher (an item without a parent, two parents, a ring of parents, numbers that do not order) is listed in
 * `problems` in plain sentences.
 */
import * as v from 'valibot';
import { Refusal } from '#lib/errors.ts';

/** The largest state frameworks hold some thousands of statements; more than this is not a framework. */
export const mostItems = 20_000;
/** Bytes. The largest published packages take some five megabytes. */
export const largestPackage = 10 * 1024 * 1024;
/** Objects in objects. A package needs six (package, rubrics, rubric, criteria, criterion, levels …); extensions some more. */
const deepest = 40;
/** Characters of one statement. Rules with tables in them reach some thousands; what is longer is a document. */
const longestStatement = 50_000;
/** Characters of a title, a name or a code, which stand on a line. */
const longestLine = 2_000;

/** Something as published: names and values of JSON, unchanged. */
export type CaseObject = { [name: string]: unknown };
/** What a package holds beside its document, items and associations. */
export type CaseRest = CaseObject;

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
	/** The item's own change time; the document's where it has none. */
	changedAt: Date;
	published: CaseObject;
};

export type CaseAssociation = {
	/** CFAssociation identifier, lower case; made from what it links where the publisher gave none. */
	caseId: string;
	kind: string;
	/** Identifiers, lower case; they need not be UUIDs. */
	origin: string;
	destination: string;
	/** Place in the package, from 1. */
	position: number;
	published: CaseObject;
};

export type CaseFramework = {
	/** CFDocument identifier, lower case. */
	caseId: string;
	caseVersion: '1.0' | '1.1';
	title: string;
	creator: string;
	version: string | null;
	officialSourceUrl: string | null;
	notes: string | null;
	licenceTitle: string | null;
	licenceText: string | null;
	changedAt: Date;
	/** The latest change time of the document or anything in it. */
	latestChangeAt: Date;
	/** In outline order. */
	competencies: CaseCompetency[];
	associations: CaseAssociation[];
	published: CaseObject;
	rest: CaseRest;
	/** What had to be decided for the publisher, one sentence each. */
	problems: string[];
};

const uuid = v.pipe(
	v.string(),
	v.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'An identifier is not a UUID.'),
	v.toLowerCase()
);
const isUuid = (text: string) => v.is(uuid, text);
const words = v.nullish(v.string());
const line = v.pipe(v.string(), v.maxLength(longestLine, `This may be at most ${longestLine} characters long.`));
const link = v.looseObject({ identifier: uuid, title: words });
/** Years that a database and a calendar can hold; a publisher's clock is not further off. */
const isTime = (text: string) => {
	const time = Date.parse(text);
	return time >= Date.UTC(1900, 0) && time < Date.UTC(2200, 0);
};
const time = v.pipe(v.string(), v.check(isTime, 'lastChangeDateTime is not a time.'));

const shape = v.looseObject({
	CFDocument: v.looseObject({
		identifier: uuid,
		title: v.pipe(line, v.minLength(1)),
		creator: line,
		lastChangeDateTime: time,
		version: v.nullish(line),
		caseVersion: words,
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
					fullStatement: v.pipe(
						v.string(),
						v.maxLength(longestStatement, `A statement may be at most ${longestStatement} characters long.`)
					),
					humanCodingScheme: v.nullish(line),
					abbreviatedStatement: v.nullish(line),
					CFItemType: v.nullish(line),
					lastChangeDateTime: words
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
					identifier: words,
					associationType: line,
					// Looked at below: a number that does not order is a problem and no reason to refuse the rest.
					sequenceNumber: v.optional(v.unknown()),
					originNodeURI: v.nullish(v.looseObject({ identifier: words })),
					destinationNodeURI: v.nullish(v.looseObject({ identifier: words })),
					lastChangeDateTime: words
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

const notJson = (why: string) => new Refusal('rule', `This is not a CASE package: ${why} Nothing was imported.`);

/**
 * Parses the text of a package. Depth is looked at before anything is built of it, and what no column of text can hold is
 * refused rather than changed: every character that gets in comes out again.
 * @throws Refusal 'rule'
 */
export function parseCase(text: string): unknown {
	const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
	if (depthOf(bare) > deepest) throw notJson(`things stand in things more than ${deepest} deep.`);
	let value: unknown;
	try {
		value = JSON.parse(bare);
	} catch {
		throw notJson('it is not JSON, or it breaks off somewhere.');
	}
	const waiting: { value: unknown; at: string }[] = [{ value, at: '' }];
	for (let one = waiting.pop(); one; one = waiting.pop()) {
		const { value, at } = one;
		if (typeof value === 'string') {
			if (value.includes('\0')) throw notJson(`${at} holds a sign that is none (U+0000).`);
			if (!value.isWellFormed()) throw notJson(`${at} holds half a character.`);
		} else if (typeof value === 'object' && value !== null)
			for (const [name, inner] of Object.entries(value)) {
				if (name === '__proto__' || name.includes('\0') || !name.isWellFormed())
					throw notJson(`${at || 'the file'} has a name in it that nothing may have.`);
				waiting.push({ value: inner, at: at ? `${at}.${name}` : name });
			}
	}
	return value;
}

/** How deep brackets stand in each other, words in quotes left out. */
export function depthOf(text: string): number {
	let [depth, most, quoted] = [0, 0, false];
	for (let i = 0; i < text.length; i++) {
		const sign = text.charCodeAt(i);
		if (quoted) {
			if (sign === 0x5c) i++;
			else if (sign === 0x22) quoted = false;
		} else if (sign === 0x22) quoted = true;
		else if (sign === 0x7b || sign === 0x5b) most = Math.max(most, ++depth);
		else if (sign === 0x7d || sign === 0x5d) depth--;
	}
	return most;
}

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
	// As it came, not as we read it: identifiers keep their letters, numbers their spelling.
	const given = input as { CFDocument: CaseObject; CFItems?: CaseObject[]; CFAssociations?: CaseObject[] };
	const problems: string[] = [];
	const documentTime = new Date(document.lastChangeDateTime);
	let latest = documentTime;
	const timeOf = (text: string | null | undefined) => {
		const at = text && isTime(text) ? new Date(text) : null;
		if (at && at > latest) latest = at;
		return at;
	};

	type Item = (typeof CFItems)[number] & { at: Date; published: CaseObject };
	const items = new Map<string, Item>();
	let timeless = 0;
	for (const [index, item] of CFItems.entries()) {
		const at = timeOf(item.lastChangeDateTime);
		if (!at) timeless++;
		const whole = { ...item, at: at ?? documentTime, published: given.CFItems![index]! };
		const known = items.get(item.identifier);
		if (known && known.at < whole.at)
			problems.push(`${named(item)} appears twice; the one that was changed later is kept.`);
		else if (known) problems.push(`${named(item)} appears twice; the first is kept.`);
		if (!known || known.at < whole.at) items.set(item.identifier, whole);
	}
	if (timeless > 0)
		problems.push(
			`${count(timeless, 'item says', 'items say')} not when ${timeless === 1 ? 'it was' : 'they were'} last changed; the document’s time stands in.`
		);
	const withCode = Map.groupBy(
		[...items.values()].filter((item) => filled(item.humanCodingScheme)),
		(item) => item.humanCodingScheme!
	);
	for (const [code, sharing] of withCode)
		if (sharing.length > 1) problems.push(`${sharing.length} items have the code ${code}.`);

	// Where each item hangs: its parent (null is the document itself) and its number among its siblings.
	const places = new Map<string, { parent: string | null; number: number }>();
	const parentElsewhere = new Set<string>();
	const oddly: string[] = [];
	const associations = new Map<string, CaseAssociation>();
	for (const [index, association] of CFAssociations.entries()) {
		const { associationType, originNodeURI, destinationNodeURI, sequenceNumber } = association;
		timeOf(association.lastChangeDateTime);
		const origin = originNodeURI?.identifier?.toLowerCase() ?? '';
		const to = destinationNodeURI?.identifier?.toLowerCase() ?? '';
		const said = association.identifier?.toLowerCase();
		const caseId = said && isUuid(said) ? said : madeFrom([document.identifier, associationType, origin, to]);
		if (associations.has(caseId)) {
			problems.push(`The link of ${nameOf(items, origin)} appears twice; the first is kept.`);
			continue;
		}
		associations.set(caseId, {
			caseId,
			kind: associationType,
			origin,
			destination: to,
			position: associations.size + 1,
			published: given.CFAssociations![index]!
		});
		if (associationType !== 'isChildOf') continue;
		const item = items.get(origin);
		if (!item) continue; // a child that lives in another package
		const parent = to === document.identifier ? null : to;
		if (parent !== null && !items.has(to)) parentElsewhere.add(item.identifier);
		else if (places.has(item.identifier))
			problems.push(
				places.get(item.identifier)!.parent === parent
					? `${named(item)} hangs twice under the same parent; the first is kept.`
					: `${named(item)} has more than one parent; the first is kept.`
			);
		else {
			const { number, odd } = numberOf(sequenceNumber);
			if (odd) oddly.push(`${named(item)} has ${odd} as its number; it is sorted by it.`);
			places.set(item.identifier, { parent, number });
		}
	}
	/** Whose number came from a link; whatever was put on the top level for want of one has none to miss. */
	const placed = new Set(places.keys());
	for (const item of items.values()) {
		if (places.has(item.identifier)) continue;
		places.set(item.identifier, { parent: null, number: Infinity });
		problems.push(
			parentElsewhere.has(item.identifier)
				? `The parent of ${named(item)} is not in the package; it stands on the top level.`
				: `${named(item)} has no parent; it stands on the top level.`
		);
	}
	problems.push(...oddly);

	const children = new Map<string | null, Item[]>();
	for (const item of items.values()) {
		const { parent } = places.get(item.identifier)!;
		const siblings = children.get(parent);
		if (siblings) siblings.push(item);
		else children.set(parent, [item]);
	}
	for (const [parent, siblings] of children) {
		const where = parent === null ? 'On the top level' : `Below ${nameOf(items, parent)}`;
		const numberless = siblings.filter(
			({ identifier }) => places.get(identifier)!.number === Infinity && placed.has(identifier)
		);
		if (siblings.length > 1 && numberless.length > 0)
			problems.push(
				`${where} ${numberless.length === siblings.length ? 'no item has a number; they stand' : `${count(numberless.length, 'item has', 'items have')} no number; ${numberless.length === 1 ? 'it comes' : 'they come'} last,`} in the order of the file.`
			);
		const sameNumber = Map.groupBy(siblings, ({ identifier }) => places.get(identifier)!.number);
		for (const [number, sharing] of sameNumber)
			if (number !== Infinity && sharing.length > 1)
				problems.push(
					`${where} ${listed(sharing.map(named))} share the number ${number}; they stand in the order of the file.`
				);
	}

	const competencies: CaseCompetency[] = [];
	const seen = new Set<string>();
	/** Lists these items and all below them, depth first; a stack of our own, since a chain may be thousands deep. */
	function list(siblings: Item[]) {
		const waiting = inOrder(siblings).reverse();
		for (let item = waiting.pop(); item; item = waiting.pop()) {
			if (seen.has(item.identifier)) continue;
			seen.add(item.identifier);
			competencies.push({
				caseId: item.identifier,
				parentCaseId: places.get(item.identifier)!.parent,
				code: filled(item.humanCodingScheme),
				statement: item.fullStatement,
				label: filled(item.abbreviatedStatement),
				itemType: filled(item.CFItemType),
				position: competencies.length + 1,
				changedAt: item.at,
				published: item.published
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
		if (seen.has(item.identifier)) continue;
		const passed = new Set<string>();
		let at = item.identifier;
		while (!passed.has(at)) {
			passed.add(at);
			at = places.get(at)!.parent!;
		}
		places.get(at)!.parent = null;
		problems.push(`${named(items.get(at)!)} is its own ancestor; it stands on the top level.`);
		list([items.get(at)!]);
	}

	const licence = CFDefinitions?.CFLicenses?.find((one) => one.identifier === document.licenseURI?.identifier);
	const { CFDocument: _document, CFItems: _items, CFAssociations: _associations, ...rest } = given;
	return {
		caseId: document.identifier,
		caseVersion: versionOf(document.caseVersion, given),
		title: document.title,
		creator: document.creator,
		version: filled(document.version),
		officialSourceUrl: filled(document.officialSourceURL),
		notes: filled(document.notes) ?? filled(document.description),
		licenceTitle: filled(licence?.title) ?? filled(document.licenseURI?.title),
		licenceText: filled(licence?.licenseText),
		changedAt: documentTime,
		latestChangeAt: latest,
		competencies,
		associations: [...associations.values()],
		published: given.CFDocument,
		rest,
		problems
	};
}

/** Version 1.0 knew no `caseVersion`: what says nothing, and holds nothing that 1.1 brought, is 1.0. */
const versionOf = (said: string | null | undefined, { CFDocument }: { CFDocument: CaseObject }): '1.0' | '1.1' =>
	said === '1.1' || (!said && (typeof CFDocument.uri === 'string' ? CFDocument.uri : '').includes('/v1p1/'))
		? '1.1'
		: '1.0';

/** What a sequence number orders by, and in words what is odd about it. None, or one that is no number, comes last. */
function numberOf(sequence: unknown): { number: number; odd: string | null } {
	if (sequence === undefined || sequence === null || sequence === '') return { number: Infinity, odd: null };
	const number = typeof sequence === 'string' ? Number(sequence) : sequence;
	if (typeof number !== 'number' || !Number.isFinite(number)) return { number: Infinity, odd: null };
	if (!Number.isInteger(number)) return { number, odd: `a fraction (${number})` };
	if (number < 0) return { number, odd: `a negative number (${number})` };
	// CASE says integer, and what reads it elsewhere mostly has 32 bits for one.
	if (number > 2 ** 31 - 1) return { number, odd: `a huge number (${number})` };
	return { number, odd: typeof sequence === 'string' ? `words (“${sequence.slice(0, 20)}”)` : null };
}

const named = (item: { identifier: string; humanCodingScheme?: string | null }) =>
	`Item ${filled(item.humanCodingScheme) ?? item.identifier}`;
const nameOf = (items: ReadonlyMap<string, Parameters<typeof named>[0]>, id: string) => {
	const item = items.get(id);
	return item ? named(item) : 'an item elsewhere';
};

const count = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;
/** Names of some, so that a sentence stays one. */
const listed = (names: string[]) =>
	names.length > 6 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');

// Infinity minus Infinity is not a number, so subtraction does not sort these.
const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * An identifier for what came without one: the same each time, so that the next import knows it again. Four rounds of
 * FNV-1a are no secret and need none; a clash inside one framework would merge two links into one.
 */
function madeFrom(parts: string[]): string {
	const text = parts.join(' ');
	const hex = [0, 1, 2, 3]
		.map((round) => {
			let hash = 0x811c9dc5 ^ round;
			for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
			return (hash >>> 0).toString(16).padStart(8, '0');
		})
		.join('');
	// Version 8: an identifier of our own making.
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
