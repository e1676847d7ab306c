import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { withDatabase } from '../../../tests/with-database.ts';
import { startCourier, sweepMail, takeDue, tries, type Courier } from './courier.server.ts';
import type { Database } from './database.ts';
import { listMail, queueMail } from './mail.ts';
import { mailMessages } from './schema.server.ts';

/** A real SMTP server, as small as one can be: takes every mail, or says no to all. */
async function smtp(takes = true) {
	const mails: string[] = [];
	const server: Server = createServer((socket) => {
		let data: string | null = null;
		socket.setEncoding('utf8').on('error', () => {});
		socket.write('220 sink\r\n');
		let rest = '';
		socket.on('data', (piece: string) => {
			rest += piece;
			for (let end; (end = rest.indexOf('\r\n')) >= 0; rest = rest.slice(end + 2)) {
				const line = rest.slice(0, end);
				if (data !== null) {
					if (line !== '.') data += `${line}\n`;
					else {
						mails.push(data);
						data = null;
						socket.write('250 taken\r\n');
					}
				} else if (/^RCPT/i.test(line) && !takes) socket.write('550 no such box for <ada@school.example>\r\n');
				else if (/^DATA/i.test(line)) {
					data = '';
					socket.write('354 go on\r\n');
				} else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
				else socket.write('250 ok\r\n');
			}
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as { port: number };
	return { mails, url: `smtp://127.0.0.1:${port}`, close: () => server.close() };
}

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

const queue = () => db.asService((tx) => queueMail(tx, message));
const rows = () => db.asOwner((tx) => tx.select().from(mailMessages));
async function eventually<T>(look: () => Promise<T | null>): Promise<T> {
	for (let i = 0; i < 200; i++) {
		const seen = await look();
		if (seen !== null) return seen;
		await wait(25);
	}
	throw new Error('It did not happen within five seconds.');
}

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

test('a server that says no is noted by its code only, and asked again later', async () => {
	const server = await smtp(false);
	courier = await startCourier(db, { SMTP_URL: server.url, MAIL_FROM: 'no-reply@wayfellow.example' });
	await queue();
	const [row] = await eventually(async () => {
		const found = await rows();
		return found[0]?.failure ? found : null;
	});
	expect(row).toMatchObject({ attempts: 1, failure: '550', sentAt: null, bodyText: 'Hello Ada' });
	server.close();
});

test('tries lie further and further apart, and end', async () => {
	const queuedAt = new Date('2026-11-25T18:00:00Z');
	await db.asOwner((tx) => tx.insert(mailMessages).values({ ...message, createdAt: queuedAt }));
	for (const after of tries) {
		if (after > 0) expect(await takeDue(db, new Date(queuedAt.getTime() + after - 1))).toHaveLength(0);
		expect(await takeDue(db, new Date(queuedAt.getTime() + after))).toHaveLength(1);
	}
	expect(await takeDue(db, new Date(queuedAt.getTime() + 10 * 86_400_000))).toHaveLength(0);
	expect(await listMail(db)).toHaveLength(1);
	await sweepMail(db, new Date(queuedAt.getTime() + 31 * 86_400_000));
	expect(await listMail(db)).toHaveLength(0);
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
