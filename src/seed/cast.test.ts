/** The facts that others build on: if one of these changes, tests, screenshots and the sign-in page change with it. */
import { expect, test } from 'vitest';
import { readStackRule } from '#lib/catalogue/stack.ts';
import { endings } from '#lib/pairing/endings.ts';
import { type CastPair, type CastPerson, cast, type PersonKey } from './cast.ts';
import { castId } from './ids.ts';
import { introductions } from './introductions.ts';
import { dateOf, days, instantOf, minutes, type Moment } from './moments.ts';
import { statusOf } from './status.ts';
import { texts } from './texts.ts';

const people: Record<string, CastPerson> = cast.people;
const pairs = Object.values<CastPair>(cast.pairs);
const open = pairs.filter((pair) => statusOf(pair) !== 'ended');
const openOf = (mentor: PersonKey) => open.filter((pair) => pair.mentor === mentor);
const earned = (teacher: PersonKey) =>
	cast.submissions
		.filter((one) => one.teacher === teacher && one.decision === 'earned')
		.map((one) => one.microcredential);
const writers = (reflection: keyof typeof texts) => new Set(texts[reflection]?.map(({ by }) => by));

test('ids are valid, and stay', () => {
	expect(cast.people.rosa.id).toBe('0192f000-0002-7000-8000-000000000001');
	expect(cast.reflections.rosaSecond.id).toBe('0192f000-0014-7000-8000-000000000002');
	expect(castId('award', 7)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	const ids = [
		...Object.values(cast.people),
		...Object.values(cast.organizations),
		...Object.values(cast.cohorts),
		...pairs,
		...Object.values(cast.reflections),
		...cast.enrollments
	].map(({ id }) => id);
	expect(new Set(ids).size).toBe(ids.length);
});

test('nobody shares an address or a name, and addresses are as the sign-in form writes them', () => {
	const everyone = Object.values(people);
	expect(new Set(everyone.map(({ email }) => email)).size).toBe(everyone.length);
	expect(new Set(everyone.map(({ name }) => name)).size).toBe(everyone.length);
	for (const [key, { email, initials }] of Object.entries(people)) {
		expect(email).toBe(`${key}@wayfellow.example`);
		expect(initials).toMatch(/^\p{Lu}{2}$/u);
	}
});

test('whoever introduces themselves on the sign-in page is in the cast', () => {
	for (const { name, initials, email } of introductions.flatMap((group) => group.people))
		expect(people[email.split('@')[0]!]).toMatchObject({ name, initials, email });
});

test('a reason that a coach reads is one of the form’s, or short', () => {
	const events = pairs.flatMap(({ history }) => history);
	for (const { kind, reason } of events) {
		if (kind === 'ended') expect(endings.map(({ words }) => words)).toContain(reason);
		else expect(reason?.length ?? 0).toBeLessThanOrEqual(40);
	}
});

test('Rosa is in the middle of her second microcredential, Idris with her', () => {
	expect(statusOf(cast.pairs.rosaIdris)).toBe('active');
	expect(earned('rosa')).toEqual(['firstRoutines']);
	expect(cast.reflections.rosaSecond).toMatchObject({ pair: 'rosaIdris', microcredential: 'waitTime' });
	expect(cast.reflections.rosaSecond.title).toBe('What changed when I waited?');
	expect(writers('rosaSecond')).toEqual(new Set(['teacher', 'mentor']));
	expect(texts.rosaSecond!.at(-1)).toMatchObject({ by: 'teacher', at: days(1, '16:12') });
});

test('Noor’s pair is brand new and has nothing', () => {
	expect(cast.pairs.noorIdris.history.at(-1)).toMatchObject({ kind: 'started', at: { days: 1 } });
	expect(Object.values(cast.reflections).filter(({ pair }) => pair === 'noorIdris')).toEqual([]);
});

test('two pairs of Marta ended: Ben’s completed, Lena’s rematched with Idris', () => {
	expect([cast.pairs.benMarta, cast.pairs.lenaMarta].map((pair) => [statusOf(pair), pair.endedAs])).toEqual([
		['ended', 'completed'],
		['ended', 'rematched']
	]);
	expect(earned('ben')).toHaveLength(3);
	expect(statusOf(cast.pairs.lenaIdris)).toBe('active');
	expect(openOf('marta')).toEqual([]);
});

test('Idris mentors five, and nobody mentors more', () => {
	expect(openOf('idris').map((pair) => pair.teacher)).toEqual(['rosa', 'noor', 'lena', 'tomas', 'amara']);
	for (const { mentor } of pairs) expect(openOf(mentor).length).toBeLessThanOrEqual(5);
});

test('Claire looks after 25 open pairs, each in the cast for a state of its own', () => {
	const hers = cast.caseloads.claire.map((key) => cast.pairs[key]);
	const now = hers.filter((pair) => statusOf(pair) !== 'ended');
	expect(now).toHaveLength(25);
	expect(new Set(now.map(({ shows }) => shows)).size).toBe(25);
	expect(Object.groupBy(now, statusOf)).toMatchObject({
		proposed: [cast.pairs.yusufWalter],
		accepted: [cast.pairs.abigailAnjali],
		paused: [cast.pairs.calebRuth]
	});
	expect(now.every((pair) => pair.cohort === 'cohortA')).toBe(true);
});

test('Sam is in another cohort; Wei waits in Florida behind a full one, and is in no pair', () => {
	expect(cast.pairs.samGrace.cohort).toBe('cohortB');
	const seats = cast.enrollments.filter(({ cohort }) => cohort === 'floridaOne');
	expect(seats).toHaveLength(cast.cohorts.floridaOne.capacity);
	const queue = cast.enrollments.filter(({ program, status }) => program === 'florida' && status === 'waiting');
	const now = new Date('2026-11-25T12:00:00Z');
	const inOrder = queue.toSorted((a, b) => +instantOf(a.joined, now) - +instantOf(b.joined, now));
	expect(inOrder.map(({ person }) => person)).toEqual(['ines', 'andre', 'wei', 'shira', 'bao']);
	expect(pairs.some((pair) => pair.teacher === 'wei' || pair.mentor === 'wei')).toBe(false);
});

test('the programs follow Tennessee, Florida and Mineola, and every rule can be read', () => {
	const { tennessee, florida, mineola } = cast.stacks;
	expect([tennessee, florida, mineola].map(({ rule, items }) => [rule, items.length])).toEqual([
		[{ kind: 'at-least', count: 3, counts: 'earned' }, 15],
		[{ kind: 'at-least', count: 1, counts: 'earned' }, 1],
		[{ kind: 'at-least', count: 18, counts: 'earned' }, 18]
	]);
	for (const { rule, items } of Object.values(cast.stacks))
		expect(
			readStackRule(
				rule,
				items.map((key) => cast.microcredentials[key].id)
			)
		).toEqual(rule);
	expect(tennessee.items).toEqual(expect.arrayContaining(['firstRoutines', 'waitTime', 'feedbackLoop']));
	expect(new Set(earned('elena')).size).toBe(18);
	expect(new Set(earned('david')).size).toBe(17);
});

test('hand-ins stand in every state: in review, “not yet”, incomplete, earned at the second go', () => {
	expect(cast.submissions.filter(({ decided }) => decided === null).map(({ teacher }) => teacher)).toEqual([
		'tomas',
		'amara',
		'owen',
		'thuy'
	]);
	expect(new Set(cast.submissions.map(({ decision }) => decision))).toEqual(
		new Set(['earned', 'not-yet', 'incomplete', null])
	);
	expect(cast.submissions.filter(({ teacher }) => teacher === 'rosa').map(({ decision }) => decision)).toEqual([
		'not-yet',
		'earned'
	]);
});

test('who writes differs: both, only the mentor, only the teacher, nobody yet', () => {
	expect(writers('luisFeedback')).toEqual(new Set(['mentor']));
	expect(writers('leilaniChecking')).toEqual(new Set(['teacher']));
	expect(texts.dashawnRoutines).toBeUndefined();
	expect(Object.values(cast.reflections)).toHaveLength(Object.keys(texts).length + 1);
});

test('everybody has a role', () => {
	const named = new Set(cast.roles.map(({ person }) => person));
	expect(Object.keys(people).filter((key) => !named.has(key as PersonKey))).toEqual([]);
	expect(cast.roles.filter(({ role }) => ['manager', 'coach', 'assessor'].includes(role))).toMatchObject([
		{ person: 'claire', role: 'coach' },
		{ person: 'leila', role: 'coach' },
		{ person: 'pat', role: 'manager', scopeId: cast.programs.tennessee.id },
		{ person: 'vera', role: 'assessor' },
		{ person: 'helen', role: 'manager', scopeId: cast.programs.mineola.id }
	]);
});

// Seeds are planted at any hour, and the school's calendar day is not UTC's.
test.for(['2026-11-25T03:30:00Z', '2026-11-25T06:00:00Z', '2027-03-01T05:59:59Z', '2028-02-29T23:59:00Z'])(
	'at %s nothing lies in the future and everything happens in order',
	(text) => {
		const now = new Date(text);
		const at = (moment: Moment) => instantOf(moment, now).getTime();
		const rising = (moments: Moment[]) => moments.every((one, i) => i === 0 || at(one) > at(moments[i - 1]!));
		for (const pair of pairs) {
			expect(rising(pair.history.map((event) => event.at))).toBe(true);
			expect(at(pair.history.at(-1)!.at)).toBeLessThanOrEqual(now.getTime());
		}
		for (const [key, { pair: pairKey, started }] of Object.entries(cast.reflections)) {
			const { history }: CastPair = cast.pairs[pairKey];
			const turns = texts[key as keyof typeof texts] ?? [];
			expect(
				rising([history.find(({ kind }) => kind === 'started')!.at, started, ...turns.map((turn) => turn.at)])
			).toBe(true);
			// Nobody writes while the pair pauses or after it ended.
			let writing = false;
			const events = [
				...history.map(({ kind, at }) => ({ at, writes: ['started', 'resumed'].includes(kind) })),
				...turns.map(({ at }) => ({ at, writes: null }))
			].sort((a, b) => at(a.at) - at(b.at));
			for (const { writes } of events) {
				if (writes === null) expect(writing, key).toBe(true);
				else writing = writes;
			}
			for (const turn of turns) expect(at(turn.at)).toBeLessThanOrEqual(now.getTime());
		}
		for (const { submitted, decided } of cast.submissions) {
			expect(rising(decided ? [submitted, decided] : [submitted])).toBe(true);
			expect(at(decided ?? submitted)).toBeLessThanOrEqual(now.getTime());
		}
	}
);

test('moments are told on the school’s clock', () => {
	const now = new Date('2026-11-25T03:30:00Z'); // half past nine in the evening of the 24th
	expect(instantOf(days(1, '16:12'), now)).toEqual(new Date('2026-11-23T22:12:00Z'));
	expect(instantOf(minutes(40), now)).toEqual(new Date('2026-11-25T02:50:00Z'));
	expect(dateOf(0, now)).toBe('2026-11-24');
	expect(dateOf(-10, now)).toBe('2026-12-04');
});
