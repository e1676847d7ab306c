/**
 * What is different between two versions of a microcredential, as far as it concerns whoever writes for it: what is asked,
 * and how it is scored. Pure.
 */
import { diffWords } from 'diff';
import { rangeKind, sectionNames, wordRange } from './asked.ts';
import type { Microcredential, Part } from './microcredential.ts';

/** A text as it was and is, in pieces. */
export type Piece = { kind: 'same' | 'in' | 'out'; text: string };

export type Change = {
	/** What it is about, as people say it: "Part 1, overview", "Row “Next step”". */
	what: string;
	kind: 'added' | 'removed' | 'changed';
	/** The text of it, with what changed in it; without changes where only `says` tells what did. */
	pieces: Piece[];
	/** Sentences about what is no text: limits, levels. */
	says: string[];
};

type Described = Pick<
	Microcredential,
	'title' | 'competency' | 'keyMethod' | 'methodComponents' | 'levels' | 'hours' | 'ownWordsPercent'
> &
	Partial<Pick<Microcredential, 'awardMonths'>> & {
		/** Null while the issuer has not said. */
		passingLevel: number | null;
	};
export type Version = { offer: Described; parts: (Omit<Part, 'section'> & { section: number })[] };

/** From so much on, two texts are the same one with changes, and not one that went and another that came. */
const related = 0.5;

const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** How much of two texts is the same: twice the words they share, of all (Sørensen and Dice). */
function likeness(a: string, b: string): number {
	const left = new Map<string, number>();
	const [one, other] = [words(a), words(b)];
	for (const word of one) left.set(word, (left.get(word) ?? 0) + 1);
	let shared = 0;
	for (const word of other) {
		const count = left.get(word) ?? 0;
		if (count > 0) shared++;
		left.set(word, count - 1);
	}
	return one.length + other.length === 0 ? 1 : (2 * shared) / (one.length + other.length);
}

/** Which of `now` each of `before` became: the most alike first, each only once. Positions; null where there is none. */
export function paired(
	before: readonly string[],
	now: readonly string[]
): { became: (number | null)[]; came: number[] } {
	const became: (number | null)[] = before.map(() => null);
	const taken = new Set<number>();
	const pairs = before
		.flatMap((one, i) => now.map((other, j) => ({ i, j, like: one === other ? 2 : likeness(one, other) })))
		.filter(({ like }) => like >= related)
		.sort((a, b) => b.like - a.like || Math.abs(a.i - a.j) - Math.abs(b.i - b.j));
	for (const { i, j } of pairs) {
		if (became[i] !== null || taken.has(j)) continue;
		became[i] = j;
		taken.add(j);
	}
	return { became, came: now.flatMap((_, j) => (taken.has(j) ? [] : [j])) };
}

/** More words than anybody changes and still reads the difference; beyond, it would take seconds to find. */
const mostEdits = 2_000;

function piecesOf(before: string, now: string): Piece[] {
	const found = diffWords(before, now, { maxEditLength: mostEdits });
	if (!found) return [...whole('out', before), ...whole('in', now)];
	return found.map(({ value, added, removed }) => ({ kind: added ? 'in' : removed ? 'out' : 'same', text: value }));
}
const whole = (kind: 'in' | 'out' | 'same', text: string): Piece[] => [{ kind, text }];

const partName = ({ section }: { section: number }) => `Part ${section}, ${sectionNames[section] ?? ''}`;
const rowName = (criterion: string) => `Row “${criterion}”`;

type Limits = Pick<Part, 'minWords' | 'maxWords' | 'wordsBinding'>;
function range({ minWords, maxWords, wordsBinding }: Limits): string {
	const said = wordRange(minWords, maxWords);
	return said ? `${said}, ${rangeKind(wordsBinding)}` : 'no word range';
}

const kinds = (artifactKinds: readonly string[]) => artifactKinds.join(', ') || 'words';

