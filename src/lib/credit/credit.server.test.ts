import { readFileSync } from 'node:fs';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { awards } from '#lib/badge/schema.server.ts';
import type { Proof } from '#lib/identity/policy.ts';
import type { Database } from '#lib/server/database.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { cast } from '../../seed/cast.ts';
import { readRecording, readRules, readSheet, recordRule } from './credit.server.ts';
import { sumInWords } from './register.ts';
import { creditConversions, creditRules, jurisdictions } from './schema.server.ts';
import type { Typed } from './wish.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db.close());

const whence = { network: '192.0.2.1', userAgent: 'a browser' };
const proven: Proof = { openedBy: 'passkey', passkeyAt: new Date() };
const manager = { person: cast.people.pat, proof: proven, whence };
const { rosa, idris } = cast.people;
const now = new Date();

const typed = (more: Partial<Typed> = {}): Typed => ({
	purpose: 'licence-renewal',
	unit: 'contact-hours',
	value: '15',
	statement: 'Fifteen contact hours each.',
	approver: 'the district',
	issuer: '',
	issuerNamed: '',
	item: '',
	from: '2020-01-01',
	until: '',
	source: 'https://state.example/rule',
	asOf: '2026',
	reason: '',
	fromUnit: 'contact-hours',
	toUnit: 'ceu',
	ratio: '10',
	...more
});
const rule = (jurisdiction: string, instead: string | null = null) => ({
	jurisdiction,
	kind: 'rule' as const,
	instead
});

