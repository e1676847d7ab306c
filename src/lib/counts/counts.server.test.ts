import { parse } from 'csv-parse/sync';
import { eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cast } from '../../seed/cast.ts';
import { emailAddresses, organizations, people, roles } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { standings, type Who } from '#lib/program/policy.cases.ts';
import { enrollments, invitations, programs } from '#lib/program/schema.server.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { sqlStateOf } from '#lib/server/sql-state.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { countNow, readCounts, readFile, readReport } from './counts.server.ts';
import { maySeeCounts } from './policy.ts';
import { none } from './rollup.ts';
import { programCounts } from './schema.server.ts';
import { leaving, peopleIn } from './suppression.ts';
import { countProgram, countPrograms, oldest } from './tally.server.ts';

const { pat, rosa, idris, claire, helen } = cast.people;
const { tennessee } = cast.programs;
const whence = { network: null, userAgent: null };
const by = (person: { id: string; name: string; initials: string }) => ({
	person,
	proof: { openedBy: 'passkey' as const, passkeyAt: new Date() },
	whence
});
const whole = { place: null, search: null, after: null };
const now = new Date();
const later = (ms: number) => new Date(now.getTime() + ms);

let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());

const allRows = () =>
	db.asOwner((tx) =>
		tx.select().from(programCounts).orderBy(programCounts.programId, programCounts.placeId, programCounts.rest)
	);

describe('counting', () => {
	test('says so while a program was not counted yet, and gives nothing away', async () => {
		expect(await readCounts(db, pat, tennessee.id, whole)).toMatchObject({
			program: { id: tennessee.id },
			counted: null
		});
		await expect(readReport(db, pat, tennessee.id, null)).rejects.toMatchObject({ reason: 'not-found' });
		await expect(readFile(db, pat, tennessee.id, null)).rejects.toMatchObject({ reason: 'not-found' });
	});

	test('counts every program once, and none again before its counts are old', async () => {
		const n = await db.asOwner((tx) => tx.$count(programs));
		expect(await countPrograms(db, now)).toBe(n);
		expect(await countPrograms(db, later(oldest - 1000))).toBe(0);
		expect(await countPrograms(db, later(oldest))).toBe(n);
	});

	test('comes back the same when it was thrown away', async () => {
		await countPrograms(db, now, 0);
		const before = await allRows();
		await db.asOwner((tx) => tx.delete(programCounts));
		await countPrograms(db, now);
		expect(await allRows()).toEqual(before);
		expect(before.length).toBeGreaterThan(10);
	});

	test('leaves what did not change as it stands, and takes away places where nobody works any more', async () => {
		const stamps = () =>
			db.asOwner(async (tx) => {
				const found = await tx.execute(
					sql`select place_id || rest::text as id, xmin::text as x from program_counts where program_id = ${tennessee.id}`
				);
				return new Map((found as unknown as { rows: { id: string; x: string }[] }).rows.map(({ id, x }) => [id, x]));
			});
		const before = await stamps();
		const gone = uuidv7();
		await db.asOwner(async (tx) => {
			const [row] = await tx.select().from(programCounts).where(eq(programCounts.placeId, tennessee.id)).limit(1);
			await tx
				.insert(programCounts)
				.values({ ...row!, placeId: gone, withinId: tennessee.id, kind: 'state', countedAt: null, rest: false });
		});
		await countProgram(db, tennessee.id, later(oldest * 2));
		const after = await stamps();
		expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
		expect([...after].filter(([id, x]) => before.get(id) !== x).map(([id]) => id)).toEqual([`${tennessee.id}false`]);
	});

	test('the whole says what the tables say', async () => {
		await countPrograms(db, now, 0);
		const { counted } = await readCounts(db, pat, tennessee.id, whole);
		const statuses = await db.asOwner((tx) =>
			tx.select().from(enrollments).where(eq(enrollments.programId, tennessee.id))
		);
		const { counts } = counted!.here;
		for (const status of ['applied', 'waiting', 'enrolled', 'active', 'completed', 'withdrawn'] as const)
			expect(counts[status], status).toBe(statuses.filter((one) => one.status === status).length);
		const open = await db.asOwner((tx) => tx.select().from(pairs).where(eq(pairs.programId, tennessee.id)));
		expect(counts.pairsActive).toBe(open.filter(({ status }) => status === 'active').length);
		expect(counts.pairsEnded).toBe(open.filter(({ status }) => status === 'ended').length);
		expect(counts.active).toBeGreaterThan(20);
		expect(counts.earned).toBeGreaterThan(0);
		expect(counts.submitted).toBeGreaterThanOrEqual(counts.earned);
		expect(counted!.at).toEqual(now);
	});

	test('from the whole down, rows add up to what they are of', async () => {
		const rows = await allRows();
		for (const row of rows.filter(({ rest }) => !rest)) {
			const parts = rows.filter((one) => one.programId === row.programId && one.withinId === row.placeId);
			if (parts.length === 0) continue;
			for (const what of leaving)
				expect(
					parts.reduce((sum, part) => sum + part[what], 0),
					`${row.name} ${what}`
				).toBe(row[what]);
		}
	});

	test('does not count again what another server has just counted, nor a program that is not there', async () => {
		expect(await countProgram(db, tennessee.id, later(1))).toBe(true);
		expect(await countProgram(db, tennessee.id, later(2), 60_000)).toBe(false);
		expect(await countProgram(db, uuidv7(), now)).toBe(false);
	});
});

