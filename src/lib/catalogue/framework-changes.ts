/**
 * What an import of a framework would change, before anything is. Pure: what is here and what came in, in; the changes
 * out. The import does exactly what stands here, so a preview can't promise something else.
 *
 * Whose word counts is decided by the publisher's own change times. A package that is newer than what is here decides
 * about the document, about where items hang and about which there are; an item that was changed later than the one here
 * is taken from any package; nothing older undoes something newer. Where times are the same and words are not, a newer
 * document is believed and an equal one is not.
 */
import { isDeepStrictEqual } from 'node:util';
import type { CaseAssociation, CaseCompetency, CaseFramework, CaseObject } from './case.ts';

export type StoredCompetency = {
	caseId: string;
	parentCaseId: string | null;
	code: string | null;
	statement: string;
	label: string | null;
	itemType: string | null;
	position: number;
	/** Null, as `published`: imported before these were kept. */
	changedAt: Date | null;
	published: CaseObject | null;
	dropped: boolean;
};

export type StoredFramework = {
	changedAt: Date;
	latestChangeAt: Date | null;
	title: string;
	published: CaseObject | null;
	competencies: StoredCompetency[];
	associations: Pick<CaseAssociation, 'caseId' | 'position' | 'published'>[];
};

/** One thing that reads differently afterwards; null: was not there, or is not any more. */
export type FieldChange = { what: string; before: string | null; after: string | null };
/** As a person finds it again. */
export type ItemNamed = { caseId: string; code: string | null; statement: string };

export type FrameworkChanges = {
	outcome: 'added' | 'updated' | 'unchanged';
	document: FieldChange[];
	added: ItemNamed[];
	changed: (ItemNamed & { fields: FieldChange[] })[];
	moved: (ItemNamed & { from: string; to: string })[];
	/** No longer in the package. They stay here, marked: microcredentials may point at them. */
	dropped: ItemNamed[];
	/** Were dropped once and are back. */
	returned: ItemNamed[];
	/** What had to be decided, for the publisher or between two times: one sentence each. */
	problems: string[];
	/** What is to be written. */
	write: {
		document: boolean;
		/** Where items hang, which there are, and the associations. */
		structure: boolean;
		/** Items whose words are taken from the package. */
		words: Set<string>;
		/** Items here whose row has to be written, for whatever reason. */
		rows: Set<string>;
	};
};

