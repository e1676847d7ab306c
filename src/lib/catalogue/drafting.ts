/**
 * A microcredential while it is written: what a form holds, what its buttons do to it, what is still missing, and what it
 * becomes when it is published. Everything is kept as it was typed, also what can't be meant. Pure.
 */
import { Refusal } from '#lib/errors.ts';
import { inOrder, readGrade } from './grades.ts';
import { artifactKinds, few, type Microcredential, type Part, readMicrocredential } from './microcredential.ts';

export type DraftRow = { criterion: string; descriptions: string[] };
export type DraftPart = {
	section: 1 | 2 | 3;
	prompt: string;
	minWords: string;
	maxWords: string;
	wordsBinding: boolean;
	kinds: string[];
	rows: DraftRow[];
};
export type Draft = {
	/** The issuer's own key; made of the title where it is empty. */
	key: string;
	title: string;
	competency: string;
	keyMethod: string;
	/** One per line, here and below. */
	methodComponents: string;
	/** A title, and behind it an address if there is one. */
	research: string;
	needs: string;
	subjects: string;
	grades: string[];
	hours: string;
	awardMonths: string;
	reviewBy: string;
	licence: string;
	ownWordsPercent: string;
	levels: string[];
	/** Index into `levels`; null: not chosen. */
	passing: number | null;
	/** Ids of the statements that it proves. */
	competencies: string[];
	parts: DraftPart[];
};

const part = (section: 1 | 2 | 3): DraftPart => ({
	section,
	prompt: '',
	minWords: '',
	maxWords: '',
	wordsBinding: false,
	kinds: [],
	rows: []
});
const row = (levels: number): DraftRow => ({ criterion: '', descriptions: Array.from({ length: levels }, () => '') });

/** What a new one begins with: four levels of which the third passes, as issuers mostly have it, and a part of each section. */
export const emptyDraft = (): Draft => ({
	key: '',
	title: '',
	competency: '',
	keyMethod: '',
	methodComponents: '',
	research: '',
	needs: '',
	subjects: '',
	grades: [],
	hours: '',
	awardMonths: '',
	reviewBy: '',
	licence: '',
	ownWordsPercent: '',
	levels: ['Not yet', 'Developing', 'Demonstrated', 'Exemplary'],
	passing: 2,
	competencies: [],
	parts: [part(1), { ...part(2), rows: [row(4)] }, part(3)]
});

const number = (value: number | null) => (value === null ? '' : String(value));

/** A description as a draft, to write the next version from it. */
export const draftOf = (
	key: string,
	offer: Omit<Microcredential, 'key' | 'alignments' | 'parts' | 'passingLevel'> & { passingLevel: number | null },
	parts: readonly (Omit<Part, 'section'> & { section: number })[],
	competencies: string[]
): Draft => ({
	key,
	title: offer.title,
	competency: offer.competency,
	keyMethod: offer.keyMethod ?? '',
	methodComponents: offer.methodComponents.join('\n'),
	research: offer.research.map(({ title, url }) => (url ? `${title} ${url}` : title)).join('\n'),
	needs: offer.needs.join('\n'),
	subjects: offer.subjects.join('\n'),
	grades: offer.grades,
	hours: number(offer.hours),
	awardMonths: number(offer.awardMonths),
	reviewBy: offer.reviewBy ?? '',
	licence: offer.licence ?? '',
	ownWordsPercent: number(offer.ownWordsPercent),
	levels: offer.levels,
	passing: offer.passingLevel,
	competencies,
	parts: parts.map((one) => ({
		section: one.section as 1 | 2 | 3,
		prompt: one.prompt,
		minWords: number(one.minWords),
		maxWords: number(one.maxWords),
		wordsBinding: one.wordsBinding,
		kinds: one.artifactKinds,
		rows: one.rubric
	}))
});

/** Longer than any text of a microcredential may be, so that what is too long is kept and said, and not cut. */
const longest = 20_000;

/**
 * What a form holds. What is not in it is empty.
 * @throws Refusal rule when more is in it than a page of ours can send
 */
