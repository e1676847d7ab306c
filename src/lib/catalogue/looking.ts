/**
 * What somebody looks for in the catalogue, out of an address; how their words are understood; and what is left when they
 * narrow it down. Pure; `browse.server.ts` asks Postgres for what fits the words.
 */
import { grades } from './grades.ts';

/** Bounds of hours to choose among: a few evenings, a month, a term. */
export const hourBounds = [5, 10, 20] as const;

export type LookingFor = {
	/** As typed. */
	words: string;
	/** Ids. */
	framework: string | null;
	competency: string | null;
	issuer: string | null;
	/** As in `grades.ts`. */
	grade: string | null;
	subject: string | null;
	/** At most so many hours, as the issuer says; or those for which nobody has said. */
	hours: number | 'not-known' | null;
	/** From 1. */
	page: number;
};

export const onPage = 20;
/** More words than anybody types into a box; the rest is not looked for. */
const mostWords = 12;
/** A thousand pages of twenty. */
const mostPages = 1000;

export function lookingFor(address: URLSearchParams): LookingFor {
	// No word holds a sign that is none, and Postgres would answer with an error.
	const asked = (name: string) => address.get(name)?.replaceAll('\0', '').trim().slice(0, 200) || null;
	const grade = asked('grade');
	const hours = asked('hours');
	return {
		words: asked('q') ?? '',
		framework: asked('framework'),
		competency: asked('competency'),
		issuer: asked('issuer'),
		grade: grades.find((one) => one === grade) ?? null,
		subject: asked('subject'),
		hours: hours === 'not-known' ? hours : (hourBounds.find((one) => String(one) === hours) ?? null),
		page: Math.min(Math.max(Math.trunc(Number(asked('page'))) || 1, 1), mostPages)
	};
}

/** The same, as the end of an address; what is not asked for is not in it. */
export function addressOf(looking: LookingFor): string {
	const { words, page, ...filters } = looking;
	const all = { q: words, ...filters, page: page > 1 ? page : null };
	const kept = Object.entries(all).flatMap(([name, value]) => (value ? [[name, String(value)]] : []));
	return kept.length ? `?${new URLSearchParams(kept)}` : '';
}

/** The words of a text as they are looked for: letters and figures, in small letters, each once. */
export const wordsOf = (text: string): string[] =>
	[
		...new Set(
			text
				.normalize('NFKC')
				.toLowerCase()
				.match(/[\p{L}\p{N}]+/gu) ?? []
		)
	].slice(0, mostWords);

/** People say one thing by several words; who looks for one of them means all. Stems need no line here. */
const same = [
	['student', 'students', 'pupil', 'pupils', 'learner', 'learners', 'kid', 'kids', 'child', 'children'],
	['parent', 'parents', 'family', 'families', 'guardian', 'guardians', 'home'],
	['behavior', 'behaviour', 'behaviors', 'behaviours'],
	['quiet', 'silent', 'silence'],
	['math', 'maths', 'mathematics'],
	['practice', 'practise']
];
/** A word and those that mean the same. */
export const meaning = (word: string): string[] => same.find((group) => group.includes(word)) ?? [word];

/** How many keys two words are apart: a letter too many, too few, another one, or two changed about, each count one. */
export function apart(a: string, b: string): number {
	const [one, other] = [[...a], [...b]];
	let [before, last] = [[] as number[], other.map((_, j) => j + 1)];
	last = [0, ...last];
	for (let i = 1; i <= one.length; i++) {
		const row = [i];
		for (let j = 1; j <= other.length; j++) {
			const swap = one[i - 1] === other[j - 1] ? 0 : 1;
			let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + swap);
			if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
				best = Math.min(best, before[j - 2]! + 1);
			row.push(best);
		}
		[before, last] = [last, row];
	}
	return last[other.length]!;
}

/** A slip of the finger in a short word, two in a long one; in three letters every other word would be near. */
const slips = (word: string) => (word.length < 4 ? 0 : word.length < 6 ? 1 : 2);

