/**
 * Who may see what, said once more: from what the field asks for and in plain sets over plain facts, without a look at
 * policies, queries or pages. Whoever changes a right changes it here too, and says why.
 */
import { talkOf, type Facts } from './facts.ts';

/** Somebody's or something's span holds at this moment. */
const now = ({ from, until }: { from: number; until: number | null }) => from <= 0 && (until === null || until > 0);

/** Each reflection of a pair that ended with every other pair of the same teacher in that program; by the new pair's name. */
export const handedOn = ({ pairs, reflections }: Facts) =>
	reflections.flatMap((reflection) => {
		const old = pairs.find(({ name }) => name === reflection.pair)!;
		return old.status !== 'ended'
			? []
			: pairs.flatMap((pair) =>
					pair.name !== old.name && pair.teacher === old.teacher && pair.program === old.program
						? [{ name: pair.name, pair, reflection: reflection.name }]
						: []
				);
	});

export type Stands = 'teacher' | 'mentor' | 'coach' | 'manager' | 'stranger';

export class Model {
	readonly #facts: Facts;

	constructor(facts: Facts) {
		this.#facts = facts;
	}

	/** Somebody who left is nobody, whatever else is written about them. */
	here(person: string): boolean {
		return this.#facts.people.some(({ name, left }) => name === person && !left);
	}

