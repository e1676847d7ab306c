import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { cast } from '../../seed/cast.ts';
import type { Person } from '#lib/identity/person.ts';
import { listUnreachable, sayReachable } from '#lib/identity/reachable.server.ts';
import { emailAddresses } from '#lib/identity/schema.server.ts';
import { noteReport } from '#lib/server/bounces.server.ts';
import { takeDue } from '#lib/server/courier.server.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { queueMail, type Message } from '#lib/server/mail.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { readFailedMail } from './failed-mail.server.ts';
import { invitations } from './schema.server.ts';

const { pat, rosa, idris, claire } = cast.people;
const program = cast.programs.tennessee.id;
const person = ({ id, name, initials }: Person): Person => ({ id, name, initials });

let db: EmbeddedDatabase;
let address: string;
beforeAll(async () => {
	db = await withDatabase();
	vi.spyOn(console, 'log').mockImplementation(() => {});
	[{ address }] = (await db.asOwner((tx) =>
		tx.select({ address: emailAddresses.address }).from(emailAddresses).where(eq(emailAddresses.personId, rosa.id))
	)) as [{ address: string }];
});
afterAll(() => db?.close());
afterEach(() =>
	db.asOwner(async (tx) => {
		await tx.delete(mailMessages);
		await tx.execute(sql`delete from invitations where address = 'slip@new.example'`);
		await tx.update(emailAddresses).set({ unreachableSince: null, unreachableStatus: null, reachableAt: null });
	})
);

const canary = 'the words of a mail';
const queue = (more: Partial<Message> = {}) =>
	db.asService((tx) =>
		queueMail(tx, {
			kind: 'digest',
			toAddress: address,
			subject: canary,
			bodyText: canary,
			bodyHtml: canary,
			personId: rosa.id,
			...more
		})
	);
const sent = async (more: Partial<Message> = {}) => {
	const id = await queue(more);
	await takeDue(db, new Date());
	await db.asOwner((tx) => tx.update(mailMessages).set({ sentAt: new Date() }).where(eq(mailMessages.id, id)));
	return id;
};
const back = (mail: string, status: string | null = '5.1.1') => noteReport(db, { mail, action: 'failed', status });
const read = (who: Person = pat, of = program) => readFailedMail(db, person(who), of);

describe('a mail that came back', () => {
	test('is read by whoever manages the program: whose, what kind, since when and why, and not a word of it', async () => {
		const [first, second] = [await sent({ kind: 'reply' }), await sent()];
		expect(await back(first)).toBe('noted');
		expect(await back(second)).toBe('noted');
		const found = await read();
		expect(found).toMatchObject({
			program: { id: program },
			everybody: 1,
			mails: [
				{
					personId: rosa.id,
					name: rosa.name,
					address: null,
					kind: 'digest',
					failure: 'bounced',
					status: '5.1.1',
					times: 2,
					unreachable: true
				}
			]
		});
		expect(found.mails[0]!.since.getTime()).toBeLessThanOrEqual(found.mails[0]!.at.getTime());
		expect(JSON.stringify(found)).not.toContain(canary);
		expect(JSON.stringify(found)).not.toContain(address);
	});

	test('is read by nobody else', async () => {
		await back(await sent());
		for (const who of [rosa, idris, claire]) await expect(read(who)).rejects.toMatchObject({ reason: 'not-found' });
		for (const other of [cast.programs.mineola.id, '00000000-0000-7000-8000-000000000000', 'x'])
			await expect(read(pat, other)).rejects.toMatchObject({ reason: 'not-found' });
		const rows = await db.asPerson(rosa.id, async (tx) => {
			const { rows } = (await tx.execute(sql`select * from app.failed_mail(${program}::uuid)`)) as unknown as {
				rows: unknown[];
			};
			return rows;
		});
		expect(rows).toEqual([]);
	});

	test('is noted once, of whichever mail was given to a server, and only when its server has given up', async () => {
		const id = await sent();
		expect(await noteReport(db, { mail: id, action: 'delayed', status: '4.4.1' })).toBe('not-final');
		expect(await read()).toMatchObject({ mails: [] });
		const at = new Date('2026-11-30T08:00:00Z');
		expect(await noteReport(db, { mail: id, action: 'failed', status: '5.2.2' }, at)).toBe('noted');
		expect(await back(id, '5.1.1')).toBe('noted');
		expect(await read()).toMatchObject({ mails: [{ at, status: '5.2.2', unreachable: false, times: 1 }] });
		expect(await back(await queue())).toBe('unknown-mail');
		expect(await back('00000000-0000-7000-8000-000000000000')).toBe('unknown-mail');
	});

	test('of an invitation is read with the address that the program typed, until it is taken back', async () => {
		await db.asOwner((tx) =>
			tx.insert(invitations).values({
				programId: program,
				invitedById: pat.id,
				role: 'teacher',
				name: 'Sam Slip',
				address: 'slip@new.example',
				tokenHash: Buffer.alloc(32, 7),
				expiresAt: new Date(Date.now() + 86_400_000)
			})
		);
		await back(await sent({ kind: 'invitation', toAddress: 'slip@new.example', personId: undefined }));
		expect(await read()).toMatchObject({
			mails: [{ personId: null, name: 'Sam Slip', address: 'slip@new.example', kind: 'invitation', unreachable: false }]
		});
		await db.asOwner((tx) =>
			tx
				.update(invitations)
				.set({ withdrawnAt: new Date(), withdrawnById: pat.id })
				.where(eq(invitations.address, 'slip@new.example'))
		);
		expect(await read()).toMatchObject({ mails: [], everybody: 0 });
	});
});

