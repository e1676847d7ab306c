import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cast } from '../../seed/cast.ts';
import type { Person } from '#lib/identity/person.ts';
import { isSchoolDay } from '#lib/program/breaks.ts';
import { listBreaks } from '#lib/program/breaks.server.ts';
import { pauseWork, resumeWork } from '#lib/program/pausing.server.ts';
import { planDates, plans } from '#lib/program/schema.server.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { readHome } from './home.server.ts';
import { type Arranging, arrangePlan, readPairPlan, readPlans } from './plan.server.ts';

const { noor, idris, claire, pat, wei, sam, rosa } = cast.people;
const seat = cast.enrollments.find((one) => one.person === 'noor')!.id;
const pairId = cast.pairs.noorIdris.id;

let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());

const soon = () => new Date(Date.now() + 2000);
const planOfNoor = async () => (await readPlans(db, noor, soon()))[0]!;
const arrange = (person: Person, asked: Arranging) => arrangePlan(db, person, seat, asked, new Date());

test('a plan is there before anything was said, keeps to school days, and says that the hours are not known', async () => {
	const plan = await planOfNoor();
	expect(plan).toMatchObject({ enrollmentId: seat, saidHours: false, minutesPerWeek: 120, teacher: noor.name });
	expect(plan.items.length).toBeGreaterThan(0);
	expect(plan.sentences.some(({ words }) => words.includes('Please say yours'))).toBe(true);
	const breaks = await db.asPerson(noor.id, (tx) => listBreaks(tx, [cast.programs.tennessee.id]));
	for (const { from, until } of plan.items)
		for (const day of [from, until])
			if (day) expect(isSchoolDay(day, breaks.get(cast.programs.tennessee.id)!), day).toBe(true);
});

test('the teacher says hours, moves one, and takes another instead; the mentor sees it, the coach the date', async () => {
	await arrange(noor, { hours: '3.5' });
	let plan = await planOfNoor();
	expect(plan).toMatchObject({ saidHours: true, minutesPerWeek: 210 });
	const ids = () => plan.items.map(({ id }) => id);
	if (ids().length > 1) {
		const [first, second] = ids();
		await arrange(noor, { move: first!, to: 'later' });
		plan = await planOfNoor();
		expect(ids().slice(0, 2)).toEqual([second, first]);
	}
	const out = plan.items.find(({ begun }) => !begun)!;
	const take = plan.others.find(({ minutes }) => minutes !== null)!;
	await arrange(noor, { instead: out.id, take: take.id });
	plan = await planOfNoor();
	expect(ids()).toContain(take.id);
	expect(ids()).not.toContain(out.id);
	const seen = await readPairPlan(db, idris, pairId, soon());
	expect(seen.items.map(({ id }) => id)).toEqual(ids());
	const rows = (person: Person) =>
		db.asPerson(person.id, async (tx) => ({
			plans: await tx.select().from(plans).where(eq(plans.enrollmentId, seat)),
			dates: await tx.select().from(planDates).where(eq(planDates.enrollmentId, seat))
		}));
	expect(await rows(idris)).toMatchObject({ plans: [{ minutesPerWeek: 210 }], dates: [{}] });
	expect(await rows(claire)).toMatchObject({ plans: [], dates: [{}] });
	for (const person of [pat, rosa, wei]) expect(await rows(person)).toEqual({ plans: [], dates: [] });
});

test('nobody else reads or arranges it', async () => {
	for (const person of [claire, pat, wei, sam, rosa])
		await expect(readPairPlan(db, person, pairId, soon())).rejects.toMatchObject({ reason: 'not-found' });
	for (const person of [idris, claire, pat, wei, rosa])
		await expect(arrange(person, { hours: '2' })).rejects.toMatchObject({ reason: 'not-found' });
	expect(await readPlans(db, idris, soon())).toEqual([]);
	expect((await readPlans(db, wei, soon())).length).toBe(0);
});

test('what can’t be arranged is refused, and nothing changes', async () => {
	const before = await planOfNoor();
	for (const asked of [
		{ hours: 'much' },
		{ hours: '100' },
		{ instead: before.items[0]!.id, take: before.items[0]!.id },
		{ instead: 'x', take: before.others[0]!.id }
	])
		await expect(arrange(noor, asked)).rejects.toMatchObject({ reason: 'rule' });
	await arrange(noor, { move: 'x', to: 'later' });
	expect((await planOfNoor()).items).toEqual(before.items);
});

test('a pause moves the teacher’s date in words and never the program’s', async () => {
	const before = await planOfNoor();
	await pauseWork(db, noor, { enrollmentId: seat, microcredentialId: null, reason: 'Tests' }, null);
	const resting = await planOfNoor();
	expect(resting.rest).toMatchObject({ reason: 'Tests' });
	expect(resting.dates.program).toBe(before.dates.program);
	expect(resting.sentences.some(({ words }) => words.startsWith('You rest since'))).toBe(true);
	const home = await readHome(db, noor, null, soon());
	expect(home.learning[0]!.plan).toContain('nothing is asked of you');
	await resumeWork(db, noor, { enrollmentId: seat, microcredentialId: null }, null);
	expect((await planOfNoor()).rest).toBe(null);
	const one = (await planOfNoor()).items[0]!;
	await pauseWork(db, noor, { enrollmentId: seat, microcredentialId: one.id, reason: '' }, null);
	const after = await planOfNoor();
	const place = after.items.findIndex(({ id }) => id === one.id);
	if (place < 0) expect(after.aside.map(({ id }) => id)).toContain(one.id);
	else expect(place).toBe(after.items.length - 1);
	await resumeWork(db, noor, { enrollmentId: seat, microcredentialId: one.id }, null);
});
