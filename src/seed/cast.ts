/**
 * The cast: a small company of invented people that every test, screenshot and demo shares. Pure data with ids that
 * never change; `plant.server.ts` writes it into a database, `texts.ts` holds what they wrote together.
 *
 * Add people at the end of a list with the next number. Never renumber: a number is an id.
 */
import type { Every, StackRule } from '#lib/catalogue/stack.ts';
import type { Going, Level, Shows } from '#lib/checkin/checkin.ts';
import { endingOf } from '#lib/pairing/endings.ts';
import { castId } from './ids.ts';
import { names } from './introductions.ts';
import { days, type Moment } from './moments.ts';

// ── Where they work ────────────────────────────────────────────────────────────────────────────────────────────────
const central = 'America/Chicago';
const eastern = 'America/New_York';

export type Organization = {
	id: string;
	kind: 'state' | 'district' | 'school';
	name: string;
	timeZone: string;
	parentId: string | null;
};

const organization = (
	n: number,
	kind: Organization['kind'],
	name: string,
	timeZone: string,
	parent: number | null
): Organization => ({
	id: castId('organization', n),
	kind,
	name,
	timeZone,
	parentId: parent === null ? null : castId('organization', parent)
});

/** Parents stand before what they hold. */
const organizations = {
	tennessee: organization(1, 'state', 'Tennessee', central, null),
	florida: organization(2, 'state', 'Florida', eastern, null),
	newYork: organization(3, 'state', 'New York', eastern, null),
	cedarHollow: organization(4, 'district', 'Cedar Hollow Schools', central, 1),
	laurelGap: organization(5, 'district', 'Laurel Gap County Schools', eastern, 1),
	mangroveBay: organization(6, 'district', 'Mangrove Bay Schools', eastern, 2),
	mineola: organization(7, 'district', 'Mineola Union Free School District', eastern, 3),
	riverside: organization(8, 'school', 'Riverside Elementary', central, 4),
	mapleStreet: organization(9, 'school', 'Maple Street Elementary', central, 4),
	harpethView: organization(10, 'school', 'Harpeth View Middle School', central, 4),
	laurelGapHigh: organization(11, 'school', 'Laurel Gap High School', eastern, 5),
	stoneCreek: organization(12, 'school', 'Stone Creek Elementary', eastern, 5),
	heronPoint: organization(13, 'school', 'Heron Point Elementary', eastern, 6),
	willisRoad: organization(14, 'school', 'Willis Road School', eastern, 7),
	southCarolina: organization(15, 'state', 'South Carolina', eastern, null),
	palmettoRow: organization(16, 'school', 'Palmetto Row Elementary', eastern, 15)
} satisfies Record<string, Organization>;

export type OrganizationKey = keyof typeof organizations;

// ── Who they are ───────────────────────────────────────────────────────────────────────────────────────────────────
export type CastPerson = {
	id: string;
	name: string;
	initials: string;
	email: string;
	organization: OrganizationKey;
};

function person(n: number, name: string, organization: OrganizationKey, key?: string): CastPerson {
	const [first = '', ...rest] = name.split(' ');
	const address = key ?? first.toLowerCase();
	return {
		id: castId('person', n),
		name,
		initials: `${first[0]}${rest.at(-1)![0]}`,
		email: `${address}@wayfellow.example`,
		organization
	};
}

