/**
 * A stack is a rule over microcredentials, kept as data so that programs can state theirs without code. Pure: a rule is
 * read, bounded and said here; whether somebody meets it is `progress/judge.ts`.
 */
import * as v from 'valibot';
import { Refusal } from '#lib/errors.ts';

/** Which fact counts: handed in, or earned. They are different verbs and a rule says which. */
export type Verb = 'submitted' | 'earned';

/** Microcredentials by id, or the name of one of the rule's lists. */
export type Of = string[] | string;

type Common = {
	/** What people call it ("Content stacks"). */
	title?: string;
	/** Where it differs from the rule's own verb. */
	counts?: Verb;
	/** The last day on which something counts for this requirement, as 2027-01-31, in the program's time zone. */
	by?: string;
};

export type Requirement = Common &
	(
		| /** So many of a list, or of the whole stack. What fills slots counts here as well: the minimum of a group. */
		  { kind: 'at-least'; count: number; of?: Of }
		  /** Every one of these. They may fill slots as well. */
		| { kind: 'required'; items: string[] }
		/** So many slots for what is on the list. One microcredential fills one slot, however many it fits. */
		| { kind: 'slots'; count: number; of: Of }
		/** Another stack is complete, in this version, by its own verbs; `by` ends all that it asks for. */
		| { kind: 'stack'; stackVersionId: string }
	);

/** Of these at most so many count, however many are there: one unless it says otherwise. */
export type Exclusion = { of: Of; atMost?: number };

/** The first form, which stored rules still have: at least n distinct microcredentials of the stack's own. */
export type AtLeast = { kind: 'at-least'; count: number; counts: Verb };

/** Every one of its requirements. */
export type Every = {
	kind: 'every';
	counts: Verb;
	/** Lists that requirements and exclusions name. */
	lists?: Record<string, string[]>;
	needs: Requirement[];
	exclusions?: Exclusion[];
};

export type StackRule = AtLeast | Every;

/** A stack for a career has fewer; what a person could read on one page. */
export const mostRequirements = 40;
/** The largest catalogue we know lists some 600 microcredentials; no stack is all of them. */
export const mostItems = 400;
/** Ten times the largest program's 18. */
export const mostCounted = 200;
/**
 * Exclusions make the question hard in earnest (matching under conflicts), so every choice among them is tried: 4,096
 * choices, such as twelve pairs, are answered at once. A rule with more is refused rather than guessed at.
 */
export const mostChoices = 4096;
/** A stack of stacks of stacks is as deep as people follow. */
export const deepestStack = 4;

const name = v.pipe(v.string(), v.trim(), v.minLength(1, 'A name is empty.'), v.maxLength(200, 'A name is too long.'));
const item = v.pipe(v.string(), v.minLength(1, 'A microcredential is named by an empty text.'), v.maxLength(200));
const items = v.pipe(
	v.array(item),
	v.minLength(1, 'A list is empty, so nothing could ever fill it.'),
	v.maxLength(mostItems, `A list names more than ${mostItems} microcredentials.`),
	v.check((list) => new Set(list).size === list.length, 'A list names the same microcredential twice.')
);
const of = v.union([name, items], (issue) =>
	Array.isArray(issue.input)
		? 'A list is empty, too long, or names a microcredential twice.'
		: '“of” is neither the name of a list nor a list of microcredentials.'
);
const count = v.pipe(
	v.number('A count is not a number.'),
	v.integer('A count is not a whole number.'),
	v.minValue(1, 'A count is below 1.'),
	v.maxValue(mostCounted, `A count is above ${mostCounted}, far more than anybody is asked for.`)
);
const verb = v.picklist(['submitted', 'earned'], '“counts” is neither “submitted” nor “earned”.');
const day = v.pipe(
	v.string('A day is not written as 2027-01-31.'),
	v.regex(/^\d{4}-\d{2}-\d{2}$/, 'A day is not written as 2027-01-31.'),
	v.check((text) => {
		const at = new Date(`${text}T00:00:00Z`);
		return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
	}, 'A day does not exist in the calendar.')
);
const common = { title: v.optional(name), counts: v.optional(verb), by: v.optional(day) };

