import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { people } from '#lib/identity/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { addCalendarAddress, readEvery, readOwnTimes, refreshCalendars } from './calendars.server.ts';
import { calendars } from './schema.server.ts';

let db: Database;
let server: Server;
let answer: { status: number; body: string };
const now = new Date();
const owner = { id: uuidv7(), name: 'Rosa', initials: 'RM' };
const soon = new Date(now.getTime() + 86_400_000).toISOString().replace(/[-:]|\.\d+/g, '');
const calendar = (events: number) =>
	[
		'BEGIN:VCALENDAR',
		...Array.from(
			{ length: events },
			(_, i) => `BEGIN:VEVENT\nUID:${i}\nSUMMARY:CANARY\nDTSTART:${soon}\nDURATION:PT${i + 1}H\nEND:VEVENT`
		),
		'END:VCALENDAR'
	].join('\n');

beforeAll(async () => {
	db = await withDatabase({ cast: false });
	await db.asOwner((tx) => tx.insert(people).values(owner));
	server = createServer((_, response) => {
		response.writeHead(answer.status, { 'content-type': 'text/calendar' }).end(answer.body);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
	server?.close();
	await db?.close();
});

test('an address is read at once, again after some hours, and says since when it can not be; what was known stays', async () => {
	const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	const outside = { alsoFrom: [host] };
	answer = { status: 200, body: calendar(1) };
	await expect(addCalendarAddress(db, owner, `http://${host}/secret.ics`)).rejects.toThrow('https://');
	await expect(addCalendarAddress(db, owner, 'https://169.254.169.254/latest')).rejects.toThrow(
		'lies inside a network'
	);
	await addCalendarAddress(db, owner, ` http://${host}/secret.ics `, outside, now);
	await expect(addCalendarAddress(db, owner, `http://${host}/secret.ics`, outside, now)).rejects.toThrow(
		'here already'
	);
	const shown = async () => (await readOwnTimes(db, owner)).calendars[0]!;
	expect(await shown()).toMatchObject({ name: host, busy: 1, isFile: false, failure: null });
	expect(JSON.stringify(await readOwnTimes(db, owner))).not.toContain('secret.ics');

	const later = (hours: number) => new Date(now.getTime() + readEvery + hours * 3600_000);
	expect(await refreshCalendars(db, outside, new Date(now.getTime() + 60_000))).toBe(0);
	answer = { status: 500, body: '' };
	expect(await refreshCalendars(db, outside, later(1))).toBe(1);
	expect(await shown()).toMatchObject({ busy: 1, failingSince: later(1), readAt: now });
	expect(await refreshCalendars(db, outside, new Date(later(1).getTime() + readEvery + 1))).toBe(1);
	expect((await shown()).failingSince).toEqual(later(1));
	answer = { status: 200, body: '<html>' };
	await refreshCalendars(db, outside, new Date(later(1).getTime() + 2 * readEvery + 2));
	expect((await shown()).failure).toContain('not a calendar');
	answer = { status: 200, body: calendar(2) };
	await refreshCalendars(db, outside, new Date(later(1).getTime() + 3 * readEvery + 3));
	expect(await shown()).toMatchObject({ failure: null, failingSince: null, busy: 1 });
	const rows = await db.asOwner((tx) => tx.select().from(calendars).where(eq(calendars.personId, owner.id)));
	expect(JSON.stringify(rows)).not.toContain('CANARY');
});