const people = {
	rosa: person(1, names.rosa, 'riverside'),
	idris: person(2, names.idris, 'riverside'),
	noor: person(3, names.noor, 'mapleStreet'),
	ben: person(4, names.ben, 'harpethView'),
	lena: person(5, names.lena, 'riverside'),
	marta: person(6, names.marta, 'harpethView'),
	claire: person(7, names.claire, 'cedarHollow'),
	sam: person(8, names.sam, 'laurelGapHigh'),
	grace: person(9, names.grace, 'laurelGapHigh'),
	pat: person(10, names.pat, 'tennessee'),
	wei: person(11, names.wei, 'heronPoint'),
	/** Reads what others hand in, and knows none of them. */
	vera: person(12, 'Vera Lindholm', 'laurelGap'),
	/** Coach of the other cohort. */
	leila: person(13, 'Leila Aziz', 'laurelGap'),
	// Two more of Idris's five.
	tomas: person(14, 'Tomás Rivera', 'mapleStreet', 'tomas'),
	amara: person(15, 'Amara Eze', 'riverside'),
	// The mentors of Claire's other pairs.
	ruth: person(16, 'Ruth Abernathy', 'mapleStreet'),
	samuel: person(17, 'Samuel Adeyemi', 'harpethView'),
	carmen: person(18, 'Carmen Delgado', 'riverside'),
	walter: person(19, 'Walter Hughes', 'mapleStreet'),
	anjali: person(20, 'Anjali Mehta', 'harpethView'),
	joyce: person(21, 'Joyce Kim', 'riverside'),
	// The teachers of Claire's other pairs.
	jordan: person(22, 'Jordan Blake', 'mapleStreet'),
	priya: person(23, 'Priya Raman', 'harpethView'),
	dashawn: person(24, 'Dashawn Miller', 'riverside'),
	hannah: person(25, 'Hannah Goldberg', 'mapleStreet'),
	luis: person(26, 'Luis Ortega', 'harpethView'),
	aiyana: person(27, 'Aiyana Begay', 'riverside'),
	caleb: person(28, 'Caleb Turner', 'mapleStreet'),
	fatima: person(29, 'Fatima El-Amin', 'harpethView'),
	owen: person(30, 'Owen McCarthy', 'riverside'),
	thuy: person(31, 'Thuy Nguyen', 'mapleStreet'),
	malik: person(32, 'Malik Johnson', 'harpethView'),
	sofia: person(33, 'Sofia Petrova', 'riverside'),
	emeka: person(34, 'Emeka Obi', 'mapleStreet'),
	harper: person(35, 'Harper Lindqvist', 'harpethView'),
	daniela: person(36, 'Daniela Cruz', 'riverside'),
	yusuf: person(37, 'Yusuf Demir', 'mapleStreet'),
	abigail: person(38, 'Abigail Stone', 'harpethView'),
	kenji: person(39, 'Kenji Tanaka', 'riverside'),
	leilani: person(40, 'Leilani Kahale', 'mapleStreet'),
	mei: person(41, 'Mei Sato', 'harpethView'),
	// Florida: a full cohort, and others who wait with Wei.
	gabriela: person(42, 'Gabriela Santos', 'heronPoint'),
	marcus: person(43, 'Marcus Reed', 'heronPoint'),
	nadine: person(44, 'Nadine Joseph', 'heronPoint'),
	theo: person(45, 'Theo Papadakis', 'heronPoint'),
	ines: person(46, 'Inés Quiroga', 'heronPoint', 'ines'),
	andre: person(47, 'Andre Baptiste', 'heronPoint'),
	shira: person(48, 'Shira Levy', 'heronPoint'),
	bao: person(49, 'Bao Tran', 'heronPoint'),
	// Mineola.
	elena: person(50, names.elena, 'willisRoad'),
	david: person(51, names.david, 'willisRoad'),
	nina: person(52, 'Nina Brandt', 'willisRoad'),
	oscar: person(53, 'Oscar Lindgren', 'willisRoad'),
	/** Came in yesterday: has a role and no stack yet, and has not taken the first steps. */
	jonah: person(54, names.jonah, 'mapleStreet'),
	// Mineola's manager, and two of a residency.
	helen: person(55, names.helen, 'mineola'),
	imani: person(56, names.imani, 'palmettoRow'),
	reuben: person(57, 'Reuben Clay', 'palmettoRow')
} satisfies Record<string, CastPerson>;

export type PersonKey = keyof typeof people;

// ── What can be earned ─────────────────────────────────────────────────────────────────────────────────────────────
/** Room for a version, its parts and their rubric rows behind each microcredential's number. */
const microcredential = (n: number) => ({
	n,
	id: castId('microcredential', n * 1000),
	versionId: castId('microcredential', n * 1000 + 1)
});

const microcredentials = {
	firstRoutines: microcredential(1),
	waitTime: microcredential(2),
	feedbackLoop: microcredential(3),
	brainstorming: microcredential(4),
	designThinking: microcredential(5),
	openQuestions: microcredential(6),
	checkingUnderstanding: microcredential(7),
	talkPartners: microcredential(8),
	clearGoals: microcredential(9),
	thinkingAloud: microcredential(10),
	firstMinutes: microcredential(11),
	wrongAnswers: microcredential(12),
	firstCallHome: microcredential(13),
	twoWaysIn: microcredential(14),
	exitNotes: microcredential(15),
	growthMindset: microcredential(16),
	peerObservation: microcredential(17),
	wordsThatOpen: microcredential(18)
};

export type MicrocredentialKey = keyof typeof microcredentials;

const every = Object.keys(microcredentials) as MicrocredentialKey[];

const issuers = {
	commons: { id: castId('issuer', 1), key: 'wayfellow-commons', name: 'Wayfellow Commons' },
	/** Offers one for a competency that the commons has one for too, to compare with. */
	laurelGap: { id: castId('issuer', 2), key: 'laurel-gap', name: 'Laurel Gap School District' }
};
/** Of that one. */
const timeToThink = { id: castId('microcredential', 90_000), versionId: castId('microcredential', 90_001) };

type Outcome = { kind: 'pay' | 'role' | 'licence-credit'; words: string };

