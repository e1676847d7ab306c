/** Among which stacks a teacher may choose. Pure; `app.choosable_stacks()` says the same in the database. */

export type Choosing = {
	/** Where the person teaches now: a program, and the cohort when the role is one in it. */
	teaching: { programId: string; cohortId: string | null }[];
	/** What programs offer, from when until when. */
	offered: { programId: string; stackVersionId: string; fromAt: Date; untilAt: Date | null }[];
	/** Programs in which the person has a place, or had one: the rule that was chosen there stays. */
	enrolledIn: string[];
};

export type Choice = { programId: string; cohortId: string | null; stackVersionId: string };

/**
 * Every stack that the person may choose now. Only a teacher chooses, only what is offered now, and once in a program:
 * the version of the rule binds for good, so nobody finds another goal under their feet.
 */
export function choosable({ teaching, offered, enrolledIn }: Choosing, now: Date): Choice[] {
	const open = offered.filter(({ fromAt, untilAt }) => fromAt <= now && (untilAt === null || untilAt > now));
	return teaching
		.filter(({ programId }) => !enrolledIn.includes(programId))
		.flatMap(({ programId, cohortId }) =>
			open
				.filter((offer) => offer.programId === programId)
				.map(({ stackVersionId }) => ({ programId, cohortId, stackVersionId }))
		);
}
