/**
 * Reads a microcredential as an issuer describes it in one JSON file: the offer, what is asked for, and how it is
 * scored. Pure; `catalogue.server.ts` stores the result. The shape follows how the large issuers publish theirs: one
 * competency, a key method, an overview, artifacts with a rubric each, and a reflection.
 */
import * as v from 'valibot';
import { Refusal } from '#lib/errors.ts';
import { inOrder, readGrades } from './grades.ts';

export const artifactKinds = ['video', 'audio', 'image', 'text', 'table', 'file'] as const;

export type RubricRow = {
	criterion: string;
	/** One description per level, lowest first. */
	descriptions: string[];
};

export type Part = {
	/** 1 overview and context, 2 evidence, 3 reflection. */
	section: 1 | 2 | 3;
	/** From 1 through all sections. */
	position: number;
	prompt: string;
	minWords: number | null;
	maxWords: number | null;
	wordsBinding: boolean;
	/** Empty where words are asked for. */
	artifactKinds: string[];
	rubric: RubricRow[];
};

export type Microcredential = {
	/** The issuer's own key, unique among its microcredentials. */
	key: string;
	title: string;
	competency: string;
	keyMethod: string | null;
	methodComponents: string[];
	research: { title: string; url?: string }[];
	levels: string[];
	/** Index into `levels`. */
	passingLevel: number;
	/** The issuer's honest estimate; null is "not known". */
	hours: number | null;
	licence: string | null;
	/** The day by which the issuer looks at it again, as 2027-06-30; null: has not said. */
	reviewBy: string | null;
	/** How many months an award counts; null: it never expires. */
	awardMonths: number | null;
	/** As in `grades.ts`, in school order; empty: any. */
	grades: string[];
	/** Empty: any. */
	subjects: string[];
	/** What a teacher would say who needs it: "students shout out". */
	needs: string[];
	/** Below this share of the teacher's own words, in percent, the issuer wants the pair to be told; null: says nothing. */
	ownWordsPercent: number | null;
	alignments: { framework: string; code: string }[];
	parts: Part[];
};

/** Sentences and names: long enough for any issuer, short enough that a page of them stays a page. */
const sentence = v.pipe(v.string(), v.trim(), v.minLength(1, 'A text is empty.'), v.maxLength(2000));
/** No issuer asks for more parts or rows than this. */
export const few = 50;
const name = v.pipe(sentence, v.maxLength(100));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const rubric = v.pipe(
	v.array(v.strictObject({ criterion: sentence, levels: v.pipe(v.array(sentence), v.maxLength(few)) })),
	v.maxLength(few)
);
const asked = v.strictObject({
	prompt: sentence,
	minWords: v.optional(count),
	maxWords: v.optional(count),
	wordsBinding: v.optional(v.boolean(), false),
	rubric: v.optional(rubric, [])
});
const handedIn = v.strictObject({
	artifact: sentence,
	kinds: v.pipe(v.array(v.picklist(artifactKinds)), v.minLength(1, 'An artifact names no kind.')),
	rubric
});

/** Fifty years: nothing that is awarded today is looked at after that. */
export const mostMonths = 600;
/** A day that there is. */
const day = v.pipe(
	v.string(),
	v.isoDate('The day is not written as 2027-06-30.'),
	v.check((text) => !Number.isNaN(Date.parse(text)), 'There is no such day.')
);

const shape = v.strictObject({
	id: v.pipe(v.string(), v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'The id is not lower-case words joined by hyphens.')),
	title: sentence,
	competency: sentence,
	keyMethod: v.optional(sentence),
	methodComponents: v.optional(v.pipe(v.array(sentence), v.maxLength(few)), []),
	research: v.optional(
		v.pipe(v.array(v.strictObject({ title: sentence, url: v.optional(v.string()) })), v.maxLength(few)),
		[]
	),
	hours: v.optional(count),
	alignment: v.optional(v.pipe(v.array(v.strictObject({ framework: sentence, code: sentence })), v.maxLength(few)), []),
	levels: v.pipe(v.array(sentence), v.minLength(2, 'A rubric needs two levels or more.'), v.maxLength(few)),
	passingLevel: sentence,
	part1: v.pipe(v.array(asked), v.maxLength(few)),
	part2: v.pipe(v.array(handedIn), v.maxLength(few)),
	part3: v.pipe(
		v.unknown(),
		v.transform((one) => (Array.isArray(one) ? (one as unknown[]) : [one])),
		v.array(asked),
		v.maxLength(few)
	),
	licence: v.optional(sentence),
	reviewBy: v.optional(v.nullable(day)),
	awardMonths: v.optional(v.nullable(v.pipe(count, v.maxValue(mostMonths)))),
	grades: v.optional(v.pipe(v.array(v.union([v.string(), v.number()])), v.maxLength(few)), []),
	subjects: v.optional(v.pipe(v.array(name), v.maxLength(few)), []),
	needs: v.optional(v.pipe(v.array(v.pipe(sentence, v.maxLength(200))), v.maxLength(few)), []),
	issuer: v.optional(name),
	ownWordsPercent: v.optional(v.pipe(count, v.maxValue(100)))
});
type Given = v.InferOutput<typeof shape>;