const stack = (
	n: number,
	key: string,
	title: string,
	summary: string,
	rule: number | Every,
	items: MicrocredentialKey[],
	outcomes: Outcome[] = []
) => ({
	id: castId('stack', n * 10),
	versionId: castId('stack', n * 10 + 1),
	key,
	title,
	summary,
	rule: (typeof rule === 'number' ? { kind: 'at-least', count: rule, counts: 'earned' } : rule) as StackRule,
	items,
	outcomes
});

const idsOf = (...keys: MicrocredentialKey[]) => keys.map((key) => microcredentials[key].id);

/** At least ten handed in: six of content, one of professionalism, one of another stack, two of a list. */
const residencyRule: Every = {
	kind: 'every',
	counts: 'submitted',
	lists: {
		Content: idsOf(
			'clearGoals',
			'waitTime',
			'openQuestions',
			'checkingUnderstanding',
			'wrongAnswers',
			'thinkingAloud',
			'talkPartners',
			'firstCallHome'
		),
		// One of them is content as well, and fills one slot of the two.
		Professionalism: idsOf('firstCallHome', 'peerObservation'),
		'Managing a classroom': idsOf('firstRoutines', 'firstMinutes'),
		'The residency’s list': idsOf('twoWaysIn', 'exitNotes', 'feedbackLoop', 'brainstorming', 'designThinking')
	},
	needs: [
		{ kind: 'slots', title: 'Content', count: 6, of: 'Content' },
		{ kind: 'slots', title: 'Professionalism', count: 1, of: 'Professionalism' },
		{ kind: 'slots', title: 'Managing a classroom', count: 1, of: 'Managing a classroom' },
		{ kind: 'slots', title: 'From the residency’s list', count: 2, of: 'The residency’s list' }
	]
};

const stacks = {
	tennessee: stack(
		1,
		'tennessee-three',
		'Three that fit your room',
		'Any three of fifteen, chosen by you with your mentor.',
		3,
		every.slice(0, 15)
	),
	florida: stack(2, 'florida-growth-mindset', 'Growth mindset', 'One microcredential, in a wave with others.', 1, [
		'growthMindset'
	]),
	mineola: stack(3, 'mineola-eighteen', 'Eighteen in two years', 'All eighteen, within two school years.', 18, every, [
		{ kind: 'pay', words: 'a permanent 500 dollars a year' },
		{ kind: 'role', words: 'the role of teacher leader' }
	]),
	residency: stack(
		4,
		'residency-ten',
		'Ten for a first licence',
		'Ten handed in during the residency, most of them in your subject.',
		residencyRule,
		every.filter((key) => key !== 'growthMindset' && key !== 'wordsThatOpen')
	)
};

// ── Programs and cohorts ───────────────────────────────────────────────────────────────────────────────────────────
/** Dates are counted in days before now; negative lies ahead. */
const programs = {
	tennessee: {
		id: castId('program', 1),
		key: 'tennessee',
		name: 'Tennessee microcredential pilot',
		organization: 'tennessee' as OrganizationKey,
		timeZone: central,
		startsDaysAgo: 330,
		endsDaysAgo: -210,
		stack: 'tennessee' as const,
		calendar: 'southern' as const
	},
	florida: {
		id: castId('program', 2),
		key: 'florida',
		name: 'Florida growth mindset',
		organization: 'florida' as OrganizationKey,
		timeZone: eastern,
		startsDaysAgo: 70,
		endsDaysAgo: -280,
		stack: 'florida' as const,
		calendar: 'southern' as const
	},
	mineola: {
		id: castId('program', 3),
		key: 'mineola',
		name: 'Mineola teacher leaders',
		organization: 'mineola' as OrganizationKey,
		timeZone: eastern,
		startsDaysAgo: 460,
		// One school year; `extensions` has the second.
		endsDaysAgo: 95,
		stack: 'mineola' as const,
		calendar: 'new-york' as const
	},
	residency: {
		id: castId('program', 4),
		key: 'residency',
		name: 'Carolina teacher residency',
		organization: 'southCarolina' as OrganizationKey,
		timeZone: eastern,
		startsDaysAgo: 300,
		endsDaysAgo: -120,
		stack: 'residency' as const,
		calendar: 'southern' as const
	}
};

export type ProgramKey = keyof typeof programs;

const cohort = (
	n: number,
	program: ProgramKey,
	name: string,
	wave: number,
	capacity: number,
	startsDaysAgo: number
) => ({ id: castId('cohort', n), program, name, wave, capacity, startsDaysAgo });

