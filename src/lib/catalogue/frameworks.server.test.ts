import { readFileSync } from 'node:fs';
import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database, Tx } from '#lib/server/database.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { type CaseFramework, parseCase, readCasePackage } from './case.ts';
import { importFramework, previewFramework } from './frameworks.server.ts';
import { competencies, frameworkAssociations, frameworks } from './schema.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db.close());

const undo = new Error('thrown away');
/** One test, in a transaction that is thrown away. */
const inTx = (work: (tx: Tx) => Promise<void>) =>
	expect(
		db.asOwner(async (tx) => {
			await work(tx);
			throw undo;
		})
	).rejects.toBe(undo);

const read = (path: string) => readCasePackage(parseCase(readFileSync(new URL(path, import.meta.url), 'utf8')));
const florida = read('../../seed/data/frameworks/florida-feaps.case-v1p1.json');
const intasc = read('../../seed/data/frameworks/intasc-outline.case-v1p1.json');
const later: CaseFramework = { ...florida, changedAt: new Date('2027-01-01T00:00:00Z') };

test('a framework comes in once, with its outline and its licence', () =>
	inTx(async (tx) => {
		const first = await importFramework(tx, florida);
		expect(first.outcome).toBe('added');
		expect(await importFramework(tx, florida)).toMatchObject({ frameworkId: first.frameworkId, outcome: 'unchanged' });
		const stored = await tx.select().from(competencies).orderBy(asc(competencies.position));
		expect(stored.map(({ code }) => code)).toEqual(florida.competencies.map(({ code }) => code));
		const parent = stored.find(({ code }) => code === '3')!;
		expect(stored.filter(({ parentId }) => parentId === parent.id).map(({ code }) => code)).toContain('3.f');
		expect(await tx.select().from(frameworks)).toMatchObject([
			{ licenceTitle: 'Government rule text', caseChangedAt: florida.changedAt }
		]);
	}));

test('a later change keeps ids, moves what moved, and keeps what the publisher dropped', () =>
	inTx(async (tx) => {
		await importFramework(tx, florida);
		const before = await tx.select().from(competencies).orderBy(asc(competencies.position));
		const changed = {
			...later,
			competencies: later.competencies
				.filter(({ code }) => code !== '1.b')
				.map((one) => (one.code === '1.a' ? { ...one, statement: 'Aligns, in new words', parentCaseId: null } : one))
		};
		expect((await importFramework(tx, changed)).outcome).toBe('updated');
		const after = await tx.select().from(competencies);
		expect(after).toHaveLength(44);
		expect(after.find(({ id }) => id === before[1]!.id)).toMatchObject({
			code: '1.a',
			statement: 'Aligns, in new words',
			parentId: null
		});
		// An older copy does not undo it.
		expect((await importFramework(tx, florida)).outcome).toBe('unchanged');
	}));

test('a statement belongs to one framework', () =>
	inTx(async (tx) => {
		await importFramework(tx, florida);
		await expect(importFramework(tx, { ...intasc, competencies: florida.competencies })).rejects.toThrow(
			'already belongs to another framework'
		);
	}));

test('both real frameworks, imported twice, change no row at all', () =>
	inTx(async (tx) => {
		for (const framework of [florida, intasc]) await importFramework(tx, framework);
		const all = async () => [
			await tx.select().from(frameworks).orderBy(asc(frameworks.id)),
			await tx.select().from(competencies).orderBy(asc(competencies.id)),
			await tx.select().from(frameworkAssociations).orderBy(asc(frameworkAssociations.id))
		];
		const before = await all();
		for (const framework of [florida, intasc]) {
			expect((await previewFramework(tx, framework)).changes.outcome).toBe('unchanged');
			expect((await importFramework(tx, framework)).outcome).toBe('unchanged');
		}
		expect(await all()).toEqual(before);
	}));

test('an import does what its preview said, and after it there is nothing left to do', () =>
	inTx(async (tx) => {
		await importFramework(tx, florida);
		const next = {
			...later,
			competencies: later.competencies
				.filter(({ code }) => code !== '2.c')
				.map((one) => (one.code === '1.a' ? { ...one, statement: 'New' } : one))
		};
		const { changes } = await previewFramework(tx, next);
		expect(changes.dropped.map(({ code }) => code)).toEqual(['2.c']);
		expect((await importFramework(tx, next)).changes).toEqual(changes);
		expect((await previewFramework(tx, next)).changes).toMatchObject({
			outcome: 'unchanged',
			dropped: [],
			changed: []
		});
		const [dropped] = await tx.select().from(competencies).where(eq(competencies.code, '2.c'));
		expect(dropped!.droppedAt).not.toBeNull();
		// It comes back when a later package holds it again.
		const again = { ...florida, changedAt: new Date('2027-02-01T00:00:00Z') };
		expect((await importFramework(tx, again)).changes.returned.map(({ code }) => code)).toEqual(['2.c']);
		const [back] = await tx.select().from(competencies).where(eq(competencies.code, '2.c'));
		expect(back!.droppedAt).toBeNull();
	}));

test('a row from before the whole of a package was kept is filled, and says that nothing reads differently', () =>
	inTx(async (tx) => {
		await importFramework(tx, florida);
		await tx.delete(frameworkAssociations);
		await tx.update(frameworks).set({ published: null, rest: null, latestChangeAt: null, caseVersion: null });
		await tx.update(competencies).set({ published: null, caseChangedAt: null });
		const { outcome, changes } = await importFramework(tx, florida);
		expect([outcome, changes.changed, changes.moved, changes.document]).toEqual(['updated', [], [], []]);
		expect((await importFramework(tx, florida)).outcome).toBe('unchanged');
		expect((await tx.select().from(competencies)).every(({ published }) => published !== null)).toBe(true);
		expect(await tx.select().from(frameworkAssociations)).toHaveLength(florida.associations.length);
	}));

test('words survive to the last character: Markdown with its line ends, and signs beyond the basic plane', () =>
	inTx(async (tx) => {
		for (const name of ['MarkdownFramework', 'Utf8TestFramework']) {
			const framework = read(`../../../tests/data/case/opensalt-${name}.json`);
			const { frameworkId } = await importFramework(tx, { ...framework, caseId: crypto.randomUUID() });
			const rows = await tx
				.select()
				.from(competencies)
				.where(eq(competencies.frameworkId, frameworkId))
				.orderBy(asc(competencies.position));
			expect(rows.map(({ statement }) => statement)).toEqual(framework.competencies.map(({ statement }) => statement));
			expect(rows.map(({ published }) => published)).toEqual(framework.competencies.map(({ published }) => published));
			await tx.delete(frameworkAssociations);
			await tx.delete(competencies);
		}
	}));
