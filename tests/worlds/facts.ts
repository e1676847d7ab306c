/**
 * Random worlds of people, roles and pairs, as plain facts. The same seed makes the same world. Times are days from now,
 * so that facts stay small enough to read: -30 is past, 30 is to come, null is open.
 */
import type { PairState } from '#lib/pairing/policy.ts';
import { Random } from '../fuzz/random.ts';

/** Every row has a name such as `pair 3`, which is also how a disagreement speaks of it. */
export type Named = { name: string };
type Span = { from: number; until: number | null };

export type Facts = {
	organizations: (Named & { kind: 'state' | 'district' | 'school'; above: string | null })[];
	programs: (Named & { organization: string })[];
	cohorts: (Named & { program: string })[];
	people: (Named & { left: boolean })[];
	roles: (Named &
		Span & {
			person: string;
			role: 'teacher' | 'mentor' | 'coach' | 'assessor' | 'manager';
			scopeKind: 'state' | 'district' | 'school' | 'program' | 'cohort';
			scope: string;
		})[];
	enrollments: (Named & {
		person: string;
		program: string;
		cohort: string | null;
		status: 'invited' | 'applied' | 'waiting' | 'enrolled' | 'active' | 'completed' | 'withdrawn';
	})[];
	pairs: (Named & PairState & { program: string; cohort: string | null; teacher: string; mentor: string })[];
	caseloads: (Named & Span & { pair: string; coach: string })[];
	/** With the mentor; whether a passage of it is shown to the coach, now or once; whether a version of it is frozen. */
	reflections: (Named & {
		pair: string;
		shared: 'now' | 'taken back' | 'never';
		shown: 'now' | 'withdrawn' | 'never';
		frozen: boolean;
	})[];
	submissions: (Named & { teacher: string })[];
	awards: (Named & { person: string })[];
	sessions: (Named & { person: string; over: boolean })[];
	passkeys: (Named & { person: string })[];
	/** What was written down: whom it concerns, and who did it, if anybody. */
	events: (Named & { person: string; by: string | null })[];
	/** What people chose for themselves, and when they have time. */
	settings: (Named & { person: string })[];
	times: (Named & { person: string })[];
	accounts: (Named & { person: string })[];
	/** Stacks that a program offers. */
	offers: (Named & { program: string })[];
	invitations: (Named & {
		program: string;
		cohort: string | null;
		by: string;
		state: 'open' | 'expired' | 'withdrawn' | 'accepted';
		acceptedBy: string | null;
	})[];
};

const endings = ['completed', 'rematched', 'withdrawn'] as const;
const statuses = ['proposed', 'accepted', 'active', 'active', 'paused', 'ended', 'ended', 'ended'] as const;
const inProgram = ['invited', 'applied', 'waiting', 'enrolled', 'active', 'active', 'completed', 'withdrawn'] as const;

