/** Leaving and deleting, on a real database: what ends, what stays, and that nothing is left of who somebody was. */
import { eq, sql } from 'drizzle-orm';
import { beforeEach, afterEach, describe, expect, test } from 'vitest';
import { cast, type CastPerson } from '../../seed/cast.ts';
import { record } from '#lib/audit/audit.server.ts';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { createSession, readSession } from '#lib/identity/session.server.ts';
import {
	addressProofs,
	emailAddresses,
	freeTimes,
	passkeyChallenges,
	passkeys,
	people as peopleTable,
	providerAccounts,
	providerRequests,
	roles,
	signInLinks
} from '#lib/identity/schema.server.ts';
import { askForLink } from '#lib/identity/sign-in.server.ts';
import { endings } from '#lib/pairing/endings.ts';
import { listPairs, readPair } from '#lib/pairing/pair.server.ts';
import { pairs as pairsTable } from '#lib/pairing/schema.server.ts';
import { invitations } from '#lib/program/schema.server.ts';
import { listReflections, readReflection } from '#lib/reflection/reflection.server.ts';
import { accessTo } from '#lib/reflection/policy.ts';
import { cases as wordCases } from '#lib/reflection/policy.cases.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { askForDeletion, listFates, readWayBack, sweepDeletions, takeBack } from './deletion.server.ts';
import { fateOf, isPhrase } from './fate.ts';
import { forget, idsIn } from './forget.server.ts';
import { leaveProgram, listBelongings, readBelonging } from './leaving.server.ts';
import { nameLeft, somebodyWhoLeft } from './left.ts';
import { thinkAgainFor } from './policy.ts';

const { people, pairs, programs, reflections } = cast;
const { rosa, idris, ben, marta, lena, claire, pat, noor, sam, wei } = people;
const whence = { network: '192.0.2.7', userAgent: 'A browser of theirs' };
const browser = { whence, formerSessionId: null, shared: false };

let db: EmbeddedDatabase;
beforeEach(async () => {
	db = await withDatabase();
});
afterEach(() => db?.close());

const rowsOf = async <Row>(query: ReturnType<typeof sql>): Promise<Row[]> =>
	db.asOwner(async (tx) => ((await tx.execute(query)) as unknown as { rows: Row[] }).rows);
const seenBy = (who: { id: string }) => db.asPerson(who.id, (tx) => tx.select().from(auditEvents));

async function ask(person: CastPerson, typed = 'delete my account', now = new Date()) {
	const { sessionId, cookieValue } = await createSession(db, person.id, 'A browser');
	await askForDeletion(db, person, { sessionId, typed, origin: 'https://here.example' }, whence, now);
	return cookieValue;
}
/** The link in the newest mail to somebody. */
async function tokenFor(address: string): Promise<string> {
	const [mail] = await db.asService((tx) => tx.select().from(mailMessages).where(eq(mailMessages.toAddress, address)));
	return /https:\/\/here\.example\/sign-in\/back\?token=([\w-]{43})/.exec(mail!.bodyText)![1]!;
}
/** As if the two weeks were over. */
const later = () =>
	db.asOwner((tx) =>
		tx.execute(
			sql`update people set deletion_asked_at = now() - interval '14 days 1 minute' where deletion_asked_at is not null`
		)
	);
async function deleted(person: CastPerson): Promise<void> {
	await ask(person);
	await later();
	expect(await sweepDeletions(db)).toEqual([person.id]);
}

test('what is typed has to be the phrase, however it is spaced', () => {
	expect(['delete my account', ' Delete  my account '].map(isPhrase)).toEqual([true, true]);
	expect(['', 'delete', 'delete my account!', 'deletemyaccount'].map(isPhrase)).toEqual([false, false, false, false]);
});

test('whoever left is named by what they were', () => {
	expect(nameLeft(somebodyWhoLeft, 'mentor')).toBe('a former mentor');
	expect(nameLeft('Rosa Medina', 'mentor')).toBe('Rosa Medina');
});