describe('an address from which mail comes back', () => {
	test('gets no more mail than what its owner asks for, and its owner reads why', async () => {
		await back(await sent());
		expect(await listUnreachable(db, person(rosa))).toMatchObject([{ address, status: '5.1.1' }]);
		expect(await listUnreachable(db, person(idris))).toEqual([]);
		await queue();
		await queue({ kind: 'sign-in', again: true });
		expect((await takeDue(db, new Date())).map(({ kind }) => kind)).toEqual(['sign-in']);
		const held = await db.asOwner((tx) => tx.select().from(mailMessages).where(eq(mailMessages.failure, 'held-back')));
		expect(held).toMatchObject([{ kind: 'digest', bodyText: '', sentAt: null }]);
		expect(await read()).toMatchObject({ mails: [{ times: 1, unreachable: true }] });
	});

	test('leaves its owner the other one that they read', async () => {
		await back(await sent());
		const other = (verifiedAt: Date | null) =>
			db.asOwner((tx) =>
				tx
					.insert(emailAddresses)
					.values({ address: 'rosa@home.example', personId: rosa.id, kind: 'personal', verifiedAt })
					.onConflictDoUpdate({ target: emailAddresses.address, set: { verifiedAt } })
			);
		await other(null); // not yet shown to be hers
		await queue();
		expect(await takeDue(db, new Date())).toEqual([]);
		await other(new Date());
		try {
			await queue();
			expect(await takeDue(db, new Date())).toMatchObject([{ toAddress: 'rosa@home.example' }]);
		} finally {
			await db.asOwner((tx) => tx.delete(emailAddresses).where(eq(emailAddresses.address, 'rosa@home.example')));
		}
	});

	test('works again when its owner says so: nobody else can, and what was sent before says nothing new', async () => {
		const [first, older] = [await sent(), await sent()];
		await back(first);
		await sayReachable(db, person(idris), address);
		expect(await listUnreachable(db, person(rosa))).toHaveLength(1);
		await sayReachable(db, person(rosa), ` ${address.toUpperCase()} `);
		expect(await listUnreachable(db, person(rosa))).toEqual([]);
		expect(await read()).toMatchObject({ mails: [] });
		await back(older);
		expect(await listUnreachable(db, person(rosa))).toEqual([]);
		await queue();
		expect(await takeDue(db, new Date())).toHaveLength(1);
	});

	test('is not given up for a full mailbox or a filter', async () => {
		for (const status of ['5.2.2', '5.7.1', '4.4.7', null]) await back(await sent(), status);
		expect(await listUnreachable(db, person(rosa))).toEqual([]);
	});
});

test('a mail that a server would not take is read too, until a later one is taken', async () => {
	const id = await queue();
	await db.asOwner((tx) =>
		tx
			.update(mailMessages)
			.set({ failedAt: new Date(Date.now() - 1000), failure: '550', status: '5.7.1' })
			.where(eq(mailMessages.id, id))
	);
	expect(await read()).toMatchObject({ mails: [{ personId: rosa.id, failure: '550', status: '5.7.1' }] });
	await sent();
	expect(await read()).toMatchObject({ mails: [] });
});

test('whoever leaves takes along the mail that was for them', async () => {
	const id = await sent({ toAddress: 'old@school.example' });
	let left: unknown[] | undefined;
	const tried = db.asOwner(async (tx) => {
		await tx.execute(sql`update people set deactivated_at = now(), deletion_asked_at = now() where id = ${rosa.id}`);
		await tx.execute(sql`select app.delete_person(${rosa.id}::uuid)`);
		left = await tx.select().from(mailMessages).where(eq(mailMessages.id, id));
		throw new Error('the others need her');
	});
	await expect(tried).rejects.toThrow('the others need her');
	expect(left).toEqual([]);
});