const requirement = v.variant(
	'kind',
	[
		v.strictObject({ kind: v.literal('at-least'), count, of: v.optional(of), ...common }),
		v.strictObject({ kind: v.literal('required'), items, ...common }),
		v.strictObject({ kind: v.literal('slots'), count, of, ...common }),
		v.strictObject({ kind: v.literal('stack'), stackVersionId: item, title: common.title, by: common.by })
	],
	'A requirement is of none of the kinds “at-least”, “required”, “slots” and “stack”.'
);

const rule = v.variant(
	'kind',
	[
		v.strictObject({ kind: v.literal('at-least'), count, counts: verb }),
		v.strictObject({
			kind: v.literal('every'),
			counts: verb,
			lists: v.optional(v.record(name, items)),
			needs: v.pipe(
				v.array(requirement),
				v.minLength(1, 'The rule asks for nothing.'),
				v.maxLength(mostRequirements, `The rule has more than ${mostRequirements} requirements.`)
			),
			exclusions: v.optional(
				v.pipe(
					v.array(v.strictObject({ of, atMost: v.optional(count) })),
					v.maxLength(mostRequirements, `The rule has more than ${mostRequirements} exclusions.`)
				)
			)
		})
	],
	'The rule is of neither kind, “at-least” nor “every”.'
);

/**
 * Reads a rule that came from outside, such as a file.
 * @param stackItems the microcredentials of the stack; everything that the rule names has to be among them
 * @throws Refusal 'rule' with what is wrong and where
 */
export function readStackRule(input: unknown, stackItems: string[]): StackRule {
	const read = v.safeParse(rule, input);
	if (!read.success) {
		const [issue] = read.issues;
		const path = v.getDotPath(issue);
		throw no(`${issue.message}${path ? ` It stands at ${path}.` : ''}`);
	}
	if (stackItems.length > mostItems) throw no(`The stack lists more than ${mostItems} microcredentials.`);
	if (read.output.kind === 'at-least') return read.output;
	const { lists = {}, needs, exclusions = [] } = read.output;
	const listed = new Set(stackItems);
	const named = [...needs, ...exclusions].flatMap((one) => ('of' in one && one.of !== undefined ? [one.of] : []));
	for (const list of named)
		if (typeof list === 'string' && !Object.hasOwn(lists, list))
			throw no(`It names the list “${list}”, which it lacks.`);
	const all = [
		...Object.values(lists),
		...named.filter((list) => typeof list !== 'string'),
		...needs.flatMap((need) => (need.kind === 'required' ? [need.items] : []))
	].flat();
	for (const one of all) if (!listed.has(one)) throw no(`It names “${one}”, which is not in the stack.`);
	const counted = needs.reduce((sum, need) => sum + ('count' in need ? need.count : 0), 0);
	if (counted > mostCounted) throw no(`Its counts add up to more than ${mostCounted}.`);
	const choices = exclusions.reduce(
		(product, { of, atMost = 1 }) => product * waysToKeep(listOf(read.output as Every, of, stackItems).length, atMost),
		1
	);
	if (choices > mostChoices)
		throw no(
			`Its exclusions leave more than ${mostChoices} choices of what counts, too many to be judged exactly. ` +
				'Twelve pairs are possible, or fewer of longer ones.'
		);
	return read.output;
}

const no = (why: string) => new Refusal('rule', `This rule can’t be read. ${why} Nothing has changed.`);

/** In how many ways `atMost` of `size` can be kept. */
function waysToKeep(size: number, atMost: number): number {
	if (atMost >= size) return 1;
	let ways = 1;
	for (let i = 0; i < atMost; i++) ways = (ways * (size - i)) / (i + 1);
	return ways;
}

/** The microcredentials that a requirement or an exclusion means. @param all of the stack, which is meant where none are named */
export function listOf(rule: Every, of: Of | undefined, all: string[]): string[] {
	if (of === undefined) return all;
	return typeof of === 'string' ? (rule.lists?.[of] ?? []) : of;
}

/** The rule with later last days for some of its requirements, by their place; an earlier day than the rule's changes nothing. */
export const withMoreTime = (rule: StackRule, later: { requirement: number; lastDay: string }[]): StackRule =>
	rule.kind === 'at-least' || later.length === 0
		? rule
		: {
				...rule,
				needs: rule.needs.map((need, i) =>
					later
						.filter(({ requirement }) => requirement === i)
						.reduce((moved, { lastDay }) => (moved.by && lastDay > moved.by ? { ...moved, by: lastDay } : moved), need)
				)
			};