/** In the order of the new version, with what was removed where it stood. Empty when nothing that concerns a writer changed. */
export function whatChanged(before: Version, now: Version): Change[] {
	const changes: Change[] = [];
	const text = (what: string, a: string | null, b: string | null) => {
		if (a === b) return;
		const kind = a === null ? 'added' : b === null ? 'removed' : 'changed';
		const pieces = a === null ? whole('in', b!) : b === null ? whole('out', a) : piecesOf(a, b);
		changes.push({ what, kind, pieces, says: [] });
	};
	const [old, offer] = [before.offer, now.offer];
	text('Title', old.title, offer.title);
	text('The competency', old.competency, offer.competency);
	text('Key method', old.keyMethod, offer.keyMethod);
	text('Steps of the method', old.methodComponents.join('; ') || null, offer.methodComponents.join('; ') || null);

	const parts = paired(
		before.parts.map(({ prompt }) => prompt),
		now.parts.map(({ prompt }) => prompt)
	);
	// Every part stands where it is now; one that went, behind the part before it.
	const from = new Map<number, number>();
	const gone = new Map<number, number[]>();
	let last = -1;
	parts.became.forEach((to, i) => {
		if (to === null) gone.set(last, [...(gone.get(last) ?? []), i]);
		else from.set((last = to), i);
	});
	const removed = (after: number) => {
		for (const i of gone.get(after) ?? []) {
			const part = before.parts[i]!;
			const rows = part.rubric.map(({ criterion }) => `Its row “${criterion}” went with it.`);
			changes.push({ what: partName(part), kind: 'removed', pieces: whole('out', part.prompt), says: rows });
		}
	};
	removed(-1);
	now.parts.forEach((part, j) => {
		const i = from.get(j);
		if (i === undefined) {
			const says = part.artifactKinds.length ? [] : [`It asks for ${range(part)}.`];
			changes.push({ what: partName(part), kind: 'added', pieces: whole('in', part.prompt), says });
			for (const row of part.rubric) added(row);
		} else {
			const was = before.parts[i]!;
			const says: string[] = [];
			if (was.section !== part.section) says.push(`It was ${partName(was).toLowerCase()}.`);
			if (range(was) !== range(part)) says.push(`It asked for ${range(was)}; now for ${range(part)}.`);
			if (kinds(was.artifactKinds) !== kinds(part.artifactKinds))
				says.push(`It took ${kinds(was.artifactKinds)}; now ${kinds(part.artifactKinds)}.`);
			if (was.prompt !== part.prompt || says.length)
				changes.push({ what: partName(part), kind: 'changed', pieces: piecesOf(was.prompt, part.prompt), says });
			rows(was.rubric, part.rubric);
		}
		removed(j);
	});

	const passing = ({ levels, passingLevel }: Described) => levels[passingLevel ?? -1] ?? null;
	const levels = ({ levels }: Described) => levels.join(', ');
	text('Levels', levels(old), levels(offer));
	text('A row passes from', passing(old), passing(offer));
	text('Hours, as the issuer says', old.hours?.toString() ?? null, offer.hours?.toString() ?? null);
	text(
		'Own words of the teacher, in percent',
		old.ownWordsPercent?.toString() ?? null,
		offer.ownWordsPercent?.toString() ?? null
	);
	const months = ({ awardMonths }: Described) => (awardMonths ? `${awardMonths} months` : 'for good');
	text('How long an award counts', months(old), months(offer));
	return changes;

	function rows(old: Part['rubric'], rubric: Part['rubric']) {
		const { became, came } = paired(
			old.map(({ criterion, descriptions }) => `${criterion}: ${descriptions.join(' ')}`),
			rubric.map(({ criterion, descriptions }) => `${criterion}: ${descriptions.join(' ')}`)
		);
		became.forEach((to, i) => {
			const was = old[i]!;
			if (to === null) {
				const what = rowName(was.criterion);
				return void changes.push({ what, kind: 'removed', pieces: whole('out', was.descriptions.join(' ')), says: [] });
			}
			const row = rubric[to]!;
			const said = was.criterion === row.criterion ? [] : [`It was called “${was.criterion}”.`];
			const [a, b] = [was.descriptions.join('\n'), row.descriptions.join('\n')];
			if (a !== b || said.length)
				changes.push({ what: rowName(row.criterion), kind: 'changed', pieces: piecesOf(a, b), says: said });
		});
		for (const j of came) added(rubric[j]!);
	}
	function added({ criterion, descriptions }: Part['rubric'][number]) {
		changes.push({ what: rowName(criterion), kind: 'added', pieces: whole('in', descriptions.join('\n')), says: [] });
	}
}
