/** The homes of the cast: what each of them is greeted with, and what none of the others may learn. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countPrograms } from '#lib/counts/tally.server.ts';
import { readHome } from '#lib/progress/home.server.ts';
import { readPairSpace } from '#lib/progress/pair-space.server.ts';
import { listReflectionsWithState } from '#lib/progress/reflections.server.ts';
import { writesAnywhere } from '#lib/reflection/reflection.server.ts';
import { Refusal } from '#lib/errors.ts';
import type { Database } from '#lib/server/database.ts';
import { cast } from '../src/seed/cast.ts';
import { proven } from './pair-world.ts';
import { withDatabase } from './with-database.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());

const now = new Date();
const homeOf = (who: keyof typeof cast.people) => readHome(db, cast.people[who], proven, now);

test.for<[who: 'rosa' | 'noor' | 'ben' | 'lena', heading: RegExp]>([
	['rosa', /“What changed when I waited\?”/],
	['noor', /^Meet Idris, and start your first reflection$/],
	['ben', /^You and Marta finished what you set out to do$/],
	['lena', /second try/]
])('%s is greeted as a teacher', async ([who, heading]) => {
	const { learning, mentoring, caseload, managing, waiting } = await homeOf(who);
	expect(learning[0]!.step.heading).toMatch(heading);
	expect([mentoring, caseload, managing, waiting]).toEqual([null, null, [], []]);
});

test('Rosa is quoted her own draft, and her stack stands in words', async () => {
	const [rosa] = (await homeOf('rosa')).learning;
	expect(rosa!.step.quote).toBeTruthy();
	expect(rosa!.stack.verdict.summary).toBe('1 of 3 earned');
	expect(rosa!.stack.stones.slice(0, 2).map((stone) => stone.state)).toEqual(['earned', 'gathering']);
});

test('Imani’s ten slots are filled by matching, and she reads which one is open and the shortest way', async () => {
	const { verdict } = (await homeOf('imani')).learning[0]!.stack;
	expect(verdict.summary).toBe('9 of 10 submitted');
	expect(verdict.requirements.map(({ met, words }) => [met, words])).toEqual([
		[true, 'Content: 6 of 6 submitted'],
		[true, 'Professionalism: 1 of 1 submitted'],
		[true, 'Managing a classroom: 1 of 1 submitted'],
		[false, 'From the residency’s list: 1 of 2 submitted']
	]);
	// It is content as well, where six others stand.
	expect(verdict.requirements[1]!.by).toBe('Filled by “A first call home that helps”.');
	expect(verdict.notes[0]).toMatch(/^Shortest way: “Exit notes that change tomorrow”, about \d+ hours, by /);
});

test('Mineola gave more time: David’s seventeen are not lost, Elena’s eighteenth came in it', async () => {
	const [david, elena] = [await homeOf('david'), await homeOf('elena')].map(
		({ learning }) => learning[0]!.stack.verdict
	);
	expect(david!.summary).toBe('17 of 18 earned');
	expect(david!.missing).toMatch(/^1 more completes it/);
	expect(david!.notes).toContainEqual(
		expect.stringMatching(/extended from .*: Eighteen in one school year was too much/)
	);
	expect(elena!).toMatchObject({ summary: '18 of 18 earned', complete: true, missing: null });
});

test('Idris finds his five, whoever waits for him first', async () => {
	const { mentoring } = await homeOf('idris');
	expect(mentoring!.pairs).toHaveLength(5);
	expect(mentoring!.pairs[0]!.waits).toBe(true);
});

test('Marta keeps one ended pair to read and learns nothing new of the other', async () => {
	const { mentoring } = await homeOf('marta');
	expect(mentoring!.pairs).toEqual([]);
	expect(mentoring!.ended).toHaveLength(2);
	const kept = await readPairSpace(db, cast.people.marta, proven, cast.pairs.benMarta.id, now);
	const closed = await readPairSpace(db, cast.people.marta, proven, cast.pairs.lenaMarta.id, now);
	expect([kept.access, closed.access, closed.reflections]).toEqual(['read', 'none', null]);
});

test.for<[who: keyof typeof cast.people, writes: boolean]>([
	['rosa', true],
	['idris', true],
	['noor', true],
	['ben', true],
	['marta', true],
	['claire', false],
	['pat', false],
	['wei', false]
])('%s is shown the way to reflections: %s', async ([who, writes]) => {
	expect(await writesAnywhere(db, cast.people[who])).toBe(writes);
});

test('the list of reflections says what became of each', async () => {
	const statesOf = async (who: keyof typeof cast.people) =>
		Object.fromEntries(
			(await listReflectionsWithState(db, cast.people[who], now)).map(({ title, state }) => [title, state])
		);
	const { rosaFirst, rosaSecond, benOnly, lenaOld, lenaNew } = cast.reflections;
	expect(await statesOf('rosa')).toEqual({ [rosaFirst.title]: 'earned', [rosaSecond.title]: 'gathering' });
	expect(await statesOf('ben')).toEqual({ [benOnly.title]: 'earned' });
	// What a teacher earned is no longer the business of a mentor from before.
	expect(await statesOf('marta')).toEqual({ [benOnly.title]: 'kept' });
	expect(await statesOf('lena')).toEqual({ [lenaOld.title]: 'kept', [lenaNew.title]: 'gathering' });
	expect(await statesOf('idris')).toMatchObject({
		[rosaFirst.title]: 'earned',
		[cast.reflections.tomasFeedback.title]: 'in-review'
	});
	expect(await statesOf('claire')).toEqual({});
});

test('Claire sees 25 pairs, each once, with a reason or on track', async () => {
	const { caseload } = await homeOf('claire');
	const shown = [...caseload!.groups.flatMap((group) => group.pairs), ...caseload!.onTrack].map((pair) => pair.pairId);
	expect(caseload!.pairs).toBe(25);
	expect(new Set(shown).size).toBe(25);
	expect(new Set(caseload!.groups.map((group) => group.reason)).size).toBeGreaterThanOrEqual(4);
	const waits = caseload!.groups.map((group) => group.pairs.map((pair) => pair.need.days));
	for (const days of waits) expect(days).toEqual(days.toSorted((a, b) => b - a));
	const longest = waits.map((days) => days[0]!);
	expect(longest).toEqual(longest.toSorted((a, b) => b - a));
});

test('no title of any reflection reaches a coach, a manager or a stranger', async () => {
	const seen = [];
	for (const who of ['claire', 'pat', 'wei'] as const) {
		seen.push(await homeOf(who));
		for (const pair of Object.values(cast.pairs))
			seen.push(
				await readPairSpace(db, cast.people[who], proven, pair.id, now).catch((error: unknown) => {
					if (error instanceof Refusal && error.reason === 'not-found') return null;
					throw error;
				})
			);
	}
	const everything = JSON.stringify(seen);
	for (const { title } of Object.values(cast.reflections))
		expect(everything).not.toContain(JSON.stringify(title).slice(1, -1));
});

test('Wei sees where he stands, and what is not known is called so', async () => {
	const { waiting, learning } = await homeOf('wei');
	expect(learning).toEqual([]);
	expect(waiting).toMatchObject([{ status: 'waiting', rule: 'One microcredential, earned' }]);
});

test('Pat sees counts of the Tennessee program', async () => {
	const { managing } = await homeOf('pat');
	expect(managing.map((program) => program.name)).toEqual([cast.programs.tennessee.name]);
	expect(managing[0]).toMatchObject({ whole: null, moreCohorts: false });
	await countPrograms(db, now);
	const [counted] = (await homeOf('pat')).managing;
	expect(counted!.whole!.at).toEqual(now);
	expect(counted!.whole!.counts.pairsActive).toBeGreaterThan(20);
	expect(counted!.cohorts.find(({ name }) => name === 'Cohort A')).toMatchObject({ inside: 25, capacity: 25 });
});