	/** The organizations that a program belongs to, at any height. */
	#above(program: string): string[] {
		const chain: string[] = [];
		for (let at = this.#facts.programs.find(({ name }) => name === program)?.organization; at;) {
			chain.push(at);
			at = this.#facts.organizations.find(({ name }) => name === at)?.above ?? undefined;
		}
		return chain;
	}

	/** A manager of a program, or of an organization it belongs to. */
	manages(person: string, program: string): boolean {
		const chain = [program, ...this.#above(program)];
		return (
			this.here(person) &&
			this.#facts.roles.some(
				(role) => role.person === person && role.role === 'manager' && now(role) && chain.includes(role.scope)
			)
		);
	}

	coaches(person: string, pair: string): boolean {
		return (
			this.here(person) && this.#facts.caseloads.some((one) => one.coach === person && one.pair === pair && now(one))
		);
	}

	/** The closest way in which somebody stands to a pair. */
	standing(person: string, pair: Facts['pairs'][number]): Stands {
		if (!this.here(person)) return 'stranger';
		if (pair.teacher === person) return 'teacher';
		if (pair.mentor === person) return 'mentor';
		if (this.coaches(person, pair.name)) return 'coach';
		return this.manages(person, pair.program) ? 'manager' : 'stranger';
	}

	/**
	 * A pair's words, of what the two share: of the two and nobody else, from when it is active. Afterwards the teacher keeps them, and the
	 * mentor only if the two completed what they began.
	 */
	words(person: string, pair: Facts['pairs'][number]): 'none' | 'read' | 'write' {
		const stands = this.standing(person, pair);
		if (stands !== 'teacher' && stands !== 'mentor') return 'none';
		if (pair.status === 'active') return 'write';
		if (pair.status === 'paused') return 'read';
		return pair.status === 'ended' && (stands === 'teacher' || pair.endedAs === 'completed') ? 'read' : 'none';
	}

	/** One reflection's words: the mentor's too only while the teacher shares it. */
	reads(person: string, { pair: name, shared }: Facts['reflections'][number]): 'none' | 'read' | 'write' {
		const pair = this.#facts.pairs.find((one) => one.name === name)!;
		return shared === 'now' || this.standing(person, pair) === 'teacher' ? this.words(person, pair) : 'none';
	}

	/** Whoever knows of a pair's meetings: its two, and its coach. */
	#meets(person: string, pair: Facts['pairs'][number]): boolean {
		return ['teacher', 'mentor'].includes(this.standing(person, pair)) || this.coaches(person, pair.name);
	}

	/** What is shown of an earlier pair: every reflection of a pair that ended, in every other pair of that teacher and program. */
	#handedOn(visible: (pair: Facts['pairs'][number]) => boolean): string[] {
		return handedOn(this.#facts).flatMap(({ pair, name }) => (visible(pair) ? [name] : []));
	}

	/** A mentor reads in a pair from its beginning, and after it only where the two completed what they began. */
	#readsAsMentor(person: string, pair: Facts['pairs'][number]): boolean {
		return (
			this.here(person) &&
			pair.mentor === person &&
			(['active', 'paused'].includes(pair.status) || (pair.status === 'ended' && pair.endedAs === 'completed'))
		);
	}

	/** A passage that is shown: to whoever reads the reflection, and to the coach while it is shown and the pair goes on. */
	#readsPassage(person: string, reflection: Facts['reflections'][number]): boolean {
		const pair = this.#facts.pairs.find((one) => one.name === reflection.pair)!;
		return (
			this.reads(person, reflection) !== 'none' ||
			(reflection.shown === 'now' && pair.status !== 'ended' && this.coaches(person, pair.name))
		);
	}

	mayEnd(person: string, pair: Facts['pairs'][number]): boolean {
		const isOfTwo = ['teacher', 'mentor'].includes(this.standing(person, pair));
		return pair.status !== 'ended' && (isOfTwo || this.manages(person, pair.program));
	}

	/** Somebody who is inside a cohort, holds a role in it, or mentors in it: asked alone, a mentor is not one yet. */
	#belongs(person: string, cohort: string): boolean {
		const { enrollments, roles, pairs } = this.#facts;
		return (
			enrollments.some(
				(one) =>
					one.person === person && one.cohort === cohort && ['enrolled', 'active', 'completed'].includes(one.status)
			) ||
			roles.some((role) => role.person === person && role.scope === cohort && now(role)) ||
			pairs.some(
				(pair) =>
					pair.mentor === person && pair.cohort === cohort && ['accepted', 'active', 'paused'].includes(pair.status)
			)
		);
	}

	/** Whoever belongs to a cohort, and the coach of a pair of it. */
	#standsIn(person: string, cohort: string): boolean {
		return (
			this.#belongs(person, cohort) ||
			this.#facts.pairs.some((pair) => pair.cohort === cohort && this.coaches(person, pair.name))
		);
	}

	/** Has pairs of the cohort on their caseload, also after their account was closed: a name stays a name. */
	#looksAfter(person: string, cohort: string): boolean {
		return this.#facts.caseloads.some(
			(one) =>
				one.coach === person &&
				now(one) &&
				this.#facts.pairs.some(({ name, cohort: of }) => name === one.pair && of === cohort)
		);
	}

	/** In these worlds everybody has, who was ever given a seat in it. */
	#hasSpoken(person: string, cohort: string): boolean {
		return this.#facts.enrollments.some((one) => one.person === person && one.cohort === cohort);
	}

	/** Whose progress one follows: one's own, that of teachers one mentors now, and of those on one's caseload. */
	#follows(person: string, teacher: string): boolean {
		return (
			person === teacher ||
			this.#facts.pairs.some(
				(pair) =>
					pair.teacher === teacher &&
					((pair.mentor === person && ['active', 'paused'].includes(pair.status)) || this.coaches(person, pair.name))
			)
		);
	}

	/** Whether one mentors a teacher now, in the very program of their place. */
	#mentorsIn(person: string, place: { person: string; program: string }): boolean {
		return this.#facts.pairs.some(
			({ mentor, teacher, program, status }) =>
				mentor === person &&
				teacher === place.person &&
				program === place.program &&
				['active', 'paused'].includes(status)
		);
	}

	/** Whose name one knows. */
	knows(person: string, other: string): boolean {
		if (!this.here(person)) return false;
		const { pairs, caseloads, enrollments, cohorts } = this.#facts;
		return (
			person === other ||
			pairs.some((pair) => {
				const two = [pair.teacher, pair.mentor];
				// The two know each other for good, and whoever looked after them.
				if (two.includes(person))
					return two.includes(other) || caseloads.some((one) => one.pair === pair.name && one.coach === other);
				return two.includes(other) && (this.coaches(person, pair.name) || this.manages(person, pair.program));
			}) ||
			// Whoever is in a cohort knows who else reads what is said there, its coaches too, and whoever has said something.
			cohorts.some(
				({ name }) =>
					this.#standsIn(person, name) &&
					(this.#belongs(other, name) || this.#looksAfter(other, name) || this.#hasSpoken(other, name))
			) ||
			enrollments.some((one) => one.person === other && this.manages(person, one.program)) ||
			this.#facts.roles.some((role) => role.person === other && this.#oversees(person, role))
		);
	}

	/** Roles in what somebody manages, past ones too: "who could see this in March?" has an answer. */
	#oversees(person: string, { scopeKind, scope }: Facts['roles'][number]): boolean {
		if (scopeKind === 'program') return this.manages(person, scope);
		const cohort = this.#facts.cohorts.find(({ name }) => scopeKind === 'cohort' && name === scope);
		return cohort !== undefined && this.manages(person, cohort.program);
	}

	/** What a manager's page of people lists: roles held now in the program, a cohort of it, or above it to manage; and all its invitations. */
	peopleOf(program: string): string[] {
		const { cohorts, roles, invitations } = this.#facts;
		const scopes = [program, ...cohorts.flatMap((one) => (one.program === program ? [one.name] : []))];
		return [
			...roles.flatMap((role) => (now(role) && scopes.includes(role.scope) ? [role.name] : [])),
			...this.managersAbove(program).flatMap((role) => (now(role) ? [role.name] : [])),
			...invitations.flatMap((one) => (one.program === program ? [one.name] : []))
		];
	}

	/** Roles of managers above a program, of whatever time: its page of people names them, and no table does. */
	managersAbove(program: string): Facts['roles'] {
		const above = this.#above(program);
		return this.#facts.roles.filter(({ role, scope }) => role === 'manager' && above.includes(scope));
	}

	/** What somebody is told of those above the programs that they manage: the names of people and of roles. */
	toldAbove(person: string): Set<string> {
		const managed = this.#facts.programs.filter(({ name }) => this.manages(person, name));
		return new Set(managed.flatMap(({ name }) => this.managersAbove(name).flatMap((role) => [role.name, role.person])));
	}

	/** Who may look after a cohort of theirs: a manager who appoints somebody is told which coaches its pairs have, and only there. */
	coachesToAppoint(person: string): Set<string> {
		const { pairs, caseloads } = this.#facts;
		const managed = pairs.filter(({ program }) => this.manages(person, program)).map(({ name }) => name);
		return new Set(caseloads.flatMap((one) => (now(one) && managed.includes(one.pair) ? [one.coach] : [])));
	}

	/** The names of the rows that somebody sees, table by table. Tables with words go by their reflection. */
	sees(person: string): Record<string, string[]> {
		const facts = this.#facts;
		const of = <Row extends { name: string }>(rows: Row[], visible: (row: Row) => boolean) =>
			this.here(person) ? rows.filter(visible).map(({ name }) => name) : [];
		const pairOf = (name: string) => facts.pairs.find((pair) => pair.name === name)!;
		const own = (row: { person: string }) => row.person === person;
		const pairs = of(facts.pairs, (pair) => this.standing(person, pair) !== 'stranger');
		const words = of(facts.reflections, (reflection) => this.reads(person, reflection) !== 'none');
		const programs = of(
			facts.programs,
			({ name: program }) =>
				this.manages(person, program) ||
				facts.enrollments.some((one) => own(one) && one.program === program) ||
				facts.roles.some((role) => own(role) && role.scope === program && now(role)) ||
				facts.cohorts.some((cohort) => cohort.program === program && this.#standsIn(person, cohort.name)) ||
				facts.pairs.some((pair) => pair.program === program && pairs.includes(pair.name))
		);
		return {
			people: of(facts.people, ({ name }) => this.knows(person, name)),
			email_addresses: of(facts.people, ({ name }) => name === person),
			roles: of(facts.roles, (role) => own(role) || this.#oversees(person, role)),
			sessions: of(facts.sessions, own),
			passkeys: of(facts.passkeys, own),
			provider_accounts: of(facts.accounts, own),
			programs,
			// What a program offers is for whoever knows the program.
			program_stacks: programs.filter((program) => facts.offers.some((offer) => offer.program === program)),
			// More time for a program is for everybody in it; for one teacher, for whoever follows their progress.
			deadline_extensions: [
				...programs,
				...facts.enrollments
					.filter((one) => programs.includes(one.program))
					.filter((one) => this.#follows(person, one.person) || this.manages(person, one.program))
					.map(({ name }) => name)
			],
			// When a program rests is for everybody in it.
			program_breaks: programs,
			// What somebody was granted is theirs and their program's, not their mentor's or coach's.
			outcome_grants: of(facts.enrollments, (one) => own(one) || this.manages(person, one.program)),
			// Counts are for those who manage what is counted.
			program_counts: of(facts.programs, ({ name }) => this.manages(person, name)),
			// Who was invited is a matter of those who manage the program, and of whoever came by it.
			invitations: of(
				facts.invitations,
				({ program, acceptedBy }) => acceptedBy === person || this.manages(person, program)
			),
			cohorts: of(facts.cohorts, ({ name, program }) => this.#standsIn(person, name) || this.manages(person, program)),
			enrollments: of(
				facts.enrollments,
				(one) => this.#follows(person, one.person) || this.manages(person, one.program)
			),
			// Since when somebody rests and by when they plan to be done is for those who follow them.
			pauses: of(facts.enrollments, (one) => this.#follows(person, one.person)),
			plan_dates: of(facts.enrollments, (one) => this.#follows(person, one.person)),
			// Why, and how they plan, is between the two of the pair.
			pause_reasons: of(facts.enrollments, (one) => own(one) || this.#mentorsIn(person, one)),
			plans: of(facts.enrollments, (one) => own(one) || this.#mentorsIn(person, one)),
			second_reasons: words,
			pairs,
			pair_events: pairs,
			// When they met is for the two and their coach, what they said for the two.
			meetings: of(facts.pairs, (pair) => this.#meets(person, pair)),
			agenda_items: of(facts.pairs, (pair) => this.words(person, pair) !== 'none'),
			meeting_notes: of(facts.pairs, (pair) => this.words(person, pair) !== 'none'),
			// How it goes is for the two; that it was said, and what the teacher allows, for their coach too while the pair is one.
			check_ins: of(facts.pairs, (pair) => this.words(person, pair) !== 'none'),
			check_in_signals: of(
				facts.pairs,
				(pair) => this.words(person, pair) !== 'none' || (pair.status !== 'ended' && this.coaches(person, pair.name))
			),
			calendars: of(facts.times, own),
			timetable_periods: of(facts.times, own),
			meeting_settings: of(facts.settings, own).map(() => person),
			program_times: programs,
			work_shares: of(
				facts.enrollments,
				(one) =>
					own(one) ||
					this.manages(person, one.program) ||
					facts.pairs.some(
						(pair) => pair.teacher === one.person && pair.program === one.program && this.#meets(person, pair)
					)
			),
			caseloads: of(
				facts.caseloads,
				({ coach, pair }) =>
					coach === person ||
					['teacher', 'mentor'].includes(this.standing(person, pairOf(pair))) ||
					this.coaches(person, pair)
			),
			// Entered about each caseload's coach, as if they mentored: theirs, and of who manages the program.
			anchor_scores: of(
				facts.caseloads,
				({ coach, pair }) => coach === person || this.manages(person, pairOf(pair).program)
			),
			teaching_facts: [
				...new Set(
					facts.enrollments.flatMap((one) =>
						(this.here(person) && own(one)) || this.manages(person, one.program) ? [one.person] : []
					)
				)
			],
			matchings: of(facts.programs, ({ name }) => this.manages(person, name)),
			mentor_hours: of(
				facts.caseloads,
				({ coach, pair }) => coach === person || this.manages(person, pairOf(pair).program)
			),
			program_capacity: programs,
			// Of each reflection of a pair that ended, in a pair of the same teacher: theirs, and the mentor's once it began.
			earlier_passages: this.#handedOn(
				(pair) => (this.here(person) && pair.teacher === person) || this.#readsAsMentor(person, pair)
			),
			// What a cohort says is for whoever is in it now, and one's own words for good; what somebody chose, read or reported is theirs.
			...this.#talk(person, of),
			// A coach’s own notes, while the pair is theirs to look after.
			coach_marks: of(
				facts.caseloads,
				(one) => one.coach === person && this.coaches(person, one.pair) && pairOf(one.pair).status !== 'ended'
			),
			// What a coach wrote to both: the coach’s like a note, the teacher’s for good, the mentor’s until the pair ends.
			coach_messages: of(facts.caseloads, (one) => {
				const pair = pairOf(one.pair);
				if (!this.here(person)) return false;
				if (pair.teacher === person) return true;
				return (
					pair.status !== 'ended' &&
					(pair.mentor === person || (one.coach === person && this.coaches(person, one.pair)))
				);
			}),
			reflections: words,
			reflection_updates: words,
			reflection_snapshots: words,
			reflection_history: words,
			reflection_clients: words,
			reflection_sharings: words.filter(
				(name) => facts.reflections.find((one) => one.name === name)!.shared !== 'never'
			),
			reflection_versions: words.filter((name) => facts.reflections.find((one) => one.name === name)!.frozen),
			// How far somebody has read is nobody else's to know. Only teachers have looked.
			reflection_looks: of(facts.reflections, ({ pair }) => pairOf(pair).teacher === person),
			reflection_passages: of(
				facts.reflections,
				(reflection) => reflection.shown !== 'never' && this.#readsPassage(person, reflection)
			),
			person_settings: of(facts.settings, own).map(() => person),
			coach_letters: of(facts.settings, own).map(() => person),
			notifications: of(facts.settings, own).map(() => person),
			notification_settings: of(facts.settings, own).map(() => person),
			notification_mutes: of(facts.settings, own).map(() => person),
			push_subscriptions: of(facts.settings, own).map(() => person),
			// A publisher's file that one looks at before it is imported.
			framework_drafts: of(facts.settings, own).map(() => person),
			free_times: of(facts.times, own),
			// What concerns one, and what one did to others.
			audit_events: of(facts.events, (event) => own(event) || event.by === person),
			// Of no issuer that a program of these worlds edits.
			microcredential_drafts: [],
			submissions: of(facts.submissions, ({ teacher }) => this.#follows(person, teacher)),
			awards: of(facts.awards, (award) => this.#follows(person, award.person))
		};
	}

	#talk(
		person: string,
		of: (rows: Facts['enrollments'], visible: (row: Facts['enrollments'][number]) => boolean) => string[]
	): Record<string, string[]> {
		type Seat = Facts['enrollments'][number];
		const inTalk = ({ cohort }: Seat) => cohort !== null && this.#standsIn(person, cohort);
		const mine = (one: Seat) => one.cohort !== null && one.person === person;
		const seats = this.#facts.enrollments;
		const said = of(seats, (one) => inTalk(one) || mine(one)).map(talkOf);
		const own = of(seats, mine).map(talkOf);
		return {
			threads: said,
			posts: said,
			post_words: said,
			post_files: said,
			// Whoever opened a thread reads what was done to it and why, wherever they have moved.
			moderation_acts: said,
			nameless_posts: own,
			post_reactions: own,
			thread_reads: own,
			thread_choices: own,
			post_reports: own,
			cohort_voices: [
				...new Set(this.#facts.enrollments.flatMap((one) => (this.here(person) && inTalk(one) ? [one.person] : [])))
			],
			// Nobody is named, nobody looks after a cohort and nobody looked who asked in these worlds.
			post_mentions: [],
			cohort_moderators: [],
			nameless_marks: [],
			cohort_moves: [],
			author_reveals: []
		};
	}

	/** What a socket is told about somebody who holds a reflection open through a session. */
	holds(person: string, session: Facts['sessions'][number], reflection: Facts['reflections'][number]) {
		const stands = session.person === person && !session.over && this.here(person);
		return { access: this.reads(person, reflection), session: stands ? 'stands' : 'over' };
	}
}

/** The catalogue and the tree of organizations, for everybody who is signed in. */
export const open = [
	'alignments',
	'capacity_rules',
	'competencies',
	'contact_norms',
	'credit_conversions',
	'credit_rules',
	'framework_associations',
	'frameworks',
	'issuer_editors',
	'issuers',
	'jurisdictions',
	'microcredential_versions',
	'microcredentials',
	'organizations',
	'parts',
	'rubric_rows',
	'stack_items',
	'stack_outcomes',
	'stack_versions',
	'stacks'
];
