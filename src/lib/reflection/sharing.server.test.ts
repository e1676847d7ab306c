import { createHash } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { auditEvents } from '#lib/audit/schema.server.ts';
import type { Refusal } from '#lib/errors.ts';
import { endPair } from '#lib/pairing/pair.server.ts';
import { caseloads } from '#lib/pairing/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { foldNow, type PairWithReflection, plantReflection } from '../../../tests/live-room.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { rootName } from './document.ts';
import { freezeReflection, readFrozen } from './freeze.server.ts';
import { packUpdates } from './log.server.ts';
import { listChoices, listShown, showPassage, withdrawPassage } from './passages.server.ts';
import { readReflection, startReflection } from './reflection.server.ts';
import { reflectionClients, reflectionUpdates, reflectionVersions } from './schema.server.ts';
import { readSharing, shareReflection, takeBackReflection } from './sharing.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const who = (id: string) => ({ id, name: 'Somebody', initials: 'S' });
const refusal = (reason: string, said = /./) =>
	expect.objectContaining({ reason, message: expect.stringMatching(said) }) as Refusal;
const active = { status: 'active', endedAs: null } as const;

/** A pair, its reflection, and a document in which the two can write. */
class Written {
	readonly world: PairWithReflection;
	readonly id: string;
	readonly teacher: ReturnType<typeof who>;
	readonly mentor: ReturnType<typeof who>;
	readonly coach: ReturnType<typeof who>;
	readonly #doc = new Y.Doc();
	#rows = 0;

	constructor(world: PairWithReflection) {
		this.world = world;
		this.id = world.reflectionId;
		[this.teacher, this.mentor, this.coach] = [who(world.teacher), who(world.mentor), who(world.coach)];
	}