const cohorts = {
	pilot: cohort(1, 'tennessee', 'Spring pilot', 1, 25, 320),
	cohortA: cohort(2, 'tennessee', 'Cohort A', 2, 25, 108),
	cohortB: cohort(3, 'tennessee', 'Cohort B', 2, 25, 108),
	/** Small, so that a full cohort with a queue fits on one screen. */
	floridaOne: cohort(4, 'florida', 'Wave 1, Mangrove Bay', 1, 4, 60),
	mineolaOne: cohort(5, 'mineola', 'Mineola', 1, 10, 455),
	residencyOne: cohort(6, 'residency', 'First residency', 1, 25, 295)
};

export type CohortKey = keyof typeof cohorts;

// ── Enrollments ────────────────────────────────────────────────────────────────────────────────────────────────────
export type CastEnrollment = {
	id: string;
	person: PersonKey;
	program: ProgramKey;
	cohort: CohortKey | null;
	status: 'applied' | 'waiting' | 'active' | 'completed';
	joined: Moment;
	enrolled: Moment | null;
	ended: Moment | null;
};

let enrolled = 0;
const seat = (
	person: PersonKey,
	cohort: CohortKey,
	joinedDaysAgo: number,
	ended: Moment | null = null
): CastEnrollment => ({
	id: castId('enrollment', ++enrolled),
	person,
	program: cohorts[cohort].program,
	cohort,
	status: ended ? 'completed' : 'active',
	joined: days(joinedDaysAgo, '09:00'),
	enrolled: days(cohorts[cohort].startsDaysAgo, '09:00'),
	ended
});
const inQueue = (person: PersonKey, program: ProgramKey, joined: Moment): CastEnrollment => ({
	id: castId('enrollment', ++enrolled),
	person,
	program,
	cohort: null,
	status: 'waiting',
	joined,
	enrolled: null,
	ended: null
});

/** Claire's twenty, beside the five of Idris. */
const cohortATeachers = [
	'rosa', 'noor', 'lena', 'tomas', 'amara',
	'jordan', 'priya', 'dashawn', 'hannah', 'luis',
	'aiyana', 'caleb', 'fatima', 'owen', 'thuy',
	'malik', 'sofia', 'emeka', 'harper', 'daniela',
	'yusuf', 'abigail', 'kenji', 'leilani', 'mei'
] as const satisfies PersonKey[]; // prettier-ignore

const enrollments: CastEnrollment[] = [
	...cohortATeachers.map((key) => seat(key, 'cohortA', 125)),
	seat('ben', 'pilot', 325, days(20, '15:40')),
	seat('sam', 'cohortB', 124),
	...(['gabriela', 'marcus', 'nadine', 'theo'] as const).map((key) => seat(key, 'floridaOne', 68)),
	// In the order of joining the list: Wei is third.
	inQueue('ines', 'florida', days(66, '08:02')),
	inQueue('andre', 'florida', days(66, '08:05')),
	inQueue('wei', 'florida', days(66, '12:30')),
	inQueue('shira', 'florida', days(65, '07:45')),
	inQueue('bao', 'florida', days(61, '21:15')),
	seat('elena', 'mineolaOne', 458, days(34, '10:00')),
	seat('david', 'mineolaOne', 458),
	seat('nina', 'mineolaOne', 457),
	seat('imani', 'residencyOne', 298)
];

// ── Pairs ──────────────────────────────────────────────────────────────────────────────────────────────────────────
export type PairEvent = {
	kind: 'proposed' | 'accepted' | 'started' | 'paused' | 'resumed' | 'ended';
	at: Moment;
	by: PersonKey | null;
	reason: string | null;
};

export type CastPair = {
	id: string;
	n: number;
	teacher: PersonKey;
	mentor: PersonKey;
	cohort: CohortKey;
	endedAs: 'completed' | 'rematched' | 'withdrawn' | null;
	/** First to last; what the pair is now follows from the last one. */
	history: PairEvent[];
	/** The state of need that this pair is in the cast for. */
	shows: string;
};

const event = (kind: PairEvent['kind'], at: Moment, by: PersonKey | null = null, reason: string | null = null) => ({
	kind,
	at,
	by,
	reason
});
/** What the form for ending a pair would have kept: everybody who may see the pair reads it, so nobody writes their own. */
const reasonOf = (key: string): string => endingOf(key)!.words;

/** Proposed, accepted two days later, begun two days after that. */
const since = (mentor: PersonKey, proposedDaysAgo: number): PairEvent[] => [
	event('proposed', days(proposedDaysAgo, '10:15')),
	event('accepted', days(proposedDaysAgo - 2, '07:50'), mentor),
	event('started', days(proposedDaysAgo - 4, '15:30'))
];
const pair = (
	n: number,
	teacher: PersonKey,
	mentor: PersonKey,
	cohort: CohortKey,
	shows: string,
	history: PairEvent[] = since(mentor, 104),
	endedAs: CastPair['endedAs'] = null
): CastPair => ({ id: castId('pair', n), n, teacher, mentor, cohort, endedAs, history, shows });