describe('who is invited', () => {
	const seen = async () => {
		await countProgram(db, tennessee.id, new Date());
		const { counted } = await readCounts(db, pat, tennessee.id, whole);
		return counted!.here.counts.invited;
	};
	let n = 0;
	const invite = (more: Partial<typeof invitations.$inferInsert>) =>
		db.asOwner((tx) =>
			tx.insert(invitations).values({
				programId: tennessee.id,
				role: 'teacher',
				invitedById: pat.id,
				tokenHash: new Uint8Array(32).fill(++n),
				createdAt: new Date(Date.now() - 86_400_000),
				expiresAt: new Date(Date.now() + 86_400_000),
				...more
			})
		);

	test('each address once while it is open, whoever is in already not at all, and a link nobody', async () => {
		const before = await seen();
		await invite({ address: 'new@x.example' });
		expect(await seen()).toBe(before + 1);
		await invite({ address: 'new@x.example' });
		await invite({ address: rosa.email });
		await invite({ address: null });
		await invite({ address: 'old@x.example', expiresAt: new Date(Date.now() - 3600_000) });
		await invite({ address: 'back@x.example', withdrawnAt: new Date(), withdrawnById: pat.id });
		await invite({ address: 'mentor@x.example', role: 'mentor' });
		expect(await seen()).toBe(before + 1);
	});

	test('somebody known stands where they work, and others under not known', async () => {
		const id = uuidv7();
		await db.asOwner(async (tx) => {
			await tx
				.insert(people)
				.values({ id, name: 'New', initials: 'N', organizationId: cast.organizations.stoneCreek.id });
			await tx
				.insert(emailAddresses)
				.values({ address: 'known@x.example', personId: id, kind: 'school', verifiedAt: new Date() });
		});
		const at = async (place: string) => {
			const { counted } = await readCounts(db, pat, tennessee.id, { ...whole, place });
			return counted!.here.counts.invited;
		};
		const unknown = async () => {
			const { counted } = await readCounts(db, pat, tennessee.id, whole);
			return counted!.rows.find(({ rest }) => rest)!.counts.invited;
		};
		const before = await seen();
		const unknownBefore = await unknown();
		expect(unknownBefore).toBeGreaterThan(0);
		await invite({ address: 'known@x.example' });
		expect(await seen()).toBe(before + 1);
		expect(await at(cast.organizations.stoneCreek.id)).toBe(1);
		expect(await unknown()).toBe(unknownBefore);
		// In by the invitation, without a stack yet: still asked; with one, no longer.
		await db.asOwner((tx) =>
			tx.insert(roles).values({
				personId: id,
				role: 'teacher',
				scopeKind: 'program',
				scopeId: tennessee.id,
				fromAt: new Date(Date.now() - 1000)
			})
		);
		expect(await seen()).toBe(before + 1);
		await db.asOwner(async (tx) => {
			const [seat] = await tx.select().from(enrollments).where(eq(enrollments.programId, tennessee.id)).limit(1);
			await tx
				.insert(enrollments)
				.values({ programId: tennessee.id, personId: id, stackVersionId: seat!.stackVersionId, status: 'active' });
		});
		expect(await seen()).toBe(before);
	});
});

