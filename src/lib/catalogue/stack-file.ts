/**
 * Reads a stack as a program writes it down: title, microcredentials by issuer and key, the rule over them, and what
 * completing it brings. Pure; `program/stack-publishing.server.ts` finds the microcredentials and stores the result.
 */
import * as v from 'valibot';
import { Refusal } from '#lib/errors.ts';
import { mostItems, readStackRule, type StackRule } from './stack.ts';

/** A stack of 400 microcredentials with every list named is some 60 KB. */
export const longestStackFile = 200_000;

export type StackFile = {
	key: string;
	title: string;
	summary: string;
	/** As `issuer/key`, in the order a teacher meets them. */
	items: string[];
	/** Over the names above; another stack by its key. */
	rule: StackRule;
	outcomes: { kind: 'pay' | 'role' | 'licence-credit'; words: string }[];
};

const text = (what: string, longest: number) =>
	v.pipe(
		v.string(`${what} is not a text.`),
		v.trim(),
		v.minLength(1, `${what} is empty.`),
		v.maxLength(longest, `${what} is longer than ${longest} letters.`)
	);
const word = /^[a-z0-9]+(-[a-z0-9]+)*$/;

const shape = v.object({
	key: v.pipe(text('The key', 100), v.regex(word, 'The key is not lower-case words joined by hyphens.')),
	title: text('The title', 200),
	summary: text('The summary', 500),
	items: v.pipe(
		v.array(
			v.pipe(
				text('A microcredential', 200),
				v.regex(/^[^/]+\/[^/]+$/, 'A microcredential is not named as “issuer/key”.')
			),
			'“items” is not a list.'
		),
		v.minLength(1, 'It lists no microcredential.'),
		v.maxLength(mostItems, `It lists more than ${mostItems} microcredentials.`),
		v.check((list) => new Set(list).size === list.length, 'It lists a microcredential twice.')
	),
	rule: v.unknown(),
	outcomes: v.optional(
		v.pipe(
			v.array(
				v.object({
					kind: v.picklist(
						['pay', 'role', 'licence-credit'],
						'An outcome is none of “pay”, “role” and “licence-credit”.'
					),
					words: text('What an outcome says', 300)
				})
			),
			v.maxLength(20, 'It brings more than 20 things.')
		),
		[]
	)
});

/** @throws Refusal 'rule' with what is wrong and where; nothing is looked up yet */
export function readStackFile(input: string): StackFile {
	if (input.length > longestStackFile) throw no(`It is longer than ${longestStackFile / 1000} KB.`);
	let json: unknown;
	try {
		json = JSON.parse(input);
	} catch {
		throw no('It is not JSON: a comma, a quotation mark or a bracket is missing or too many.');
	}
	const read = v.safeParse(shape, json);
	if (!read.success) {
		const [issue] = read.issues;
		const path = v.getDotPath(issue);
		throw no(`${issue.message}${path ? ` It stands at ${path}.` : ''}`);
	}
	const { rule, ...rest } = read.output;
	return { ...rest, rule: readStackRule(rule, rest.items) };
}

const no = (why: string) => new Refusal('rule', `This stack can’t be read. ${why} Nothing has changed.`);

/** The rule with every microcredential and every other stack named as the database names them. */
export function withIds(rule: StackRule, idOf: (item: string) => string, stackOf: (key: string) => string): StackRule {
	if (rule.kind === 'at-least') return rule;
	const named = <T extends string[] | string>(of: T): T => (typeof of === 'string' ? of : (of.map(idOf) as T));
	return {
		...rule,
		...(rule.lists && {
			lists: Object.fromEntries(Object.entries(rule.lists).map(([name, list]) => [name, list.map(idOf)]))
		}),
		needs: rule.needs.map((need) => {
			switch (need.kind) {
				case 'required':
					return { ...need, items: need.items.map(idOf) };
				case 'stack':
					return { ...need, stackVersionId: stackOf(need.stackVersionId) };
				case 'slots':
					return { ...need, of: named(need.of) };
				case 'at-least':
					return need.of === undefined ? need : { ...need, of: named(need.of) };
			}
		}),
		...(rule.exclusions && { exclusions: rule.exclusions.map((one) => ({ ...one, of: named(one.of) })) })
	};
}
