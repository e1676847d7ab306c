/**
 * Progress is one pure function over events: what happened, in whatever order it is told, up to an instant. Everything
 * that teacher, mentor and coach see of a stack comes through here. An event has an id of its own or of the thing that
 * it is about, so that the same one told twice is one.
 */
import { withMoreTime } from '#lib/catalogue/stack.ts';
import { type StackFacts, type Stone, stonesOf } from './stones.ts';
import { type Verdict, verdictOf } from './verdict.ts';

export type ProgressEvent = { at: Date } & (
	| { kind: 'started'; reflectionId: string; microcredentialId: string }
	| { kind: 'edited'; reflectionId: string }
	| { kind: 'met'; meetingId: string }
	| { kind: 'submitted'; submissionId: string; microcredentialId: string }
	| { kind: 'decided'; submissionId: string; decision: 'earned' | 'not-yet' | 'incomplete' }
	| { kind: 'awarded'; awardId: string; microcredentialId: string; expiresOn: string | null }
	| { kind: 'revoked'; awardId: string; reason: string }
	| {
			kind: 'extended';
			extensionId: string;
			lastDay: string;
			reason: string;
			/** In the case of this teacher and of nobody else. */
			alone?: boolean;
			/** The requirement, by its place in a stack's rule, that has more time; without it the whole program has. */
			of?: { stackVersionId: string; requirement: number };
	  }
);

type Extending = Extract<ProgressEvent, { kind: 'extended' }>;
type Extended = Pick<Extending, 'at' | 'lastDay' | 'reason' | 'alone'>;

/** What does not happen but is so: the stack as it was bound, and the program. */
export type Ground = Pick<StackFacts, 'timeZone' | 'rule' | 'items' | 'nested' | 'now'> & {
	/** The program's last day before any extension. */
	lastDay: string | null;
	/** Of the stack itself; those within it have theirs in `nested`. */
	stackVersionId?: string;
};

export type Standing = { facts: StackFacts; stones: Stone[]; verdict: Verdict };

/** The facts at `now`; what happened later is not known yet. */
export function factsOf(
	{ now, lastDay, stackVersionId, ...ground }: Ground,
	events: Iterable<ProgressEvent>
): StackFacts {
	const reflections = new Map<string, { microcredentialId: string; startedAt: Date }>();
	const edits = new Map<string, Date>();
	const submissions = new Map<string, { microcredentialId: string; submittedAt: Date }>();
	const decisions = new Map<string, { decidedAt: Date; decision: 'earned' | 'not-yet' | 'incomplete' }>();
	const awards = new Map<string, { microcredentialId: string; awardedAt: Date; expiresOn: string | null }>();
	const revocations = new Map<string, { revokedAt: Date; revokedReason: string }>();
	const meetings = new Set<string>();
	const extensions = new Map<string, Extended & Pick<Extending, 'of'>>();
	for (const event of events) {
		// What is written is there, though the database's clock may be a moment ahead of ours.
		if (event.at > now && event.kind !== 'started' && event.kind !== 'edited') continue;
		switch (event.kind) {
			case 'started':
				reflections.set(event.reflectionId, { microcredentialId: event.microcredentialId, startedAt: event.at });
				break;
			case 'edited': {
				const known = edits.get(event.reflectionId);
				if (!known || event.at > known) edits.set(event.reflectionId, event.at);
				break;
			}
			case 'met':
				meetings.add(event.meetingId);
				break;
			case 'submitted':
				submissions.set(event.submissionId, { microcredentialId: event.microcredentialId, submittedAt: event.at });
				break;
			case 'decided': {
				// A decision that was taken anew: the later one stands.
				const known = decisions.get(event.submissionId);
				if (!known || event.at > known.decidedAt)
					decisions.set(event.submissionId, { decidedAt: event.at, decision: event.decision });
				break;
			}
			case 'awarded':
				awards.set(event.awardId, {
					microcredentialId: event.microcredentialId,
					awardedAt: event.at,
					expiresOn: event.expiresOn
				});
				break;
			case 'revoked': {
				const known = revocations.get(event.awardId);
				if (!known || event.at < known.revokedAt)
					revocations.set(event.awardId, { revokedAt: event.at, revokedReason: event.reason });
				break;
			}
			case 'extended':
				extensions.set(event.extensionId, event);
		}
	}
	const acts = [...extensions.values()].sort(
		(a, b) => a.at.getTime() - b.at.getTime() || (a.lastDay < b.lastDay ? -1 : 1)
	);
	const shown = ({ at, lastDay, reason, alone }: Extended) => ({ at, lastDay, reason, ...(alone ? { alone } : {}) });
	const extended = acts.filter(({ of }) => !of).map(shown);
	const laterIn = (id: string | undefined) =>
		acts.flatMap(({ of, ...act }) =>
			of && of.stackVersionId === id ? [{ requirement: of.requirement, ...shown(act) }] : []
		);
	const later = laterIn(stackVersionId);
	return {
		...ground,
		now,
		rule: withMoreTime(ground.rule, later),
		...(ground.nested
			? {
					nested: new Map(
						[...ground.nested].map(([id, inner]) => [id, { ...inner, rule: withMoreTime(inner.rule, laterIn(id)) }])
					)
				}
			: {}),
		...(later.length > 0 ? { later } : {}),
		// An extension gives time and never takes any.
		lastDay:
			lastDay === null
				? null
				: extended.reduce((latest, one) => (one.lastDay > latest ? one.lastDay : latest), lastDay),
		firstLastDay: lastDay,
		extensions: extended,
		meetings: meetings.size,
		reflections: inOrder(
			reflections,
			({ startedAt }) => startedAt,
			(id, one) => ({
				...one,
				lastEditAt: edits.get(id) ?? null
			})
		),
		submissions: inOrder(
			submissions,
			({ submittedAt }) => submittedAt,
			(id, one) => ({
				...one,
				...(decisions.get(id) ?? { decidedAt: null, decision: null })
			})
		),
		awards: inOrder(
			awards,
			({ awardedAt }) => awardedAt,
			(id, one) => ({
				...one,
				...(revocations.get(id) ?? { revokedAt: null, revokedReason: null })
			})
		)
	};
}

/** By time and id, so that the order of telling leaves no trace. */
function inOrder<T, U>(things: Map<string, T>, at: (thing: T) => Date, whole: (id: string, thing: T) => U): U[] {
	return [...things]
		.sort(([a, one], [b, other]) => at(one).getTime() - at(other).getTime() || (a < b ? -1 : 1))
		.map(([id, thing]) => whole(id, thing));
}

/** Where somebody stands in their stack: the same for teacher, mentor and coach. */
export function standingOf(ground: Ground, events: Iterable<ProgressEvent>): Standing {
	const facts = factsOf(ground, events);
	const stones = stonesOf(facts);
	return { facts, stones, verdict: verdictOf(facts, stones) };
}