export type MicrocredentialFile = {
	description: Microcredential;
	/** Whose it is, by the file's own word: an issuer's key or name. Null: it does not say. */
	issuer: string | null;
	/** Fields that we have no place for, as a path: "part1.0.hint". They are left out, and whoever brings the file is told. */
	leftOut: string[];
};

/** Reads a file and takes out, one after the other, what the shape does not know. */
function parse(input: unknown): { given: Given; leftOut: string[] } {
	let file = input;
	const leftOut: string[] = [];
	for (;;) {
		const parsed = v.safeParse(shape, file);
		if (parsed.success) return { given: parsed.output, leftOut };
		const unknown = parsed.issues.find(({ type, expected }) => type === 'strict_object' && expected === 'never');
		if (!unknown || leftOut.length >= few) {
			const [issue] = parsed.issues;
			throw new Refusal(
				'rule',
				`This microcredential can't be read: ${v.getDotPath(issue) ?? 'the whole file'}: ${issue.message}`
			);
		}
		file = leftOut.length ? file : structuredClone(file);
		// One thing may stand where a list is read: the file itself has no place 0 in it then.
		const keys = unknown.path!.map(({ key }) => key as string | number);
		const last = keys.pop()!;
		const way: (string | number)[] = [];
		let at = file as Record<string | number, unknown>;
		for (const key of keys) {
			if (!Object.hasOwn(at, key)) continue;
			way.push(key);
			at = at[key] as Record<string | number, unknown>;
		}
		delete at[last];
		leftOut.push([...way, last].join('.'));
	}
}

/**
 * @param input a parsed file
 * @throws Refusal 'rule' naming the first thing that is wrong, so an issuer can mend the file
 */
export const readMicrocredential = (input: unknown): Microcredential => readMicrocredentialFile(input).description;

/** The same, with what the file says beside the description. */
export function readMicrocredentialFile(input: unknown): MicrocredentialFile {
	const { given, leftOut } = parse(input);
	return { description: described(given), issuer: given.issuer ?? null, leftOut };
}

function described(given: Given): Microcredential {
	const no = (sentence: string) => new Refusal('rule', `“${given.title}” can't be read: ${sentence}`);

	const passingLevel = given.levels.indexOf(given.passingLevel);
	if (passingLevel < 0) throw no(`its passing level “${given.passingLevel}” is not one of its levels.`);
	if (new Set(given.levels).size < given.levels.length) throw no('two of its levels have the same name.');

	const rows = (rubric: { criterion: string; levels: string[] }[]): RubricRow[] =>
		rubric.map(({ criterion, levels }) => {
			if (levels.length !== given.levels.length)
				throw no(`“${criterion}” describes ${levels.length} levels where there are ${given.levels.length}.`);
			return { criterion, descriptions: levels };
		});
	const inWords = (section: 1 | 3, part: v.InferOutput<typeof asked>) => {
		if (part.minWords && part.maxWords && part.minWords > part.maxWords)
			throw no(`“${part.prompt}” asks for at least ${part.minWords} and at most ${part.maxWords} words.`);
		return {
			section,
			prompt: part.prompt,
			minWords: part.minWords ?? null,
			maxWords: part.maxWords ?? null,
			wordsBinding: part.wordsBinding,
			artifactKinds: [],
			rubric: rows(part.rubric)
		};
	};
	const parts: Omit<Part, 'position'>[] = [
		...given.part1.map((part) => inWords(1, part)),
		...given.part2.map((part) => ({
			section: 2 as const,
			prompt: part.artifact,
			minWords: null,
			maxWords: null,
			wordsBinding: false,
			artifactKinds: part.kinds,
			rubric: rows(part.rubric)
		})),
		...given.part3.map((part) => inWords(3, part))
	];

	const grades = given.grades.flatMap((text) => {
		const read = readGrades(String(text));
		if (!read) throw no(`“${text}” is no grade: PK, K, 1 to 12, or a span such as K-2.`);
		return read;
	});
	return {
		key: given.id,
		title: given.title,
		competency: given.competency,
		keyMethod: given.keyMethod ?? null,
		methodComponents: given.methodComponents,
		research: given.research,
		levels: given.levels,
		passingLevel,
		hours: given.hours ?? null,
		licence: given.licence ?? null,
		reviewBy: given.reviewBy ?? null,
		awardMonths: given.awardMonths ?? null,
		grades: inOrder(grades),
		subjects: [...new Set(given.subjects)],
		needs: [...new Set(given.needs)],
		ownWordsPercent: given.ownWordsPercent ?? null,
		alignments: given.alignment,
		parts: parts.map((part, index) => ({ ...part, position: index + 1 }))
	};
}