describe('a reflection stays as long as anybody may read it', () => {
	test.for(wordCases.filter(([, , who]) => who === 'teacher'))('%s %s %s %s', ([status, endedAs, , is]) => {
		const shared = is === 'shared';
		// Once the account is closed an open pair has ended, as withdrawn.
		const after =
			status === 'ended' ? { status, endedAs } : { status: 'ended' as const, endedAs: 'withdrawn' as const };
		const kept = (reader: 'teacher' | 'mentor') => (accessTo(after, reader, shared) === 'none' ? 'deleted' : 'kept');
		expect(fateOf({ as: 'teacher', status, endedAs, shared, otherGone: false })).toBe(kept('mentor'));
		expect(fateOf({ as: 'mentor', status, endedAs, shared, otherGone: false })).toBe(kept('teacher'));
		expect(fateOf({ as: 'teacher', status, endedAs, shared, otherGone: true })).toBe('deleted');
		expect(fateOf({ as: 'mentor', status, endedAs, shared, otherGone: true })).toBe('deleted');
	});
});

describe('leaving a program', () => {
	const { tennessee } = programs;

	test('ends role, place and pair, keeps the words as an ended pair does, and is written down for both', async () => {
		expect(await listBelongings(db, rosa)).toMatchObject([
			{ program: { id: tennessee.id }, roles: ['teacher'], pairs: [{ other: idris.name }], lastManager: false }
		]);
		await leaveProgram(db, rosa, tennessee.id, true, whence);
		expect(await listBelongings(db, rosa)).toEqual([]);
		const pair = await readPair(db, rosa, null, pairs.rosaIdris.id);
		expect(pair).toMatchObject({ status: 'ended', endedAs: 'withdrawn' });
		expect(pair.events.at(-1)).toMatchObject({
			kind: 'ended',
			by: rosa.name,
			reason: endings.find(({ key }) => key === 'leaving')!.words
		});
		expect((await listReflections(db, rosa)).map(({ access }) => access)).toEqual(['read', 'read']);
		await expect(readReflection(db, idris, reflections.rosaSecond.id)).rejects.toMatchObject({ reason: 'not-found' });
		const places = await rowsOf(
			sql`select status, ended_at is not null as over from enrollments where person_id = ${rosa.id}`
		);
		expect(places).toEqual([{ status: 'withdrawn', over: true }]);
		expect(await rowsOf(sql`select 1 from roles where person_id = ${rosa.id} and until_at is null`)).toEqual([]);
		expect((await seenBy(rosa)).map(({ kind }) => kind).sort()).toEqual(['pair-ended', 'program-left', 'role-ended']);
		expect(await seenBy(idris)).toMatchObject([
			{ kind: 'pair-ended', byPersonId: rosa.id, about: { ending: 'withdrawn' } }
		]);
		// The others of the mentor go on.
		expect((await listPairs(db, idris)).filter(({ status }) => status === 'active')).toHaveLength(4);
	});

	test('a coach looks after nobody there afterwards, a mentor leaves all of their teachers', async () => {
		await leaveProgram(db, claire, tennessee.id, true, null);
		expect(await listPairs(db, claire)).toEqual([]);
		await leaveProgram(db, idris, tennessee.id, true, null);
		expect((await listPairs(db, idris)).map(({ endedAs }) => endedAs)).toEqual(Array(5).fill('withdrawn'));
		expect((await listReflections(db, rosa)).map(({ access }) => access)).toEqual(['read', 'read']);
	});

	test('somebody on the waiting list leaves it', async () => {
		await leaveProgram(db, wei, programs.florida.id, true, null);
		expect(await rowsOf(sql`select status from enrollments where person_id = ${wei.id}`)).toEqual([
			{ status: 'withdrawn' }
		]);
	});

	test('the last manager can’t, and is told why; with another one they can', async () => {
		expect(await readBelonging(db, pat, tennessee.id)).toMatchObject({ lastManager: true });
		await expect(leaveProgram(db, pat, tennessee.id, true, null)).rejects.toMatchObject({ reason: 'rule' });
		expect((await readBelonging(db, pat, tennessee.id)).roles).toEqual(['manager']);
		// Somebody above it will do, somebody who left will not.
		await db.asService(async (tx) => {
			await tx.insert(roles).values({
				personId: noor.id,
				role: 'manager',
				scopeKind: 'state',
				scopeId: cast.organizations.tennessee.id
			});
			await tx.update(peopleTable).set({ deactivatedAt: new Date() }).where(eq(peopleTable.id, noor.id));
		});
		await expect(leaveProgram(db, pat, tennessee.id, true, null)).rejects.toMatchObject({ reason: 'rule' });
		await db.asService((tx) => tx.update(peopleTable).set({ deactivatedAt: null }).where(eq(peopleTable.id, noor.id)));
		await leaveProgram(db, pat, tennessee.id, true, null);
		expect(await listBelongings(db, pat)).toEqual([]);
	});

	test('nothing happens to whoever is not sure, or is nothing there', async () => {
		await expect(leaveProgram(db, rosa, tennessee.id, false, null)).rejects.toMatchObject({ reason: 'rule' });
		for (const id of [programs.florida.id, 'no-id', '00000000-0000-7000-8000-000000000000'])
			await expect(leaveProgram(db, rosa, id, true, null)).rejects.toMatchObject({ reason: 'not-found' });
		expect((await readPair(db, rosa, null, pairs.rosaIdris.id)).status).toBe('active');
	});
});

