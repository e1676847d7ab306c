/** What a plan says in sentences: both dates, what lies between them, and what would help. Pure. */
import { dayAfter, daysApart, schoolDays, schoolWeeks } from '#lib/program/breaks.ts';
import { dayInWords } from '#lib/ui/day-in-words.ts';
import { enoughMinutes, inHours, type Plan, type PlanGround } from './plan.ts';
import type { WayItem } from './plan-way.ts';

const plural = (n: number, one: string, more = `${one}s`) => `${n} ${n === 1 ? one : more}`;
const said = new Intl.ListFormat('en', { type: 'conjunction' });
const quoted = (titles: string[]) => said.format(titles.map((title) => `“${title}”`));

export type PlanFacts = {
	plan: Plan;
	ground: Omit<PlanGround, 'items'> & { items: readonly WayItem[] };
	/** The program's last day, with every extension; null where it has none. */
	lastDay: string | null;
	/** As it was before any extension, and the reason of the one that set it; null where there was none. */
	extended: { from: string; reason: string } | null;
	/** Whether the teacher said how many hours they have; else they are ours. */
	saidHours: boolean;
	/** Since which day everything rests. */
	restsSince: string | null;
	/** What the plan said when it was saved last, and the days on which everything rested since. */
	saved: { doneOn: string | null; on: string; restedDays: number } | null;
	/** How much longer it is than the shortest way of all, in minutes. */
	longerBy: number | null;
};

/** Both dates, a line each: the teacher's own first. */
export function bothDates({ plan, lastDay, extended }: Pick<PlanFacts, 'plan' | 'lastDay' | 'extended'>): {
	own: string;
	program: string;
} {
	return {
		own: plan.doneOn
			? dayInWords(plan.doneOn)
			: plan.tooLong
				? 'more than ten years from now'
				: plan.knownUntil
					? `not known, ${dayInWords(plan.knownUntil)} at the earliest`
					: 'not known',
		program:
			lastDay === null
				? 'none: whatever is done counts'
				: `${dayInWords(lastDay)}${extended ? `, extended from ${dayInWords(extended.from)}: ${extended.reason}` : ''}`
	};
}

/** What there is to say of them, in this order: is it in time, what would help, what moved it, what is not known. */
export function planSentences(facts: PlanFacts): { words: string; late: boolean }[] {
	const { plan, ground, lastDay, saidHours, restsSince, saved, longerBy } = facts;
	const all: { words: string; late: boolean }[] = [];
	const say = (words: string, late = false) => all.push({ words, late });
	const end = plan.doneOn ?? plan.knownUntil;
	const pace = `At ${inHours(ground.minutesPerWeek)} a week`;
	if (plan.tooLong) say(`${pace} this goes on for more than ten years. ${helps(facts)}`, true);
	else if (end && lastDay !== null && end > lastDay) {
		const late = plural(Math.max(1, Math.ceil(daysApart(lastDay, end) / 7)), 'week');
		say(`${pace} your plan ends ${late} after the program’s last day. ${helps(facts)}`, true);
	} else if (plan.doneOn && lastDay !== null) {
		const spare = schoolWeeks(dayAfter(plan.doneOn, 1), lastDay, ground.breaks);
		say(
			spare === 0
				? `${pace} your plan ends just in time for the program’s last day, with no school week to spare.`
				: `${pace} your plan ends ${plural(spare, 'school week')} before the program’s last day.`
		);
	} else if (plan.doneOn) say(`${pace} you are done by then.`);
	if (!saidHours && ground.items.length > 0)
		say(
			`How many hours you have is not known yet, so this counts with ${inHours(ground.minutesPerWeek)}. Please say yours.`
		);
	for (const { title, by, id } of ground.items) {
		const own = plan.items.find((one) => one.id === id);
		if (by && own?.until && own.until > by)
			say(
				`“${title}” counts until ${dayInWords(by)} only, and stands in the plan until ${dayInWords(own.until)}. Moving it earlier helps.`,
				true
			);
	}
	if (restsSince)
		say(
			`You rest since ${dayInWords(restsSince)}. The dates here hold if you go on today, and each week of rest moves yours by a week. The program’s last day stays where it is.`
		);
	if (saved?.doneOn && plan.doneOn && saved.doneOn !== plan.doneOn) {
		const way = plan.doneOn > saved.doneOn ? 'later' : 'earlier';
		const rest = saved.restedDays > 0 ? ` You rested for ${plural(saved.restedDays, 'school day')} since.` : '';
		say(
			`When you saved it on ${dayInWords(saved.on)}, your date was ${dayInWords(saved.doneOn)}; it is ${way} now.${rest}`
		);
	}
	const unknown = ground.items.filter(({ minutes }) => minutes === null).map(({ title }) => title);
	if (unknown.length > 0)
		say(
			`How long ${quoted(unknown)} ${unknown.length === 1 ? 'takes is' : 'take is'} not known, so ${unknown.length === 1 ? 'it has' : 'they have'} no weeks here and ${unknown.length === 1 ? 'comes' : 'come'} after the others.`
		);
	const resting = ground.items.filter((one) => one.resting).map(({ title }) => title);
	if (resting.length > 0)
		say(
			`${quoted(resting)} ${resting.length === 1 ? 'rests' : 'rest'}, so ${resting.length === 1 ? 'it comes' : 'they come'} last here.`
		);
	if (longerBy)
		say(
			`The shortest way of all would ask for ${inHours(longerBy)} less; this one goes on with what you began and chose.`
		);
	return all;
}

/** What would bring it in time. */
function helps({ ground, lastDay, plan }: PlanFacts): string {
	const ask = 'Your program can give more time, and your mentor can help to choose shorter ones.';
	if (lastDay === null) return 'More hours a week would help.';
	if (schoolDays(ground.from, lastDay, ground.breaks) <= 0)
		return `There is no school day left before it. ${ask} What you do stays yours in any case.`;
	const enough = enoughMinutes(ground, lastDay);
	if (enough === null) return `Even forty hours a week would not do. ${ask}`;
	if (enough <= ground.minutesPerWeek) return ask;
	return `With ${inHours(enough)} a week ${plan.doneOn ? 'it' : 'what is known'} would be in time. ${ask}`;
}

/** The one line on a home. */
export function planLine({ plan, lastDay, saidHours, restsSince }: PlanFacts): string | null {
	const end = plan.doneOn;
	if (restsSince) return `You rest since ${dayInWords(restsSince)}; nothing is asked of you.`;
	if (plan.items.length === 0) return null;
	const own = end
		? `${saidHours ? 'Your plan' : 'At two hours a week you would be'}${saidHours ? ' is done' : ' done'} by ${dayInWords(end)}`
		: 'When your plan is done is not known yet';
	if (lastDay === null) return `${own}.`;
	return `${own}${end && end > lastDay ? ', after' : '; '}${end && end > lastDay ? ' the program’s last day,' : 'the program’s last day is'} ${dayInWords(lastDay)}.`;
}