describe('reading', () => {
	const down = async (place: string | null, more: object = {}) =>
		(await readCounts(db, pat, tennessee.id, { ...whole, place, ...more })).counted!;

	test('goes down from the whole to a school, by name, the unknown last', async () => {
		const { tennessee: state, cedarHollow, riverside } = cast.organizations;
		const top = await down(null);
		expect(top.rows.map(({ name }) => name)).toContain('Tennessee');
		expect(top.rows.map(({ rest }) => rest)).toEqual(top.rows.map(({ rest }) => rest).sort());
		const districts = await down(state.id);
		expect(districts.rows.filter(({ rest }) => !rest).map(({ name }) => name)).toEqual([
			'Cedar Hollow Schools',
			'Laurel Gap County Schools'
		]);
		const schools = await down(cedarHollow.id);
		expect(schools.above.map(({ name }) => name)).toEqual([tennessee.name, 'Tennessee']);
		const names = schools.rows.filter(({ rest }) => !rest).map(({ name }) => name);
		expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b, 'en')));
		expect(names).toContain('Riverside Elementary');
		const school = await down(riverside.id);
		expect(school).toMatchObject({ here: { kind: 'school', name: 'Riverside Elementary' }, rows: [], next: null });
	});

	test('finds a place by a part of its name, whatever is typed', async () => {
		expect((await down(null, { search: 'riverSIDE' })).rows.map(({ name }) => name)).toEqual(['Riverside Elementary']);
		expect((await down(null, { search: '%' })).rows).toEqual([]);
		expect((await down(null, { search: 'not known' })).rows).toEqual([]);
	});

	test('lists fifty at a time, and each place once', async () => {
		const district = uuidv7();
		await db.asOwner(async (tx) => {
			const zone = { timeZone: 'America/Chicago' };
			await tx
				.insert(organizations)
				.values({ id: district, kind: 'district', name: 'Large', parentId: cast.organizations.tennessee.id, ...zone });
			const [seat] = await tx.select().from(enrollments).where(eq(enrollments.programId, tennessee.id)).limit(1);
			for (let i = 0; i < 103; i++) {
				const [id, personId] = [uuidv7(), uuidv7()];
				await tx.insert(organizations).values({
					id,
					kind: 'school',
					name: i < 3 ? 'The same' : `Éc${i % 2 ? 'o' : 'O'}le ${i}`,
					parentId: district,
					...zone
				});
				await tx.insert(people).values({ id: personId, name: `P ${i}`, initials: 'P', organizationId: id });
				await tx
					.insert(enrollments)
					.values({ programId: tennessee.id, personId, stackVersionId: seat!.stackVersionId, status: 'waiting' });
			}
		});
		await countProgram(db, tennessee.id, new Date());
		const found: string[] = [];
		const sizes: number[] = [];
		for (let after: string | null = null; ;) {
			const page = await down(district, { after });
			found.push(...page.rows.map(({ placeId }) => placeId));
			sizes.push(page.rows.length);
			after = page.next;
			if (after === null) break;
		}
		expect(sizes).toEqual([50, 50, 3]);
		expect(new Set(found).size).toBe(103);
		expect((await down(district)).here.counts).toEqual({ ...none(), waiting: 103 });
	});

	test('says of a place of others, and of no place, that there is none', async () => {
		for (const place of [cast.organizations.heronPoint.id, uuidv7(), 'x', tennessee.id.slice(1)])
			await expect(down(place)).rejects.toMatchObject({ reason: 'not-found' });
		await expect(readReport(db, pat, tennessee.id, cast.organizations.heronPoint.id)).rejects.toMatchObject({
			reason: 'not-found'
		});
	});

	test('is for whoever manages the program, on every door', async () => {
		for (const person of [rosa, idris, claire, helen]) {
			for (const door of [
				readCounts(db, person, tennessee.id, whole),
				readReport(db, person, tennessee.id, null),
				readFile(db, person, tennessee.id, null),
				countNow(db, by(person), tennessee.id)
			])
				await expect(door).rejects.toMatchObject({ reason: 'not-found' });
		}
		await expect(readCounts(db, pat, 'x', whole)).rejects.toMatchObject({ reason: 'not-found' });
		await expect(countNow(db, { ...by(pat), proof: null }, tennessee.id)).rejects.toMatchObject({ reason: 'unproven' });
	});

	test('a manager counts at once, and not twice within half a minute', async () => {
		const at = async () => (await down(null)).at.getTime();
		const first = later(3600_000);
		await countNow(db, by(pat), tennessee.id, first);
		expect(await at()).toBe(first.getTime());
		await countNow(db, by(pat), tennessee.id, later(3600_000 + 29_000));
		expect(await at()).toBe(first.getTime());
		await countNow(db, by(pat), tennessee.id, later(3600_000 + 31_000));
		expect(await at()).toBe(later(3600_000 + 31_000).getTime());
	});
});

