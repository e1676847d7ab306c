import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import * as Y from 'yjs';
import { countProgram } from '#lib/counts/tally.server.ts';
import { awards } from '#lib/badge/schema.server.ts';
import { Refusal } from '#lib/errors.ts';
import { submissions } from '#lib/evidence/schema.server.ts';
import { meetings } from '#lib/meeting/schema.server.ts';
import { endPair } from '#lib/pairing/pair.server.ts';
import type { Proof } from '#lib/identity/policy.ts';
import { roles } from '#lib/identity/schema.server.ts';
import type { PairState, Standing } from '#lib/pairing/policy.ts';
import { rootName } from '#lib/reflection/document.ts';
import { packUpdates } from '#lib/reflection/log.server.ts';
import { showPassage } from '#lib/reflection/passages.server.ts';
import { reflections, reflectionUpdates } from '#lib/reflection/schema.server.ts';
import { readSharing, takeBackReflection } from '#lib/reflection/sharing.server.ts';
import type { Database } from '#lib/server/database.ts';
import { plantPair, proven, type PairWorld } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { readHome } from './home.server.ts';
import { readPairSpace } from './pair-space.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const now = new Date();
const ago = (days: number) => new Date(now.getTime() - days * 24 * 3600_000);
const secret = 'three hands went up in the back row';
const title = 'Words that belong to the two';

const homeOf = (world: PairWorld, who: Standing) =>
	readHome(db, { id: world[who], name: `The ${who}`, initials: 'PW' }, proven, now);
const spaceOf = (world: PairWorld, who: Standing) =>
	readPairSpace(db, { id: world[who], name: `The ${who}`, initials: 'PW' }, proven, world.pairId, now);

/** Lets somebody write in the world's reflection. */
async function writes(world: PairWorld, who: 'teacher' | 'mentor', at: Date) {
	const doc = new Y.Doc();
	const paragraph = new Y.XmlElement('paragraph');
	doc.getXmlFragment(rootName).push([paragraph]);
	paragraph.push([new Y.XmlText(secret)]);
	await db.asOwner(async (tx) => {
		const [reflection] = await tx.select().from(reflections).where(eq(reflections.pairId, world.pairId));
		const written = await tx.select().from(reflectionUpdates).where(eq(reflectionUpdates.reflectionId, reflection!.id));
		await tx.insert(reflectionUpdates).values({
			reflectionId: reflection!.id,
			number: written.length + 1,
			personId: world[who],
			updates: packUpdates([Y.encodeStateAsUpdate(doc)]),
			createdAt: at
		});
	});
}
const world = (state: PairState = { status: 'active', endedAs: null }) => plantPair(db, state);

test('a teacher is greeted with the draft and its last words', async () => {
	const w = await world();
	await writes(w, 'teacher', ago(1));
	const { learning, mentoring, caseload, managing, waiting } = await homeOf(w, 'teacher');
	expect([mentoring, caseload, managing, waiting]).toEqual([null, null, [], []]);
	expect(learning[0]!.step).toMatchObject({
		heading: `Pick up where you stopped: “${title}”`,
		quote: secret,
		minutes: 5
	});
	expect(learning[0]!.stack.verdict.summary).toBe('0 of 1 earned');
	expect(learning[0]!.stack.stones[0]).toMatchObject({ state: 'gathering', title: 'One competency' });
});

test('a mentor sees who wrote and waits, with the last words', async () => {
	const w = await world();
	await writes(w, 'mentor', ago(3));
	await writes(w, 'teacher', ago(1));
	const { mentoring, learning } = await homeOf(w, 'mentor');
	expect(learning).toEqual([]);
	expect(mentoring!.step.heading).toBe(`The wrote in “${title}”`);
	expect(mentoring!.step.quote).toContain(secret);
	expect(mentoring!.pairs[0]).toMatchObject({ waits: true, words: 'The wrote yesterday' });
	await writes(w, 'mentor', now);
	expect((await homeOf(w, 'mentor')).mentoring!.step.heading).toBe('Nothing waits for you right now');
});

