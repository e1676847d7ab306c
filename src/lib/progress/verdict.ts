/**
 * The verdict on a stack in sentences: what is met, by what, what is missing and why, the shortest way, or what
 * contradicts what. Recomputed from facts every time. Pure: facts, clock and time zone come from outside.
 */
import {
	everyOf,
	exclusionWords,
	type Names,
	listOf,
	notAfter,
	requirementWords,
	type Verb
} from '#lib/catalogue/stack.ts';
import { when } from '#lib/ui/when.ts';
import { type Counting, countingOf, firstMet } from './counting.ts';
import { dayOf, sayDay } from './days.ts';
import { type Answer, type Cost, isMet, judge, type Stack } from './judge.ts';
import { stateWords } from './states.ts';
import { everyItem, type Item, type StackFacts, type Stone, stonesOf } from './stones.ts';

export type RequirementShown = {
	met: boolean;
	/** "Content stacks: 5 of 6 submitted". */
	words: string;
	/** Which ones fill it; null when none does yet. */
	by: string | null;
	/** What is missing; null when nothing is. */
	missing: string | null;
};

export type Verdict = {
	counts: Verb;
	have: number;
	need: number;
	/** Whether the rule is met at this instant. */
	complete: boolean;
	/** When the rule was first met; kept when an award expires later. */
	completedAt: Date | null;
	/** "2 of 3 earned": never shown without `which` and `missing`. */
	summary: string;
	/** Which ones count; null when none does yet. */
	which: string | null;
	/** What is missing and the shortest way there; null when nothing is. */
	missing: string | null;
	/** Each requirement; empty where the rule has only one, which the sentences above say whole. */
	requirements: RequirementShown[];
	/** The shortest way to finish with its hours, and until when that holds; or until when what is complete stays so. */
	way: string | null;
	/** Which requirements can't be met together, or why it can't be finished as things are. */
	contradiction: string | null;
	/** Which ones may not both count; null where the rule excludes nothing. */
	apart: string | null;
	/** The last day, and how it was extended; null where none is set. */
	deadline: string | null;
	/** What was practised so far, whatever came of it; null before anything was. */
	practice: string | null;
};

const plural = (n: number, one: string, more: string) => `${n} ${n === 1 ? one : more}`;
const said = new Intl.ListFormat('en', { type: 'conjunction' });
/** More titles than this are no sentence any more. */
const mostTitles = 6;
const list = (titles: string[]) =>
	titles.length <= mostTitles
		? said.format(titles)
		: `${titles.slice(0, mostTitles - 1).join(', ')} and ${titles.length - mostTitles + 1} others`;
const quoted = (titles: string[]) => list(titles.map((title) => `“${title}”`));

/** Whether the rule is met now, why, and what is the shortest way to meet it. */
export function verdictOf(facts: StackFacts, stones: Stone[] = stonesOf(facts)): Verdict {
	const { now, timeZone: zone, rule } = facts;
	const at = now.getTime();
	const counting = countingOf(facts, { zone, lastDay: facts.lastDay, now });
	const stack = stackOf(facts);
	const ended = facts.lastDay !== null && dayOf(now, zone) > facts.lastDay;
	const today = dayOf(now, zone);
	const states = new Map(stones.map((stone) => [stone.microcredentialId, stone.state]));
	const items = new Map(everyItem(facts).map((item) => [item.microcredentialId, item]));
	const cost = (id: string): Cost | null => {
		if (ended) return null;
		const waits = states.get(id) === 'in-review';
		const item = items.get(id);
		if (!item || (item.open === false && !waits)) return null;
		return { hours: item.hours, waits };
	};
	const answer = judge({
		stack,
		counts: (item, verb, by) => counting.counts(at, item, verb, by),
		cost,
		open: (by) => !ended && (by === null || today <= by)
	});
	const listed = [...items.keys()];
	const metAt = (instant: number, also: string[] = []) => {
		// Every place takes one of its own, so fewer than the places of one pool never do; most instants are answered by that.
		const there = listed.filter((id) => also.includes(id) || counting.counts(instant, id, 'submitted', null));
		if (there.length < answer.need) return false;
		return isMet({
			stack,
			counts: (item, verb, by) => also.includes(item) || counting.counts(instant, item, verb, by)
		});
	};
	// Most have never been there: all that ever counted, taken together, would not do either.
	const first = answer.met || isMet({ stack, counts: counting.ever }) ? firstMet(counting, metAt) : null;
	const completedAt = first === null ? null : new Date(first);
	const counted = new Set(answer.counted);
	const titles = stones.filter((stone) => counted.has(stone.microcredentialId)).map((stone) => stone.title);
	const have = Math.min(answer.have, answer.need);
	const summary = `${have} of ${answer.need} ${rule.counts}`;
	const titleOf = (id: string) => items.get(id)?.title ?? 'one that is not known here';
	const names: Names = { titleOf, stackOf: (id) => facts.nested?.get(id)?.title ?? 'a stack that is not known here' };
	const known: Found = { facts, all: stack.items, answer, counting, names, metAt, ended };
	const single = rule.kind === 'at-least';
	return {
		counts: rule.counts,
		have: answer.have,
		need: answer.need,
		complete: answer.met,
		completedAt,
		summary: !answer.met && have === answer.need ? `${summary}, and not every requirement is met` : summary,
		which: single && titles.length > 0 ? `${list(titles)}.` : null,
		missing: answer.met ? null : missingOf(known, stones, completedAt),
		requirements: single ? [] : requirementsOf(known),
		way: wayOf(known, cost, stones),
		contradiction: answer.conflict && !ended ? contradictionOf(known) : null,
		apart: apartOf(known),
		deadline: deadlineOf(facts),
		practice: practiceOf(facts)
	};
}