/** The file by its own rules: commas between, quotes around what holds one. */
function rowsOf(csv: string): Record<string, string>[] {
	const [head, ...lines] = csv
		.trim()
		.split(/\r?\n/)
		.map((line) =>
			[...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
		);
	return lines.map((line) => Object.fromEntries(head!.map((name, i) => [name, line[i] ?? ''])));
}

test('the register begins with what the file of states says: every row of it, its words and its source', async () => {
	const file = rowsOf(readFileSync(new URL('../../../supabase/data/state-rules.csv', import.meta.url), 'utf8'));
	const rows = await db.asOwner((tx) => tx.select().from(creditRules).orderBy(creditRules.id));
	expect(file.length).toBeGreaterThan(25);
	expect(rows.map(({ jurisdiction, statement, source, asOf }) => [jurisdiction, statement, source, asOf])).toEqual(
		file.map(({ code, what, value, source, as_of }) => [`US-${code}`, `${what}: ${value}`, source, as_of])
	);
	// A number stands where the file has one, and nowhere else.
	expect(rows.filter(({ value }) => value !== null)).toMatchObject([
		{ jurisdiction: 'US-TN', unit: 'state-points', value: 6, approver: expect.stringContaining('director of schools') }
	]);
	for (const { validFrom, asOf } of rows) expect(asOf).toContain(validFrom!.slice(0, 4));
	const conversions = await db.asOwner((tx) => tx.select().from(creditConversions).orderBy(creditConversions.id));
	expect(conversions.map(({ jurisdiction, fromPerTo }) => [jurisdiction, fromPerTo])).toEqual([
		['US-MS', 10],
		['US-AK', 15]
	]);
	expect(await db.asOwner((tx) => tx.select().from(jurisdictions))).toHaveLength(51);
});

test('a teacher’s sheet says of each award what it is worth, by which rule, and sums what is known', async () => {
	const own = await db.asOwner((tx) => tx.select().from(awards).where(eq(awards.personId, rosa.id)));
	expect(own.length).toBeGreaterThan(0);
	const { sheet, place } = await readSheet(db, rosa, 'US-TN', now);
	expect(place).toEqual({ code: 'US-TN', name: 'Tennessee' });
	expect(sheet!.lines.map(({ id }) => id).toSorted()).toEqual(own.map(({ id }) => id).toSorted());
	expect(sheet!.lines[0]!.credit.worth['state-points']).toMatchObject({
		value: 6,
		rule: { approver: expect.any(String) }
	});
	expect(sheet!.sums.map(sumInWords)).toEqual([
		'not known',
		'not known',
		`${6 * own.length} state points`,
		'not known'
	]);
	// Florida accepts them, and nobody has said for how much; of Oregon nothing is known.
	for (const [code, rules] of [
		['US-FL', 1],
		['US-OR', 0]
	] as const) {
		const other = (await readSheet(db, rosa, code, now)).sheet!;
		expect(other.lines[0]!.credit.rules).toHaveLength(rules);
		expect(other.sums.map(sumInWords)).toEqual(Array(4).fill('not known'));
	}
	expect((await readSheet(db, rosa, 'US-XX', now)).sheet).toBeNull();
});

test('a sheet is one’s own: a mentor who may see awards of others finds none of them in theirs', async () => {
	const { sheet } = await readSheet(db, idris, 'US-TN', now);
	expect(sheet!.lines).toEqual([]);
});

test('G11, written down by a manager: 15 contact hours are 1.5 CEU in Mississippi, 1 in Alaska, elsewhere not known', async () => {
	for (const place of ['US-MS', 'US-AK', 'US-OR']) await recordRule(db, manager, rule(place), typed());
	const ceu = async (place: string) => (await readSheet(db, rosa, place, now)).sheet!.lines[0]!.credit.worth.ceu.value;
	expect([await ceu('US-MS'), await ceu('US-AK'), await ceu('US-OR'), await ceu('US-WY')]).toEqual([
		1.5,
		1,
		null,
		null
	]);
	const events = await db.asOwner((tx) =>
		tx.select().from(auditEvents).where(eq(auditEvents.kind, 'credit-rule-recorded'))
	);
	expect(events.map(({ about }) => about.place).toSorted()).toEqual(['Alaska', 'Mississippi', 'Oregon']);
});

test('a rule takes the place of another, which stays; nobody takes the same place twice', async () => {
	const first = await recordRule(db, manager, rule('US-ID'), typed());
	const second = await recordRule(
		db,
		manager,
		rule('US-ID', first),
		typed({ value: '20', from: '2030-01-01', reason: 'The board decided anew.' })
	);
	const { rules } = await readRules(db, rosa, 'US-ID', now);
	expect(rules.map(({ id, holds, replaced, reason }) => [id, holds, replaced, reason])).toEqual([
		[first, true, true, null], // until then
		[second, false, false, 'The board decided anew.']
	]);
	await expect(recordRule(db, manager, rule('US-ID', first), typed({ reason: 'x' }))).rejects.toThrow(
		'taken its place already'
	);
	await expect(recordRule(db, manager, rule('US-ID', second), typed())).rejects.toThrow('Please say why');
	// One of another place is not there.
	await expect(recordRule(db, manager, rule('US-IL', first), typed({ reason: 'x' }))).rejects.toMatchObject({
		reason: 'not-found'
	});
	const conversion = { jurisdiction: 'US-ID', kind: 'conversion' as const, instead: null };
	await recordRule(db, manager, conversion, typed({ ratio: '12' }));
	expect((await readSheet(db, rosa, 'US-ID', now)).sheet!.lines[0]!.credit.worth.ceu.value).toBe(1.25);
	// Nothing of it can be changed or taken away, by hand either.
	for (const act of [
		() => db.asPerson(manager.person.id, (tx) => tx.update(creditRules).set({ value: 1 })),
		() => db.asPerson(manager.person.id, (tx) => tx.delete(creditRules))
	])
		await expect(act()).rejects.toThrow();
});

test('a rule for one microcredential goes before one for all, and has to fit its issuer', async () => {
	const [line] = (await readSheet(db, rosa, 'US-TN', now)).sheet!.lines;
	await recordRule(db, manager, rule('US-TN'), typed({ unit: 'state-points', value: '9', item: line!.item, from: '' }));
	const { sheet } = await readSheet(db, rosa, 'US-TN', now);
	expect(
		sheet!.lines.map(({ item, credit }) => [item === line!.item, credit.worth['state-points'].value])
	).toContainEqual([true, 9]);
	for (const [more, sentence] of [
		[{ item: crypto.randomUUID() }, 'microcredential is not in the catalogue'],
		[{ issuer: crypto.randomUUID() }, 'issuer is not in the catalogue'],
		[{ issuer: 'x' }, 'issuer is not in the catalogue']
	] as const)
		await expect(recordRule(db, manager, rule('US-TN'), typed(more))).rejects.toThrow(sentence);
});

test('only whoever manages a program adds, with a passkey; whoever is signed in reads', async () => {
	const mailOnly = { ...manager, proof: { openedBy: 'mail', passkeyAt: null } satisfies Proof };
	for (const [by, reason] of [
		[{ ...manager, person: rosa }, 'not-allowed'],
		[mailOnly, 'unproven']
	] as const) {
		await expect(recordRule(db, by, rule('US-UT'), typed())).rejects.toMatchObject({ reason });
		await expect(readRecording(db, by, rule('US-UT'))).rejects.toMatchObject({ reason });
	}
	expect((await readRules(db, rosa, 'US-UT', now)).mayRecord).toBe(false);
	expect(await readRecording(db, manager, rule('US-UT'))).toMatchObject({ place: { name: 'Utah' }, instead: null });
	for (const asked of [rule('US-XX'), rule('US-UT', 'x'), rule('US-UT', crypto.randomUUID())])
		await expect(readRecording(db, manager, asked)).rejects.toMatchObject({ reason: 'not-found' });
	// Nor in the name of somebody else.
	await expect(
		db.asPerson(manager.person.id, (tx) =>
			tx.insert(creditRules).values({
				jurisdiction: 'US-UT',
				purpose: 'licence-renewal',
				statement: 'x',
				source: 'x',
				asOf: '2026',
				recordedBy: rosa.id
			})
		)
	).rejects.toThrow();
});
