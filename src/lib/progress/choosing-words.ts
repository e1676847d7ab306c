/** What a choice among stacks says of people: who in the cohort does it, which mentor is ready, what stays counted. Pure. */
import { firstName } from './next.ts';

const said = new Intl.ListFormat('en', { type: 'conjunction' });
/** More names are no sentence any more. */
const mostNames = 6;

/**
 * @param seated whether the person asking sits in a cohort of the program
 * @param any whether anybody else of the cohort has chosen any stack, as far as there is a cohort
 * @param people how many others do this one
 * @param names of those among them whom the person asking knows
 */
export function cohortWords({
	seated = true,
	any,
	people,
	names
}: {
	seated?: boolean;
	any: boolean;
	people: number;
	names: string[];
}): string {
	if (!seated) return 'You sit in no cohort yet, so who else does it is not known.';
	if (!any) return 'Nobody else of your cohort has chosen a stack yet.';
	if (people === 0) return 'Nobody else in your cohort does it so far.';
	const shown = names
		.toSorted((a, b) => a.localeCompare(b, 'en'))
		.slice(0, people > mostNames ? mostNames - 1 : mostNames);
	const others = people - shown.length;
	if (shown.length === 0)
		return `${others} ${others === 1 ? 'other' : 'others'} in your cohort ${others === 1 ? 'does' : 'do'} it.`;
	const list = said.format([...shown, ...(others > 0 ? [`${others} ${others === 1 ? 'other' : 'others'}`] : [])]);
	return `In your cohort ${list} ${people === 1 ? 'does' : 'do'} it.`;
}

export type ItemReady = {
	/** Whether the teacher's own mentor is known to be ready for it. */
	ready: boolean;
	/** How many mentors of the program are, their own included. */
	mentors: number;
};

/** Of one microcredential. The teacher's own mentor comes first, by name; others are a number. */
export function mentorOfItem({ ready, mentors }: ItemReady, mentor: string | null): string {
	const others = ready ? Math.max(0, mentors - 1) : mentors;
	const more = `${others} ${ready ? 'more ' : ''}${others === 1 ? 'mentor' : 'mentors'} of the program`;
	if (ready && mentor) return `${firstName(mentor)} is ready${others > 0 ? `, and ${more}` : ''}`;
	return others > 0 ? `${more} ${others === 1 ? 'is' : 'are'} ready` : 'no mentor is known to be ready yet';
}

/** Of a whole stack. */
export function mentorWords(items: readonly (ItemReady & { title: string })[], mentor: string | null): string {
	const own = items.filter(({ ready }) => ready);
	const any = items.filter(({ ready, mentors }) => ready || mentors > 0).length;
	const of = (n: number) => (n === items.length ? `all ${n}` : `${n} of its ${items.length}`);
	const program =
		any === 0
			? 'No mentor of the program is known to be ready for it yet.'
			: `Mentors of the program are ready for ${of(any)}.`;
	if (mentor === null) return `You have no mentor yet. ${program}`;
	const name = firstName(mentor);
	if (own.length === 0) return `Whether ${name}, your mentor, is ready for any of it is not known yet. ${program}`;
	const which = own.length <= 3 ? `: ${said.format(own.map(({ title }) => `“${title}”`))}` : '';
	return `${name}, your mentor, is ready for ${of(own.length)}${which}. ${program}`;
}

/** What of what was done counts in another stack. */
export const stayWords = ({
	summary,
	which,
	complete
}: {
	summary: string;
	which: string | null;
	complete: boolean;
}): string =>
	complete
		? `What you have done completes it: ${summary}. Everything else stays yours.`
		: `With what you have done you would stand at ${summary}${which ? `: ${which}` : '.'} What does not count there stays yours, and counts again if you come back.`;