type Found = {
	facts: StackFacts;
	/** The ids of the stack's own microcredentials. */
	all: string[];
	answer: Answer;
	counting: Counting;
	names: Names;
	metAt: (instant: number, also?: string[]) => boolean;
	ended: boolean;
};

const idsOf = (items: Item[]) => items.map((item) => item.microcredentialId);

/** The rule with the stacks that it asks for, as the judge takes it. */
export function stackOf(facts: Pick<StackFacts, 'rule' | 'items' | 'nested'>): Stack {
	const nested = new Map<string, Stack>();
	for (const [id, { rule, items }] of facts.nested ?? []) nested.set(id, { rule, items: idsOf(items), nested });
	return { rule: facts.rule, items: idsOf(facts.items), nested };
}

function missingOf(found: Found, stones: Stone[], completedAt: Date | null): string {
	const { facts, answer, ended, names } = found;
	const { now, timeZone: zone, rule } = facts;
	const was = completedAt
		? `It was complete on ${when(completedAt, 'day', zone, now)}; that stays in your history. `
		: '';
	const lacking = answer.requirements.map(({ need, have }) => need - have);
	if (rule.kind !== 'at-least') {
		const open = everyOf(rule).needs.flatMap((need, i) => {
			const n = lacking[i]!;
			if (n <= 0) return [];
			if (need.kind === 'stack') return [`“${names.stackOf(need.stackVersionId)}”`];
			return [`${n} for ${nameOf(found, i)}`];
		});
		const still = `Still missing: ${said.format(open)}.`;
		return ended ? `${was}The time for it ended on ${sayDay(facts.lastDay!, now, zone)}. ${still}` : was + still;
	}
	const short = rule.count - answer.have;
	if (ended) return `${was}The time for it ended on ${sayDay(facts.lastDay!, now, zone)}, with ${short} missing.`;
	const counted = new Set(answer.counted);
	const shut = new Set(idsOf(facts.items.filter(({ open }) => open === false)));
	const ahead = stones.filter(
		({ microcredentialId: id, state }) => !counted.has(id) && (!shut.has(id) || state === 'in-review')
	);
	const need = `${plural(short, 'more completes', 'more complete')} it`;
	// The list of a program may still be shorter than its rule.
	if (ahead.length < short)
		return `${was}${need}; ${ahead.length === 0 ? 'which ones can count' : 'which others can count'} is not known yet.`;
	const nearest = ahead[0];
	if (!nearest || nearest.state === 'not-started')
		return `${was}${need}${ahead.length > 1 ? `: any of ${ahead.length}` : `: ${nearest?.title}`}.`;
	return `${was}${need}. Nearest: ${nearest.title}, ${stateWords[nearest.state].toLowerCase()}.`;
}

/** A requirement as it is named in a sentence. */
function nameOf({ facts, all, names }: Found, i: number): string {
	const every = everyOf(facts.rule);
	const words = requirementWords(every.needs[i]!, every, all, names);
	return every.needs[i]!.title ? `“${words}”` : `“${words.charAt(0).toLowerCase()}${words.slice(1)}”`;
}