describe('neither title nor text of a pair reaches', () => {
	test.for(['coach', 'manager', 'stranger'] as const)('its %s, on the home or in the pair’s space', async (who) => {
		const w = await world();
		await writes(w, 'teacher', ago(20));
		const pages = [await homeOf(w, who), await spaceOf(w, who).catch((error: unknown) => error)];
		const everything = JSON.stringify(pages);
		expect(everything).not.toContain(secret);
		expect(everything).not.toContain(title);
		if (who === 'stranger') expect(pages[1]).toBeInstanceOf(Refusal);
	});
	test('a mentor after a rematch, who still sees that there was a pair', async () => {
		const w = await world();
		await writes(w, 'teacher', ago(2));
		const before = await spaceOf(w, 'mentor');
		expect(before.reflections!.map((one) => one.title)).toEqual([title]);
		const teacher = { id: w.teacher, name: 'The teacher', initials: 'PW' };
		await endPair(db, teacher, proven, w.pairId, { endedAs: 'rematched', reason: null });
		const after = [await homeOf(w, 'mentor'), await spaceOf(w, 'mentor')] as const;
		expect(JSON.stringify(after)).not.toContain(title);
		expect(after[1]).toMatchObject({ access: 'none', reflections: null, choices: [] });
		expect(after[0].mentoring!.ended).toHaveLength(1);
		expect((await spaceOf(w, 'teacher')).reflections![0]).toMatchObject({ title, state: 'kept' });
	});
});

describe('a reflection that the teacher keeps to themselves', () => {
	const alone = async () => {
		const w = await world();
		await writes(w, 'teacher', ago(10));
		const [reflection] = await db.asOwner((tx) =>
			tx.select().from(reflections).where(eq(reflections.pairId, w.pairId))
		);
		await takeBackReflection(db, { id: w.teacher, name: 'The teacher', initials: 'PW' }, reflection!.id);
		return { w, reflectionId: reflection!.id };
	};

	test('is not there for the mentor, on no page and in no count', async () => {
		const { w, reflectionId } = await alone();
		const [home, space] = [await homeOf(w, 'mentor'), await spaceOf(w, 'mentor')];
		for (const kept of [title, secret, reflectionId]) expect(JSON.stringify([home, space])).not.toContain(kept);
		expect(space).toMatchObject({ access: 'write', reflections: [], rhythm: null });
		expect(space.stack!.stones[0]!.state).toBe('not-started');
		expect(home.mentoring).toMatchObject({
			step: { heading: 'Meet The' },
			pairs: [{ waits: false, open: [], words: expect.stringMatching(/^Together since/) }]
		});
	});
	test('is marked for the teacher as seen by nobody else', async () => {
		const { w } = await alone();
		const { learning } = await homeOf(w, 'teacher');
		expect(learning[0]!.step.note).toMatch(/Only you can read this until you share it with The/);
		expect(learning[0]!.pair!.open[0]!.words).toMatch(/^only you see it, last edit/);
		expect((await spaceOf(w, 'teacher')).reflections).toMatchObject([{ title, shared: false }]);
	});
	test('counts for the coach as quiet work: neither silence nor an answer that the mentor owes', async () => {
		const { w } = await alone();
		const [home, space] = [await homeOf(w, 'coach'), await spaceOf(w, 'coach')];
		expect(home.caseload).toMatchObject({ groups: [], onTrack: [{ words: expect.stringMatching(/^Last edit/) }] });
		expect(space.rhythm).toMatchObject([{ shared: false, mentor: 'not yet' }]);
		for (const kept of [title, secret]) expect(JSON.stringify([home, space])).not.toContain(kept);
	});
});

test('what the two show their coach stands on the page of the pair, for that coach alone', async () => {
	const w = await world();
	await writes(w, 'teacher', ago(1));
	const teacher = { id: w.teacher, name: 'The teacher', initials: 'PW' };
	const [reflection] = await db.asOwner((tx) => tx.select().from(reflections).where(eq(reflections.pairId, w.pairId)));
	const choices = (await readSharing(db, teacher, reflection!.id)).choices!;
	expect((await spaceOf(w, 'coach')).passages).toEqual([]);
	await showPassage(
		db,
		teacher,
		reflection!.id,
		choices.map(({ key }) => key)
	);
	expect((await spaceOf(w, 'coach')).passages).toMatchObject([
		{ on: 'One competency', html: `<p>${secret}</p>`, by: 'The teacher' }
	]);
	expect(JSON.stringify(await spaceOf(w, 'coach'))).not.toContain(title);
	for (const who of ['teacher', 'mentor', 'manager'] as const) expect((await spaceOf(w, who)).passages).toBeNull();
});

test('a coach sees who has waited, since when, and why', async () => {
	const w = await world();
	await writes(w, 'teacher', ago(20));
	const { caseload } = await homeOf(w, 'coach');
	expect(caseload).toMatchObject({
		pairs: 1,
		groups: [{ reason: 'quiet', pairs: [{ teacher: 'The teacher', need: { days: 20, since: ago(20) } }] }]
	});
	await writes(w, 'mentor', ago(1));
	expect((await homeOf(w, 'coach')).caseload).toMatchObject({
		groups: [],
		onTrack: [{ words: 'Last edit yesterday' }]
	});
	expect((await spaceOf(w, 'coach')).rhythm).toMatchObject([{ on: 'One competency', mentor: 'yesterday' }]);
});