const pairs = {
	rosaIdris: pair(1, 'rosa', 'idris', 'cohortA', 'in the middle of the second microcredential'),
	noorIdris: pair(2, 'noor', 'idris', 'cohortA', 'brand new: matched yesterday, nothing started', [
		event('proposed', days(4, '10:15')),
		event('accepted', days(2, '07:50'), 'idris'),
		event('started', days(1, '15:30'))
	]),
	benMarta: pair(
		3,
		'ben',
		'marta',
		'pilot',
		'ended: completed together',
		[...since('marta', 316), event('ended', days(20, '15:40'), 'ben', reasonOf('done'))],
		'completed'
	),
	lenaMarta: pair(
		4,
		'lena',
		'marta',
		'cohortA',
		'ended: rematched',
		[...since('marta', 104), event('ended', days(24, '11:05'), 'pat', reasonOf('times'))],
		'rematched'
	),
	lenaIdris: pair(5, 'lena', 'idris', 'cohortA', 'rematched three weeks ago, writing again', since('idris', 22)),
	samGrace: pair(6, 'sam', 'grace', 'cohortB', 'another cohort'),
	tomasIdris: pair(7, 'tomas', 'idris', 'cohortA', 'in review since five days'),
	amaraIdris: pair(8, 'amara', 'idris', 'cohortA', 'near the end: two earned, the third handed in'),
	// Claire's other twenty.
	jordanRuth: pair(9, 'jordan', 'ruth', 'cohortA', 'both wrote today'),
	priyaSamuel: pair(10, 'priya', 'samuel', 'cohortA', 'no edit by either for 16 days'),
	dashawnCarmen: pair(11, 'dashawn', 'carmen', 'cohortA', 'a reflection begun, no edit ever', since('carmen', 20)),
	hannahWalter: pair(
		12,
		'hannah',
		'walter',
		'cohortA',
		'matched three weeks ago, no reflection yet',
		since('walter', 25)
	),
	luisAnjali: pair(13, 'luis', 'anjali', 'cohortA', 'only the mentor writes'),
	aiyanaJoyce: pair(
		14,
		'aiyana',
		'joyce',
		'cohortA',
		'the teacher wrote last, eleven days ago; the mentor has not answered'
	),
	calebRuth: pair(15, 'caleb', 'ruth', 'cohortA', 'paused by agreement', [
		...since('ruth', 104),
		event('paused', days(12, '14:00'), 'caleb', 'Parental leave until January')
	]),
	fatimaSamuel: pair(16, 'fatima', 'samuel', 'cohortA', 'paused, and resumed last week', [
		...since('samuel', 104),
		event('paused', days(40, '14:00'), 'samuel', 'Away for some weeks'),
		event('resumed', days(7, '08:10'), 'samuel')
	]),
	owenCarmen: pair(17, 'owen', 'carmen', 'cohortA', 'in review since yesterday'),
	thuyWalter: pair(18, 'thuy', 'walter', 'cohortA', 'in review for eleven days'),
	malikAnjali: pair(19, 'malik', 'anjali', 'cohortA', 'returned “not yet” two days ago, already at work on it'),
	sofiaJoyce: pair(20, 'sofia', 'joyce', 'cohortA', 'returned “not yet” fifteen days ago, untouched since'),
	emekaRuth: pair(21, 'emeka', 'ruth', 'cohortA', 'returned as incomplete yesterday'),
	harperSamuel: pair(22, 'harper', 'samuel', 'cohortA', 'finished: three earned, still paired'),
	danielaCarmen: pair(23, 'daniela', 'carmen', 'cohortA', 'two earned, writing the third today'),
	yusufWalter: pair(24, 'yusuf', 'walter', 'cohortA', 'proposed, not answered for nine days', [
		event('proposed', days(9, '10:15'))
	]),
	abigailAnjali: pair(25, 'abigail', 'anjali', 'cohortA', 'accepted, not begun', [
		event('proposed', days(6, '10:15')),
		event('accepted', days(3, '07:50'), 'anjali')
	]),
	kenjiRuth: pair(26, 'kenji', 'ruth', 'cohortA', 'no edit by either for 31 days'),
	leilaniSamuel: pair(27, 'leilani', 'samuel', 'cohortA', 'only the teacher has ever written, eight days ago'),
	meiCarmen: pair(28, 'mei', 'carmen', 'cohortA', 'steady: both wrote this week'),
	elenaOscar: pair(
		29,
		'elena',
		'oscar',
		'mineolaOne',
		'ended: all eighteen earned',
		[...since('oscar', 450), event('ended', days(34, '10:00'), 'elena', reasonOf('done'))],
		'completed'
	),
	davidOscar: pair(30, 'david', 'oscar', 'mineolaOne', 'seventeen of eighteen', since('oscar', 450)),
	ninaOscar: pair(31, 'nina', 'oscar', 'mineolaOne', 'four of eighteen after the first year', since('oscar', 450)),
	imaniReuben: pair(32, 'imani', 'reuben', 'residencyOne', 'nine of ten handed in, in slots', since('reuben', 290))
} satisfies Record<string, CastPair>;

