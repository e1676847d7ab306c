import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { ne } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { smtp } from '../../../tests/smtp-sink.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { answerWithin, startCourier, sweepMail, takeDue, tries, type Courier } from './courier.server.ts';
import type { Database } from './database.ts';
import { listMail, queueMail, type Message } from './mail.ts';
import { mailMessages } from './schema.server.ts';

const message = {
	kind: 'sign-in',
	toAddress: 'ada@school.example',
	subject: 'Your link',
	bodyText: 'Hello Ada',
	bodyHtml: '<p>Hello Ada</p>'
};

let db: Database;
let courier: Courier | undefined;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
	vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterAll(() => db.close());
beforeEach(() => db.asOwner(async (tx) => void (await tx.delete(mailMessages))));
afterEach(() => courier?.stop());

const queue = (more: Partial<Message> = {}) => db.asService((tx) => queueMail(tx, { ...message, ...more }));
const rows = () => db.asOwner((tx) => tx.select().from(mailMessages));
async function eventually<T>(look: () => Promise<T | null>): Promise<T> {
	for (let i = 0; i < 200; i++) {
		const seen = await look();
		if (seen !== null) return seen;
		await wait(25);
	}
	throw new Error('It did not happen within five seconds.');
}

const ended = () => eventually(async () => (await rows()).find(({ failedAt }) => failedAt) ?? null);
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);

test('mail leaves at once, is noted as sent, and its words are forgotten', async () => {
	const server = await smtp();
	courier = await startCourier(db, { SMTP_URL: server.url, MAIL_FROM: 'Wayfellow <no-reply@wayfellow.example>' });
	const id = await queue();
	const [row] = await eventually(async () => {
		const found = await rows();
		return found[0]?.sentAt ? found : null;
	});
	expect(row).toMatchObject({ attempts: 1, failure: null, bodyText: '', bodyHtml: '' });
	expect(server.mails).toHaveLength(1);
	expect(server.mails[0]).toMatch(/^To: ada@school\.example$/m);
	expect(server.mails[0]).toContain(`Message-ID: <${id}@wayfellow>`);
	expect(server.mails[0]).toContain('<p>Hello Ada</p>');
	server.close();
});

test('what was queued before a crash is carried by the next process', async () => {
	for (let i = 0; i < 25; i++) await queue();
	const server = await smtp();
	courier = await startCourier(db, { SMTP_URL: server.url, MAIL_FROM: 'no-reply@wayfellow.example' });
	await eventually(async () => (await rows()).every(({ sentAt }) => sentAt) || null);
	expect(server.mails).toHaveLength(25);
	server.close();
});

test('a server that says no to the address is noted by its numbers only, and not asked again', async () => {
	const server = await smtp({ rcpt: '550 5.1.1 no such box for <ada@school.example>' });
	courier = await startCourier(db, { SMTP_URL: server.url, MAIL_FROM: 'no-reply@wayfellow.example' });
	await queue();
	const row = await ended();
	expect(row).toMatchObject({ attempts: 1, failure: '550', status: '5.1.1', sentAt: null, bodyText: '', bodyHtml: '' });
	expect(await takeDue(db, inHours(10))).toHaveLength(0);
	server.close();
});

test('a server that says later is asked later', async () => {
	const server = await smtp({ rcpt: '451 4.7.1 busy, for <ada@school.example>' });
	courier = await startCourier(db, { SMTP_URL: server.url, MAIL_FROM: 'no-reply@wayfellow.example' });
	await queue();
	const row = await eventually(async () => (await rows()).find(({ failure }) => failure) ?? null);
	expect(row).toMatchObject({ attempts: 1, failure: '451', status: '4.7.1', failedAt: null, bodyText: 'Hello Ada' });
	expect(await takeDue(db, new Date(row.createdAt.getTime() + 50_000))).toHaveLength(0);
	expect(await takeDue(db, inHours(1))).toHaveLength(1);
	server.close();
});

