import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emailAddresses, organizations, people } from '#lib/identity/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { addressesOf } from './people.server.ts';

let db: Database;
const state = uuidv7();
beforeAll(async () => {
	db = await withDatabase({ cast: false });
	await db.asOwner((tx) =>
		tx.insert(organizations).values({ id: state, kind: 'state', name: 'A state', timeZone: 'America/Chicago' })
	);
});
afterAll(() => db?.close());

type Address = { at: string; kind: 'school' | 'personal'; proven: boolean };
test.each<{ who: string; has: Address[]; to: string | undefined }>([
	{ who: 'nobody can reach', has: [], to: undefined },
	{
		who: 'has a school’s address that was never used',
		has: [{ at: 'school', kind: 'school', proven: false }],
		to: 'school'
	},
	{
		who: 'has both',
		has: [
			{ at: 'home', kind: 'personal', proven: true },
			{ at: 'school', kind: 'school', proven: true }
		],
		to: 'school'
	},
	{
		who: 'mistyped an address before the right one',
		has: [
			{ at: 'hmoe', kind: 'personal', proven: false },
			{ at: 'home', kind: 'personal', proven: true }
		],
		to: 'home'
	},
	{ who: 'has proven none of their own', has: [{ at: 'hmoe', kind: 'personal', proven: false }], to: undefined }
])('somebody who $who is written to at: $to', async ({ has, to }) => {
	const id = uuidv7();
	const addressOf = (at: string) => `${at}-${id}@mail.example`;
	await db.asOwner(async (tx) => {
		await tx.insert(people).values({ id, name: 'Tess', initials: 'T', organizationId: state });
		for (const [i, { at, kind, proven }] of has.entries())
			await tx.insert(emailAddresses).values({
				personId: id,
				address: addressOf(at),
				kind,
				verifiedAt: proven ? new Date() : null,
				createdAt: new Date(Date.now() + i)
			});
	});
	const found = await db.asService((tx) => addressesOf(tx, [id]));
	expect(found.get(id)).toBe(to && addressOf(to));
});