test('a meeting that both confirmed counts as practice for all three, and a pair that met is not quiet', async () => {
	const w = await world();
	await writes(w, 'teacher', ago(20));
	const meets = (teacherConfirmedAt: Date | null) =>
		db.asOwner((tx) =>
			tx.insert(meetings).values({
				pairId: w.pairId,
				kind: 'meeting',
				startsAt: ago(3),
				minutes: 45,
				state: 'accepted',
				proposedById: w.teacher,
				acceptedById: w.mentor,
				acceptedAt: ago(4),
				teacherConfirmedAt,
				mentorConfirmedAt: ago(2)
			})
		);
	const practice = async () => (await homeOf(w, 'teacher')).learning[0]!.stack.verdict.notes.at(-1);
	await meets(null);
	expect(await practice()).toBe('Practice so far: 1 reflection.');
	expect((await homeOf(w, 'coach')).caseload!.groups).toHaveLength(1);
	await meets(ago(1));
	expect(await practice()).toBe('Practice so far: 1 reflection; 1 meeting.');
	for (const who of ['mentor', 'coach'] as const)
		expect(JSON.stringify(await spaceOf(w, who))).toContain('Practice so far: 1 reflection; 1 meeting.');
	expect((await homeOf(w, 'coach')).caseload!.groups).toEqual([]);
});

test('what is with assessors or earned is not offered again, and the stack says so', async () => {
	const w = await world();
	expect((await spaceOf(w, 'teacher')).choices).toHaveLength(1);
	const fact = { microcredentialVersionId: w.microcredentialVersionId };
	await db.asOwner((tx) => tx.insert(submissions).values({ ...fact, teacherId: w.teacher, submittedAt: ago(2) }));
	const waiting = await spaceOf(w, 'mentor');
	expect([waiting.choices, waiting.stack!.stones[0]!.state]).toEqual([[], 'in-review']);
	await db.asOwner((tx) => tx.insert(awards).values({ ...fact, personId: w.teacher, awardedAt: ago(1) }));
	const home = await homeOf(w, 'teacher');
	expect(home.learning[0]!.stack.verdict).toMatchObject({ summary: '1 of 1 earned', missing: null });
	expect(home.learning[0]!.thisWeek.map((one) => one.words)).toContain('You earned “One competency”');
});

test('a manager gets counts', async () => {
	const w = await world({ status: 'paused', endedAs: null });
	expect((await homeOf(w, 'manager')).managing).toMatchObject([{ whole: null }]);
	await countProgram(db, w.programId, now);
	expect((await homeOf(w, 'manager')).managing).toMatchObject([
		{
			whole: { at: now, counts: { active: 1, pairsPaused: 1, pairsActive: 0 } },
			cohorts: [{ inside: 1, capacity: 25 }]
		}
	]);
	expect(await spaceOf(w, 'manager')).toMatchObject({ access: 'none', reflections: null, rhythm: null, stack: null });
});

test('somebody of no program gets an empty home', async () => {
	const w = await world();
	expect(await homeOf(w, 'stranger')).toEqual({
		greeting: null,
		learning: [],
		mentoring: null,
		caseload: null,
		managing: [],
		shut: false,
		waiting: []
	});
});

test('a manager who has not shown a passkey finds no program, and is told why; everything else of theirs stays', async () => {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	const home = (who: Standing, proof: Proof | null) =>
		readHome(db, { id: world[who], name: `The ${who}`, initials: 'PW' }, proof, now);
	const byMail = { openedBy: 'mail', passkeyAt: null } as const;
	expect(await home('manager', byMail)).toMatchObject({ managing: [], shut: true });
	const open = await home('manager', proven);
	expect(open.shut).toBe(false);
	expect(open.managing).toHaveLength(1);

	// Whoever is asked for nothing is told of nothing, and a mentor who also manages goes on mentoring.
	expect(await home('mentor', byMail)).toMatchObject({ shut: false });
	await db.asOwner((tx) =>
		tx.insert(roles).values({
			personId: world.mentor,
			role: 'manager',
			scopeKind: 'program',
			scopeId: open.managing[0]!.id
		})
	);
	expect(await home('mentor', byMail)).toMatchObject({ shut: true, managing: [], mentoring: { pairs: [{}] } });
});