export type PairKey = keyof typeof pairs;

/** Who coaches which pairs now. The ended ones among cohort A were Claire's until their end. */
const caseloads: Record<'claire' | 'leila', PairKey[]> = {
	claire: (Object.keys(pairs) as PairKey[]).filter((key) => pairs[key].cohort === 'cohortA' || key === 'benMarta'),
	leila: ['samGrace']
};

// ── How it goes, as a teacher says it between meetings ─────────────────────────────────────────────────────────────
export type CastCheckIn = {
	n: number;
	pair: PairKey;
	at: Moment;
	going: Going;
	stuck: string | null;
	confidence: [MicrocredentialKey, Level][];
	shows: Shows;
};

const checkIns: CastCheckIn[] = [
	{
		n: 1,
		pair: 'rosaIdris',
		at: days(16, '16:20'),
		going: 'mixed',
		stuck: 'Three seconds feel like a minute. I count them and then I talk anyway.',
		confidence: [
			['firstRoutines', 'on-my-own'],
			['waitTime', 'not-yet']
		],
		shows: 'day'
	},
	{
		n: 2,
		pair: 'rosaIdris',
		at: days(6, '15:55'),
		going: 'well',
		stuck: null,
		confidence: [
			['firstRoutines', 'on-my-own'],
			['waitTime', 'with-help']
		],
		shows: 'going'
	}
];

// ── What they write together ───────────────────────────────────────────────────────────────────────────────────────
export type CastReflection = {
	id: string;
	n: number;
	pair: PairKey;
	microcredential: MicrocredentialKey;
	title: string;
	by: 'teacher' | 'mentor';
	started: Moment;
	/** Begun by the teacher alone, and not shared. */
	alone?: true;
};

const reflection = (
	n: number,
	pair: PairKey,
	microcredential: MicrocredentialKey,
	title: string,
	started: Moment,
	by: CastReflection['by'] = 'teacher'
): CastReflection => ({ id: castId('reflection', n), n, pair, microcredential, title, by, started });

const reflections = {
	rosaFirst: reflection(
		1,
		'rosaIdris',
		'firstRoutines',
		'The door, the bags, the first two minutes',
		days(84, '15:45')
	),
	rosaSecond: reflection(2, 'rosaIdris', 'waitTime', 'What changed when I waited?', days(13, '15:50')),
	benOnly: reflection(3, 'benMarta', 'waitTime', 'The quiet before the answer', days(70, '16:05')),
	lenaOld: reflection(4, 'lenaMarta', 'firstRoutines', 'Lining up without me', days(70, '15:35')),
	lenaNew: reflection(5, 'lenaIdris', 'firstRoutines', 'Three routines, second try', days(15, '15:55')),
	samOnly: reflection(6, 'samGrace', 'checkingUnderstanding', 'One question for thirty people', days(28, '16:20')),
	tomasFeedback: reflection(7, 'tomasIdris', 'feedbackLoop', 'One next step each', days(33, '15:25')),
	amaraQuestions: reflection(8, 'amaraIdris', 'openQuestions', 'Three questions I could not answer', days(26, '16:00')),
	jordanGoals: reflection(9, 'jordanRuth', 'clearGoals', 'What are we learning?', days(9, '16:30')),
	priyaWait: reflection(10, 'priyaSamuel', 'waitTime', 'Counting to three in period five', days(38, '15:15')),
	dashawnRoutines: reflection(11, 'dashawnCarmen', 'firstRoutines', 'Pencils', days(12, '16:10')),
	luisFeedback: reflection(12, 'luisAnjali', 'feedbackLoop', 'Comments on lab reports', days(30, '15:40'), 'mentor'),
	aiyanaPartners: reflection(13, 'aiyanaJoyce', 'talkPartners', 'Say it back first', days(29, '15:40')),
	calebMinutes: reflection(14, 'calebRuth', 'firstMinutes', 'Coats, chairs, quiet', days(44, '16:15')),
	fatimaExit: reflection(15, 'fatimaSamuel', 'exitNotes', 'Three piles on my kitchen table', days(60, '17:00')),
	owenRoutines: reflection(16, 'owenCarmen', 'firstRoutines', 'The song that ends tidy-up', days(41, '15:30')),
	thuyWrong: reflection(
		17,
		'thuyWalter',
		'wrongAnswers',
		'Why one half plus one third is two fifths',
		days(45, '15:45')
	),
	malikWait: reflection(18, 'malikAnjali', 'waitTime', 'Silence in seventh grade', days(48, '16:05')),
	sofiaFeedback: reflection(
		19,
		'sofiaJoyce',
		'feedbackLoop',
		'They read the comment and not the mark',
		days(52, '15:55')
	),
	emekaCall: reflection(20, 'emekaRuth', 'firstCallHome', 'Five calls before October', days(55, '17:10')),
	harperIdeas: reflection(21, 'harperSamuel', 'brainstorming', 'Sixty-one ideas for one bridge', days(35, '15:50')),
	danielaWays: reflection(22, 'danielaCarmen', 'twoWaysIn', 'Blocks or numbers, same answer', days(18, '15:35')),
	kenjiAloud: reflection(23, 'kenjiRuth', 'thinkingAloud', 'My mistake on the board', days(50, '15:20')),
	leilaniChecking: reflection(24, 'leilaniSamuel', 'checkingUnderstanding', 'Whiteboards up', days(24, '16:00')),
	meiDesign: reflection(25, 'meiCarmen', 'designThinking', 'A lunch tray for Mr. Alvarez', days(21, '16:10')),
	davidLast: reflection(26, 'davidOscar', 'wordsThatOpen', 'Erosion, deposit, bank', days(20, '15:30')),
	/** Only Sam knows of it. */
	samAlone: {
		...reflection(27, 'samGrace', 'wrongAnswers', 'What I got wrong about the six Cs', days(5, '19:40')),
		alone: true
	}
} satisfies Record<string, CastReflection>;