/** The rule of a stack that has to be complete by a day: whatever it asks for counts until that day at the latest. */
export const notAfter = (rule: StackRule, by: string | undefined): StackRule => {
	if (by === undefined) return rule;
	const every = everyOf(rule);
	return { ...every, needs: every.needs.map((need) => (need.by && need.by <= by ? need : { ...need, by })) };
};

/** A rule of either form as requirements. */
export const everyOf = (rule: StackRule): Every =>
	rule.kind === 'every'
		? rule
		: { kind: 'every', counts: rule.counts, needs: [{ kind: 'at-least', count: rule.count }] };

/** The stack versions that a rule asks to be complete. */
export const stacksIn = (rule: StackRule): string[] =>
	everyOf(rule).needs.flatMap((need) => (need.kind === 'stack' ? [need.stackVersionId] : []));

/**
 * The way from a stack through others back to itself, or deeper than people follow; null when there is none.
 * @param rules of every stack version that can be reached, by id
 */
export function circleIn(start: string, rules: Map<string, StackRule>): string[] | null {
	const walk = (id: string, way: string[]): string[] | null => {
		if (way.includes(id) || way.length >= deepestStack) return [...way, id];
		const rule = rules.get(id);
		for (const next of rule ? stacksIn(rule) : []) {
			const circle = walk(next, [...way, id]);
			if (circle) return circle;
		}
		return null;
	};
	return walk(start, []);
}

const plural = (n: number, one: string, more: string) => `${n} ${n === 1 ? one : more}`;
const said = new Intl.ListFormat('en', { type: 'conjunction' });

/** What stands for microcredentials and stacks in a sentence. */
export type Names = { titleOf: (microcredentialId: string) => string; stackOf: (stackVersionId: string) => string };

/** A requirement as a phrase: "6 of “content”", "all of A and B". */
export function requirementWords(need: Requirement, rule: Every, all: string[], { titleOf, stackOf }: Names): string {
	const named = (of: Of | undefined, count: number) => {
		const list = listOf(rule, of, all);
		if (typeof of === 'string') return `${count} of “${of}”`;
		if (of === undefined)
			return count < list.length
				? `any ${count} of ${list.length}`
				: plural(count, 'microcredential', 'microcredentials');
		if (list.length === count) return said.format(list.map((id) => `“${titleOf(id)}”`));
		return list.length <= 3
			? `${count} of ${said.format(list.map((id) => `“${titleOf(id)}”`))}`
			: `${count} of ${list.length} that are listed`;
	};
	switch (need.kind) {
		case 'at-least':
			return need.title ?? `At least ${named(need.of, need.count)}`;
		case 'required':
			return need.title ?? `Required: ${said.format(need.items.map((id) => `“${titleOf(id)}”`))}`;
		case 'slots':
			return need.title ?? plural(need.count, 'slot', 'slots') + `: ${named(need.of, need.count)}`;
		case 'stack':
			return need.title ?? `“${stackOf(need.stackVersionId)}” is complete`;
	}
}

/** An exclusion as part of a sentence: "of A and B only one counts". */
export function exclusionWords({ of, atMost = 1 }: Exclusion, rule: Every, all: string[], { titleOf }: Names): string {
	const titles = listOf(rule, of, all).map((id) => `“${titleOf(id)}”`);
	return `of ${said.format(titles)} only ${atMost === 1 ? 'one counts' : `${atMost} count`}`;
}

/** The whole rule in one short phrase: "Any 3 of 15, earned". */
export function ruleWords(rule: StackRule, all: string[], names: Names): string {
	if (rule.kind === 'at-least')
		return rule.count < all.length
			? `Any ${rule.count} of ${all.length}, ${rule.counts}`
			: `${rule.count === 1 ? 'One microcredential' : `All ${rule.count}`}, ${rule.counts}`;
	const parts = rule.needs.map((need) => {
		const words = requirementWords(need, rule, all, names);
		const sized = need.title && 'count' in need ? `${need.count} for ${words}` : words;
		return need.counts && need.counts !== rule.counts ? `${sized} (${need.counts})` : sized;
	});
	const joined = said.format(
		parts.map((words, i) => (i === 0 ? words : words.replace(/^At/, 'at').replace(/^Req/, 'req')))
	);
	return `${joined}, ${rule.counts}${rule.exclusions?.length ? '; some may not both count' : ''}`;
}
