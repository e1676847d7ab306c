/**
 * The world of the matrix: one program for each state in which a pair can be, and in each everybody who can stand to that
 * pair. Facts as in `tests/worlds`, so that the same model says who may find what.
 */
import type { PairState } from '#lib/pairing/policy.ts';
import { type Facts, talkOf } from '../worlds/facts.ts';
import type { State } from './answers.ts';

/** Everybody who comes by. The `other` ones have the same part in another program. */
export const everybody = [
	'nobody',
	'signed out',
	'expired',
	'left',
	'teacher',
	'mentor',
	'coach',
	'manager',
	'manager by mail',
	'district manager',
	'former coach',
	'coming coach',
	'former mentor',
	'former manager',
	'sibling manager',
	'classmate',
	'applicant',
	'other teacher',
	'other mentor',
	'other coach',
	'other manager'
] as const;
export type Who = (typeof everybody)[number];

export type Place = {
	state: State;
	pair: string;
	/** Shared with the mentor; a passage of it is shown to the coach, and the text is frozen as it is. */
	reflection: string;
	/** The teacher's alone: taken back. */
	alone: string;
	program: string;
	cohort: string;
	/** A thread in the cohort, its only post and a file with that, all of one name: of the classmate, and of the teacher. */
	talk: string;
	spoken: string;
	/** An open invitation to the program. */
	invitation: string;
	/** Somebody with a role in the program, and that role. */
	member: string;
	role: string;
	/** The person behind each who has one; `signed out` and `expired` come with an old cookie of the teacher. */
	people: Partial<Record<Who, string>>;
};

const statesOfPair: Record<State, PairState> = {
	proposed: { status: 'proposed', endedAs: null },
	accepted: { status: 'accepted', endedAs: null },
	active: { status: 'active', endedAs: null },
	paused: { status: 'paused', endedAs: null },
	completed: { status: 'ended', endedAs: 'completed' },
	rematched: { status: 'ended', endedAs: 'rematched' },
	withdrawn: { status: 'ended', endedAs: 'withdrawn' }
};

export function world(): { facts: Facts; places: Place[] } {
	const facts: Facts = {
		organizations: [{ name: 'organization 0', kind: 'state', above: null }],
		programs: [],
		cohorts: [],
		people: [],
		roles: [],
		enrollments: [],
		pairs: [],
		caseloads: [],
		reflections: [],
		submissions: [],
		awards: [],
		sessions: [],
		passkeys: [],
		events: [],
		settings: [],
		times: [],
		accounts: [],
		offers: [],
		invitations: []
	};
	const next = (kind: string, rows: unknown[]) => `${kind} ${rows.length + 1}`;
	const person = (left = false) => {
		const name = next('person', facts.people);
		facts.people.push({ name, left });
		facts.settings.push({ name: next('setting', facts.settings), person: name });
		facts.times.push({ name: next('time', facts.times), person: name });
		return name;
	};
	const organization = (kind: 'district' | 'school', above: string) => {
		const name = next('organization', facts.organizations);
		facts.organizations.push({ name, kind, above });
		return name;
	};
	const manages = (
		who: string,
		scopeKind: 'program' | 'district' | 'school',
		scope: string,
		until: number | null = null
	) => {
		const name = next('role', facts.roles);
		facts.roles.push({ name, person: who, role: 'manager', scopeKind, scope, from: -30, until });
		return who;
	};

	/** Somebody who came by an invitation, and somebody who is only invited. */
	const joined = (program: string) => {
		const [member, by] = [person(), person()];
		const role = next('role', facts.roles);
		facts.roles.push({
			name: role,
			person: member,
			role: 'coach',
			scopeKind: 'program',
			scope: program,
			from: -5,
			until: null
		});
		const came = { program, cohort: null, by };
		facts.invitations.push({
			...came,
			name: next('invitation', facts.invitations),
			state: 'accepted',
			acceptedBy: member
		});
		const invitation = next('invitation', facts.invitations);
		facts.invitations.push({ ...came, name: invitation, state: 'open', acceptedBy: null });
		facts.offers.push({ name: next('offer', facts.offers), program });
		return { member, role, invitation };
	};

	const places = Object.entries(statesOfPair).map(([state, pairState]): Place => {
		const district = organization('district', 'organization 0');
		const school = organization('school', district);
		const program = next('program', facts.programs);
		facts.programs.push({ name: program, organization: school });
		const cohort = next('cohort', facts.cohorts);
		facts.cohorts.push({ name: cohort, program });
		const enrolled = (who: string, status: Facts['enrollments'][number]['status']) => {
			const name = next('enrollment', facts.enrollments);
			facts.enrollments.push({ name, person: who, program, cohort: status === 'waiting' ? null : cohort, status });
			return who;
		};
		const saysOf = (who: string) => talkOf(facts.enrollments.find(({ person }) => person === who)!.name);
		/** A pair and what it wrote. */
		const pairOf = (teacher: string, mentor: string, how: PairState) => {
			const name = next('pair', facts.pairs);
			facts.pairs.push({ name, program, cohort, teacher, mentor, ...how });
			const reflection = next('reflection', facts.reflections);
			facts.reflections.push({ name: reflection, pair: name, shared: 'now', shown: 'now', frozen: true });
			const alone = next('reflection', facts.reflections);
			facts.reflections.push({ name: alone, pair: name, shared: 'taken back', shown: 'withdrawn', frozen: false });
			return { pair: name, reflection, alone };
		};
		const coached = (coach: string, pair: string, from: number, until: number | null) => {
			facts.caseloads.push({ name: next('caseload', facts.caseloads), coach, pair, from, until });
			return coach;
		};

		const teacher = enrolled(person(), 'active');
		const mentor = person();
		const formerMentor = person();
		pairOf(teacher, formerMentor, { status: 'ended', endedAs: 'rematched' });
		const { pair, reflection, alone } = pairOf(teacher, mentor, pairState);
		const manager = manages(person(), 'program', program);
		const classmate = enrolled(person(), 'active');
		pairOf(classmate, mentor, { status: 'active', endedAs: null });
		facts.submissions.push({ name: next('submission', facts.submissions), teacher });
		facts.awards.push({ name: next('award', facts.awards), person: teacher });
		return {
			state: state as State,
			pair,
			reflection,
			alone,
			program,
			cohort,
			talk: saysOf(classmate),
			spoken: saysOf(teacher),
			...joined(program),
			people: {
				teacher,
				mentor,
				'former mentor': formerMentor,
				classmate,
				applicant: enrolled(person(), 'waiting'),
				coach: coached(person(), pair, -30, 30),
				'former coach': coached(person(), pair, -30, -1),
				'coming coach': coached(person(), pair, 10, null),
				manager,
				// The same person, in a session in which no passkey was shown.
				'manager by mail': manager,
				'district manager': manages(person(), 'district', district),
				'former manager': manages(person(), 'program', program, -1),
				'sibling manager': manages(person(), 'school', organization('school', district)),
				left: manages(person(true), 'program', program)
			}
		};
	});
	for (const [i, { people }] of places.entries()) {
		const there = places[(i + 2) % places.length]!.people;
		for (const part of ['teacher', 'mentor', 'coach', 'manager'] as const) people[`other ${part}`] = there[part]!;
	}
	return { facts, places };
}
