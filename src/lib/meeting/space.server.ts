/** The page of a pair's meetings: what is to come and over, times that both have, and contact time. Only reads. */
import type { Person } from '#lib/identity/person.ts';
import type { Proof } from '#lib/identity/policy.ts';
import type { Database } from '#lib/server/database.ts';
import { type LedgerShown, readLedgerIn } from './contact.server.ts';
import { fieldsOf, lengths } from './meeting.ts';
import { type MeetingsOfPair, readMeetingsIn } from './meetings.server.ts';
import { listSlots, type Slots } from './slots.server.ts';

export type MeetingSpace = MeetingsOfPair & {
	ledger: LedgerShown;
	/** Null for whoever proposes nothing here. */
	slots: Slots | null;
	minutes: number;
	outside: boolean;
	/** Today on the clock of the person asking, for the fields of the form. */
	today: string;
};

/** @param asked what the address says; anything else than a length of ours is 45 minutes. @throws Refusal not-found, unproven */
export async function readMeetingSpace(
	db: Database,
	person: Person,
	proof: Proof | null,
	pairId: string,
	asked: { minutes: string | null; outside: boolean },
	now = new Date()
): Promise<MeetingSpace> {
	const minutes = lengths.find((one) => String(one) === asked.minutes) ?? 45;
	const found = await db.asPerson(person.id, async (tx) => {
		const meetings = await readMeetingsIn(tx, person, proof, pairId, now);
		return { ...meetings, ledger: await readLedgerIn(tx, person, meetings.pair, now) };
	});
	return {
		...found,
		slots: found.mayPropose ? await listSlots(db, person, found.pair, { minutes, outside: asked.outside }, now) : null,
		minutes,
		outside: asked.outside,
		today: fieldsOf(now, found.zone).day
	};
}