describe('asking for the deletion', () => {
	test('closes the account at once and everywhere, and a mail has the way back', async () => {
		const cookie = await ask(rosa);
		expect(await readSession(db, cookie)).toBeNull();
		expect(await rowsOf(sql`select 1 from sessions where person_id = ${rosa.id}`)).toEqual([]);
		expect((await readPair(db, idris, null, pairs.rosaIdris.id)).endedAs).toBe('withdrawn');
		// A sign-in mail is asked for as ever, and reaches nobody.
		await askForLink(db, { address: rosa.email, clientAddress: '192.0.2.1', origin: 'https://here.example' });
		const mails = await db.asService((tx) => tx.select().from(mailMessages));
		expect(mails.map(({ kind, toAddress }) => [kind, toAddress])).toEqual([['deletion-asked', rosa.email]]);
		expect(await sweepDeletions(db)).toEqual([]);
	});

	test('needs the phrase and a fresh session, and changes nothing without them', async () => {
		await expect(ask(rosa, 'please')).rejects.toMatchObject({ reason: 'rule' });
		await expect(ask(rosa, 'delete my account', new Date(Date.now() + 3_600_000))).rejects.toMatchObject({
			reason: 'rule'
		});
		const { sessionId } = await createSession(db, idris.id, null);
		await expect(
			askForDeletion(db, rosa, { sessionId, typed: 'delete my account', origin: 'https://here.example' }, null)
		).rejects.toMatchObject({ reason: 'rule' });
		expect((await readPair(db, rosa, null, pairs.rosaIdris.id)).status).toBe('active');
		expect(await seenBy(rosa)).toEqual([]);
	});

	test('is refused to the last manager, whole', async () => {
		await expect(ask(pat)).rejects.toMatchObject({ reason: 'rule' });
		expect(await listBelongings(db, pat)).toHaveLength(1);
		expect(await rowsOf(sql`select 1 from people where id = ${pat.id} and deactivated_at is null`)).toHaveLength(1);
	});

	test('asked for twice at one instant, it happens once', async () => {
		const { sessionId } = await createSession(db, rosa.id, null);
		const asked = { sessionId, typed: 'delete my account', origin: 'https://here.example' };
		await Promise.allSettled([askForDeletion(db, rosa, asked, null), askForDeletion(db, rosa, asked, null)]);
		expect((await rowsOf(sql`select 1 from mail_messages`)).length).toBe(1);
		expect(
			await rowsOf(sql`select 1 from audit_events where kind = 'deletion-asked' and person_id = ${rosa.id}`)
		).toHaveLength(1);
	});

	test('it is taken back by the link, once, within two weeks', async () => {
		await ask(rosa);
		const token = await tokenFor(rosa.email);
		expect(await readWayBack(db, token)).toBe(rosa.name);
		expect(await readWayBack(db, 'x'.repeat(43))).toBeNull();
		const tooLate = new Date(Date.now() + thinkAgainFor + 60_000);
		expect(await readWayBack(db, token, tooLate)).toBeNull();
		await expect(takeBack(db, token, browser, tooLate)).rejects.toMatchObject({ reason: 'rule' });
		const [one, two] = await Promise.allSettled([takeBack(db, token, browser), takeBack(db, token, browser)]);
		expect([one.status, two.status].sort()).toEqual(['fulfilled', 'rejected']);
		const session = [one, two].flatMap((tried) => (tried.status === 'fulfilled' ? [tried.value] : []))[0]!;
		expect(await readSession(db, session.cookieValue)).toMatchObject({ person: { id: rosa.id } });
		expect((await listReflections(db, rosa)).map(({ access }) => access)).toEqual(['read', 'read']);
		expect((await seenBy(rosa)).map(({ kind }) => kind)).toContain('deletion-taken-back');
		await later();
		expect(await sweepDeletions(db)).toEqual([]);
	});

	test('the link of the mail is no sign-in link, and outlives the sweep of those', async () => {
		await ask(rosa);
		const token = await tokenFor(rosa.email);
		const { signInByLink, sweepSignInLinks, readLink } = await import('#lib/identity/sign-in.server.ts');
		expect(await readLink(db, token)).toBeNull();
		await expect(signInByLink(db, token, browser)).rejects.toMatchObject({ reason: 'rule' });
		await sweepSignInLinks(db, new Date(Date.now() + 13 * 86_400_000));
		expect(await readWayBack(db, token, new Date(Date.now() + 13 * 86_400_000))).toBe(rosa.name);
	});
});

