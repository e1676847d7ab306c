import { readFileSync } from 'node:fs';
import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database, Tx } from '#lib/server/database.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { readCasePackage } from './case.ts';
import { importMicrocredential } from './catalogue.server.ts';
import { importFramework } from './frameworks.server.ts';
import { readMicrocredential } from './microcredential.ts';
import { alignments, competencies, issuers, microcredentialVersions, parts, rubricRows } from './schema.server.ts';

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

const data = (path: string): unknown =>
	JSON.parse(readFileSync(new URL(`../../seed/data/${path}.json`, import.meta.url), 'utf8'));
const florida = readCasePackage(data('frameworks/florida-feaps.case-v1p1'));
const intasc = readCasePackage(data('frameworks/intasc-outline.case-v1p1'));
const caseIdOf = { 'florida-feaps': florida.caseId, 'intasc-outline': intasc.caseId };
const publishedAt = new Date('2026-08-01T12:00:00Z');
test('a microcredential comes in with parts, rubric and alignments; a change makes the next version', () =>
	inTx(async (tx) => {
		await importFramework(tx, florida);
		await importFramework(tx, intasc);
		const [issuer] = await tx.insert(issuers).values({ key: 'own', name: 'Own' }).returning();
		const waitTime = readMicrocredential(data('microcredentials/wait-time'));
		const take = (description = waitTime) =>
			importMicrocredential(tx, issuer!.id, description, caseIdOf, { publishedAt });

		const first = await take();
		expect(first.outcome).toBe('added');
		expect(await take()).toEqual({ ...first, outcome: 'unchanged' });
		expect(await tx.select().from(microcredentialVersions)).toMatchObject([
			{ id: first.versionId, number: 1, status: 'published', publishedAt, passingLevel: 2, hours: null }
		]);
		const asked = await tx.select().from(parts).orderBy(asc(parts.position));
		expect(asked.map(({ section, maxWords }) => [section, maxWords])).toEqual([
			[1, 150],
			[1, 150],
			[2, null],
			[2, null],
			[3, 400]
		]);
		expect(await tx.select().from(rubricRows).where(eq(rubricRows.partId, asked[2]!.id))).toHaveLength(2);
		const aligned = await tx
			.select({ code: competencies.code })
			.from(alignments)
			.innerJoin(competencies, eq(competencies.id, alignments.competencyId));
		expect(aligned.map(({ code }) => code).toSorted()).toEqual(['3', '8']);

		const second = await take({ ...waitTime, title: 'Wait time' });
		expect(second).toMatchObject({ microcredentialId: first.microcredentialId, outcome: 'updated' });
		expect(await tx.select().from(microcredentialVersions).orderBy(asc(microcredentialVersions.number))).toMatchObject([
			{ number: 1, title: 'Wait time after questions' }, // in use: never changes
			{ number: 2, title: 'Wait time' }
		]);
	}));

test.for([
	{ framework: 'intasc-outline', code: '11' },
	{ framework: 'danielson', code: '1' }
])('an alignment to nothing we know is refused: %o', (alignment) =>
	inTx(async (tx) => {
		await importFramework(tx, intasc);
		const [issuer] = await tx.insert(issuers).values({ key: 'own', name: 'Own' }).returning();
		const description = { ...readMicrocredential(data('microcredentials/wait-time')), alignments: [alignment] };
		await expect(importMicrocredential(tx, issuer!.id, description, caseIdOf, { publishedAt })).rejects.toThrow(
			`is aligned to ${alignment.framework} ${alignment.code}, which is not in the catalogue`
		);
	})
);
