import { afterAll, beforeAll, expect, test } from 'vitest';
import { cast } from '../../seed/cast.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { askForProof, proveByCode, proveByLink, readProof } from './mailbox.server.ts';
import { codeTries, linkLife, linksPerAddress } from './sign-in.ts';
import { signInByCode, signInByLink } from './sign-in.server.ts';

const browser = { whence: { network: null, userAgent: null }, formerSessionId: null, shared: false };
const mail = (token: string, code: string) => ({
	kind: 'test',
	toAddress: 'x',
	subject: 'x',
	bodyText: `${token} ${code}`,
	bodyHtml: ''
});

let db: EmbeddedDatabase;
let network = 0;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());

async function ask(address: string, now = new Date()) {
	await db.asOwner((tx) => tx.delete(mailMessages));
	const requestId = await askForProof(db, { address, clientAddress: `192.0.2.${++network}` }, mail, now);
	const [sent] = await db.asOwner((tx) => tx.select().from(mailMessages));
	const [token, code] = sent!.bodyText.split(' ') as [string, string];
	return { requestId, token, code };
}
const byLink = (token: string, now = new Date()) => db.asService((tx) => proveByLink(tx, token, now));
const byCode = (id: string, code: string) => db.asService((tx) => proveByCode(tx, id, code, new Date()));

test('a mail goes to everybody who asks, here or not, and its link shows the mailbox once', async () => {
	for (const address of ['nobody@school.example', cast.people.rosa.email]) {
		const { token } = await ask(address);
		expect(await db.asService((tx) => readProof(tx, token, new Date()))).toBe(address);
		expect(await byLink(token)).toBe(address);
		expect(await byLink(token)).toBeNull();
		expect(await db.asService((tx) => readProof(tx, token, new Date()))).toBeNull();
	}
});

test('a code shows it too, in the browser that asked, and then the link is used up', async () => {
	const { requestId, token, code } = await ask('code@school.example');
	expect(await byCode(requestId, 'BCDF-GHJK')).toEqual({ wrong: expect.stringContaining('4 more times') });
	expect(await byCode(requestId, code.toLowerCase())).toEqual({ address: 'code@school.example' });
	expect(await byLink(token)).toBeNull();
	expect(await byCode(requestId, code)).toEqual({ wrong: expect.stringContaining('no longer works') });
});

test('after five guesses the code is dead, right or not', async () => {
	const { requestId, code } = await ask('guessed@school.example');
	for (let i = 0; i < codeTries; i++) expect(await byCode(requestId, 'BCDF-GHJK')).toHaveProperty('wrong');
	expect(await byCode(requestId, code)).toEqual({ wrong: expect.stringContaining('no longer works') });
});

test('it is too old after a quarter of an hour', async () => {
	const { token } = await ask('late@school.example');
	expect(await byLink(token, new Date(Date.now() + linkLife + 1000))).toBeNull();
});

test('it opens no account, not even that of the one who has the mailbox', async () => {
	const { token, requestId, code } = await ask(cast.people.idris.email);
	await expect(signInByLink(db, token, browser)).rejects.toMatchObject({ reason: 'rule' });
	await expect(signInByCode(db, requestId, code, browser)).rejects.toMatchObject({ reason: 'rule' });
});

test('it counts toward the mails that one address gets', async () => {
	for (let i = 0; i < linksPerAddress; i++) await ask('often@school.example');
	await expect(ask('often@school.example')).rejects.toMatchObject({ reason: 'too-many' });
});
