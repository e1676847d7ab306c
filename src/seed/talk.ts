/** What the cast's cohorts talk about: threads as first-year teachers write them, with all that can be in one. */
import type { Kind } from '#lib/discussion/kinds.ts';
import { type CohortKey, cast, type MicrocredentialKey, type PersonKey } from './cast.ts';
import { castId } from './ids.ts';
import { days, minutes, type Moment } from './moments.ts';

export type CastPost = {
	by: PersonKey;
	at: Moment;
	/** As it was posted; paragraphs have a blank line between them. */
	text: string;
	/** Which post of the thread it quotes, from 1, and which words of it. */
	quotes?: [number: number, words: string];
	edited?: { at: Moment; text: string };
	takenBack?: Moment;
	tried?: PersonKey[];
	thanks?: PersonKey[];
};

export type CastThread = {
	id: string;
	n: number;
	cohort: CohortKey;
	microcredential: MicrocredentialKey;
	kind: Kind;
	title: string;
	/** Which post helped, from 1. */
	helped?: number;
	/** Who has read how far, and when. */
	read?: [who: PersonKey, upTo: number, at: Moment][];
	posts: CastPost[];
};

/** A thread has at most 99 posts here: their ids follow from its number. */
export const postId = ({ n }: Pick<CastThread, 'n'>, number: number): string => castId('post', n * 100 + number);

const thread = (
	n: number,
	cohort: CohortKey,
	microcredential: MicrocredentialKey,
	kind: Kind,
	title: string,
	posts: CastPost[],
	more: Pick<CastThread, 'helped' | 'read'> = {}
): CastThread => ({ id: castId('thread', n), n, cohort, microcredential, kind, title, posts, ...more });

export const moderators: { person: PersonKey; cohort: CohortKey; by: PersonKey; from: Moment }[] = [
	{ person: 'claire', cohort: 'cohortA', by: 'pat', from: days(100, '09:00') },
	{ person: 'leila', cohort: 'cohortB', by: 'pat', from: days(100, '09:00') }
];