describe('two weeks later', () => {
	test('a teacher’s words go, but for those of a pair that completed: its mentor keeps reading, without the name', async () => {
		expect(await listFates(db, ben)).toMatchObject([{ other: marta.name, fate: 'kept' }]);
		expect(await listFates(db, lena)).toMatchObject([{ fate: 'deleted' }, { fate: 'deleted' }]);
		await deleted(ben);
		const kept = await readReflection(db, marta, reflections.benOnly.id);
		expect(kept.pair.teacher).toMatchObject({ name: somebodyWhoLeft, initials: '–' });
		expect(kept.state.length).toBeGreaterThan(500);
		await deleted(lena);
		for (const { id } of [reflections.lenaOld, reflections.lenaNew])
			for (const table of ['reflection_updates', 'reflection_snapshots', 'reflection_history', 'reflection_clients'])
				expect(await rowsOf(sql`select 1 from ${sql.identifier(table)} where reflection_id = ${id}`)).toEqual([]);
		expect(await rowsOf(sql`select 1 from reflections where id = ${reflections.lenaNew.id}`)).toEqual([]);
		// Nobody else’s are touched.
		expect(await rowsOf(sql`select 1 from reflections`)).toHaveLength(Object.keys(reflections).length - 2);
		// When the mentor goes too, nobody may read what they completed.
		expect(await listFates(db, marta)).toMatchObject([{ fate: 'deleted' }]);
		await deleted(marta);
		expect(await rowsOf(sql`select 1 from reflections where id = ${reflections.benOnly.id}`)).toEqual([]);
	});

	test('what a teacher never shared goes with them, also where the pair completed the rest', async () => {
		const alone = crypto.randomUUID();
		await db.asOwner((tx) =>
			tx.execute(sql`insert into reflections (id, pair_id, microcredential_version_id, title, created_by)
				select ${alone}, pair_id, microcredential_version_id, 'Mine alone', created_by from reflections
				where id = ${reflections.benOnly.id}`)
		);
		const fates = (await listFates(db, ben)).map(({ fate, reflections }) => `${reflections} ${fate}`);
		expect(fates.sort()).toEqual(['1 deleted', '1 kept']);
		expect(await listFates(db, marta), 'of which the mentor knows nothing').toMatchObject([{ reflections: 1 }]);
		await deleted(ben);
		expect(await rowsOf(sql`select 1 from reflections where id = ${alone}`)).toEqual([]);
		expect((await readReflection(db, marta, reflections.benOnly.id)).access).toBe('read');
	});

	test('a mentor’s words stay with their teachers, every one of them', async () => {
		const before = await readReflection(db, rosa, reflections.rosaSecond.id);
		expect((await listFates(db, idris)).every(({ fate }) => fate === 'kept')).toBe(true);
		await deleted(idris);
		const after = await readReflection(db, rosa, reflections.rosaSecond.id);
		expect(after.state).toBe(before.state);
		expect(after.pair.mentor.name).toBe(somebodyWhoLeft);
		expect((await listPairs(db, rosa))[0]).toMatchObject({ status: 'ended', endedAs: 'withdrawn' });
	});

	test('nothing of who they were is left in any table, and nothing points at a row that is gone', async () => {
		// Rows of every kind that can hold something of a person.
		await db.asService(async (tx) => {
			const expiresAt = new Date(Date.now() + 60_000);
			const hash = new Uint8Array(32);
			await tx.insert(emailAddresses).values({ address: 'rosa@home.example', personId: rosa.id, kind: 'personal' });
			await tx.insert(passkeys).values({
				id: 'a-passkey-of-rosa-medina',
				personId: rosa.id,
				publicKey: hash,
				counter: 0,
				backedUp: false,
				name: 'Rosa Medina’s phone'
			});
			await tx.insert(passkeyChallenges).values({ challenge: 'x', purpose: 'prove', personId: rosa.id, expiresAt });
			await tx.insert(providerAccounts).values({
				issuer: 'https://id.example',
				subject: 'rosa',
				personId: rosa.id,
				provider: 'google',
				label: rosa.email
			});
			await tx.insert(providerRequests).values({
				provider: 'google',
				stateHash: hash,
				nonce: 'n',
				codeVerifier: 'v',
				personId: rosa.id,
				next: '/',
				expiresAt
			});
			await tx
				.insert(addressProofs)
				.values({ personId: rosa.id, address: 'rosa@new.example', codeHash: hash, expiresAt });
			await tx.insert(signInLinks).values({
				address: rosa.email,
				tokenHash: hash,
				codeHash: hash,
				askedFrom: '192.0.2.7',
				expiresAt
			});
			await record(tx, { kind: 'signed-in', person: rosa.id, by: rosa.id, whence });
			await record(tx, { kind: 'sign-in-refused', person: rosa.id, by: null, whence });
			await record(tx, {
				kind: 'role-given',
				person: rosa.id,
				by: pat.id,
				whence: { network: '198.51.100.1', userAgent: 'Pat' }
			});
		});
		await db.asOwner((tx) =>
			tx.insert(invitations).values({
				programId: programs.tennessee.id,
				role: 'teacher',
				name: rosa.name,
				address: rosa.email,
				invitedById: pat.id,
				tokenHash: new Uint8Array(32).fill(1),
				expiresAt: new Date(Date.now() + 60_000),
				acceptedAt: new Date(),
				acceptedById: rosa.id
			})
		);
		await db.asPerson(rosa.id, (tx) =>
			tx.insert(freeTimes).values({ personId: rosa.id, startsAt: '07:00', endsAt: '08:00' })
		);
		await deleted(rosa);

		const columns = await rowsOf<{ table: string; column: string; type: string }>(
			sql`select c.table_name as table, c.column_name as column, c.data_type as type
				from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
				where c.table_schema = 'public' and t.table_type = 'BASE TABLE' order by 1, 2`
		);
		const holding: string[] = [];
		const pointing: string[] = [];
		for (const { table, column, type } of columns) {
			const [t, c] = [sql.identifier(table), sql.identifier(column)];
			if (['text', 'jsonb', 'character varying', 'ARRAY'].includes(type))
				for (const trace of [rosa.name, rosa.email, 'rosa@', whence.network, whence.userAgent])
					if ((await rowsOf(sql`select 1 from ${t} where position(${trace} in ${c}::text) > 0 limit 1`)).length > 0)
						holding.push(`${table}.${column} holds ${trace}`);
			if (type === 'uuid' && (await rowsOf(sql`select 1 from ${t} where ${c} = ${rosa.id} limit 1`)).length > 0)
				pointing.push(`${table}.${column}`);
		}
		expect(holding).toEqual([]);
		// What stays, in ids: who was what and when, and what was done to whose rights.
		expect(pointing).toEqual([
			'audit_events.by_person_id',
			'audit_events.person_id',
			'enrollments.person_id',
			'invitations.accepted_by_id',
			'pair_events.by_person_id',
			'pairs.teacher_id',
			'people.id',
			'roles.person_id'
		]);
		expect(await orphans()).toEqual([]);
		// From where others acted is theirs, and stays.
		expect(await rowsOf(sql`select network from audit_events where by_person_id = ${pat.id}`)).toEqual([
			{ network: '198.51.100.1' }
		]);
		expect(
			await rowsOf(sql`select kind from audit_events where person_id = ${rosa.id} and by_person_id is null`)
		).toEqual(expect.arrayContaining([{ kind: 'account-deleted' }]));
	});

	/** Ids of people, in columns with and without a foreign key, that are no row of `people`; and logs without a reflection. */
	async function orphans(): Promise<string[]> {
		const found: string[] = [];
		const columns = await rowsOf<{ table: string; column: string }>(
			sql`select c.table_name as table, c.column_name as column
				from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
				where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type = 'uuid' order by 1, 2`
		);
		const foreign = await rowsOf<{ table: string; column: string; to: string }>(
			sql`select c.conrelid::regclass::text as table, a.attname as column, c.confrelid::regclass::text as to
				from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
				where c.contype = 'f' and array_length(c.conkey, 1) = 1`
		);
		for (const { table, column } of columns) {
			const to =
				foreign.find((one) => one.table === table && one.column === column)?.to ??
				(/person_id$/.test(column) ? 'people' : /reflection_id$/.test(column) ? 'reflections' : null);
			if (!to || to === table) continue;
			const key = await rowsOf<{ name: string }>(
				sql`select a.attname as name from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
					where i.indrelid = ${to}::regclass and i.indisprimary`
			);
			if (key.length !== 1) continue;
			const lost = await rowsOf(
				sql`select 1 from ${sql.identifier(table)} t where t.${sql.identifier(column)} is not null and not exists (
					select from ${sql.identifier(to)} o where o.${sql.identifier(key[0]!.name)}::text = t.${sql.identifier(column)}::text) limit 1`
			);
			if (lost.length > 0) found.push(`${table}.${column} → ${to}`);
		}
		return found;
	}

	test('an orphan would be noticed', async () => {
		expect(await orphans()).toEqual([]);
		await db.asOwner((tx) => tx.execute(sql`delete from reflection_clients`));
		await db.asOwner((tx) => tx.execute(sql`delete from reflection_sharings`));
		await db.asOwner((tx) => tx.execute(sql`delete from reflections where id = ${reflections.rosaSecond.id}`));
		expect(await orphans()).toEqual(['reflection_updates.reflection_id → reflections']);
	});

	test('everybody of the cast may go, one after the other, and nothing breaks', { timeout: 120_000 }, async () => {
		for (const person of [sam, claire, noor, marta, wei]) await deleted(person);
		expect(await orphans()).toEqual([]);
		expect(await rowsOf(sql`select distinct name from people where deleted_at is not null`)).toEqual([
			{ name: somebodyWhoLeft }
		]);
	});

	test('after an older backup was brought back, whoever runs the server repeats them', async () => {
		// As in that backup: both are there and have asked for nothing.
		const line = `{"at":"2026-11-29T16:31:46.007Z","event":"account-deleted","person":"${rosa.id}"}\n`;
		const ids = idsIn(`${line}${line}${lena.id}`);
		expect(ids).toEqual([rosa.id, lena.id]);
		const unknown = '01930000-0000-7000-8000-000000000001';
		const again = () => db.asOwner((tx) => forget(tx, [...ids, unknown]));
		expect((await again()).sort()).toEqual(ids);
		expect(await again()).toEqual([]);
		expect(await rowsOf(sql`select id from people where name = ${somebodyWhoLeft} order by id`)).toEqual(
			ids.map((id) => ({ id }))
		);
		expect(await rowsOf(sql`select 1 from email_addresses where person_id in (${rosa.id}, ${lena.id})`)).toEqual([]);
		expect((await readPair(db, idris, null, pairs.rosaIdris.id)).status).toBe('ended');
		expect(await orphans()).toEqual([]);
	});

	test('whoever has not asked, or asked yesterday, stays', async () => {
		await ask(rosa);
		await db.asOwner((tx) =>
			tx.execute(sql`update people set deletion_asked_at = now() - interval '13 days 23 hours' where id = ${rosa.id}`)
		);
		expect(await sweepDeletions(db)).toEqual([]);
		expect(await rowsOf(sql`select name from people where id = ${rosa.id}`)).toEqual([{ name: rosa.name }]);
	});

	test('nobody who asks can delete, leave for another, or look up what another is', async () => {
		for (const call of [
			sql`select app.delete_person(${idris.id})`,
			sql`select app.delete_people_whose_time_has_come()`,
			sql`select app.leave_program_of(${idris.id}, ${programs.tennessee.id}, null)`,
			sql`select app.programs_of(${idris.id})`,
			sql`select app.other_managers(${idris.id}, ${programs.tennessee.id})`
		])
			await expect(db.asPerson(rosa.id, (tx) => tx.execute(call))).rejects.toMatchObject({ cause: { code: '42501' } });
		// The product itself deletes only whose time has come.
		await expect(db.asService((tx) => tx.execute(sql`select app.delete_person(${idris.id})`))).rejects.toMatchObject({
			cause: { code: '42501' }
		});
		expect(await db.asOwner((tx) => tx.select().from(pairsTable).where(eq(pairsTable.status, 'ended')))).toHaveLength(
			3
		);
	});
});