describe('what leaves the program', () => {
	test('shows no number from 1 to 9, in no place, report or file, and says as of when and what is hidden', async () => {
		const rows = (await allRows()).filter(
			({ programId, rest, kind }) => programId === tennessee.id && !rest && kind !== 'school'
		);
		expect(rows.length).toBeGreaterThan(3);
		for (const place of rows) {
			const report = await readReport(db, pat, tennessee.id, place.placeId);
			for (const one of [report.here, ...report.rows])
				for (const n of Object.values(one.numbers))
					expect(n === null || n === 0 || n >= 10, `${one.name}: ${n}`).toBe(true);
			const { name, text } = await readFile(db, pat, tennessee.id, place.placeId);
			expect(name).toMatch(/^counts-\d{4}-\d\d-\d\d\.csv$/);
			const [head, ...lines] = parse(text) as string[][];
			expect(head!.slice(0, 4)).toEqual(['State', 'District', 'School', 'Level']);
			for (const line of lines) {
				for (const cell of line.slice(4, 4 + leaving.length)) expect(cell).toMatch(/^(not shown|0|[1-9]\d+)$/);
				expect(line.at(-2)).toMatch(/ \d{4}, \d+:\d\d [ap]m, Chicago time$/);
				expect(line.at(-1)).toContain('Numbers from 1 to 9 are not shown');
			}
		}
	});

	test('shows true numbers where they are of many, and the file names each place from the state down', async () => {
		const { text } = await readFile(db, pat, tennessee.id, null);
		const [head, ...lines] = parse(text) as string[][];
		const of = (level: string) => lines.find((line) => line.includes(level))!;
		const { counted } = await readCounts(db, pat, tennessee.id, whole);
		expect(of('Whole program')[head!.indexOf('Waiting')]).toBe(String(counted!.here.counts.waiting));
		expect(lines.map((line) => line.slice(0, 4).join(' / '))).toContain(
			'Tennessee / Cedar Hollow Schools / Riverside Elementary / School'
		);
	});

	test('a report leaves out places where nobody is counted any more', async () => {
		const school = uuidv7();
		await db.asOwner(async (tx) => {
			const personId = uuidv7();
			await tx.insert(organizations).values({
				id: school,
				kind: 'school',
				name: 'Withdrawn',
				parentId: cast.organizations.cedarHollow.id,
				timeZone: 'America/Chicago'
			});
			await tx.insert(people).values({ id: personId, name: 'W', initials: 'W', organizationId: school });
			const [seat] = await tx.select().from(enrollments).where(eq(enrollments.programId, tennessee.id)).limit(1);
			await tx
				.insert(enrollments)
				.values({ programId: tennessee.id, personId, stackVersionId: seat!.stackVersionId, status: 'withdrawn' });
		});
		await countProgram(db, tennessee.id, later(7200_000));
		const { counted } = await readCounts(db, pat, tennessee.id, { ...whole, place: school });
		expect(peopleIn(counted!.here.counts)).toBe(0);
		const report = await readReport(db, pat, tennessee.id, cast.organizations.cedarHollow.id);
		expect(report.rows.map(({ name }) => name)).not.toContain('Withdrawn');
		expect((await readFile(db, pat, tennessee.id, null)).text).not.toContain('Withdrawn');
	});
});