export type ReflectionKey = keyof typeof reflections;

// ── What they handed in and earned ─────────────────────────────────────────────────────────────────────────────────
export type CastSubmission = {
	n: number;
	teacher: PersonKey;
	microcredential: MicrocredentialKey;
	submitted: Moment;
	decided: Moment | null;
	decision: 'earned' | 'not-yet' | 'incomplete' | null;
};

let handed = 0;
const inReview = (teacher: PersonKey, microcredential: MicrocredentialKey, submitted: Moment): CastSubmission => ({
	n: ++handed,
	teacher,
	microcredential,
	submitted,
	decided: null,
	decision: null
});
const decided = (
	teacher: PersonKey,
	microcredential: MicrocredentialKey,
	submittedDaysAgo: number,
	decidedDaysAgo: number,
	decision: 'earned' | 'not-yet' | 'incomplete'
): CastSubmission => ({
	n: ++handed,
	teacher,
	microcredential,
	submitted: days(submittedDaysAgo, '16:40'),
	decided: days(decidedDaysAgo, '11:00'),
	decision
});

/** One of them earned is an award as well. Most teachers hand in twice; "not yet" is normal. */
const submissions: CastSubmission[] = [
	decided('rosa', 'firstRoutines', 61, 52, 'not-yet'),
	decided('rosa', 'firstRoutines', 48, 41, 'earned'),
	decided('ben', 'firstRoutines', 230, 221, 'earned'),
	decided('ben', 'feedbackLoop', 140, 131, 'not-yet'),
	decided('ben', 'feedbackLoop', 120, 112, 'earned'),
	decided('ben', 'waitTime', 33, 22, 'earned'),
	inReview('tomas', 'feedbackLoop', days(5, '17:20')),
	decided('amara', 'firstRoutines', 80, 72, 'earned'),
	decided('amara', 'waitTime', 50, 42, 'earned'),
	inReview('amara', 'openQuestions', days(3, '16:45')),
	inReview('owen', 'firstRoutines', days(1, '17:05')),
	inReview('thuy', 'wrongAnswers', days(11, '16:30')),
	decided('malik', 'waitTime', 12, 2, 'not-yet'),
	decided('sofia', 'feedbackLoop', 24, 15, 'not-yet'),
	decided('emeka', 'firstCallHome', 3, 1, 'incomplete'),
	decided('harper', 'firstRoutines', 82, 74, 'earned'),
	decided('harper', 'clearGoals', 52, 44, 'earned'),
	decided('harper', 'brainstorming', 10, 1, 'earned'),
	decided('daniela', 'firstRoutines', 78, 70, 'earned'),
	decided('daniela', 'exitNotes', 45, 36, 'earned'),
	decided('jordan', 'firstMinutes', 40, 31, 'earned'),
	decided('mei', 'talkPartners', 58, 49, 'earned'),
	decided('sam', 'firstRoutines', 70, 61, 'earned'),
	...every.map((key, i) => decided('elena', key, 440 - i * 23, 430 - i * 23, 'earned')),
	...every
		.filter((key) => key !== 'wordsThatOpen')
		.map((key, i) => decided('david', key, 442 - i * 24, 432 - i * 24, 'earned')),
	...every.slice(0, 4).map((key, i) => decided('nina', key, 400 - i * 80, 390 - i * 80, 'earned')),
	// Seven of content, one of which fills professionalism; what is “not yet” was handed in all the same.
	...(
		[
			'clearGoals',
			'waitTime',
			'openQuestions',
			'checkingUnderstanding',
			'wrongAnswers',
			'thinkingAloud',
			'firstCallHome',
			'firstRoutines',
			'twoWaysIn'
		] as const
	).map((key, i) => decided('imani', key, 270 - i * 28, 260 - i * 28, i % 4 === 3 ? 'not-yet' : 'earned'))
];