export function draftFrom(form: FormData): Draft {
	const text = (name: string): string => {
		const value = form.get(name);
		// Forms end lines with two signs; whoever compares what was stored would see a change in each.
		const typed = typeof value === 'string' ? value.replaceAll('\r\n', '\n') : '';
		if (typed.length > longest)
			throw new Refusal(
				'rule',
				`One text is longer than ${longest.toLocaleString('en-US')} letters. Please shorten it; nothing was saved, and what you typed is below.`
			);
		return typed;
	};
	const count = (name: string) => {
		const sent = Number(text(name));
		if (!Number.isInteger(sent) || sent < 0 || sent > few)
			throw new Refusal('rule', 'This form did not arrive whole. Please go back and send it again.');
		return sent;
	};
	const levels = Array.from({ length: count('levels') }, (_, i) => text(`level${i}`));
	const passing = text('passing');
	return {
		key: text('key').trim(),
		title: text('title'),
		competency: text('competency'),
		keyMethod: text('keyMethod'),
		methodComponents: text('methodComponents'),
		research: text('research'),
		needs: text('needs'),
		subjects: text('subjects'),
		grades: inOrder(form.getAll('grade').flatMap((one) => readGrade(String(one)) ?? [])),
		hours: text('hours').trim(),
		awardMonths: text('awardMonths').trim(),
		reviewBy: text('reviewBy').trim(),
		licence: text('licence'),
		ownWordsPercent: text('ownWordsPercent').trim(),
		levels,
		passing: /^\d+$/.test(passing) && Number(passing) < levels.length ? Number(passing) : null,
		competencies: [...new Set(form.getAll('proves').map(String))].slice(0, few),
		parts: Array.from({ length: count('parts') }, (_, i) => {
			const section = Number(text(`p${i}.section`));
			return {
				section: section === 1 || section === 3 ? section : 2,
				prompt: text(`p${i}.prompt`),
				minWords: text(`p${i}.min`).trim(),
				maxWords: text(`p${i}.max`).trim(),
				wordsBinding: form.has(`p${i}.binding`),
				kinds: [...new Set(form.getAll(`p${i}.kind`))].flatMap(
					(sent) => artifactKinds.find((kind) => kind === sent) ?? []
				),
				rows: Array.from({ length: count(`p${i}.rows`) }, (_, j) => ({
					criterion: text(`p${i}.r${j}.criterion`),
					descriptions: levels.map((_, k) => text(`p${i}.r${j}.l${k}`))
				}))
			};
		})
	};
}

/** The draft after a button was pressed; `at` is where on the page, `undoable` whether words went. Null: no such button. */
export type Changed = { draft: Draft; at: string; undoable: boolean };

const without = <T>(all: readonly T[], at: number) => all.filter((_, i) => i !== at);
/** One step up, past the one before it. */
const earlier = <T>(all: readonly T[], at: number): T[] =>
	at < 1 || at >= all.length ? [...all] : [...all.slice(0, at - 1), all[at]!, all[at - 1]!, ...all.slice(at + 1)];

/** @param act the button: "remove-row 2 0" */
export function changed(draft: Draft, act: string): Changed | null {
	const [verb, ...rest] = act.split(' ');
	const [i, j] = rest.map(Number) as [number?, number?];
	const { parts, levels, passing } = draft;
	const full = (all: readonly unknown[]) => {
		if (all.length >= few)
			throw new Refusal('rule', `There are ${few} of these already, and no issuer asks for more. Nothing was added.`);
	};
	const to = (next: Partial<Draft>, at: string, undoable = false) => ({ draft: { ...draft, ...next }, at, undoable });
	const inPart = (next: (one: DraftPart) => DraftPart, at: string, undoable = false) =>
		to({ parts: parts.map((one, n) => (n === i ? next(one) : one)) }, at, undoable);
	const isPart = i !== undefined && parts[i] !== undefined;
	const isRow = isPart && j !== undefined && parts[i!]!.rows[j] !== undefined;
	const isLevel = i !== undefined && levels[i] !== undefined;
	/** Every row's descriptions stand level by level, so they go along. */
	const eachRow = (next: (descriptions: string[]) => string[]) =>
		parts.map((one) => ({ ...one, rows: one.rows.map((r) => ({ ...r, descriptions: next(r.descriptions) })) }));

	switch (verb) {
		case 'add-part': {
			if (i !== 1 && i !== 2 && i !== 3) return null;
			full(parts);
			const at = parts.findLastIndex(({ section }) => section <= i) + 1;
			const added = i === 2 ? { ...part(2), rows: [row(levels.length)] } : part(i);
			return to({ parts: [...parts.slice(0, at), added, ...parts.slice(at)] }, `p${at}`);
		}
		case 'remove-part':
			return isPart ? to({ parts: without(parts, i!) }, 'parts', true) : null;
		case 'up-part': {
			if (!isPart) return null;
			const same = i! > 0 && parts[i! - 1]!.section === parts[i!]!.section;
			return to({ parts: same ? earlier(parts, i!) : parts }, `p${same ? i! - 1 : i}`);
		}
		case 'add-row':
			if (!isPart) return null;
			full(parts[i!]!.rows);
			return inPart((one) => ({ ...one, rows: [...one.rows, row(levels.length)] }), `p${i}r${parts[i!]!.rows.length}`);
		case 'remove-row':
			return isRow ? inPart((one) => ({ ...one, rows: without(one.rows, j!) }), `p${i}`, true) : null;
		case 'up-row':
			return isRow ? inPart((one) => ({ ...one, rows: earlier(one.rows, j!) }), `p${i}r${Math.max(j! - 1, 0)}`) : null;
		case 'add-level':
			full(levels);
			return to({ levels: [...levels, ''], parts: eachRow((all) => [...all, '']) }, 'levels');
		case 'remove-level': {
			if (!isLevel) return null;
			const kept = passing === null || passing === i ? null : passing > i! ? passing - 1 : passing;
			const next = { levels: without(levels, i!), passing: kept, parts: eachRow((all) => without(all, i!)) };
			return to(next, 'levels', true);
		}
		case 'up-level': {
			if (!isLevel || i === 0) return isLevel ? to({}, 'levels') : null;
			// The pass stays with its level.
			const goes = passing === i ? i! - 1 : passing === i! - 1 ? i! : passing;
			return to({ levels: earlier(levels, i!), passing: goes, parts: eachRow((all) => earlier(all, i!)) }, 'levels');
		}
		case 'remove-competency':
			return to({ competencies: draft.competencies.filter((id) => id !== rest[0]) }, 'proves');
		default:
			return null;
	}
}