function requirementsOf({ facts, all, answer, names }: Found): RequirementShown[] {
	const { now, timeZone: zone } = facts;
	const every = everyOf(facts.rule);
	return every.needs.map((need, i) => {
		const { met, by, then, have, need: places } = answer.requirements[i]!;
		const moved = facts.later?.findLast((one) => one.requirement === i && one.lastDay === need.by);
		const why = moved ? `, extended${inThisCase(moved)} on ${when(moved.at, 'day', zone, now)}: ${moved.reason}` : '';
		const until = need.by ? ` by ${sayDay(need.by, now, zone)}${why}` : '';
		const words = requirementWords(need, every, all, names);
		const going = then.length > 0 ? ` The shortest way: ${quoted(then.map(names.titleOf))}.` : '';
		if (need.kind === 'stack') {
			const inner = facts.nested?.get(need.stackVersionId);
			const rule = inner && notAfter(inner.rule, need.by);
			const own = rule && verdictOf({ ...facts, ...inner, rule, extensions: [], later: [], firstLastDay: null }, []);
			return {
				met,
				words: `${need.title ?? `“${names.stackOf(need.stackVersionId)}” is complete`}${until}`,
				by: met ? 'It is.' : null,
				missing: met ? null : own ? `So far ${own.summary}.${going}` : 'This stack is not known here.'
			};
		}
		const fills = need.kind === 'slots' ? 'Filled by' : 'Counted:';
		return {
			met,
			words: `${words}: ${Math.min(have, places)} of ${places} ${need.counts ?? every.counts}${until}`,
			by: by.length > 0 ? `${fills} ${quoted(by.map(names.titleOf))}.` : null,
			missing: met ? null : `${places - have} missing.${going}`
		};
	});
}

/** More time that one teacher was given, and not everybody in the program. */
const inThisCase = ({ alone }: { alone?: boolean }) => (alone ? ' in this one case' : '');

const hoursWords = (hours: number) => `about ${plural(hours, 'hour', 'hours')}`;

function wayOf(
	{ facts, answer, counting, names, metAt }: Found,
	cost: (id: string) => Cost | null,
	stones: Stone[]
): string | null {
	const { now, timeZone: zone } = facts;
	if (!answer.met && !answer.way) return null;
	const along = answer.way?.items ?? [];
	const holds = holdsUntil({ facts, answer, counting, names, metAt }, along);
	if (answer.met) return holds && `It stays complete until ${holds}.`;
	const waiting = along.filter((id) => cost(id)?.waits);
	const working = along.filter((id) => !waiting.includes(id));
	const titles = quoted(working.map(names.titleOf));
	const answerTo = waiting.length > 0 ? `the assessors’ answer to ${quoted(waiting.map(names.titleOf))}` : '';
	const by = facts.lastDay === null ? '' : `, by ${sayDay(facts.lastDay, now, zone)}`;
	const { hours, exact } = answer.way!;
	const way = () => {
		if (working.length === 0) return `Shortest way: nothing is left to do but to wait for ${answerTo}`;
		const and = answerTo && `, and ${answerTo}`;
		if (hours === null) {
			const unknown = working.filter((id) => cost(id)?.hours === null);
			const sum = working.reduce((total, id) => total + (cost(id)?.hours ?? 0), 0);
			const others = `${hoursWords(sum)}, and as long as ${quoted(unknown.map(names.titleOf))} ${unknown.length === 1 ? 'takes' : 'take'}, which is not known`;
			const long = `how long ${working.length === 1 ? 'it takes' : 'they take'} is not known`;
			return `One way: ${titles}${and}${by}; ${sum > 0 ? others : long}`;
		}
		const sum = `${hoursWords(hours)}${working.length > 1 ? ' in all' : ''}`;
		return `${exact ? 'Shortest way' : 'One way, perhaps not the shortest'}: ${titles}, ${sum}${by}${and}`;
	};
	// The shortest way is of known hours, so what is on the teacher's desk may not be on it; that has to be said.
	const begun = stones
		.filter(
			({ state, microcredentialId: id }) => state === 'gathering' && !along.includes(id) && cost(id)?.hours === null
		)
		.map(({ title }) => title);
	const aside =
		hours === null || working.length === 0 || begun.length === 0
			? ''
			: ` ${quoted(begun)} ${begun.length === 1 ? 'is' : 'are'} begun and not counted on here: how long ${begun.length === 1 ? 'it takes' : 'they take'} is not known.`;
	return `${way()}.${holds ? ` This holds until ${holds}.` : ''}${aside}`;
}

/** The last day on which it is enough, and what ceases to count then; null when nothing that it needs will. */
function holdsUntil(
	{ facts, answer, counting, names, metAt }: Omit<Found, 'ended' | 'all'>,
	along: string[]
): string | null {
	const { now, timeZone: zone, rule } = facts;
	const at = now.getTime();
	const ends = answer.counted
		.flatMap((id) => {
			const until = counting.until(at, id, rule.counts);
			return until === null ? [] : [{ id, until }];
		})
		.sort((a, b) => a.until - b.until);
	const end = ends.find(({ until }) => !metAt(until, along));
	if (!end) return null;
	return `${when(new Date(end.until - 1), 'day', zone, now)}, the last day on which “${names.titleOf(end.id)}” counts`;
}