/** A world of a state or two, some programs, about a dozen people and about as many pairs. */
export function worldOf(seed: number): Facts {
	const random = new Random(seed);
	const many = <T>(kind: string, n: number, make: (name: string, i: number) => T): T[] =>
		Array.from({ length: n }, (_, i) => make(`${kind} ${i}`, i));
	const span = (): Span =>
		random.pick<Span>([
			{ from: -30, until: null },
			{ from: -30, until: null },
			{ from: -30, until: 30 },
			{ from: -30, until: -1 },
			{ from: 10, until: null }
		]);

	const organizations = many('organization', 3 + random.int(4), (name, i): Facts['organizations'][number] => {
		if (i < 1 || random.oneIn(4)) return { name, kind: 'state', above: null };
		const above = `organization ${random.int(i)}`;
		return { name, kind: random.pick(['district', 'school']), above };
	});
	const programs = many('program', 2 + random.int(2), (name) => ({
		name,
		organization: random.pick(organizations).name
	}));
	const cohorts = many('cohort', 2 + random.int(3), (name) => ({ name, program: random.pick(programs).name }));
	const people = many('person', 9 + random.int(5), (name) => ({ name, left: random.oneIn(8) }));
	const somebody = () => random.pick(people).name;
	const cohortIn = (program: string) => {
		const of = cohorts.filter((cohort) => cohort.program === program);
		return of.length === 0 || random.oneIn(5) ? null : random.pick(of).name;
	};

	const roles = many('role', 4 + random.int(6), (name): Facts['roles'][number] => {
		const scopeKind = random.pick(['organization', 'program', 'program', 'cohort']);
		const organization = random.pick(organizations);
		return {
			name,
			person: somebody(),
			role: random.pick(['teacher', 'mentor', 'coach', 'assessor', 'manager', 'manager', 'manager']),
			...(scopeKind === 'organization'
				? { scopeKind: organization.kind, scope: organization.name }
				: scopeKind === 'program'
					? { scopeKind: 'program', scope: random.pick(programs).name }
					: { scopeKind: 'cohort', scope: random.pick(cohorts).name }),
			...span()
		};
	});

	const pairs: Facts['pairs'] = [];
	for (let i = 0; i < 14; i++) {
		const program = random.pick(programs).name;
		const [teacher, mentor] = [somebody(), somebody()];
		const status = random.pick(statuses);
		const open = pairs.some((one) => one.program === program && one.teacher === teacher && one.status !== 'ended');
		if (teacher === mentor || (open && status !== 'ended')) continue;
		const endedAs = status === 'ended' ? random.pick(endings) : null;
		pairs.push({ name: `pair ${i}`, program, cohort: cohortIn(program), teacher, mentor, status, endedAs });
	}

	const enrollments: Facts['enrollments'] = [];
	const enroll = (person: string, program: string, status: Facts['enrollments'][number]['status']) => {
		if (enrollments.some((one) => one.person === person && one.program === program)) return;
		enrollments.push({ name: `enrollment ${enrollments.length}`, person, program, cohort: cohortIn(program), status });
	};
	for (const { teacher, program } of pairs) if (!random.oneIn(6)) enroll(teacher, program, random.pick(inProgram));
	for (let i = 0; i < 5; i++) enroll(somebody(), random.pick(programs).name, random.pick(inProgram));

	const caseloads: Facts['caseloads'] = [];
	for (let i = 0; i < 12 && pairs.length > 0; i++) {
		const { from, until } = span();
		const pair = random.pick(pairs).name;
		if (until === null && caseloads.some((one) => one.pair === pair && one.until === null)) continue;
		caseloads.push({ name: `caseload ${i}`, pair, coach: somebody(), from, until });
	}

	return {
		organizations,
		programs,
		cohorts,
		people,
		roles,
		enrollments,
		pairs,
		caseloads,
		reflections: pairs.flatMap(({ name: pair }, i) =>
			[i, i + 100].flatMap((n): Facts['reflections'] =>
				random.oneIn(4)
					? []
					: [
							{
								name: `reflection ${n}`,
								pair,
								shared: random.pick(['now', 'now', 'taken back', 'never']),
								shown: random.pick(['now', 'withdrawn', 'never']),
								frozen: random.oneIn(3)
							}
						]
			)
		),
		submissions: many('submission', 4, (name) => ({ name, teacher: somebody() })),
		awards: many('award', 4, (name) => ({ name, person: somebody() })),
		sessions: people.map(({ name: person }, i) => ({ name: `session ${i}`, person, over: random.oneIn(4) })),
		passkeys: many('passkey', 5, (name) => ({ name, person: somebody() })),
		events: many('event', 6, (name) => ({ name, person: somebody(), by: random.oneIn(3) ? null : somebody() })),
		settings: people.map(({ name: person }, i) => ({ name: `setting ${i}`, person })),
		times: people.flatMap(({ name: person }, i) => (i % 3 === 0 ? [{ name: `time ${i}`, person }] : [])),
		accounts: many('account', 5, (name) => ({ name, person: somebody() })),
		offers: programs.flatMap(({ name: program }, i) => (random.oneIn(3) ? [] : [{ name: `offer ${i}`, program }])),
		invitations: many('invitation', 5, (name): Facts['invitations'][number] => {
			const program = random.pick(programs).name;
			const state = random.pick(['open', 'expired', 'withdrawn', 'accepted', 'accepted'] as const);
			const acceptedBy = state === 'accepted' ? somebody() : null;
			return { name, program, cohort: cohortIn(program), by: somebody(), state, acceptedBy };
		})
	};
}

/** Every world that has one fact less, with what hangs on it. */
export function* smaller(facts: Facts): Generator<Facts> {
	for (const kind of Object.keys(facts) as (keyof Facts)[])
		for (const { name } of facts[kind]) {
			const gone = new Set([name]);
			const rest = structuredClone(facts);
			for (let before = 0; before !== gone.size;) {
				before = gone.size;
				for (const rows of Object.values(rest) as Named[][])
					for (const row of rows) if (Object.values(row).some((value) => gone.has(value as string))) gone.add(row.name);
			}
			for (const of of Object.keys(rest) as (keyof Facts)[])
				(rest[of] as Named[]) = rest[of].filter((row) => !gone.has(row.name));
			yield rest;
		}
}

/** What is said in a cohort by whoever has a seat in it goes by a name of its own: `enrollment 3` says `talk 3`. */
export const talkOf = (seat: string): string => seat.replace('enrollment', 'talk');
