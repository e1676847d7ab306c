import { expect, test } from 'vitest';
import { type MenteeFacts, nextForMentor, nextForTeacher, type OpenDraft, type TeacherFacts } from './next.ts';

const zone = 'America/Chicago';
const now = new Date('2026-11-25T15:00:00Z');
const ago = (hours: number) => new Date(now.getTime() - hours * 3600_000);
const pair = { id: 'p', status: 'active', endedAs: null, mentor: 'Idris Okafor', reflections: 2 } as const;
const draft = (given: Partial<OpenDraft> = {}): OpenDraft => ({
	reflectionId: 'r',
	title: 'What changed when I waited?',
	startedAt: ago(400),
	shared: true,
	mine: ago(3),
	theirs: ago(50),
	...given
});

test.for<[what: string, given: Partial<TeacherFacts>, heading: string, minutes: number | null, button: string | null]>([
	[
		'an own draft',
		{ drafts: [draft()] },
		'Pick up where you stopped: “What changed when I waited?”',
		5,
		'Keep writing'
	],
	[
		'after a gap of weeks, the draft and no guilt',
		{ drafts: [draft({ mine: ago(900), theirs: null })] },
		'Pick up where you stopped: “What changed when I waited?”',
		5,
		'Keep writing'
	],
	[
		'the mentor wrote last',
		{ drafts: [draft({ theirs: ago(1) })] },
		'Idris wrote in “What changed when I waited?”',
		5,
		'Read and keep writing'
	],
	[
		'an empty draft',
		{ drafts: [draft({ mine: null, theirs: null })] },
		'Write the first lines of “What changed when I waited?”',
		10,
		'Start writing'
	],
	[
		'two drafts: the one touched last',
		{ drafts: [draft(), draft({ reflectionId: 's', title: 'Routines', mine: ago(1) })] },
		'Pick up where you stopped: “Routines”',
		5,
		'Keep writing'
	],
	[
		'a brand-new pair',
		{ pair: { ...pair, reflections: 0 } },
		'Meet Idris, and start your first reflection',
		10,
		'Choose what to write about'
	],
	['everything handed in', {}, 'Choose what comes next', 5, 'Choose what to write about'],
	['complete', { complete: true }, '“Talk” is complete', null, 'See what else there is'],
	[
		'a draft beyond completeness',
		{ complete: true, drafts: [draft()] },
		'Pick up where you stopped: “What changed when I waited?”',
		5,
		'Keep writing'
	],
	[
		'a pause',
		{ pair: { ...pair, status: 'paused' }, drafts: [draft()] },
		'You and Idris are pausing',
		null,
		'Read what you wrote'
	],
	['a proposal', { pair: { ...pair, status: 'proposed' } }, 'Idris may become your mentor', null, 'See the pair'],
	[
		'finished together',
		{ pair: { ...pair, status: 'ended', endedAs: 'completed' } },
		'You and Idris finished what you set out to do',
		null,
		'Read what you wrote'
	],
	[
		'ended otherwise',
		{ pair: { ...pair, status: 'ended', endedAs: 'rematched' } },
		'You have no mentor right now',
		null,
		'Read what you wrote'
	],
	['no pair yet', { pair: null }, 'Your mentor comes first', null, null]
])('a teacher with %s', ([, given, heading, minutes, button]) => {
	const step = nextForTeacher({ pair, drafts: [], complete: false, stack: 'Talk', ...given }, now, zone);
	expect([step.heading, step.minutes, step.ways[0]?.words ?? null]).toEqual([heading, minutes, button]);
});

const mentee = (pairId: string, given: Partial<MenteeFacts> = {}): MenteeFacts => ({
	pairId,
	teacher: 'Rosa Medina',
	activeAt: ago(2000),
	reflections: 1,
	drafts: [],
	...given
});
test.for<[what: string, mentees: MenteeFacts[], heading: string, leads: string | null]>([
	[
		'who has waited longest comes first',
		[
			mentee('p', { drafts: [draft({ mine: ago(90), theirs: ago(2) })] }),
			mentee('q', {
				teacher: 'Lena Fischer',
				drafts: [draft({ reflectionId: 's', title: 'Doors', mine: null, theirs: ago(30) })]
			})
		],
		'Lena wrote in “Doors”',
		's'
	],
	[
		'a new pair, when nobody waits',
		[
			mentee('p', { drafts: [draft({ mine: ago(1), theirs: ago(2) })] }),
			mentee('q', { teacher: 'Noor Haddad', reflections: 0 })
		],
		'Meet Noor',
		'q'
	],
	[
		'nobody',
		[mentee('p', { drafts: [draft({ mine: ago(1), theirs: ago(2) })] })],
		'Nothing waits for you right now',
		null
	],
	['no pairs', [], 'You have no pair right now', null]
])('a mentor: %s', ([, mentees, heading, leads]) => {
	const step = nextForMentor(mentees, now, zone);
	expect([step.heading, step.ways[0]?.way.id ?? null]).toEqual([heading, leads]);
});