function apartOf({ facts, all, names }: Found): string | null {
	const every = everyOf(facts.rule);
	const words = (every.exclusions ?? []).map((one) => exclusionWords(one, every, all, names));
	if (words.length === 0) return null;
	return words.map((one) => `${one.charAt(0).toUpperCase()}${one.slice(1)}.`).join(' ');
}

function contradictionOf(found: Found): string | null {
	const { facts, all, answer, names } = found;
	const { needs, exclusions, rule: ofRule } = answer.conflict!;
	const every = everyOf(facts.rule);
	if (needs.length === 0) return null;
	if (ofRule && needs.length === 1 && exclusions.length === 0) {
		const need = every.needs[needs[0]!]!;
		if (need.kind === 'stack')
			return `“${names.stackOf(need.stackVersionId)}” can’t be complete as its rule stands. Your program can change that; what you have done stays.`;
		if (need.kind === 'required') return null;
		// A list that may still grow is no contradiction; the words above say that it is not known.
		if (facts.rule.kind === 'at-least') return null;
		const named = listOf(every, need.of, all).length;
		return `${nameOf(found, needs[0]!)} asks for ${need.count} and its list names ${named} so far; which others can count is not known yet.`;
	}
	const apart = exclusions.map((i) => exclusionWords(every.exclusions![i]!, every, all, names));
	const parts = [...needs.map((i) => nameOf(found, i)), ...apart];
	if (ofRule)
		return `These can’t all be met, by anybody: ${said.format(parts)}. Your program can change that; what you have done stays.`;
	if (facts.rule.kind === 'at-least') return null;
	const shut = facts.items
		.filter(({ open, microcredentialId: id }) => open === false && !answer.counted.includes(id))
		.filter(({ microcredentialId: id }) =>
			needs.some((i) => {
				const need = every.needs[i]!;
				if (need.kind === 'stack') return false;
				return (need.kind === 'required' ? need.items : listOf(every, need.of, all)).includes(id);
			})
		)
		.map(({ title }) => `“${title}”`);
	const past = needs.some((i) => every.needs[i]!.by && every.needs[i]!.by! < dayOf(facts.now, facts.timeZone));
	const why = [
		shut.length > 0 ? `${list(shut)} can’t be begun any more` : '',
		past ? 'the last day of a requirement is over' : ''
	].filter(Boolean);
	return (
		`As things are this can’t be finished: ${said.format(parts)} ${parts.length === 1 ? 'is' : 'are together'} out of reach` +
		`${why.length > 0 ? `, because ${why.join(', and ')}` : ''}. Your program can say what counts instead; what you have done stays.`
	);
}

function deadlineOf({ lastDay, firstLastDay, extensions = [], now, timeZone: zone }: StackFacts): string | null {
	if (lastDay === null) return null;
	const last = extensions.findLast((one) => one.lastDay === lastDay);
	const day = (iso: string) => sayDay(iso, now, zone);
	if (!last) return `The last day is ${day(lastDay)}.`;
	const from = firstLastDay ? ` from ${day(firstLastDay)}` : '';
	return `The last day is ${day(lastDay)}, extended${inThisCase(last)}${from} on ${when(last.at, 'day', zone, now)}: ${last.reason}`;
}

function practiceOf({ reflections, submissions, meetings = 0, now }: StackFacts): string | null {
	const written = reflections.length;
	const handedIn = submissions.filter(({ submittedAt }) => submittedAt <= now);
	const again = handedIn.length - new Set(handedIn.map((one) => one.microcredentialId)).size;
	const parts = [
		...(written > 0 ? [plural(written, 'reflection', 'reflections')] : []),
		...(handedIn.length > 0
			? [`${plural(handedIn.length, 'hand-in', 'hand-ins')}${again > 0 ? `, ${again} of them again` : ''}`]
			: [])
	];
	if (meetings > 0) parts.push(plural(meetings, 'meeting', 'meetings'));
	return parts.length > 0 ? `Practice so far: ${parts.join('; ')}.` : null;
}

/** What stands below the stones, a sentence each: the way first, or why there is none. */
export const notesOf = ({ contradiction, way, apart, deadline, practice }: Verdict): string[] =>
	[contradiction, way, apart, deadline, practice].filter((note) => note !== null);
