/** What happens when a teacher is moved to another cohort: the rule, said before it is done. Pure. */
import { Refusal } from '#lib/errors.ts';

export type Move = {
	person: string;
	/** Null: they have no cohort yet. */
	from: string | null;
	to: string;
	/** Of pairs that go on; `stays` when they read the cohort before for another reason too. */
	with: { name: string; as: 'mentor' | 'coach'; stays: boolean }[];
};

/** Characters of a reason. A sentence or two. */
export const longestMoveReason = 300;

/** Sentence by sentence what will be so. Each is held by a test. */
export function whatHappens({ person, from, to, with: others }: Move): string[] {
	return [
		...(from
			? [
					`What ${person} wrote stays in ${from}, under their name, and is read by ${from}.`,
					`${person} keeps reading their own posts, and nothing else of ${from} from this moment.`
				]
			: []),
		`In ${to} ${person} reads all that was said, as everybody there does.`,
		...(from ? [`${to} sees nothing that ${person} wrote before.`] : []),
		'Questions without a name stay without one.',
		...(from ? [`Notices about ${from} that are waiting are dropped.`] : []),
		...others.map(
			({ name, as, stays }) =>
				`${name}, ${as === 'mentor' ? 'who mentors them' : 'their coach'}, comes along and reads ${to} from now on${
					!from ? '' : stays ? `, beside ${from}` : `, and nothing of ${from} any more but their own posts`
				}.`
		)
	];
}

/** The manager's reason, if they give one. @throws Refusal rule */
export function readMoveReason(typed: unknown): string | null {
	const words = typeof typed === 'string' ? typed.replace(/\s+/g, ' ').trim() : '';
	if ([...words].length > longestMoveReason)
		throw new Refusal('rule', `Please give the reason in ${longestMoveReason} characters. Nobody was moved.`);
	return words || null;
}
