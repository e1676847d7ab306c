/**
 * The one next step of a home, with how long it takes. It offers; it never reproaches: after a gap it greets with the
 * draft and not with the gap. Pure: facts and clock come from outside.
 */
import { when } from '#lib/ui/when.ts';

/** Where a button leads: a reflection, a pair's space, or the form in it that starts a reflection. */
export type Way = { to: 'reflection' | 'pair' | 'start'; id: string };

export type Step = {
	heading: string;
	/** How long it takes, in minutes; null when there is nothing to do now. */
	minutes: number | null;
	/** A sentence of the product's own, under the heading. */
	words: string | null;
	/** The reflection whose last words stand there as a quote. */
	quoteFrom: string | null;
	ways: { words: string; way: Way }[];
	/** What is saved, and who can see it. */
	note: string | null;
};

export type OpenDraft = {
	reflectionId: string;
	title: string;
	startedAt: Date;
	/** Whether the mentor can see it. */
	shared: boolean;
	/** Last edit of the person asking, and of the other. */
	mine: Date | null;
	theirs: Date | null;
};

type PairStatus = 'proposed' | 'accepted' | 'active' | 'paused' | 'ended';

export type TeacherFacts = {
	/** The open pair of this program, or else the one that ended last. */
	pair: {
		id: string;
		status: PairStatus;
		endedAs: 'completed' | 'rematched' | 'withdrawn' | null;
		mentor: string;
		/** How many reflections the two have written, whatever became of them. */
		reflections: number;
	} | null;
	/** Reflections of the open pair that are neither with assessors nor earned. */
	drafts: OpenDraft[];
	complete: boolean;
	stack: string;
};

/** A first name is how the two speak to each other. */
export const firstName = (name: string): string => name.split(' ')[0] ?? name;

const touched = ({ startedAt, mine, theirs }: OpenDraft) =>
	Math.max(startedAt.getTime(), mine?.getTime() ?? 0, theirs?.getTime() ?? 0);

const theyWroteLast = ({ mine, theirs }: OpenDraft) => theirs !== null && (!mine || theirs > mine);

const rest: Pick<Step, 'minutes' | 'quoteFrom' | 'ways' | 'note'> = {
	minutes: null,
	quoteFrom: null,
	ways: [],
	note: null
};