export function changesOf(stored: StoredFramework | null, incoming: CaseFramework): FrameworkChanges {
	const problems = [...incoming.problems];
	const ids = incoming.competencies.map(({ caseId }) => caseId);
	if (!stored)
		return {
			outcome: 'added',
			document: fieldsOf(null, incoming.published),
			added: incoming.competencies.map(nameOf),
			changed: [],
			moved: [],
			dropped: [],
			returned: [],
			problems,
			write: { document: true, structure: true, words: new Set(ids), rows: new Set(ids) }
		};

	const newerDocument = incoming.changedAt > stored.changedAt;
	const sameDocument = incoming.changedAt.getTime() === stored.changedAt.getTime();
	// Rows from before times were kept know nothing that could be undone.
	const structure =
		newerDocument ||
		(sameDocument && (stored.latestChangeAt === null || incoming.latestChangeAt > stored.latestChangeAt));

	const differs = stored.published !== null && !isDeepStrictEqual(stored.published, incoming.published);
	const document = newerDocument && differs ? fieldsOf(stored.published, incoming.published) : [];
	const wordsOfDocument = newerDocument || (sameDocument && stored.published === null);
	if (sameDocument && differs)
		problems.push(
			'The document reads differently from what is here and says that it was changed at the same time; what is here is kept.'
		);
	if (!newerDocument && !sameDocument)
		problems.push(
			'This package is older than what is here. Only items that were changed later than those here are taken from it.'
		);

	const here = new Map(stored.competencies.map((one) => [one.caseId, one]));
	const inPackage = new Set(ids);
	const [added, returned]: [ItemNamed[], ItemNamed[]] = [[], []];
	const changed: FrameworkChanges['changed'] = [];
	const [words, rows] = [new Set<string>(), new Set<string>()];
	const [leftOut, keptNewer, keptSame, undated]: [string[], string[], string[], string[]] = [[], [], [], []];
	for (const item of incoming.competencies) {
		const known = here.get(item.caseId);
		if (!known) {
			if (structure) {
				added.push(nameOf(item));
				words.add(item.caseId);
				rows.add(item.caseId);
			} else leftOut.push(cited(item));
			continue;
		}
		if (known.dropped && structure) {
			returned.push(nameOf(item));
			rows.add(item.caseId);
		}
		const different = !sameWords(known, item);
		const changedHere = known.changedAt ?? stored.changedAt;
		const later = item.changedAt > changedHere;
		const earlier = item.changedAt < changedHere;
		const fills = known.published === null && !different && (newerDocument || sameDocument);
		if (later || fills || (!earlier && different && newerDocument)) {
			words.add(item.caseId);
			rows.add(item.caseId);
			if (different) changed.push({ ...nameOf(item), fields: fieldsOf(asPublished(known), item.published) });
			if (different && !later) undated.push(cited(item));
		} else if (different) (earlier ? keptNewer : keptSame).push(cited(item));
	}
	if (leftOut.length > 0)
		problems.push(`${named(leftOut)} not here and in this older package; ${it(leftOut, 'was', 'were')} left out.`);
	if (keptNewer.length > 0) problems.push(`${named(keptNewer)} newer here than in the package; what is here is kept.`);
	if (keptSame.length > 0)
		problems.push(
			`${named(keptSame, 'reads', 'read')} differently here and in the package, with the same change time; what is here is kept.`
		);
	if (undated.length > 0)
		problems.push(
			`${named(undated, 'was', 'were')} changed without a new change time; the newer document is believed.`
		);

	const dropped: ItemNamed[] = [];
	const moved: FrameworkChanges['moved'] = [];
	if (structure) {
		for (const one of stored.competencies)
			if (!inPackage.has(one.caseId) && !one.dropped) {
				dropped.push(nameOf(one));
				rows.add(one.caseId);
			}
		moved.push(...movedItems(here, incoming));
		for (const item of incoming.competencies) {
			const known = here.get(item.caseId);
			if (known && (known.position !== item.position || known.parentCaseId !== item.parentCaseId))
				rows.add(item.caseId);
		}
	}
	const links = structure && !sameLinks(stored.associations, incoming.associations);
	const anything = wordsOfDocument || rows.size > 0 || links || (structure && stored.latestChangeAt === null);
	return {
		outcome: anything || structure ? 'updated' : 'unchanged',
		document,
		added,
		changed,
		moved,
		dropped,
		returned,
		problems,
		write: { document: wordsOfDocument, structure, words, rows }
	};
}

/** Whether anything that a person reads is different afterwards. */
export const isSilent = ({ document, added, changed, moved, dropped, returned }: FrameworkChanges): boolean =>
	[document, added, changed, moved, dropped, returned].every(({ length }) => length === 0);

const nameOf = ({ caseId, code, statement }: ItemNamed): ItemNamed => ({ caseId, code, statement });
const cited = ({ caseId, code }: { caseId: string; code: string | null }) => code ?? caseId;
const it = (items: string[], one: string, many: string) =>
	`${items.length === 1 ? 'it' : 'they'} ${items.length === 1 ? one : many}`;
const named = (items: string[], one = 'is', many = 'are') => {
	const some = items.length > 6 ? `${items.slice(0, 5).join(', ')} and ${items.length - 5} more` : items.join(', ');
	return items.length === 1 ? `Item ${some} ${one}` : `Items ${some} ${many}`;
};

/** What we kept of an item from before the whole of it was. */
const asPublished = (one: StoredCompetency): CaseObject =>
	one.published ?? {
		fullStatement: one.statement,
		...(one.code === null ? {} : { humanCodingScheme: one.code }),
		...(one.label === null ? {} : { abbreviatedStatement: one.label }),
		...(one.itemType === null ? {} : { CFItemType: one.itemType })
	};

const sameWords = (known: StoredCompetency, item: CaseCompetency): boolean =>
	known.published === null
		? known.statement === item.statement &&
			known.code === item.code &&
			known.label === item.label &&
			known.itemType === item.itemType
		: known.statement === item.statement && isDeepStrictEqual(known.published, item.published);