describe('the rows of counts', () => {
	const program = uuidv7();
	const [state, district, school, sibling, other] = [uuidv7(), uuidv7(), uuidv7(), uuidv7(), uuidv7()];
	const everybody = Object.keys(standings) as Who[];
	const personOf = Object.fromEntries(everybody.map((who) => [who, uuidv7()])) as Record<Who, string>;
	beforeAll(async () => {
		const zone = { timeZone: 'America/Chicago' };
		const day = 86_400_000;
		await db.asOwner(async (tx) => {
			await tx.insert(organizations).values({ id: state, kind: 'state', name: 'S', ...zone });
			await tx.insert(organizations).values({ id: district, kind: 'district', name: 'D', parentId: state, ...zone });
			await tx.insert(organizations).values([
				{ id: school, kind: 'school', name: 'C', parentId: district, ...zone },
				{ id: sibling, kind: 'school', name: 'B', parentId: district, ...zone }
			]);
			await tx.insert(programs).values([
				{ id: program, key: program, name: 'P', organizationId: school, startsOn: '2026-08-01', ...zone },
				{ id: other, key: other, name: 'Q', organizationId: state, startsOn: '2026-08-01', ...zone }
			]);
			await tx.insert(people).values(
				everybody.map((who) => ({
					id: personOf[who],
					name: who,
					initials: 'P',
					deactivatedAt: who === 'manager who left' ? new Date() : null
				}))
			);
			const scopes: Partial<Record<Who, [kind: 'program' | 'district' | 'school', id: string]>> = {
				'district manager': ['district', district],
				'manager of another program': ['program', other],
				'manager of a sibling school': ['school', sibling]
			};
			await tx.insert(roles).values(
				everybody.flatMap((who) => {
					if (who === 'stranger') return [];
					const [scopeKind, scopeId] = scopes[who] ?? ['program', program];
					const role = who.includes('manager')
						? ('manager' as const)
						: (who as 'teacher' | 'mentor' | 'coach' | 'assessor');
					const fromAt = new Date(Date.now() + (who === 'coming manager' ? day : -9 * day));
					return [
						{
							personId: personOf[who],
							role,
							scopeKind,
							scopeId,
							fromAt,
							untilAt: who === 'former manager' ? new Date(Date.now() - day) : null
						}
					];
				})
			);
		});
		await countProgram(db, program);
	});

	test.for(everybody)('are for managers of the program and of what is above it: %s', async (who) => {
		const sees = maySeeCounts(standings[who]);
		const rows = await db.asPerson(personOf[who], (tx) =>
			tx.select().from(programCounts).where(eq(programCounts.programId, program))
		);
		expect(rows.length > 0).toBe(sees);
		const own = await db.asPerson(personOf[who], (tx) =>
			tx.selectDistinct({ id: programCounts.programId }).from(programCounts)
		);
		expect(own.map(({ id }) => id)).toEqual(sees ? [program] : []);
		// Nobody writes one by hand, a manager neither.
		for (const write of [sql`update program_counts set active = 1`, sql`delete from program_counts`])
			expect(
				sqlStateOf(await db.asPerson(personOf[who], (tx) => tx.execute(write)).catch((error: unknown) => error))
			).toBe('42501');
	});
});