const linesOf = (text: string) =>
	text
		.split('\n')
		.map((line) => line.trim())
		.filter(Boolean);
const whole = (text: string) => (/^\d{1,6}$/.test(text) ? Number(text) : null);

/** A title as a key: small words joined by hyphens. */
export const keyOf = (title: string): string =>
	title
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.match(/[a-z0-9]+/g)
		?.join('-')
		.slice(0, 80)
		.replace(/-$/, '') ?? '';

const short = (text: string) => (text.length > 60 ? `${text.slice(0, 58).trimEnd()} …` : text);
/** A part as people call it: by its prompt, or by its place while it has none. */
const nameOf = ({ prompt, section }: DraftPart, i: number) =>
	prompt.trim() ? `“${short(prompt.trim())}”` : `The part at place ${i + 1} (part ${section})`;

/** All that must be mended before it can be published, each as a sentence with its place on the page. Empty: nothing. */
export function missing(draft: Draft): { at: string; says: string }[] {
	const found: { at: string; says: string }[] = [];
	const say = (at: string, says: string) => found.push({ at, says });
	if (!draft.title.trim()) say('title', 'It has no title.');
	if (!draft.competency.trim()) say('competency', 'It does not say which competency it proves.');
	if (draft.key && !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(draft.key))
		say('key', 'Its key is not small words joined by hyphens, such as wait-time.');
	else if (!draft.key && draft.title.trim() && !keyOf(draft.title))
		say('key', 'No key can be made of its title. Please write one, such as wait-time.');
	const figures = [
		['hours', draft.hours, 'The hours it costs', 1, 1000],
		['awardMonths', draft.awardMonths, 'The months that an award counts', 1, 600],
		['ownWordsPercent', draft.ownWordsPercent, 'The share of own words', 1, 100]
	] as const;
	for (const [at, text, what, least, most] of figures) {
		const value = whole(text);
		if (text && (value === null || value < least || value > most))
			say(at, `${what}: “${short(text)}” is no whole number from ${least} to ${most.toLocaleString('en-US')}.`);
	}
	if (draft.reviewBy && (!/^\d{4}-\d{2}-\d{2}$/.test(draft.reviewBy) || Number.isNaN(Date.parse(draft.reviewBy))))
		say('reviewBy', `The day by which it is looked at again: “${short(draft.reviewBy)}” is no day.`);

	const levels = draft.levels.map((level) => level.trim());
	if (levels.length < 2) say('levels', 'A rubric needs two levels or more.');
	if (levels.some((level) => !level)) say('levels', 'A level has no name.');
	const twice = levels.find((level, i) => level && levels.indexOf(level) !== i);
	if (twice) say('levels', `Two levels are called “${short(twice)}”.`);
	if (draft.passing === null) say('levels', 'It is not said at which level a row passes.');

	for (const section of [1, 2, 3] as const)
		if (!draft.parts.some((one) => one.section === section))
			say(
				'parts',
				section === 2
					? 'It asks for no evidence: nothing would show that the competency is practised.'
					: `It has no part ${section}, ${section === 1 ? 'overview' : 'reflection'}.`
			);
	draft.parts.forEach((one, i) => {
		const at = `p${i}`;
		const name = nameOf(one, i);
		if (!one.prompt.trim()) say(at, `${name} has no prompt.`);
		if (one.section === 2) {
			if (one.kinds.length === 0) say(at, `${name} says no kind of evidence that it takes.`);
			if (one.rows.length === 0) say(at, `${name} has no rubric row, so nobody could score it.`);
		} else {
			const [min, max] = [whole(one.minWords), whole(one.maxWords)];
			for (const text of [one.minWords, one.maxWords])
				if (text && !whole(text)) say(at, `${name}: “${short(text)}” is no number of words.`);
			if (min && max && min > max) say(at, `${name} asks for at least ${min} and at most ${max} words.`);
		}
		one.rows.forEach((row, j) => {
			const which = row.criterion.trim() ? `Row “${short(row.criterion.trim())}”` : `Row ${j + 1} of ${name}`;
			if (!row.criterion.trim()) say(`p${i}r${j}`, `${which} has no name.`);
			const silent = levels.filter((_, k) => !row.descriptions[k]?.trim());
			if (silent.length > 0)
				say(
					`p${i}r${j}`,
					`${which} does not describe ${silent.length === levels.length ? 'any level' : silent.map((level) => `“${level || 'a level without a name'}”`).join(', ')}.`
				);
		});
	});
	if (found.length === 0) {
		// What the reader of files would refuse as well: texts that are too long, above all.
		try {
			readMicrocredential(fileOf(draft));
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			say('title', error.message);
		}
	}
	return found;
}

