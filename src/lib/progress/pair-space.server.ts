/** What the space of a pair shows, by how the person asking stands to it. Only reads. */
import { listTitles } from '#lib/catalogue/offers.server.ts';
import { eq, inArray } from 'drizzle-orm';
import { signalWords } from '#lib/checkin/checkin.ts';
import { seesSignal } from '#lib/checkin/policy.ts';
import { signalsOf } from '#lib/checkin/signals.server.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Proof } from '#lib/identity/policy.ts';
import { listPairsIn, type Pair, type PairEvent, readPairIn } from '#lib/pairing/pair.server.ts';
import { sightOf } from '#lib/pairing/policy.ts';
import { listEnrollments } from '#lib/program/enrollment.server.ts';
import { readPauses } from '#lib/program/pausing.server.ts';
import { planDates } from '#lib/program/schema.server.ts';
import { listShown } from '#lib/reflection/passages.server.ts';
import { readMeetingsIn } from '#lib/meeting/meetings.server.ts';
import { zoneOf } from '#lib/meeting/zone.server.ts';
import { accessTo } from '#lib/reflection/policy.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { dayInWords } from '#lib/ui/day-in-words.ts';
import { when } from '#lib/ui/when.ts';
import { readActive } from './beginning.server.ts';
import { sayDaysAgo } from './days.ts';
import { lastEditOf, listDrafts, listRhythm, type Progress, readProgress } from './facts.server.ts';
import { stackShown, type StackShown } from './home.server.ts';
import { firstName } from './next.ts';
import { whyChoices, type WhyChoice } from './one-at-a-time.ts';
import { listReached, type ReachShown } from './reach.server.ts';
import { secondReasons } from './schema.server.ts';
import { type ReflectionState, reflectionState } from './states.ts';

export type ReflectionRow = {
	id: string;
	title: string;
	/** The microcredential it is about. */
	on: string;
	state: ReflectionState;
	words: string;
	/** Whether the mentor can see it. */
	shared: boolean;
	/** Why it was begun beside another; null where that was not asked. */
	why: string | null;
};

/** A rest of the teacher's: since when, and why where the person asking may know and it was said. */
export type RestShown = { what: string | null; since: Date; reason: string | null };

export type RhythmRow = { on: string; started: string; shared: boolean; teacher: string; mentor: string };

/** Words that the pair shows its coach, as HTML. */
export type PassageShown = { id: string; on: string; html: string; by: string; at: Date };

export type Choice = {
	versionId: string;
	title: string;
	/** The competency in the issuer's words. */
	competency: string;
	/** How long it takes, or that nobody has said. */
	time: string;
	/** Whether there is a draft about it already. */
	begun: boolean;
};

export type PairSpace = {
	pair: Pair;
	events: PairEvent[];
	/** Whether the person asking may read, and write, what the pair shares. */
	access: 'none' | 'read' | 'write';
	/** Null for whoever may not read the pair's words. */
	reflections: ReflectionRow[] | null;
	/** Dates without titles; for the coach. */
	rhythm: RhythmRow[] | null;
	/** What the two show their coach of their words; for that coach only. */
	passages: PassageShown[] | null;
	/** What a new reflection can be about; empty where nothing can be started. */
	choices: Choice[];
	stack: StackShown | null;
	/** What is in work, when a reflection on another one would be asked why; null when not. */
	inWork: string[] | null;
	/** What rests now: everything (`what` is null), or single ones. */
	rests: RestShown[];
	/** The teacher's own date beside the program's, in words; null for whoever does not follow their progress. */
	dates: { own: string; lastDay: string } | null;
	/** When the teacher last checked in, and for the coach how it goes if that is theirs to see; null for whoever may not know. */
	checkIns: string | null;
	/** When they meet next and met last; null for whoever may not know of it. */
	meetings: { next: string | null; last: string | null; waits: string | null } | null;
	/** What a coach wrote to the person asking, newest first. */
	reached: ReachShown[];
};

/**
 * The space of one pair.
 * @throws Refusal not-found for a stranger, unproven for a manager
 */
