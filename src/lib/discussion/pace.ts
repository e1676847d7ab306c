/** How much somebody may say in how short a time. Pure. */

const hour = 3_600_000;
const day = 24 * hour;

/** Whoever has said their first thing less than a day ago, or nothing yet. */
export const newFor = day;
/** Nobody who is new needs more, and whoever came to flood a cohort gets no further. */
export const ofNewPeople = { threads: 3, posts: 15 } as const;
/** A talk that somebody is in the middle of has a post every two minutes; more than that is a script, or somebody to slow down. */
export const ofEverybody = { postsAnHour: 30, threadsADay: 10 } as const;

export type Said = {
	/** When the person said their first thing in the product; null for nothing yet. */
	first: Date | null;
	/** When they said what they said in the last day, threads' first posts too. */
	posts: Date[];
	/** When they opened threads in the last day. */
	threads: Date[];
};

/** From when on somebody may say one more; null for now. @param opens whether it would open a thread */
export function maySayAgain({ first, posts, threads }: Said, opens: boolean, now: Date): Date | null {
	const within = (all: Date[], ms: number) =>
		all
			.map((at) => at.getTime())
			.filter((at) => at > now.getTime() - ms)
			.sort((a, b) => a - b);
	/** When the oldest that is one too many has passed. */
	const free = (all: Date[], ms: number, most: number): number => {
		const counted = within(all, ms);
		return counted.length < most ? 0 : counted[counted.length - most]! + ms;
	};
	const waits = [
		free(posts, hour, ofEverybody.postsAnHour),
		...(opens ? [free(threads, day, ofEverybody.threadsADay)] : [])
	];
	const isNew = first === null || first.getTime() > now.getTime() - newFor;
	if (isNew) {
		const newUntil = first === null ? Infinity : first.getTime() + newFor;
		const few = Math.max(free(posts, day, ofNewPeople.posts), opens ? free(threads, day, ofNewPeople.threads) : 0);
		waits.push(Math.min(few, few === 0 ? 0 : newUntil));
	}
	const until = Math.max(...waits);
	return until > now.getTime() ? new Date(until) : null;
}

/** The sentence of a refusal: when it goes on, and that nothing is lost. */
export function slower(until: Date, now: Date): string {
	const minutes = Math.ceil((until.getTime() - now.getTime()) / 60_000);
	const when =
		minutes < 60
			? `in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}`
			: `in about ${Math.round(minutes / 60) === 1 ? 'an hour' : `${Math.round(minutes / 60)} hours`}`;
	return `That is a lot in a short time, so this was not posted yet. What you wrote is still in the form: it can be posted ${when}.`;
}
