/** A stack that is not published yet, in sentences, and what it would say of somebody: for whoever is about to publish it. */
import { requirementWords, ruleWords } from '#lib/catalogue/stack.ts';
import { type Acting, programToChange } from '#lib/program/managing.server.ts';
import { type StackRead, readStack } from '#lib/program/stack-publishing.server.ts';
import type { Database } from '#lib/server/database.ts';
import { type ProgramGround, programGround } from './program-stacks.server.ts';
import { type ProgressEvent, standingOf } from './events.ts';
import { notesOf, type RequirementShown } from './verdict.ts';

/** What somebody has of a microcredential, as far as is tried. */
export type Tried = 'submitted' | 'earned';

export type StackLook = {
	title: string;
	number: number;
	rule: string;
	requirements: string[];
	items: { microcredentialId: string; title: string; hours: number | null; tried: Tried | null }[];
	outcomes: string[];
	/** Whether the newest version says the same already. */
	same: boolean;
	verdict: { complete: boolean; sentences: string[]; requirements: RequirementShown[] };
};

/**
 * @param tried what somebody has handed in or earned by now
 * @throws Refusal not-found for whoever does not manage the program, unproven, or rule
 */
export async function lookAtStack(
	db: Database,
	by: Acting,
	programId: string,
	text: string,
	tried: Map<string, Tried>,
	now: Date
): Promise<StackLook> {
	const { read, ground } = await db.asPerson(by.person.id, async (tx) => {
		await programToChange(tx, by, programId);
		return { read: await readStack(tx, programId, text), ground: await programGround(tx, programId) };
	});
	return lookOf(read, ground, tried, now);
}

function lookOf(read: StackRead, program: ProgramGround, tried: Map<string, Tried>, now: Date): StackLook {
	const { file, rule, items, nested, number, same } = read;
	const said = (one: { microcredentialId: string; title: string; hours: number | null }) => ({
		...one,
		artifacts: null
	});
	// As of an hour ago, so that it counts now; and within the program, where that is over.
	const at = new Date(Math.min(now.getTime(), program.end ?? Infinity) - 3_600_000);
	const events = [...tried].map(([microcredentialId, what]): ProgressEvent =>
		what === 'earned'
			? { kind: 'awarded', at, awardId: microcredentialId, microcredentialId, expiresOn: null }
			: { kind: 'submitted', at, submissionId: microcredentialId, microcredentialId }
	);
	const { verdict } = standingOf(
		{
			now,
			timeZone: program.timeZone,
			rule,
			lastDay: program.lastDay,
			items: items.map(said),
			nested: new Map([...nested].map(([id, one]) => [id, { ...one, items: one.items.map(said) }]))
		},
		events
	);
	const ids = items.map((one) => one.microcredentialId);
	const names = {
		titleOf: (id: string) => items.find((one) => one.microcredentialId === id)?.title ?? id,
		stackOf: (id: string) => nested.get(id)?.title ?? 'a stack that is not known here'
	};
	return {
		title: file.title,
		number,
		rule: ruleWords(rule, ids, names),
		requirements:
			rule.kind === 'every'
				? rule.needs.map((need) => {
						const words = requirementWords(need, rule, ids, names);
						return need.title && 'count' in need ? `${need.count} for ${words}` : words;
					})
				: [],
		items: items.map(({ microcredentialId, title, hours }) => ({
			microcredentialId,
			title,
			hours,
			tried: tried.get(microcredentialId) ?? null
		})),
		outcomes: file.outcomes.map(({ words }) => words),
		same: same !== null,
		verdict: {
			complete: verdict.complete,
			sentences: [
				[`${verdict.summary}.`, verdict.which, verdict.missing].filter(Boolean).join(' '),
				...notesOf({ ...verdict, deadline: null, practice: null })
			],
			requirements: verdict.requirements
		}
	};
}