// ── Roles that are not told by a pair or an enrollment alone ───────────────────────────────────────────────────────
export type CastRole = {
	person: PersonKey;
	role: 'teacher' | 'mentor' | 'coach' | 'assessor' | 'manager';
	scopeKind: 'program' | 'cohort';
	scopeId: string;
	from: Moment;
};

const mentorsOf = (program: ProgramKey) => [
	...new Set(
		Object.values<CastPair>(pairs)
			.filter((pair) => cohorts[pair.cohort].program === program)
			.map((pair) => pair.mentor)
	)
];
const roles: CastRole[] = [
	...enrollments.map(({ person, program, cohort, joined, enrolled }): CastRole => ({
		person,
		role: 'teacher',
		scopeKind: cohort ? 'cohort' : 'program',
		scopeId: cohort ? cohorts[cohort].id : programs[program].id,
		from: enrolled ?? joined
	})),
	...(['tennessee', 'mineola', 'residency'] as const).flatMap((program) =>
		mentorsOf(program).map((person): CastRole => ({
			person,
			role: 'mentor',
			scopeKind: 'program',
			scopeId: programs[program].id,
			from: days(programs[program].startsDaysAgo, '09:00')
		}))
	),
	...(
		[
			['claire', 'coach'],
			['leila', 'coach'],
			['pat', 'manager'],
			['vera', 'assessor']
		] as const
	).map(([person, role]): CastRole => ({
		person,
		role,
		scopeKind: 'program',
		scopeId: programs.tennessee.id,
		from: days(328, '09:00')
	})),
	{
		person: 'jonah',
		role: 'teacher',
		scopeKind: 'program',
		scopeId: programs.tennessee.id,
		from: days(1, '14:20')
	},
	{
		person: 'helen',
		role: 'manager',
		scopeKind: 'program',
		scopeId: programs.mineola.id,
		from: days(459, '09:00')
	}
];

/** Who is led to the first steps; for all others they were long ago. */
const firstSteps: PersonKey[] = ['jonah'];

// ── More time ──────────────────────────────────────────────────────────────────────────────────────────────────────
export type CastExtension = {
	n: number;
	by: PersonKey;
	program: ProgramKey;
	at: Moment;
	/** Negative lies ahead. */
	lastDaysAgo: number;
	reason: string;
};

/** Mineola began with one school year for eighteen: two of ten had them. */
const extensions: CastExtension[] = [
	{
		n: 1,
		by: 'helen',
		program: 'mineola',
		at: days(110, '15:20'),
		lastDaysAgo: -215,
		reason: 'Eighteen in one school year was too much for nearly everybody, so it is two.'
	}
];

// ── Invitations ────────────────────────────────────────────────────────────────────────────────────────────────────
export type CastInvitation = {
	n: number;
	by: PersonKey;
	program: ProgramKey;
	cohort: CohortKey | null;
	role: 'teacher' | 'mentor';
	name: string;
	/** Null: a link to hand over. */
	email: string | null;
	made: Moment;
};

/** Open when planted, and for five days more. Their links were never made: a manager sends them again. */
const invitations: CastInvitation[] = [
	{
		n: 1,
		by: 'pat',
		program: 'tennessee',
		cohort: 'cohortB',
		role: 'teacher',
		name: 'Maya Okonkwo',
		email: 'maya@wayfellow.example',
		made: days(2, '09:40')
	},
	{
		n: 2,
		by: 'pat',
		program: 'tennessee',
		cohort: null,
		role: 'mentor',
		name: 'Edith Sandoval',
		email: null,
		made: days(1, '16:05')
	}
];

export const cast = {
	organizations,
	people,
	issuers,
	microcredentials,
	timeToThink,
	stacks,
	programs,
	cohorts,
	enrollments,
	pairs,
	caseloads,
	checkIns,
	reflections,
	submissions,
	roles,
	extensions,
	invitations,
	firstSteps
};