/** The draft in the shape of a file; its parts come in the order of their sections. */
function fileOf(draft: Draft): unknown {
	const given = (text: string) => (text.trim() ? text.trim() : undefined);
	const figure = (text: string) => whole(text) ?? undefined;
	const of = (section: number) => draft.parts.filter((one) => one.section === section);
	const rubric = (rows: DraftRow[]) => rows.map(({ criterion, descriptions }) => ({ criterion, levels: descriptions }));
	const asked = (one: DraftPart) => ({
		prompt: one.prompt,
		minWords: figure(one.minWords),
		maxWords: figure(one.maxWords),
		wordsBinding: one.wordsBinding,
		rubric: rubric(one.rows)
	});
	return {
		id: draft.key || keyOf(draft.title),
		title: draft.title,
		competency: draft.competency,
		keyMethod: given(draft.keyMethod),
		methodComponents: linesOf(draft.methodComponents),
		research: linesOf(draft.research).map((line) => {
			const [, title, url] = /^(.*?)\s*(https?:\/\/\S+)$/.exec(line) ?? [];
			return url ? { title: title || url, url } : { title: line };
		}),
		hours: figure(draft.hours),
		levels: draft.levels.map((level) => level.trim()),
		passingLevel: draft.levels[draft.passing ?? -1]?.trim(),
		part1: of(1).map(asked),
		part2: of(2).map((one) => ({ artifact: one.prompt, kinds: one.kinds, rubric: rubric(one.rows) })),
		part3: of(3).map(asked),
		licence: given(draft.licence),
		reviewBy: given(draft.reviewBy),
		awardMonths: figure(draft.awardMonths),
		grades: draft.grades,
		subjects: linesOf(draft.subjects),
		needs: linesOf(draft.needs),
		ownWordsPercent: figure(draft.ownWordsPercent)
	};
}

/** What it says once it is published. @throws Refusal rule while something is `missing` */
export const finished = (draft: Draft): Microcredential => readMicrocredential(fileOf(draft));

/** How it would look now, finished or not: for the preview. */
export function asItStands(draft: Draft): Pick<Microcredential, 'parts'> & {
	offer: Omit<Microcredential, 'key' | 'alignments' | 'parts' | 'passingLevel'> & { passingLevel: number | null };
} {
	const text = (typed: string) => typed.trim() || null;
	return {
		offer: {
			title: draft.title.trim() || 'Without a title',
			competency: draft.competency.trim() || 'Not said yet.',
			keyMethod: text(draft.keyMethod),
			methodComponents: linesOf(draft.methodComponents),
			research: linesOf(draft.research).map((title) => ({ title })),
			levels: draft.levels.map((level) => level.trim()),
			passingLevel: draft.passing,
			hours: whole(draft.hours),
			licence: text(draft.licence),
			reviewBy: /^\d{4}-\d{2}-\d{2}$/.test(draft.reviewBy) ? draft.reviewBy : null,
			awardMonths: whole(draft.awardMonths),
			grades: draft.grades,
			subjects: linesOf(draft.subjects),
			needs: linesOf(draft.needs),
			ownWordsPercent: whole(draft.ownWordsPercent)
		},
		parts: [...draft.parts]
			.sort((a, b) => a.section - b.section)
			.map((one, i) => ({
				section: one.section,
				position: i + 1,
				prompt: one.prompt.trim() || 'Not said yet.',
				minWords: whole(one.minWords),
				maxWords: whole(one.maxWords),
				wordsBinding: one.wordsBinding,
				artifactKinds: one.section === 2 ? one.kinds : [],
				rubric: one.rows
			}))
	};
}
