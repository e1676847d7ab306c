import { desc, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cast } from '../../seed/cast.ts';
import { auditEvents } from '#lib/audit/schema.server.ts';
import type { Person } from '#lib/identity/person.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { addBreak, listBreaks, readProgramBreaks, takeBreakAway } from './breaks.server.ts';
import { mergedBreaks } from './breaks.ts';

const { pat, rosa, idris, claire, helen, wei, gabriela } = cast.people;
const { tennessee, mineola } = cast.programs;
const whence = { network: null, userAgent: null };
const by = (person: Person) => ({ person, proof: { openedBy: 'passkey' as const, passkeyAt: new Date() }, whence });
const unproven = (person: Person) => ({ person, proof: null, whence });
/** Behind every break of the cast, and no typing error. */
const year = new Date().getUTCFullYear() + 8;
const testing = { name: 'State tests', firstDay: `${year}-04-13`, lastDay: `${year}-04-24` };

let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());

const namesFor = async (person: Person, programId = tennessee.id) =>
	((await db.asPerson(person.id, (tx) => listBreaks(tx, [programId]))).get(programId) ?? []).map(({ name }) => name);

test('everybody in the program reads its breaks in the order of their days, nobody else does', async () => {
	const own = await namesFor(rosa);
	expect(own.filter((name) => name === 'Thanksgiving').length).toBeGreaterThan(0);
	for (const person of [idris, claire, pat]) expect(await namesFor(person)).toEqual(own);
	for (const person of [helen, wei]) expect(await namesFor(person)).toEqual([]);
	expect((await namesFor(gabriela, cast.programs.florida.id)).length).toBeGreaterThan(0);
	expect(await db.asPerson(rosa.id, (tx) => listBreaks(tx, []))).toEqual(new Map());
	const { breaks } = await readProgramBreaks(db, pat, tennessee.id);
	expect(breaks).toEqual(breaks.toSorted((a, b) => (a.firstDay < b.firstDay ? -1 : 1)));
});

test('a manager adds one and takes it away, and both are written down without its name', async () => {
	const made = await addBreak(db, by(pat), tennessee.id, testing);
	expect(made).toMatchObject(testing);
	expect(await namesFor(rosa)).toContain('State tests');
	expect(await takeBreakAway(db, by(pat), tennessee.id, made.id)).toEqual(made);
	expect(await namesFor(rosa)).not.toContain('State tests');
	const events = await db.asOwner((tx) =>
		tx
			.select()
			.from(auditEvents)
			.where(inArray(auditEvents.kind, ['break-added', 'break-taken-away']))
			.orderBy(desc(auditEvents.at))
			.limit(2)
	);
	const about = { program: tennessee.id, break: made.id, from: `${year}-04-13`, to: `${year}-04-24` };
	expect(events.map(({ kind }) => kind).sort()).toEqual(['break-added', 'break-taken-away']);
	for (const event of events) expect(event).toMatchObject({ byPersonId: pat.id, about });
	expect(JSON.stringify(events)).not.toContain('State tests');
	await expect(takeBreakAway(db, by(pat), tennessee.id, made.id)).rejects.toMatchObject({ reason: 'not-found' });
});

test('one that overlaps another is kept as it was set, and joined when it is read', async () => {
	const [a, b] = [
		await addBreak(db, by(pat), tennessee.id, testing),
		await addBreak(db, by(pat), tennessee.id, { name: 'Easter', firstDay: `${year}-04-10`, lastDay: `${year}-04-13` })
	];
	const { breaks } = await readProgramBreaks(db, pat, tennessee.id);
	expect(breaks.slice(-2).map(({ id }) => id)).toEqual([b.id, a.id]);
	expect(mergedBreaks(breaks).at(-1)).toEqual({
		name: 'Easter, State tests',
		firstDay: `${year}-04-10`,
		lastDay: `${year}-04-24`
	});
	for (const { id } of [a, b]) await takeBreakAway(db, by(pat), tennessee.id, id);
});

test('what is wrong is refused in a sentence', async () => {
	await expect(addBreak(db, by(pat), tennessee.id, { ...testing, lastDay: `${year}-04-01` })).rejects.toMatchObject({
		reason: 'rule'
	});
	await expect(takeBreakAway(db, by(pat), tennessee.id, 'x')).rejects.toMatchObject({ reason: 'not-found' });
});

test('without a proof nothing changes', async () => {
	const { breaks } = await readProgramBreaks(db, pat, tennessee.id);
	await expect(addBreak(db, unproven(pat), tennessee.id, testing)).rejects.toMatchObject({ reason: 'unproven' });
	await expect(takeBreakAway(db, unproven(pat), tennessee.id, breaks[0]!.id)).rejects.toMatchObject({
		reason: 'unproven'
	});
	expect((await readProgramBreaks(db, pat, tennessee.id)).breaks).toEqual(breaks);
});

test.for([
	['a teacher', rosa],
	['a mentor', idris],
	['a coach', claire],
	['a manager of another program', helen],
	['a stranger', wei]
] as const)('%s sets no break', async ([, person]) => {
	const { breaks } = await readProgramBreaks(db, pat, tennessee.id);
	for (const act of [
		() => readProgramBreaks(db, person, tennessee.id),
		() => addBreak(db, by(person), tennessee.id, testing),
		() => takeBreakAway(db, by(person), tennessee.id, breaks[0]!.id)
	])
		await expect(act()).rejects.toMatchObject({ reason: 'not-found' });
	expect((await readProgramBreaks(db, pat, tennessee.id)).breaks).toEqual(breaks);
});

test('a manager takes nothing away through another program', async () => {
	const [theirs] = (await readProgramBreaks(db, pat, tennessee.id)).breaks;
	await expect(takeBreakAway(db, by(helen), mineola.id, theirs!.id)).rejects.toMatchObject({ reason: 'not-found' });
});
