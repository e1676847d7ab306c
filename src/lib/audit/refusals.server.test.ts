import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RefusalReason } from '#lib/errors.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { cast } from '../../seed/cast.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { noteRefusal } from './refusals.server.ts';
import { auditEvents } from './schema.server.ts';

const { claire, grace, idris, sam } = cast.people;
let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());

const whence = { network: '192.0.2.7', userAgent: 'A browser' };
const tried = (person: { id: string }, route = '/pairs/[id]') => ({
	personId: person.id,
	route,
	method: 'POST',
	whence,
	reason: 'not-allowed' as RefusalReason
});
const notes = (person: { id: string }, kind = 'not-allowed') =>
	db.asPerson(person.id, (tx) => tx.select().from(auditEvents).where(eq(auditEvents.kind, kind)));
const start = Date.parse('2026-11-29T12:00:00Z');

test('whoever tries what they may not is written down once for each route and minute, however often they try', async () => {
	for (let i = 0; i < 20; i++) await noteRefusal(db, tried(claire), start + i);
	expect(await notes(claire)).toEqual([
		expect.objectContaining({ byPersonId: claire.id, ...whence, about: { route: '/pairs/[id]', method: 'POST' } })
	]);
	await noteRefusal(db, tried(claire, '/elsewhere'), start + 100);
	await noteRefusal(db, tried(idris), start + 100);
	expect([(await notes(claire)).length, (await notes(idris)).length]).toEqual([2, 1]);
	await noteRefusal(db, tried(claire), start + 60_000);
	expect(await notes(claire)).toHaveLength(3);
	// A clock that is set back does not silence it for ever.
	await noteRefusal(db, tried(claire), start - 3_600_000);
	expect(await notes(claire)).toHaveLength(4);
});

test.for<[reason: RefusalReason, kind: string | null]>([
	['not-allowed', 'not-allowed'],
	['unproven', 'not-allowed'],
	['not-found', 'not-found'],
	['rule', null],
	['too-many', null],
	['away', null]
])('a try that ended in %s is written down as %s', async ([reason, kind]) => {
	const route = `/because/${reason}`;
	await noteRefusal(db, { ...tried(sam, route), reason }, start + 3_600_000);
	const written = [...(await notes(sam)), ...(await notes(sam, 'not-found'))].filter(
		({ about }) => about.route === route
	);
	expect(written.map((event) => event.kind)).toEqual(kind === null ? [] : [kind]);
});

test('whoever tries every door fills nothing: sixty lines in an hour, and whoever runs the server hears of it', async () => {
	const lines: string[] = [];
	const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
	const later = start + 24 * 3_600_000;
	for (let i = 0; i < 200; i++) await noteRefusal(db, tried(grace, `/door/${i}`), later + i);
	log.mockRestore();
	expect(await notes(grace)).toHaveLength(60);
	expect(lines.filter((line) => line.includes('many-refusals'))).toEqual([expect.stringContaining(grace.id)]);
	await noteRefusal(db, tried(claire, '/door'), later + 300);
	expect((await notes(claire)).some(({ about }) => about.route === '/door')).toBe(true);
	await noteRefusal(db, tried(grace, '/door'), later + 3_600_000);
	expect(await notes(grace)).toHaveLength(61);
});

test('a database that is away costs the note and nothing else', async () => {
	const lines: string[] = [];
	const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
	const away = { ...db, asService: () => Promise.reject(new Error('connection refused')) };
	await noteRefusal(away, tried(idris, '/away'), start);
	log.mockRestore();
	expect(lines.join()).toContain('refusal-not-recorded');
});