const sameLinks = (before: StoredFramework['associations'], after: CaseAssociation[]): boolean => {
	if (before.length !== after.length) return false;
	const known = new Map(before.map((one) => [one.caseId, one]));
	return after.every((one) => {
		const other = known.get(one.caseId);
		return other?.position === one.position && isDeepStrictEqual(other.published, one.published);
	});
};

/** What stands on the screen for a name of CASE's; others are shown as they are. */
const wordOf: Record<string, string> = {
	title: 'Title',
	creator: 'Creator',
	publisher: 'Publisher',
	description: 'Description',
	version: 'Version',
	adoptionStatus: 'Adoption',
	officialSourceURL: 'Official source',
	licenseURI: 'Licence',
	notes: 'Notes',
	fullStatement: 'Statement',
	humanCodingScheme: 'Code',
	abbreviatedStatement: 'Label',
	CFItemType: 'Type',
	educationLevel: 'Grade',
	language: 'Language',
	subject: 'Subject'
};
/** Follow from others, or are what the comparison goes by. */
const unsaid = new Set(['identifier', 'uri', 'lastChangeDateTime', 'CFItemTypeURI', 'CFPackageURI', 'CFDocumentURI']);

function fieldsOf(before: CaseObject | null, after: CaseObject): FieldChange[] {
	const names = [...Object.keys(wordOf), ...Object.keys({ ...before, ...after })].filter((name) => !unsaid.has(name));
	return [...new Set(names)].flatMap((name) => {
		const [was, is] = [before?.[name], after[name]];
		if (isDeepStrictEqual(was ?? null, is ?? null)) return [];
		return [{ what: wordOf[name] ?? name, before: inWords(was), after: inWords(is) }];
	});
}

/** A value on one line or several, never as markup. A link is its title. */
function inWords(value: unknown): string | null {
	if (value === undefined || value === null) return null;
	if (typeof value === 'string') return value;
	if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ');
	if (typeof value === 'object' && 'title' in value && typeof value.title === 'string') return value.title;
	return JSON.stringify(value).slice(0, 300);
}

/**
 * Items that hang elsewhere, or stand elsewhere among the siblings that they had and have. Of siblings that swapped, as
 * few as possible are said to have moved: those outside the longest run that kept its order.
 */
function movedItems(here: ReadonlyMap<string, StoredCompetency>, incoming: CaseFramework): FrameworkChanges['moved'] {
	const now = new Map(incoming.competencies.map((one) => [one.caseId, one]));
	const place = (parent: string | null, of: (id: string) => { code: string | null } | undefined) =>
		parent === null ? 'the top level' : `below ${of(parent)?.code ?? parent}`;
	const stayed = new Map<string | null, CaseCompetency[]>();
	const moved: FrameworkChanges['moved'] = [];
	for (const item of incoming.competencies) {
		const known = here.get(item.caseId);
		if (!known || known.dropped) continue;
		if (known.parentCaseId === item.parentCaseId) {
			const siblings = stayed.get(item.parentCaseId);
			if (siblings) siblings.push(item);
			else stayed.set(item.parentCaseId, [item]);
		} else
			moved.push({
				...nameOf(item),
				from: place(known.parentCaseId, (id) => here.get(id)),
				to: place(item.parentCaseId, (id) => now.get(id))
			});
	}
	for (const [parent, siblings] of stayed) {
		const kept = longestRun(siblings.map(({ caseId }) => here.get(caseId)!.position));
		const where = place(parent, (id) => now.get(id));
		siblings.forEach((item, index) => {
			if (kept.has(index)) return;
			const before = siblings[index - 1];
			moved.push({ ...nameOf(item), from: where, to: before ? `after ${cited(before)}` : 'to the first place' });
		});
	}
	return moved;
}

/** Indexes of a longest run of rising numbers: patience sorting, n log n. */
function longestRun(numbers: number[]): Set<number> {
	const [ends, before]: [number[], number[]] = [[], []];
	numbers.forEach((number, index) => {
		let [low, high] = [0, ends.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (numbers[ends[middle]!]! < number) low = middle + 1;
			else high = middle;
		}
		before[index] = low > 0 ? ends[low - 1]! : -1;
		ends[low] = index;
	});
	const kept = new Set<number>();
	for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at]!) kept.add(at);
	return kept;
}