export function readPairSpace(
	db: Database,
	person: Person,
	proof: Proof | null,
	pairId: string,
	now: Date
): Promise<PairSpace> {
	return db.asPerson(person.id, async (tx) => {
		const { events, ...pair } = await readPairIn(tx, person, proof, pairId);
		const zone = pair.program.timeZone;
		const sight = sightOf(pair.standing);
		const access = accessTo(pair, pair.standing, true);
		// A manager counts and does not look into one teacher's progress.
		const known = sight === 'lifecycle' ? [] : await listPairsIn(tx, person, proof);
		const everyRhythm = sight === 'lifecycle' ? [] : await listRhythm(tx);
		const rhythm = everyRhythm.filter((one) => one.pairId === pair.id);
		const teacherOf = new Map(known.map((one) => [one.id, one.teacher.id]));
		const enrollment =
			sight === 'lifecycle'
				? undefined
				: (await listEnrollments(tx, [pair.teacher.id])).find((one) => one.program.id === pair.program.id);
		const progress = enrollment
			? (await readProgress(tx, [enrollment], everyRhythm, teacherOf, now)).get(enrollment.id)
			: undefined;
		const offer = progress?.offer;
		const titles = await listTitles(
			tx,
			rhythm.map((one) => one.microcredentialVersionId)
		);
		const titleOf = (versionId: string) => titles.get(versionId) ?? 'not known';
		const stoneOf = (versionId: string) =>
			progress?.stones.find((stone) => stone.microcredentialId === offer?.microcredentialOf.get(versionId));
		// A coach is told days; at which hour somebody writes is theirs alone.
		const daysAgo = (at: Date | null | undefined) => (at ? sayDaysAgo(at, now, zone) : 'not yet');

		const pauses = enrollment ? ((await readPauses(tx, [enrollment.id])).get(enrollment.id) ?? []) : [];
		const [saved] = enrollment
			? await tx
					.select({ doneOn: planDates.doneOn, savedAt: planDates.savedAt })
					.from(planDates)
					.where(eq(planDates.enrollmentId, enrollment.id))
			: [];
		const work = progress && access === 'write' ? await readActive(tx, progress, now) : null;
		const said =
			access === 'none'
				? []
				: await tx
						.select()
						.from(secondReasons)
						.where(
							inArray(
								secondReasons.reflectionId,
								rhythm.map(({ reflectionId }) => reflectionId)
							)
						);

		const drafts = access === 'none' ? [] : await listDrafts(tx, [pair.id]);
		const reflections = drafts.map((draft): ReflectionRow => {
			const own = rhythm.find((one) => one.reflectionId === draft.id);
			const stone = stoneOf(draft.microcredentialVersionId);
			const last = own ? lastEditOf(own) : null;
			const who =
				last && (own?.lastEditBy.get(person.id)?.getTime() === last.getTime() ? 'You' : otherOf(pair, person));
			return {
				id: draft.id,
				title: draft.title,
				shared: draft.shared,
				why: whyShown(said.find(({ reflectionId }) => reflectionId === draft.id)),
				on: titleOf(draft.microcredentialVersionId),
				state: reflectionState(access === 'write' ? access : 'read', pair.status === 'paused', stone?.state),
				words: last
					? `Started ${when(draft.createdAt, 'day', zone, now)}. ${who} wrote last, ${when(last, 'ago', zone, now)}.`
					: `Started ${when(draft.createdAt, 'day', zone, now)}. Nothing written yet.`
			};
		});
		return {
			pair,
			events,
			access,
			reflections: access === 'none' ? null : reflections,
			rhythm:
				sight === 'rhythm'
					? rhythm.map((one) => ({
							on: titleOf(one.microcredentialVersionId),
							started: when(one.startedAt, 'day', zone, now),
							shared: one.shared,
							teacher: daysAgo(one.lastEditBy.get(pair.teacher.id)),
							mentor: daysAgo(one.lastEditBy.get(pair.mentor.id))
						}))
					: null,
			passages:
				sight === 'rhythm'
					? (
							await listShown(
								tx,
								rhythm.map((one) => one.reflectionId)
							)
						).map(({ reflectionId, by, ...passage }) => ({
							...passage,
							by: by ?? pair.teacher.name,
							on: titleOf(rhythm.find((one) => one.reflectionId === reflectionId)!.microcredentialVersionId)
						}))
					: null,
			choices: access === 'write' && progress ? choicesOf(progress) : [],
			stack: progress ? stackShown(progress) : null,
			inWork: work && !work.practised && work.active.length > 0 ? work.active.map(({ title }) => title) : null,
			rests: pauses
				.filter(({ pausedAt, resumedAt }) => pausedAt <= now && resumedAt === null)
				.map(({ microcredentialId, pausedAt, reason }) => ({
					what:
						microcredentialId &&
						(progress?.stones.find((stone) => stone.microcredentialId === microcredentialId)?.title ??
							'one that is not known'),
					since: pausedAt,
					reason
				})),
			dates: progress
				? {
						own: !saved
							? 'not planned yet'
							: `${saved.doneOn ? dayInWords(saved.doneOn) : 'not known'}, as planned on ${when(saved.savedAt, 'day', zone, now)}`,
						lastDay: progress.facts.lastDay ? dayInWords(progress.facts.lastDay) : 'none'
					}
				: null,
			checkIns: seesSignal(pair, pair.standing) ? await checkInsOf(tx, pair, now) : null,
			meetings: sight === 'lifecycle' ? null : await meetingsOf(tx, person, proof, pair.id, now),
			reached:
				pair.standing === 'teacher' || pair.standing === 'mentor'
					? await listReached(tx, pair.id, await zoneOf(tx, person.id, zone), now)
					: []
		};
	});
}

