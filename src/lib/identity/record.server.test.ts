import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { record } from '#lib/audit/audit.server.ts';
import { auditEvents } from '#lib/audit/schema.server.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { cast } from '../../seed/cast.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { readRecord, recordPage } from './record.server.ts';

const { rosa, idris, sam, noor } = cast.people;
const whence = { network: '192.0.2.7', userAgent: 'Mozilla/5.0 (X11; CrOS x86_64 1) Chrome/142.0.0.0 Safari/537.36' };
let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());

test('it names who did what to whom, when and from where, and is read by those whom it concerns', async () => {
	await db.asPerson(idris.id, (tx) =>
		record(tx, { kind: 'pair-ended', person: rosa.id, by: idris.id, whence, about: { ending: 'completed' } })
	);
	const expected = {
		kind: 'pair-ended',
		person: { id: rosa.id, name: rosa.name },
		by: { id: idris.id, name: idris.name },
		onBehalfOf: null,
		network: '192.0.2.7',
		device: 'Chrome on ChromeOS',
		about: { ending: 'completed' }
	};
	for (const who of [rosa, idris])
		expect((await readRecord(db, who)).events).toEqual([expect.objectContaining(expected)]);
	expect(await readRecord(db, noor)).toEqual({ events: [], older: null });
});

test('somebody whom the reader does not know stays unnamed', async () => {
	await db.asService((tx) =>
		record(tx, { kind: 'role-given', person: sam.id, by: rosa.id, onBehalfOf: idris.id, whence: null })
	);
	const [event] = (await readRecord(db, sam)).events;
	expect(event).toMatchObject({ by: { id: null, name: null }, onBehalfOf: { id: null }, device: null });
});

test('a page ends where the next one begins, also among events of one moment, and nothing is missed or shown twice', async () => {
	const at = new Date('2026-11-20T08:00:00Z');
	const ids = Array.from({ length: 2 * recordPage + 7 }, () => uuidv7());
	await db.asOwner((tx) =>
		tx.insert(auditEvents).values(
			ids.map((id, i) => ({
				id,
				kind: i % 2 ? 'signed-in' : 'data-exported',
				// Three moments in all.
				at: new Date(at.getTime() + Math.floor(i / 40)),
				personId: noor.id,
				byPersonId: noor.id
			}))
		)
	);
	const seen: string[] = [];
	const sizes: number[] = [];
	let before: string | null = null;
	do {
		const page: Awaited<ReturnType<typeof readRecord>> = await readRecord(db, noor, { before });
		seen.push(...page.events.map(({ id }) => id));
		sizes.push(page.events.length);
		before = page.older;
	} while (before);
	expect(sizes).toEqual([recordPage, recordPage, 7]);
	expect(seen).toEqual(ids.toReversed());

	const exports = await readRecord(db, noor, { group: 'data' });
	expect(exports.events).toHaveLength(recordPage);
	expect(new Set(exports.events.map(({ kind }) => kind))).toEqual(new Set(['data-exported']));
});

test('somebody else’s event is no place to go on from, and words that are no id are passed over', async () => {
	const [hers] = (await readRecord(db, noor)).events;
	expect((await readRecord(db, rosa, { before: hers!.id })).events).toEqual([]);
	expect((await readRecord(db, noor, { before: 'nonsense' })).events).toHaveLength(recordPage);
});