export const threads = {
	hands: thread(
		1,
		'cohortA',
		'waitTime',
		'question',
		'Five seconds feels like forever: what do you do with your hands?',
		[
			{
				by: 'rosa',
				at: days(9, '16:20'),
				text: 'I know I should wait after a question. I get to two, somebody coughs, and I hear myself answering it.\n\nIt is not the silence of the class that I can’t stand, it is me standing there. What do you do with yourself in those seconds?',
				thanks: ['noor', 'hannah', 'owen']
			},
			{
				by: 'luis',
				at: days(9, '18:05'),
				text: 'I count with my fingers behind my back. The class does not see it and I stop rushing at two.',
				tried: ['rosa', 'jordan', 'mei'],
				thanks: ['rosa']
			},
			{
				by: 'mei',
				at: days(8, '07:32'),
				text: 'Third period still jumps in. I now say “pens down, think” and it buys me five seconds before anybody can call out.',
				tried: ['luis']
			},
			{
				by: 'idris',
				at: days(8, '15:48'),
				text: 'What helped my mentees: decide the question before the lesson and write the number of seconds beside it. Then the wait is part of the plan, and not a test of nerve.',
				tried: ['rosa', 'tomas'],
				thanks: ['rosa', 'luis', 'mei', 'thuy']
			},
			{
				by: 'jordan',
				at: days(7, '12:10'),
				text: 'Does anyone wait again after the first answer? That one is harder than the first wait for me. I say “good” before I have thought about whether it was.'
			},
			{
				by: 'rosa',
				at: days(7, '16:40'),
				text: 'Yes, and I did not know it had a name until Idris asked me about it. I put my coffee cup in that hand now. I can’t say “good” while I drink.',
				quotes: [5, 'Does anyone wait again after the first answer? That one is harder than the first wait for me.'],
				thanks: ['jordan', 'idris', 'aiyana']
			},
			{
				by: 'priya',
				at: days(4, '15:15'),
				text: 'Tried the number beside the question today with my eighth graders. Four questions, five seconds each. On the second one a boy who has said nothing since September gave half an answer, and the girl beside him finished it.\n\nI nearly cried into the attendance sheet.',
				quotes: [4, 'decide the question before the lesson and write the number of seconds beside it'],
				thanks: ['rosa', 'idris', 'luis', 'claire']
			},
			{
				by: 'thuy',
				at: days(1, '14:50'),
				text: 'With second graders five is too long, they start talking about lunch. Three works, if I whisper the question a second time in between.'
			},
			{
				by: 'carmen',
				at: days(1, '17:22'),
				text: 'Whispering it again is a good one for little ones. Watch that the second time has the same words: if it changes, they start over.',
				quotes: [8, 'Three works, if I whisper the question a second time in between.']
			},
			{
				by: 'noor',
				at: minutes(95),
				text: 'New here, and reading all of this on the bus. I have been answering my own questions for three weeks. Fingers behind my back tomorrow.'
			}
		],
		{
			helped: 4,
			read: [
				['rosa', 7, days(4, '19:00')],
				['idris', 9, days(1, '18:00')],
				['claire', 7, days(3, '10:00')],
				['luis', 10, minutes(60)]
			]
		}
	),
	jobChart: thread(
		2,
		'cohortA',
		'firstRoutines',
		'strategy',
		'The job chart that finally stuck, after three that did not',
		[
			{
				by: 'lena',
				at: days(12, '15:55'),
				text: 'My first three job charts lasted a week each. What I do now: every job has a pupil and an understudy, and the understudy does it the day the first one forgets. I say nothing at all.\n\nIt has been six weeks. Pencils are sharp, windows get opened, and I have stopped being the person who asks.',
				tried: ['hannah', 'daniela', 'kenji'],
				thanks: ['rosa', 'hannah', 'owen', 'leilani']
			},
			{
				by: 'hannah',
				at: days(11, '16:30'),
				text: 'Stole this. Day four, and two understudies have been promoted by their own classmates. How often do you change the jobs?'
			},
			{
				by: 'lena',
				at: days(11, '18:12'),
				text: 'Every three weeks, on a Monday. Sooner than that and nobody gets good at it.',
				edited: {
					at: days(10, '07:20'),
					text: 'Every three weeks, on a Monday. Sooner than that and nobody gets good at it.\n\nI forgot to say: the windows job never changes. That one belongs to whoever is tallest.'
				},
				thanks: ['hannah']
			},
			{
				by: 'walter',
				at: days(5, '08:10'),
				text: 'The understudy is the idea here. A routine that rests on one person’s memory is a wish.',
				thanks: ['lena']
			}
		],
		{
			read: [
				['rosa', 4, days(4, '19:04')],
				['claire', 4, days(3, '10:05')]
			]
		}
	),
	fridayNotes: thread(
		3,
		'cohortA',
		'exitNotes',
		'tried',
		'Exit notes on a Friday: I learned more about Fridays than about fractions',
		[
			{
				by: 'owen',
				at: days(6, '15:35'),
				text: 'Planned: one question on the way out, sorted into three piles over the weekend, and a Monday that begins with the middle pile.\n\nWhat happened: eleven of twenty-three notes said some version of “can I go”. The other twelve were good, and they were all from the two tables by the window, because I had explained it standing there.',
				thanks: ['amara', 'fatima', 'emeka']
			},
			{
				by: 'amara',
				at: days(6, '17:02'),
				text: 'This is very funny and exactly my room. I moved mine to ten minutes before the end. They write because there is still time to talk about it.',
				tried: ['owen']
			},
			{
				by: 'owen',
				at: days(3, '15:41'),
				text: 'Moved it to ten before the end, and stood in the middle. Twenty-one of twenty-three. Three piles fit on my desk. Thank you.',
				quotes: [2, 'I moved mine to ten minutes before the end.'],
				thanks: ['amara', 'carmen']
			},
			{
				by: 'emeka',
				at: days(2, '16:20'),
				text: 'What is in your middle pile, if you don’t mind? Mine is always either empty or everybody.'
			},
			{
				by: 'fatima',
				at: days(2, '16:26'),
				text: 'I wrote this in the wrong thread.',
				takenBack: days(2, '16:28')
			}
		],
		{ read: [['rosa', 3, days(2, '09:00')]] }
	),
	thumbs: thread(
		4,
		'cohortA',
		'checkingUnderstanding',
		'question',
		'Everybody’s thumb goes up and half of them are lost',
		[
			{
				by: 'harper',
				at: days(2, '12:40'),
				text: 'I ask for thumbs, all thumbs go up, and the worksheets say something else. They are not lying to me, I think they want to be done. What do you ask instead?'
			},
			{
				by: 'anjali',
				at: days(2, '19:15'),
				text: 'Ask for the thing itself, and from everybody at once: one example on the whiteboard, held up on three. Thumbs tell you how brave they feel. Whiteboards tell you what they know.',
				thanks: ['harper', 'malik']
			},
			{
				by: 'malik',
				at: minutes(190),
				text: 'And don’t look for the right ones. I look for the two wrong answers that are wrong in the same way, and that is my next five minutes.',
				quotes: [2, 'one example on the whiteboard, held up on three']
			}
		],
		{ read: [['harper', 2, days(1, '08:00')]] }
	),
	firstCall: thread(
		5,
		'cohortA',
		'firstCallHome',
		'question',
		'First call home tomorrow. I have written four openings and hate all of them',
		[
			{
				by: 'aiyana',
				at: minutes(320),
				text: 'It is a good call, nothing is wrong, she was kind to somebody new in class. So why do all my sentences sound like the beginning of bad news?'
			},
			{
				by: 'joyce',
				at: minutes(240),
				text: 'Because “this is the school” is how bad news begins. Put the good thing first, before who you are: “Your daughter did something kind today and I wanted you to know. I am her science teacher.”',
				thanks: ['aiyana', 'leilani']
			}
		]
	),
	cohortB: thread(
		6,
		'cohortB',
		'talkPartners',
		'question',
		'Partners who agree on everything within four seconds',
		[
			{
				by: 'sam',
				at: days(3, '15:10'),
				text: 'I say “talk to your partner” and after four seconds they have agreed and are done. What do you give them to disagree about?'
			},
			{
				by: 'grace',
				at: days(2, '08:30'),
				text: 'Give each of them a different half of what they need. Then they have to talk before there is anything to agree on.'
			}
		],
		{ read: [['sam', 2, days(1, '08:00')]] }
	)
} satisfies Record<string, CastThread>;

export type ThreadKey = keyof typeof threads;

/** Everybody who says something, by cohort: for tests that look for those who must not be there. */
export const voicesOf = (cohort: CohortKey): string[] => [
	...new Set(
		Object.values<CastThread>(threads)
			.filter((one) => one.cohort === cohort)
			.flatMap(({ posts }) => posts.map(({ by }) => cast.people[by].id))
	)
];
