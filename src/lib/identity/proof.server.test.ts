import { afterAll, beforeAll, expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import type { Database } from '#lib/server/database.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import type { Proof } from './policy.ts';
import { demandProof, mustProve, orProve, requirePasskey } from './proof.server.ts';
import { organizations, people, roles } from './schema.server.ts';

const ids = {
	manager: '01930000-0000-7000-8000-00000000aa01',
	assessor: '01930000-0000-7000-8000-00000000aa02',
	former: '01930000-0000-7000-8000-00000000aa03',
	coming: '01930000-0000-7000-8000-00000000aa04',
	coach: '01930000-0000-7000-8000-00000000aa05',
	both: '01930000-0000-7000-8000-00000000aa06',
	nobody: '01930000-0000-7000-8000-00000000aa07'
};
const school = '01930000-0000-7000-8000-00000000ab01';
const now = new Date();
const days = (n: number) => new Date(now.getTime() + n * 86_400_000);
const mail: Proof = { openedBy: 'mail', passkeyAt: null };

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
	await db.asOwner(async (tx) => {
		await tx
			.insert(organizations)
			.values({ id: school, kind: 'state', name: 'Tennessee', timeZone: 'America/Chicago' });
		await tx
			.insert(people)
			.values(Object.entries(ids).map(([name, id]) => ({ id, name, initials: name[0]!.toUpperCase() })));
		const scope = { scopeKind: 'state', scopeId: school, fromAt: days(-30) } as const;
		await tx.insert(roles).values([
			{ ...scope, personId: ids.manager, role: 'manager' },
			{ ...scope, personId: ids.assessor, role: 'assessor', untilAt: days(1) },
			{ ...scope, personId: ids.former, role: 'manager', untilAt: days(-1) },
			{ ...scope, personId: ids.coming, role: 'manager', fromAt: days(1) },
			{ ...scope, personId: ids.coach, role: 'coach' },
			{ ...scope, personId: ids.both, role: 'teacher' },
			{ ...scope, personId: ids.both, role: 'manager' }
		]);
	});
});
afterAll(() => db.close());

const must = { manager: true, assessor: true, former: false, coming: false, coach: false, both: true, nobody: false };
const everybody = Object.entries(must) as [keyof typeof must, boolean][];

test.for(everybody)('%s must show a passkey: %s', async ([who, right]) => {
	expect(await db.asPerson(ids[who], (tx) => mustProve(tx, ids[who]))).toBe(right);
});

const asking = (who: keyof typeof ids, session: Proof | null, here = '/people?of=1') => ({
	person: { id: ids[who], name: who, initials: 'X' },
	session,
	away: false,
	here
});
const ledTo = (location: string) => ({ status: 303, location });

test.for(everybody)(
	'%s, signed in by mail, is led to the passkey before a page of managers: %s',
	async ([who, led]) => {
		const gone = requirePasskey(asking(who, mail), db);
		if (led) await expect(gone).rejects.toMatchObject(ledTo('/account/prove?next=%2Fpeople%3Fof%3D1'));
		else expect((await gone).id).toBe(ids[who]);
	}
);

test('whoever has shown it passes, and for an export only for a quarter of an hour', async () => {
	const shown = (ago: number): Proof => ({ openedBy: 'mail', passkeyAt: new Date(now.getTime() - ago) });
	expect((await requirePasskey(asking('manager', shown(86_400_000)), db, 'role', now)).id).toBe(ids.manager);
	expect((await requirePasskey(asking('manager', shown(900_000)), db, 'export', now)).id).toBe(ids.manager);
	await expect(requirePasskey(asking('manager', shown(900_001)), db, 'export', now)).rejects.toMatchObject(
		ledTo('/account/prove?next=%2Fpeople%3Fof%3D1')
	);
});

test('an export asks everybody, whatever they are', async () => {
	await expect(requirePasskey(asking('nobody', mail), db, 'export')).rejects.toMatchObject({ status: 303 });
});

test('nobody at all is led to the sign-in page first', async () => {
	await expect(requirePasskey({ ...asking('nobody', null), person: null }, db)).rejects.toMatchObject(
		ledTo('/sign-in?next=%2Fpeople%3Fof%3D1')
	);
});

test('a verb refuses by itself, and the page that called it leads on', async () => {
	expect(() => demandProof(mail, 'role')).toThrow(expect.objectContaining({ reason: 'unproven' }));
	expect(() => demandProof(null, 'export')).toThrow('15 minutes');
	expect(() => demandProof({ openedBy: 'passkey', passkeyAt: new Date() }, 'export')).not.toThrow();
	const refused = (reason: 'unproven' | 'not-found') => Promise.reject(new Refusal(reason, 'No.'));
	await expect(orProve({ here: '/pairs/1' }, refused('unproven'))).rejects.toMatchObject(
		ledTo('/account/prove?next=%2Fpairs%2F1')
	);
	await expect(orProve({ here: '/pairs/1' }, refused('not-found'))).rejects.toMatchObject({ reason: 'not-found' });
	expect(await orProve({ here: '/' }, Promise.resolve(7))).toBe(7);
});
