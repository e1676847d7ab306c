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

/** Whether something is offered at an instant. */
export const isOpen = ({ fromAt, untilAt }: { fromAt: Date; untilAt: Date | null }, now: Date): boolean =>
	fromAt <= now && (untilAt === null || untilAt > now);

/** Who is inside and not done yet may take another stack. `app.exchangeable_stacks()` says the same. */
export const mayChange = (status: string): boolean => status === 'enrolled' || status === 'active';

/**
 * Every stack that the person may choose now. Only a teacher chooses, only what is offered now, and once in a program:
 * the version of the rule binds, so nobody finds another goal under their feet; another one is the teacher's own act.
 */
export function choosable({ teaching, offered, enrolledIn }: Choosing, now: Date): Choice[] {
	const open = offered.filter((one) => isOpen(one, now));
	return teaching
		.filter(({ programId }) => !enrolledIn.includes(programId))
		.flatMap(({ programId, cohortId }) =>
			open
				.filter((offer) => offer.programId === programId)
				.map(({ stackVersionId }) => ({ programId, cohortId, stackVersionId }))
		);
}