	/** One more paragraph, by one of the two. */
	async write(text: string, by = this.world.teacher): Promise<void> {
		const before = Y.encodeStateVector(this.#doc);
		const paragraph = new Y.XmlElement('paragraph');
		paragraph.insert(0, [new Y.XmlText(text)]);
		const root = this.#doc.getXmlFragment(rootName);
		root.insert(root.length, [paragraph]);
		await this.#append(Y.encodeStateAsUpdate(this.#doc, before), by);
	}

	/** Empties the text, as somebody does who selects everything. */
	async clear(): Promise<void> {
		const before = Y.encodeStateVector(this.#doc);
		this.#doc.getXmlFragment(rootName).delete(0, this.#doc.getXmlFragment(rootName).length);
		await this.#append(Y.encodeStateAsUpdate(this.#doc, before), this.world.teacher);
	}

	async #append(update: Uint8Array, personId: string): Promise<void> {
		const number = ++this.#rows;
		await db.asOwner(async (tx) => {
			await tx
				.insert(reflectionUpdates)
				.values({ reflectionId: this.id, number, personId, updates: packUpdates([update]) });
			const clientId = personId === this.world.teacher ? 1 : 2;
			await tx.insert(reflectionClients).values({ reflectionId: this.id, clientId, personId }).onConflictDoNothing();
		});
	}

	choices = () => db.asPerson(this.teacher.id, (tx) => listChoices(tx, this.id));
	sharing = (person = this.teacher) => readSharing(db, person, this.id);
	/** What a coach, or whoever asks, reads of what is shown. */
	shown = async (coach = this.coach) =>
		(await db.asPerson(coach.id, (tx) => listShown(tx, [this.id]))).map(({ html }) => html);
}
const written = async (given: { alone?: boolean } = {}, state: Parameters<typeof plantReflection>[1] = active) =>
	new Written(await plantReflection(db, state, given));
const eventsOf = (person: string) =>
	db.asOwner(async (tx) =>
		(await tx.select().from(auditEvents).where(eq(auditEvents.personId, person)))
			.map(({ kind, byPersonId }) => ({ kind, byPersonId }))
			.sort((a, b) => a.kind.localeCompare(b.kind))
	);
const end = (w: Written, endedAs: 'completed' | 'rematched') =>
	endPair(db, w.teacher, null, w.world.pairId, { endedAs, reason: null });

describe('sharing', () => {
	test('lets the mentor in, taking back puts them out, and both are written down for both', async () => {
		const w = await written({ alone: true });
		await w.write('Three hands went up.');
		await expect(readReflection(db, w.mentor, w.id)).rejects.toEqual(refusal('not-found'));
		await expect(w.sharing(w.mentor)).rejects.toEqual(refusal('not-found'));

		await shareReflection(db, w.teacher, w.id);
		await shareReflection(db, w.teacher, w.id); // a second click
		expect(await readReflection(db, w.mentor, w.id)).toMatchObject({ access: 'write', shared: true });
		await w.write('I saw five.', w.world.mentor);
		await takeBackReflection(db, w.teacher, w.id);
		await takeBackReflection(db, w.teacher, w.id);
		await expect(readReflection(db, w.mentor, w.id)).rejects.toEqual(refusal('not-found'));

		const { happened, mayShare, mayTakeBack } = await w.sharing();
		expect(happened.map(({ who, what }) => `${who} ${what}`)).toEqual([
			'teacher began it alone',
			'teacher shared it with The mentor',
			'teacher took it back'
		]);
		expect([mayShare, mayTakeBack]).toEqual([true, false]);
		expect(
			(await w.choices()).map(({ text }) => text),
			'what the mentor wrote stays'
		).toEqual(['Three hands went up.', 'I saw five.']);
		const both = [
			{ kind: 'reflection-shared', byPersonId: w.world.teacher },
			{ kind: 'reflection-taken-back', byPersonId: w.world.teacher }
		];
		expect(await eventsOf(w.world.teacher)).toEqual(both);
		expect(await eventsOf(w.world.mentor)).toEqual(both);
		await shareReflection(db, w.teacher, w.id);
		expect(await readReflection(db, w.mentor, w.id)).toMatchObject({ access: 'write' });
	});

	test('is the teacher’s to decide: a mentor is told so, and others find nothing', async () => {
		const w = await written();
		for (const act of [shareReflection, takeBackReflection]) {
			await expect(act(db, w.mentor, w.id)).rejects.toEqual(refusal('not-allowed', /The teacher to decide/));
			for (const other of [w.world.coach, w.world.manager, w.world.stranger])
				await expect(act(db, who(other), w.id)).rejects.toEqual(refusal('not-found'));
			await expect(act(db, w.teacher, 'x')).rejects.toEqual(refusal('not-found'));
		}
		expect(await w.sharing(w.mentor)).toMatchObject({ standing: 'mentor', mayShare: false, mayTakeBack: false });
	});

	test('stays where it is once a version is frozen, and where the mentor began', async () => {
		const frozen = await written();
		await frozen.write('Three hands went up.');
		await freezeReflection(db, frozen.teacher, frozen.id, 'First try');
		await expect(takeBackReflection(db, frozen.teacher, frozen.id)).rejects.toEqual(refusal('rule', /is frozen/));
		expect(await frozen.sharing()).toMatchObject({
			mayTakeBack: false,
			whyNotTakenBack: expect.stringMatching(/frozen/)
		});

		const { world, mentor, teacher } = frozen;
		const begun = await startReflection(db, mentor, {
			pairId: world.pairId,
			microcredentialVersionId: world.microcredentialVersionId,
			title: 'By the mentor'
		});
		await expect(takeBackReflection(db, teacher, begun)).rejects.toEqual(refusal('rule', /The mentor began this/));
	});

	test('of an ended pair is over: what was shared stays so, what was not stays the teacher’s', async () => {
		const [shared, alone] = [await written(), await written({ alone: true })];
		for (const w of [shared, alone]) await end(w, 'completed');
		await expect(takeBackReflection(db, shared.teacher, shared.id)).rejects.toEqual(refusal('rule', /has ended/));
		await expect(shareReflection(db, alone.teacher, alone.id)).rejects.toEqual(refusal('rule', /nobody to share/));
		expect(await readReflection(db, shared.mentor, shared.id)).toMatchObject({ access: 'read' });
		await expect(readReflection(db, alone.mentor, alone.id)).rejects.toEqual(refusal('not-found'));
		expect(await readReflection(db, alone.teacher, alone.id)).toMatchObject({ access: 'read', shared: false });
	});
});

describe('a passage', () => {
	const show = async (w: Written, text: string) => {
		const keys = (await w.choices()).filter((choice) => choice.text === text).map(({ key }) => key);
		await showPassage(db, w.teacher, w.id, keys);
	};

	test('is what the coach reads, as it was when it was shown, and nothing else', async () => {
		const w = await written();
		await w.write('Three hands <went> up.');
		await w.write('This is between us.', w.world.mentor);
		expect(await w.shown()).toEqual([]);
		await show(w, 'Three hands <went> up.');
		await show(w, 'Three hands <went> up.'); // a second click
		await w.clear();
		await w.write('Something else.');
		expect(await w.shown()).toEqual(['<p>Three hands &lt;went&gt; up.</p>']);
		for (const other of [w.world.manager, w.world.stranger]) expect(await w.shown(who(other))).toEqual([]);
		const event = { kind: 'passage-shown', byPersonId: w.world.teacher };
		for (const person of [w.world.teacher, w.world.mentor, w.world.coach])
			expect(await eventsOf(person)).toEqual([event]);
	});

	test.for(['teacher', 'mentor'] as const)('is withdrawn by the %s, at once and for good', async (by) => {
		const w = await written();
		await w.write('Three hands went up.');
		await show(w, 'Three hands went up.');
		const [passage] = (await w.sharing(w.mentor)).passages;
		expect(passage).toMatchObject({ html: '<p>Three hands went up.</p>', withdrawn: null });
		await withdrawPassage(db, w[by], w.id, passage!.id);
		await withdrawPassage(db, w.teacher, w.id, passage!.id); // a second click
		expect(await w.shown()).toEqual([]);
		expect((await w.sharing()).passages).toMatchObject([{ html: '', withdrawn: { at: expect.any(Date) } }]);
		expect(await eventsOf(w.world.coach)).toEqual([
			{ kind: 'passage-shown', byPersonId: w.world.teacher },
			{ kind: 'passage-withdrawn', byPersonId: w.world[by] }
		]);
	});

	test('is neither shown nor withdrawn by anybody else', async () => {
		const w = await written();
		await w.write('Three hands went up.');
		await show(w, 'Three hands went up.');
		const passage = (await w.sharing()).passages[0]!.id;
		const key = (await w.choices())[0]!.key;
		await expect(showPassage(db, w.mentor, w.id, [key])).rejects.toEqual(refusal('not-allowed'));
		const other = await written();
		for (const person of [w.coach, who(w.world.manager), who(w.world.stranger), other.teacher]) {
			await expect(showPassage(db, person, w.id, [key])).rejects.toEqual(refusal('not-found'));
			await expect(withdrawPassage(db, person, w.id, passage)).rejects.toEqual(refusal('not-found'));
		}
		await expect(withdrawPassage(db, other.teacher, other.id, passage)).rejects.toEqual(
			refusal('rule', /no such passage/)
		);
		expect(await w.shown()).toHaveLength(1);
		expect((await w.sharing(w.mentor)).choices).toBeNull();
	});

	test('that was changed while it was chosen is not shown unseen, nor is nothing', async () => {
		const w = await written();
		await w.write('Three hands went up.');
		const keys = (await w.choices()).map(({ key }) => key);
		await w.clear();
		await w.write('Three hands went up, and one was mine.');
		await expect(showPassage(db, w.teacher, w.id, keys)).rejects.toEqual(refusal('rule', /was changed/));
		await expect(showPassage(db, w.teacher, w.id, [])).rejects.toEqual(refusal('rule', /at least one/));
		expect(await w.shown()).toEqual([]);
	});

	test('of two equal paragraphs is the one that was chosen, once', async () => {
		const w = await written();
		for (const text of ['Again.', 'Again.', 'Again.']) await w.write(text);
		const keys = (await w.choices()).map(({ key }) => key);
		expect(new Set(keys).size).toBe(3);
		await showPassage(db, w.teacher, w.id, keys.slice(0, 2));
		expect(await w.shown()).toEqual(['<p>Again.</p><p>Again.</p>']);
	});

	test('goes on to the coach who follows, and no longer to the one before; with the pair it ends', async () => {
		const w = await written();
		await w.write('Three hands went up.');
		await show(w, 'Three hands went up.');
		const next = who((await written()).world.stranger);
		await db.asOwner(async (tx) => {
			await tx.update(caseloads).set({ untilAt: new Date() }).where(eq(caseloads.pairId, w.world.pairId));
			await tx.insert(caseloads).values({ coachId: next.id, pairId: w.world.pairId });
		});
		expect(await w.shown()).toEqual([]);
		expect(await w.shown(next)).toHaveLength(1);
		await end(w, 'completed');
		expect(await w.shown(next)).toEqual([]);
		await expect(show(w, 'Three hands went up.')).rejects.toEqual(refusal('rule', /ended/));
	});

	test('without a coach is for nobody, and the page says so', async () => {
		const w = await written();
		await w.write('Three hands went up.');
		await db.asOwner((tx) => tx.delete(caseloads).where(eq(caseloads.pairId, w.world.pairId)));
		await expect(show(w, 'Three hands went up.')).rejects.toEqual(refusal('rule', /no coach/));
		expect(await w.sharing()).toMatchObject({ coach: null, choices: null });
	});

	test('of what the mentor can’t see is shown only where every word is the teacher’s', async () => {
		const w = await written({ alone: true });
		await w.write('Only mine.');
		await show(w, 'Only mine.');
		expect(await w.shown()).toEqual(['<p>Only mine.</p>']);
		expect(await eventsOf(w.world.mentor), 'and the mentor hears nothing of it').toEqual([]);
		await shareReflection(db, w.teacher, w.id);
		await w.write('Mine too.', w.world.mentor);
		await takeBackReflection(db, w.teacher, w.id);
		expect(await w.shown(), 'what the mentor can no longer withdraw is withdrawn').toEqual([]);
		await expect(show(w, 'Only mine.')).rejects.toEqual(refusal('rule', /Share it again first/));
		expect((await w.sharing()).choices).toBeNull();
	});
});

describe('a frozen version', () => {
	const stored = async (w: Written, id: string) => {
		const [row] = await db.asOwner((tx) =>
			tx
				.select()
				.from(reflectionVersions)
				.where(and(eq(reflectionVersions.id, id), eq(reflectionVersions.reflectionId, w.id)))
		);
		return row!;
	};

	test('is the text at that moment, with its hash, and nothing that is written later reaches it', async () => {
		const w = await written();
		await w.write('Three hands went up.');
		await w.write('I saw five.', w.world.mentor);
		const id = await freezeReflection(db, w.teacher, w.id, '  First   try ');
		const first = await stored(w, id);
		expect(first).toMatchObject({
			kind: 'frozen',
			name: 'First try',
			upToNumber: 2,
			createdBy: w.world.teacher,
			content:
				'{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"Three hands went up."}]},{"type":"paragraph","content":[{"type":"text","text":"I saw five."}]}]}'
		});
		expect(first.hash).toBe(createHash('sha256').update(first.content!).digest('hex'));

		await w.clear();
		await w.write('All new.');
		await foldNow(db, w.id);
		await w.write('And more.');
		expect(await stored(w, id)).toEqual(first);
		const read = await readFrozen(db, w.mentor, w.id, id);
		expect(read).toMatchObject({ html: '<p>Three hands went up.</p><p>I saw five.</p>', words: 7, hash: first.hash });
		const again = await freezeReflection(db, w.teacher, w.id, 'Second try');
		expect(await stored(w, again)).toMatchObject({ upToNumber: 5 });
		expect((await w.sharing()).frozen.map(({ name }) => name)).toEqual(['First try', 'Second try']);
		expect(await eventsOf(w.world.mentor)).toEqual(
			[1, 2].map(() => ({ kind: 'reflection-frozen', byPersonId: w.world.teacher }))
		);
	});

	test.for([
		['without a name', ' \u200b ', /give this version a name/],
		['with a name of 101 signs', '𝕏'.repeat(101), /longer than 100/]
	] as const)('%s is not made', async ([, name, said]) => {
		const w = await written();
		await w.write('Three hands went up.');
		await expect(freezeReflection(db, w.teacher, w.id, name)).rejects.toEqual(refusal('rule', said));
	});

	test('of nothing, or of what is frozen already, is not made', async () => {
		const w = await written();
		await expect(freezeReflection(db, w.teacher, w.id, 'Empty')).rejects.toEqual(refusal('rule', /Nothing is written/));
		await w.write('  ');
		await expect(freezeReflection(db, w.teacher, w.id, 'Blank')).rejects.toEqual(refusal('rule', /Nothing is written/));
		await w.write('Three hands went up.');
		await freezeReflection(db, w.teacher, w.id, 'First');
		await expect(freezeReflection(db, w.teacher, w.id, 'Again')).rejects.toEqual(refusal('rule', /since “First”/));
	});

	test('is made by the teacher alone, in a pair that writes, and read by whoever reads the reflection', async () => {
		const w = await written({ alone: true });
		await w.write('Three hands went up.');
		const id = await freezeReflection(db, w.teacher, w.id, 'First');
		for (const person of [w.mentor, w.coach, who(w.world.manager), who(w.world.stranger)]) {
			await expect(freezeReflection(db, person, w.id, 'Mine')).rejects.toEqual(refusal('not-found'));
			await expect(readFrozen(db, person, w.id, id)).rejects.toEqual(refusal('not-found'));
		}
		await shareReflection(db, w.teacher, w.id);
		expect(await readFrozen(db, w.mentor, w.id, id)).toMatchObject({ name: 'First' });
		await expect(freezeReflection(db, w.mentor, w.id, 'Mine')).rejects.toEqual(refusal('not-allowed'));
		const other = await written();
		await expect(readFrozen(db, other.teacher, other.id, id), 'two ids that do not belong together').rejects.toEqual(
			refusal('not-found')
		);
		await end(w, 'rematched');
		await expect(freezeReflection(db, w.teacher, w.id, 'Late')).rejects.toEqual(
			refusal('rule', /while the pair is active/)
		);
		expect(await readFrozen(db, w.teacher, w.id, id)).toMatchObject({ name: 'First' });
		await expect(readFrozen(db, w.mentor, w.id, id)).rejects.toEqual(refusal('not-found'));
	});
});