const whyShown = (said: typeof secondReasons.$inferSelect | undefined): string | null =>
	said ? (said.words ?? whyChoices[said.choice as WhyChoice] ?? null) : null;

async function checkInsOf(tx: Tx, pair: Pair, now: Date): Promise<string> {
	const last = (await signalsOf(tx, [pair.id])).get(pair.id);
	if (!last) return 'None yet.';
	const ago = sayDaysAgo(last.at, now, pair.program.timeZone);
	if (pair.standing !== 'coach') return `The last one came ${ago}.`;
	return `The last one came ${ago}${last.going ? `: ${signalWords(last)}` : '; how it went is for the two'}.`;
}

async function meetingsOf(tx: Tx, person: Person, proof: Proof | null, pairId: string, now: Date) {
	const { ahead, past, words } = await readMeetingsIn(tx, person, proof, pairId, now);
	const held = past.find(({ is }) => is === 'held');
	const open = past.filter(({ is, confirmed }) => is === 'passed' && !confirmed).length;
	return {
		next: ahead[0] ? `${ahead[0].time}. ${ahead[0].words}` : null,
		last: held ? `${held.time}, ${held.minutes} minutes` : null,
		waits:
			words === 'write' && open > 0
				? `${open === 1 ? 'One meeting waits' : `${open} meetings wait`} for you to say that it took place.`
				: null
	};
}

/** What is with assessors or earned is not offered again; what has no draft yet comes first. */
function choicesOf({ offer, stones }: Progress): Choice[] {
	const inner = [...offer.nested.values()].flatMap(({ items }) => items);
	return [...new Map([...offer.items, ...inner].map((item) => [item.microcredentialId, item])).values()]
		.flatMap(({ microcredentialId, versionId, title, competency, hours }) => {
			const state = stones.find((one) => one.microcredentialId === microcredentialId)?.state;
			if (!versionId || (state !== 'not-started' && state !== 'gathering')) return [];
			const time = hours === null ? 'time it takes not known' : `about ${hours} ${hours === 1 ? 'hour' : 'hours'}`;
			return [{ versionId, title, competency, time, begun: state === 'gathering' }];
		})
		.sort((a, b) => Number(a.begun) - Number(b.begun));
}

const otherOf = (pair: Pair, person: Person) =>
	firstName((pair.teacher.id === person.id ? pair.mentor : pair.teacher).name);