export function nextForTeacher({ pair, drafts, complete, stack }: TeacherFacts, now: Date, zone: string): Step {
	if (!pair)
		return {
			...rest,
			heading: 'Your mentor comes first',
			words:
				'Your program matches you with a mentor. Then this page shows the reflection that the two of you write, and your first step.'
		};
	const mentor = firstName(pair.mentor);
	const seen = `You and ${mentor} can read this; your coach sees dates only.`;
	const alone = `Only you can read this until you share it with ${mentor}; your coach sees dates only.`;
	const open = (words: string): Step['ways'][number] => ({ words, way: { to: 'pair', id: pair.id } });
	const start = (words: string): Step['ways'][number] => ({ words, way: { to: 'start', id: pair.id } });

	if (pair.status === 'ended') {
		const kept = pair.reflections > 0;
		return {
			...rest,
			heading:
				pair.endedAs === 'completed'
					? `You and ${mentor} finished what you set out to do`
					: 'You have no mentor right now',
			words:
				(kept ? `What you wrote with ${mentor} stays yours to read. ` : '') +
				(complete
					? `“${stack}” is complete.`
					: 'Your program makes the next match; nothing you have done is lost, and nothing is due.'),
			ways: [open(kept ? 'Read what you wrote' : 'See how it went')]
		};
	}
	if (pair.status === 'proposed' || pair.status === 'accepted')
		return {
			...rest,
			heading: `${mentor} may become your mentor`,
			words: 'Your program has proposed the two of you. When the pair begins, you start your first reflection here.',
			ways: [open('See the pair')]
		};
	if (pair.status === 'paused')
		return {
			...rest,
			heading: `You and ${mentor} are pausing`,
			words: 'Nothing is due. Everything you wrote is safe, and readable all the time.',
			ways: [open('Read what you wrote')]
		};

	const draft = drafts.toSorted((a, b) => touched(b) - touched(a))[0];
	if (draft) {
		const way: Way = { to: 'reflection', id: draft.reflectionId };
		const last = [draft.mine, draft.theirs].reduce((a, b) => (a && b ? (a > b ? a : b) : (a ?? b)), null);
		const common = { words: null, quoteFrom: draft.reflectionId };
		if (!last)
			return {
				...common,
				heading: `Write the first lines of “${draft.title}”`,
				minutes: 10,
				ways: [{ words: 'Start writing', way }, open(`Your space with ${mentor}`)],
				note: draft.shared ? seen : alone
			};
		const note = `Last saved ${when(last, 'ago', zone, now)}. ${draft.shared ? seen : alone}`;
		if (theyWroteLast(draft))
			return {
				...common,
				heading: `${mentor} wrote in “${draft.title}”`,
				minutes: 5,
				ways: [{ words: 'Read and keep writing', way }, open(`Your space with ${mentor}`)],
				note
			};
		return {
			...common,
			heading: `Pick up where you stopped: “${draft.title}”`,
			minutes: 5,
			ways: [{ words: 'Keep writing', way }, open(`Your space with ${mentor}`)],
			note
		};
	}
	if (complete)
		return {
			...rest,
			heading: `“${stack}” is complete`,
			words: 'You can go on to another microcredential of the list, or leave it here.',
			ways: [start('See what else there is'), open('Read what you wrote')]
		};
	if (pair.reflections === 0)
		return {
			...rest,
			heading: `Meet ${mentor}, and start your first reflection`,
			minutes: 10,
			words: `Choose one competency to begin with. You and ${mentor} write about it together, a few lines at a time.`,
			ways: [start('Choose what to write about')],
			note: seen
		};
	return {
		...rest,
		heading: 'Choose what comes next',
		minutes: 5,
		words: 'Nothing waits for you here: what you handed in is with assessors or earned.',
		ways: [start('Choose what to write about'), open(`Your space with ${mentor}`)],
		note: seen
	};
}

export type MenteeFacts = {
	pairId: string;
	teacher: string;
	activeAt: Date | null;
	reflections: number;
	drafts: OpenDraft[];
};

/** A mentor's next step: the teacher who wrote last and has waited longest. Only active pairs are asked about. */
export function nextForMentor(mentees: MenteeFacts[], now: Date, zone: string): Step {
	const waiting = mentees
		.flatMap((mentee) => mentee.drafts.filter(theyWroteLast).map((draft) => ({ ...mentee, draft })))
		.sort((a, b) => a.draft.theirs!.getTime() - b.draft.theirs!.getTime())[0];
	if (waiting) {
		const teacher = firstName(waiting.teacher);
		return {
			heading: `${teacher} wrote in “${waiting.draft.title}”`,
			minutes: 10,
			words: null,
			quoteFrom: waiting.draft.reflectionId,
			ways: [
				{ words: 'Read and answer', way: { to: 'reflection', id: waiting.draft.reflectionId } },
				{ words: `Your space with ${teacher}`, way: { to: 'pair', id: waiting.pairId } }
			],
			note: `Written ${when(waiting.draft.theirs!, 'ago', zone, now)}. You and ${teacher} can read this; the coach sees dates only.`
		};
	}
	const fresh = mentees
		.filter((mentee) => mentee.reflections === 0)
		.sort((a, b) => (a.activeAt?.getTime() ?? 0) - (b.activeAt?.getTime() ?? 0))[0];
	if (fresh) {
		const teacher = firstName(fresh.teacher);
		return {
			...rest,
			heading: `Meet ${teacher}`,
			minutes: 10,
			words: 'Nothing is written yet. Either of you can start the first reflection; it often goes best together.',
			ways: [{ words: `Open your space with ${teacher}`, way: { to: 'pair', id: fresh.pairId } }]
		};
	}
	return {
		...rest,
		heading: mentees.length > 0 ? 'Nothing waits for you right now' : 'You have no pair right now',
		words:
			mentees.length > 0
				? 'You wrote last everywhere. When a teacher writes, it shows here.'
				: 'When your program matches you with a teacher, your pairs show here.'
	};
}