/**
 * The word that was probably meant: the nearest that the catalogue uses, or one that begins so. Of those one with the same
 * first letter, which fingers seldom miss, and then the commonest.
 * @param vocabulary every word of the catalogue, with how many microcredentials use it
 */
export function probably(word: string, vocabulary: readonly { word: string; uses: number }[]): string | null {
	const most = slips(word);
	const near = vocabulary.flatMap((one) => {
		const begun = word.length >= 4 && one.word.startsWith(word);
		if (!begun && (most === 0 || Math.abs(one.word.length - word.length) > most)) return [];
		const far = begun ? 1 : apart(word, one.word);
		return far > Math.max(most, 1) ? [] : [{ ...one, far, other: one.word[0] === word[0] ? 0 : 1 }];
	});
	near.sort((a, b) => a.far - b.far || a.other - b.other || b.uses - a.uses || (a.word < b.word ? -1 : 1));
	return near[0]?.word ?? null;
}

/** What fits the words, with what it can be narrowed down by. */
export type Candidate = {
	versionId: string;
	issuerId: string;
	/** Empty: any. */
	grades: string[];
	subjects: string[];
	hours: number | null;
	/** Those that it proves, and those above them in their frameworks. */
	competencyIds: string[];
	frameworkIds: string[];
};

type Filter = Exclude<keyof LookingFor, 'words' | 'page'>;
const fits: Record<Filter, (one: Candidate, wanted: never) => boolean> = {
	framework: ({ frameworkIds }, wanted: string) => frameworkIds.includes(wanted),
	competency: ({ competencyIds }, wanted: string) => competencyIds.includes(wanted),
	issuer: ({ issuerId }, wanted: string) => issuerId === wanted,
	grade: ({ grades }, wanted: string) => grades.length === 0 || grades.includes(wanted),
	subject: ({ subjects }, wanted: string) => subjects.length === 0 || subjects.includes(wanted),
	hours: ({ hours }, wanted: number | 'not-known') =>
		wanted === 'not-known' ? hours === null : hours !== null && hours <= wanted
};
const filters = Object.keys(fits) as Filter[];

/** How many would be left with each choice, the other choices standing as they are. */
export type Counts = Record<Filter, Map<string, number>>;

export type Narrowed = { shown: Candidate[]; total: number; pages: number; page: number; counts: Counts };

/** @param candidates best first */
export function narrowed(candidates: readonly Candidate[], looking: LookingFor): Narrowed {
	const misses = candidates.map((one) =>
		filters.filter((filter) => looking[filter] !== null && !fits[filter](one, looking[filter] as never))
	);
	const left = candidates.filter((_, i) => misses[i]!.length === 0);
	/** Everything that all other filters let through. */
	const but = (filter: Filter) => candidates.filter((_, i) => misses[i]!.every((missed) => missed === filter));
	const counted = (filter: Filter, choices: Iterable<string>, wanted = (choice: string): unknown => choice) => {
		const among = but(filter);
		return new Map(
			[...choices].map((choice) => [choice, among.filter((one) => fits[filter](one, wanted(choice) as never)).length])
		);
	};
	const every = (of: (one: Candidate) => string[]) => new Set(candidates.flatMap(of));
	const pages = Math.max(Math.ceil(left.length / onPage), 1);
	const page = Math.min(looking.page, pages);
	return {
		shown: left.slice((page - 1) * onPage, page * onPage),
		total: left.length,
		pages,
		page,
		counts: {
			framework: counted(
				'framework',
				every(({ frameworkIds }) => frameworkIds)
			),
			competency: counted(
				'competency',
				every(({ competencyIds }) => competencyIds)
			),
			issuer: counted(
				'issuer',
				every(({ issuerId }) => [issuerId])
			),
			grade: counted('grade', grades),
			subject: counted(
				'subject',
				every(({ subjects }) => subjects)
			),
			hours: counted('hours', [...hourBounds.map(String), 'not-known'], (choice) =>
				choice === 'not-known' ? choice : Number(choice)
			)
		}
	};
}