test('tries lie further and further apart, also after a day without a server, and end', async () => {
	const queuedAt = new Date('2026-11-25T18:00:00Z');
	let now = new Date('2026-11-26T18:00:00Z').getTime();
	await db.asOwner((tx) => tx.insert(mailMessages).values({ ...message, createdAt: queuedAt, dueAt: queuedAt }));
	for (const until of tries) {
		expect(await takeDue(db, new Date(now))).toHaveLength(1);
		expect(await takeDue(db, new Date(now + until - 1))).toHaveLength(0);
		now += until;
	}
	expect(await takeDue(db, new Date(now))).toHaveLength(0);
	expect(await rows()).toMatchObject([{ failure: 'interrupted', sentAt: null, bodyText: '' }]);
	expect(await listMail(db)).toHaveLength(1);
	await sweepMail(db, new Date(queuedAt.getTime() + 31 * 86_400_000));
	expect(await listMail(db)).toHaveLength(0);
});

test('before the last bytes go out it is written down that they do', async () => {
	const server = await smtp();
	courier = await startCourier(db, { SMTP_URL: server.url, MAIL_FROM: 'no-reply@wayfellow.example' });
	let handedOver: unknown;
	server.beforeAnswer = async () => void (handedOver = (await rows())[0]!.handedOverAt);
	await queue();
	await eventually(async () => (await rows())[0]?.sentAt ?? null);
	expect(handedOver).toBeInstanceOf(Date);
	server.close();
});

test('nothing goes out of a mail that somebody else carries meanwhile, or that was taken away', async () => {
	for (const meanwhile of ['taken', 'deleted', 'failed'] as const) {
		await db.asOwner((tx) => tx.delete(mailMessages));
		const server = await smtp();
		server.beforeData = () =>
			db.asOwner(async (tx) => {
				if (meanwhile === 'deleted') await tx.delete(mailMessages);
				else await tx.update(mailMessages).set(meanwhile === 'taken' ? { attempts: 2 } : { failedAt: new Date() });
			});
		courier = await startCourier(db, { SMTP_URL: server.url, MAIL_FROM: 'no-reply@wayfellow.example' });
		await queue();
		await eventually(async () => (server.broken > 0 ? true : null));
		await courier.stop();
		expect(server.mails).toHaveLength(0);
		for (const row of await rows()) expect(row).toMatchObject({ failure: null, sentAt: null, handedOverAt: null });
		server.close();
	}
});

test.for([
	{ again: false, becomes: { failure: 'unknown', sentAt: null, bodyText: '' }, more: 0 },
	{ again: true, becomes: { failure: 'ECONNECTION', sentAt: null, handedOverAt: null, bodyText: 'Hello Ada' }, more: 1 }
])('a line that ends before the answer leaves a mail unknown: $again', async ({ again, becomes, more }) => {
	const server = await smtp({ data: null });
	courier = await startCourier(db, { SMTP_URL: server.url, MAIL_FROM: 'no-reply@wayfellow.example' });
	await queue({ again });
	const row = await eventually(async () => (await rows()).find(({ failure }) => failure) ?? null);
	expect(row).toMatchObject(becomes);
	expect(row.failedAt !== null).toBe(!again);
	expect(await takeDue(db, inHours(10))).toHaveLength(more);
	server.close();
});

test.for([
	{ data: '554 5.7.1 spam', failedAt: expect.any(Date) as Date | null, status: '5.7.1' },
	{ data: '451 4.3.0 later', failedAt: null, status: '4.3.0' }
])('a server that has all of a mail and says $data has not taken it', async ({ data, failedAt, status }) => {
	const server = await smtp({ data });
	courier = await startCourier(db, { SMTP_URL: server.url, MAIL_FROM: 'no-reply@wayfellow.example' });
	await queue();
	const row = await eventually(async () => (await rows()).find(({ failure }) => failure) ?? null);
	expect(row).toMatchObject({ failure: data.slice(0, 3), status, failedAt, sentAt: null, handedOverAt: null });
	server.close();
});

