import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '#lib/server/database.ts';
import { cast } from '../../seed/cast.ts';
import { plantSixHundred, waitTime } from '../../../tests/six-hundred.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { browseCatalogue } from './browse.server.ts';
import { lookingFor } from './looking.ts';
import { competencies, microcredentialVersions } from './schema.server.ts';

let db: Database;
let issuerId: string;
beforeAll(async () => {
	db = await withDatabase();
	issuerId = await db.asOwner(plantSixHundred);
});
afterAll(() => db.close());

const browse = (address: string) => browseCatalogue(db, cast.people.rosa, lookingFor(new URLSearchParams(address)));
const titles = async (address: string) => (await browse(address)).found.map(({ title }) => title);

describe('of six hundred', () => {
	test.for([
		'wait time',
		'Wait Time',
		'wait tiem',
		'wiat time',
		'waiting time',
		'time to wait',
		'waiting longer after a question',
		'wait after questions',
		'wait-time'
	])('“%s” finds wait time among the first three', async (words) => {
		const found = await browse(`q=${words}&issuer=${issuerId}`);
		expect(found.all).toBeGreaterThan(600);
		expect(found.found.slice(0, 3).map(({ title }) => title)).toContain(waitTime);
	});

	test('whatever is typed is answered, and speaks no language to the database', async () => {
		for (const words of ["'; drop table parts; --", ':* & | ! <-> ()', 'the', '\\', '%', '🙂', 'a'.repeat(300), '日本'])
			await expect(browse(`q=${encodeURIComponent(words)}`)).resolves.toHaveProperty('found');
	});
});

test('a need is found by what a teacher would say, whatever the issuer calls the children', async () => {
	expect((await titles('q=kids+shout+out')).slice(0, 3)).toContain('Wait time after questions');
	expect((await titles('q=the+same+three+hands')).slice(0, 3)).toContain('Wait time after questions');
});

test('a slip is said, and so is a word that nothing uses', async () => {
	expect((await browse('q=wait+tiem')).instead).toEqual([{ word: 'tiem', by: 'time' }]);
	expect((await browse('q=wait+zzxqy')).instead).toEqual([{ word: 'zzxqy', by: null }]);
	expect(await browse('q=zzxqy')).toMatchObject({ found: [], total: 0, page: 1, pages: 1 });
});

test('a choice that is none of ours finds nothing and breaks nothing', async () => {
	for (const address of [
		'framework=x',
		'competency=%27',
		'issuer=00000000-0000-0000-0000-000000000000',
		'subject=Alchemy'
	])
		expect((await browse(`${address}&grade=3`)).found.filter(({ subjects }) => subjects.length > 0)).toEqual([]);
});

test('each is narrowed down by where it stands in a framework, with those above it', async () => {
	const all = await browse('');
	const intasc = all.frameworks.find(({ name }) => name.startsWith('InTASC'))!;
	const of = await browse(`framework=${intasc.value}`);
	expect(of.total).toBe(intasc.count);
	expect(of.competencies.length).toBeGreaterThan(3);
	for (const { value, count, name } of of.competencies) {
		const narrower = await browse(`framework=${intasc.value}&competency=${value}`);
		expect(narrower.total, name).toBe(count);
	}
	const [child] = await db.asOwner((tx) => tx.select().from(competencies).where(eq(competencies.code, '8')));
	expect((await browse(`competency=${child!.parentId}`)).total).toBeGreaterThanOrEqual(
		(await browse(`competency=${child!.id}`)).total
	);
	expect(await titles(`competency=${child!.id}`)).toContain('Wait time after questions');
});

test('every count says how many that choice leaves', async () => {
	const { counts, issuers, subjects } = await browse('q=time');
	for (const grade of ['K', '7']) expect((await browse(`q=time&grade=${grade}`)).total).toBe(counts.grade.get(grade));
	for (const hours of ['5', 'not-known'])
		expect((await browse(`q=time&hours=${hours}`)).total).toBe(counts.hours.get(hours));
	for (const { value, count } of issuers) expect((await browse(`q=time&issuer=${value}`)).total).toBe(count);
	const music = subjects.find(({ value }) => value === 'Music')!;
	expect((await browse('q=time&subject=Music')).total).toBe(music.count);
});

test('pages follow each other without gap or repetition', async () => {
	const seen: string[] = [];
	const { pages, total } = await browse(`issuer=${issuerId}`);
	for (let page = 1; page <= pages; page++)
		seen.push(
			...(await browse(`issuer=${issuerId}&page=${page}`)).found.map(({ microcredentialId }) => microcredentialId)
		);
	expect(new Set(seen).size).toBe(total);
	expect(seen).toHaveLength(600);
});

test('what is a draft, retired or replaced by a newer version is not found', async () => {
	const set = (status: 'retired') =>
		db.asOwner((tx) =>
			tx
				.update(microcredentialVersions)
				.set({ status, retiredReason: 'Replaced.' })
				.where(eq(microcredentialVersions.title, 'Word walls for Art, 1'))
		);
	const asked = 'q=word+walls+for+art';
	expect(await titles(asked)).toContain('Word walls for Art, 1');
	await set('retired');
	expect(await titles(asked)).not.toContain('Word walls for Art, 1');

	const newer = await db.asOwner(async (tx) => {
		const [one] = await tx
			.select()
			.from(microcredentialVersions)
			.where(eq(microcredentialVersions.title, 'Word walls for Art, 2'));
		const { id: _, search: __, ...rest } = one!;
		const [draft] = await tx
			.insert(microcredentialVersions)
			.values({ ...rest, number: 2, status: 'draft', title: 'Walls of art words' })
			.returning({ id: microcredentialVersions.id });
		return draft!.id;
	});
	expect(await titles(asked)).toContain('Word walls for Art, 2');
	await db.asOwner((tx) =>
		tx.update(microcredentialVersions).set({ status: 'published' }).where(eq(microcredentialVersions.id, newer))
	);
	expect(await titles(asked)).toContain('Walls of art words');
	expect(await titles(asked)).not.toContain('Word walls for Art, 2');
});
