import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cast } from '../../seed/cast.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { record, sweepAudit, whenceOf } from './audit.server.ts';
import { auditEvents } from './schema.server.ts';

const { rosa, idris, noor } = cast.people;
let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());

const whence = { network: '192.0.2.7', userAgent: 'A browser' };
const seenBy = (person: string) => db.asPerson(person, (tx) => tx.select().from(auditEvents));

test('what somebody did to another is read by both, and by nobody else', async () => {
	await db.asPerson(idris.id, (tx) =>
		record(tx, { kind: 'pair-ended', person: rosa.id, by: idris.id, whence, about: { ending: 'completed' } })
	);
	const [event] = await seenBy(rosa.id);
	expect(event).toMatchObject({ kind: 'pair-ended', byPersonId: idris.id, ...whence, about: { ending: 'completed' } });
	expect(await seenBy(idris.id)).toHaveLength(1);
	expect(await seenBy(noor.id)).toEqual([]);
});

test('nobody can write down that somebody else did something', async () => {
	const forged = { kind: 'role-given', person: idris.id, by: noor.id, whence: null } as const;
	await expect(db.asPerson(idris.id, (tx) => record(tx, forged))).rejects.toThrow();
	await expect(db.asPerson(idris.id, (tx) => record(tx, { ...forged, by: null }))).rejects.toThrow();
});

test.for(['authenticated', 'app_service'] as const)(
	'%s can neither change nor delete what was written',
	async (role) => {
		const as = <T>(work: Parameters<typeof db.asService<T>>[0]) =>
			role === 'authenticated' ? db.asPerson(rosa.id, work) : db.asService(work);
		await expect(as((tx) => tx.update(auditEvents).set({ kind: 'signed-in' }))).rejects.toThrow();
		await expect(as((tx) => tx.delete(auditEvents))).rejects.toThrow();
		await expect(as((tx) => tx.execute(sql`truncate audit_events`))).rejects.toThrow();
	}
);

test('after three years it is forgotten, and only by the product', async () => {
	await db.asOwner((tx) => tx.execute(sql`update audit_events set at = now() - interval '1094 days'`));
	await sweepAudit(db);
	expect(await seenBy(rosa.id)).toHaveLength(1);
	await expect(db.asPerson(rosa.id, (tx) => tx.execute(sql`select app.forget_old_audit_events()`))).rejects.toThrow();
	await db.asOwner((tx) => tx.execute(sql`update audit_events set at = now() - interval '1100 days'`));
	await sweepAudit(db);
	expect(await seenBy(rosa.id)).toEqual([]);
});

test('from where: the network, and what the browser calls itself, in short', () => {
	const request = new Request('http://here.invalid', { headers: { 'user-agent': 'x'.repeat(900) } });
	expect(whenceOf({ request, getClientAddress: () => '2001:db8::5' })).toEqual({
		network: '2001:db8:0:0::/64',
		userAgent: 'x'.repeat(300)
	});
	const nameless = () => {
		throw new Error('Address header was specified with ADDRESS_HEADER but is absent');
	};
	expect(whenceOf({ request: new Request('http://here.invalid'), getClientAddress: nameless })).toEqual({
		network: null,
		userAgent: null
	});
});