test('a mail whose courier died before the last bytes is sent, one that nobody knows of only where somebody waits', async () => {
	await queue({ subject: 'before' });
	await queue({ subject: 'after' });
	await queue({ subject: 'awaited', again: true });
	const now = new Date();
	expect(await takeDue(db, now)).toHaveLength(3);
	await db.asOwner((tx) =>
		tx.update(mailMessages).set({ handedOverAt: now }).where(ne(mailMessages.subject, 'before'))
	);
	const soon = new Date(now.getTime() + answerWithin - 1);
	expect((await takeDue(db, soon)).map(({ subject }) => subject)).toEqual(['before']);
	const later = new Date(now.getTime() + answerWithin);
	expect((await takeDue(db, later)).map(({ subject }) => subject)).toContain('awaited');
	const after = (await rows()).find(({ subject }) => subject === 'after');
	expect(after).toMatchObject({ failure: 'unknown', failedAt: later, sentAt: null, bodyText: '' });
});

test('a courier that is told to stop ends what has not gone out, and waits for what has', async () => {
	const server = await smtp();
	courier = await startCourier(db, { SMTP_URL: server.url, MAIL_FROM: 'no-reply@wayfellow.example' });
	let reached = 0;
	let stopping: Promise<void> | undefined;
	server.beforeAnswer = async () => {
		reached++;
		stopping ??= courier!.stop();
		await wait(300);
	};
	await queue();
	await eventually(async () => (reached > 0 ? true : null));
	await stopping;
	expect(await rows()).toMatchObject([{ failure: null, sentAt: expect.any(Date) as Date }]);
	server.close();

	// One whose server never says hello.
	const silent = createServer().listen(0, '127.0.0.1');
	await once(silent, 'listening');
	const { port } = silent.address() as { port: number };
	const asked = once(silent, 'connection') as Promise<[Socket]>;
	courier = await startCourier(db, { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'no-reply@wayfellow.example' });
	await queue({ subject: 'second' });
	const [socket] = await asked;
	await courier.stop();
	const left = (await rows()).find(({ subject }) => subject === 'second')!;
	expect(left).toMatchObject({ sentAt: null, failedAt: null, handedOverAt: null, bodyText: 'Hello Ada' });
	expect(await takeDue(db, new Date())).toHaveLength(1); // at once, by whoever comes next
	socket.destroy();
	silent.close();
});

test('a mail says how not to get the next one, in lines that mail programs read', async () => {
	const server = await smtp();
	courier = await startCourier(db, { SMTP_URL: server.url, MAIL_FROM: 'no-reply@wayfellow.example' });
	const away = `<https://wayfellow.example/unsubscribe?token=${'t'.repeat(200)}>`;
	await db.asService((tx) =>
		queueMail(tx, {
			...message,
			headers: { 'List-Unsubscribe': away, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
		})
	);
	await eventually(async () => server.mails.length > 0 || null);
	// A line that begins with a space goes on with the one before.
	const lines = server.mails[0]!.replace(/\n[ \t]+/g, ' ').split('\n');
	expect(lines).toContain(`List-Unsubscribe: ${away}`);
	expect(lines).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
	server.close();
});

test.for([
	{ Bcc: 'somebody@else.example' },
	{ 'list-unsubscribe': '<https://wayfellow.example/>' },
	{ 'List-Unsubscribe': '<https://wayfellow.example/>\r\nBcc: somebody@else.example' },
	{ 'List-Id': '' },
	{ 'List-Id': 'x'.repeat(999) }
] as Record<string, string>[])(
	'a header that is not ours, or more than one line, is never queued: %j',
	async (headers) => {
		await expect(db.asService((tx) => queueMail(tx, { ...message, headers }))).rejects.toThrow('header');
		expect(await rows()).toHaveLength(0);
	}
);

test('mail promised in a transaction that failed is never sent', async () => {
	const server = await smtp();
	courier = await startCourier(db, { SMTP_URL: server.url, MAIL_FROM: 'no-reply@wayfellow.example' });
	await expect(
		db.asService(async (tx) => {
			await queueMail(tx, message);
			throw new Error('changed our mind');
		})
	).rejects.toThrow('changed our mind');
	await queue();
	await eventually(async () => server.mails.length > 0 || null);
	expect(await rows()).toHaveLength(1);
	expect(server.mails).toHaveLength(1);
	server.close();
});

test('without an SMTP server mail stays for the outbox', async () => {
	courier = await startCourier(db, { SMTP_URL: undefined, MAIL_FROM: 'no-reply@wayfellow.example' });
	await queue();
	expect(await listMail(db)).toMatchObject([{ bodyText: 'Hello Ada', sentAt: null }]);
});
