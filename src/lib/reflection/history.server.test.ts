import { setTimeout as wait } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Person } from '#lib/identity/person.ts';
import type { Database } from '#lib/server/database.ts';
import { rehearse } from '../../../scripts/replay/rehearsal.ts';
import { readTrace } from '../../../scripts/replay/trace.ts';
import { foldNow, plantReflection, signIn, type PairWithReflection } from '../../../tests/live-room.ts';
import { publishNewer } from '../../../tests/newer-version.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { Desk, Editor } from '../../../tests/writers.ts';
import { authorsOf } from './authors.server.ts';
import { rootName } from './document.ts';
import {
	bringBack,
	haveRead,
	mostVersions,
	nameVersion,
	readDifference,
	readHistory,
	readVersion,
	readWhoWrote
} from './history.server.ts';
import { appendRows, readState } from './log.server.ts';
import { noteLook } from './looks.server.ts';
import type { PairState } from './policy.ts';
import { renderUpdate } from './render.ts';
import { reflections } from './schema.server.ts';
import { pauseMs } from './sittings.ts';
import { decide } from './deciding.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

/** A pair whose teacher and mentor write in the editor; `store` puts it into the database. */
async function pairAtWork() {
	const pair = await plantReflection(db);
	const people = new Map<string, { person: Person; sessionId: string }>();
	const named = await db.asOwner((tx) => tx.execute(sql`select id, name, initials from people`));
	for (const row of (named as unknown as { rows: Person[] }).rows)
		if ([pair.teacher, pair.mentor, pair.coach, pair.manager, pair.stranger].includes(row.id))
			people.set(row.id, { person: row, sessionId: (await signIn(db, row.id)).sessionId });
	const desk = new Desk();
	const [teacher, mentor] = [desk.sit(pair.teacher, 1000), desk.sit(pair.mentor, 7)];
	let [stored, number] = [0, 0];
	const store = async () => {
		for (; stored < desk.log.length; stored++) {
			const { personId, updates } = desk.log[stored]!;
			const { sessionId } = people.get(personId)!;
			const row = {
				reflectionId: pair.reflectionId,
				after: number,
				personId,
				sessionId,
				updates: [...updates],
				clients: [...desk.owners].flatMap(([client, owner]) => (owner === personId ? [client] : []))
			};
			expect(await appendRows(db.serviceSession(), [row])).toEqual([{ kind: 'written', number: ++number }]);
		}
		desk.hear();
		return number;
	};
	const of = (id: string) => people.get(id)!;
	/** Reads what the database has and nobody at the desk sent. */
	const catchUp = async () => {
		const { update, number: last } = await db.asPerson(pair.teacher, (tx) => readState(tx, pair.reflectionId));
		for (const doc of desk.docs) Y.applyUpdate(doc, update, desk);
		number = last;
	};
	const editor = new Editor(teacher);
	return {
		pair,
		id: pair.reflectionId,
		desk,
		editor,
		mentor,
		store,
		catchUp,
		teacherIs: of(pair.teacher),
		mentorIs: of(pair.mentor),
		of
	};
}
/** Lets the rows up to a number be that much older. */
const age = (id: string, number: number, ms: number) =>
	db.asOwner((tx) =>
		tx.execute(
			sql`update reflection_updates set created_at = created_at - make_interval(secs => ${ms / 1000}::float8) where reflection_id = ${id}::uuid and number <= ${number}`
		)
	);
const shown = async (pair: PairWithReflection) =>
	renderUpdate((await db.asPerson(pair.teacher, (tx) => readState(tx, pair.reflectionId))).update);
const lines = (html: string) =>
	html
		.replace(/<\/p>/g, '\n')
		.replace(/<[^>]+>/g, '')
		.trim();

test('the history lists sittings, newest first, with who and how much, before and after folding', async () => {
	const { pair, id, editor, mentor, store, teacherIs, mentorIs } = await pairAtWork();
	editor.type('I waited for three seconds.');
	const first = await store();
	await age(id, first, 2 * pauseMs);
	const text = (mentor.getXmlFragment(rootName).get(0) as Y.XmlElement).get(0) as Y.XmlText;
	text.insert(8, ' and waited');
	const second = await store();
	for (const fold of [false, true]) {
		if (fold) await foldNow(db, id);
		const read = await readHistory(db, teacherIs.person, id);
		expect(read.number).toBe(second);
		expect(read.older).toBe(null);
		expect(read.sittings.map(({ before, number, who, summary }) => [before, number, who, summary])).toEqual([
			[first, second, [mentorIs.person.name], `2 words added by ${mentorIs.person.name}.`],
			[0, first, ['you'], '5 words added by you.']
		]);
	}
	expect((await readHistory(db, mentorIs.person, id)).sittings[0]!.who).toEqual(['you']);
	expect((await readVersion(db, mentorIs.person, id, first)).html).toBe('<p>I waited for three seconds.</p>');
	expect((await readVersion(db, mentorIs.person, id, 0)).html).toBe('<p><br></p>');
	const { difference, summary } = await readDifference(
		db,
		pair.mentor === mentorIs.person.id ? mentorIs.person : teacherIs.person,
		id,
		{ from: second, to: first }
	);
	expect(summary).toBe('2 words added by you.');
	expect(difference.lines[0]!.parts.map(({ kind, text }) => [kind, text])).toEqual([
		['same', 'I waited '],
		['in', 'and waited '],
		['same', 'for three seconds.']
	]);
});

test('years of sittings come page by page, each once', async () => {
	const { id, editor, store, teacherIs } = await pairAtWork();
	for (let i = 0; i < 45; i++) {
		editor.type(`Evening ${i}. `);
		await age(id, (await store()) - 1, pauseMs);
	}
	const seen: number[] = [];
	let before: number | null = null;
	let pages = 0;
	do {
		const page: Awaited<ReturnType<typeof readHistory>> = await readHistory(db, teacherIs.person, id, before);
		seen.push(...page.sittings.map(({ number }) => number));
		before = page.older;
		pages++;
	} while (before !== null);
	expect(pages).toBe(3);
	expect(seen).toHaveLength(45);
	expect(seen).toEqual([...new Set(seen)].sort((a, b) => b - a));
});

describe('A version', () => {
	test('is named as the text is now, or was, and listed with its sitting', async () => {
		const { id, editor, store, teacherIs, mentorIs } = await pairAtWork();
		editor.type('First.');
		const first = await store();
		editor.type(' Second.');
		const second = await store();
		await nameVersion(db, teacherIs.person, id, { name: '  As  discussed ', number: null });
		await nameVersion(db, mentorIs.person, id, { name: 'Before', number: first });
		const { sittings } = await readHistory(db, teacherIs.person, id);
		expect(sittings[0]!.versions.map(({ name, number, by }) => [name, number, by])).toEqual([
			['As discussed', second, teacherIs.person.name],
			['Before', first, mentorIs.person.name]
		]);
	});

	test.for<[string, string, RegExp]>([
		['without a name', '   ', /what this version is called/],
		['with too long a name', 'x'.repeat(101), /longer than 100 characters/]
	])('is not made %s', async ([, name, sentence]) => {
		const { id, teacherIs } = await pairAtWork();
		await expect(nameVersion(db, teacherIs.person, id, { name, number: null })).rejects.toThrow(sentence);
	});

	test('is not one of endlessly many', async () => {
		const { id, pair, teacherIs } = await pairAtWork();
		await db.asOwner((tx) =>
			tx.execute(sql`insert into reflection_versions (id, reflection_id, kind, name, up_to_number, created_by)
				select gen_random_uuid(), ${id}::uuid, 'named', 'v' || n, 0, ${pair.teacher}::uuid from generate_series(1, ${mostVersions}::int) n`)
		);
		await expect(nameVersion(db, teacherIs.person, id, { name: 'One more', number: null })).rejects.toThrow(
			/as many as it can have/
		);
	});

	test('that is not there is not found', async () => {
		const { id, editor, store, teacherIs } = await pairAtWork();
		editor.type('One.');
		const last = await store();
		for (const number of [last + 1, -1, 0.5, NaN]) {
			await expect(readVersion(db, teacherIs.person, id, number)).rejects.toMatchObject({ reason: 'not-found' });
			await expect(nameVersion(db, teacherIs.person, id, { name: 'x', number })).rejects.toMatchObject({
				reason: 'not-found'
			});
			await expect(haveRead(db, teacherIs.person, id, number)).rejects.toMatchObject({ reason: 'not-found' });
			await expect(bringBack(db, teacherIs, id, { number, seen: last, sure: true })).rejects.toMatchObject({
				reason: 'not-found'
			});
		}
	});
});

describe('Bringing back', () => {
	test('makes the text what it was, credits those who wrote it, and keeps everything in history', async () => {
		const { pair, id, editor, mentor, store, catchUp, teacherIs, mentorIs } = await pairAtWork();
		editor.type('I waited for three seconds.');
		await store();
		const text = (mentor.getXmlFragment(rootName).get(0) as Y.XmlElement).get(0) as Y.XmlText;
		text.insert(8, ' and waited');
		const then = await store();
		const before = await db.asPerson(pair.teacher, (tx) => authorsOf(tx, id));
		const html = await shown(pair);
		editor.select(1, 20);
		editor.type('Gone');
		const after = await store();
		await foldNow(db, id);
		const number = await bringBack(db, mentorIs, id, { number: then, seen: after, sure: false });
		expect(number).toBe(after + 1);
		expect(await shown(pair)).toBe(html);
		const said = async () =>
			(await db.asPerson(pair.teacher, (tx) => authorsOf(tx, id))).map(({ author, text }) => [author, text]);
		expect(await said()).toEqual(before.map(({ author, text }) => [author, text]));
		await foldNow(db, id);
		expect(await said()).toEqual(before.map(({ author, text }) => [author, text]));
		expect((await readVersion(db, teacherIs.person, id, after)).html).toContain('Gone');

		// And the restoring itself can be taken back, and writing goes on.
		expect(await bringBack(db, teacherIs, id, { number: after, seen: number!, sure: false })).toBe(number! + 1);
		expect(lines(await shown(pair))).toContain('Gone');
		await catchUp();
		editor.type(' on');
		await store();
		expect(lines(await shown(pair))).toContain('Gone on');
	});

	test('writes nothing where nothing is different', async () => {
		const { id, editor, store, teacherIs } = await pairAtWork();
		editor.type('One.');
		const last = await store();
		expect(await bringBack(db, teacherIs, id, { number: last, seen: last, sure: false })).toBe(null);
	});

	test('says first that somebody has written since, and then leaves that beside it', async () => {
		const { pair, id, editor, mentor, store, teacherIs } = await pairAtWork();
		editor.type('One line.');
		const then = await store();
		editor.type(' Not this.');
		const seen = await store();
		const text = (mentor.getXmlFragment(rootName).get(0) as Y.XmlElement).get(0) as Y.XmlText;
		text.insert(text.length, ' But this.');
		await store();
		await expect(bringBack(db, teacherIs, id, { number: then, seen, sure: false })).rejects.toThrow(
			/nothing has changed yet/
		);
		expect(lines(await shown(pair))).toBe('One line. Not this. But this.');
		await bringBack(db, teacherIs, id, { number: then, seen, sure: true });
		expect(lines(await shown(pair))).toBe('One line. But this.');
	});

	test('finds its place while others write without a pause', async () => {
		const { pair, id, editor, mentor, store, teacherIs } = await pairAtWork();
		editor.type('One line.');
		const then = await store();
		editor.type(' Not this.');
		const seen = await store();
		const text = (mentor.getXmlFragment(rootName).get(0) as Y.XmlElement).get(0) as Y.XmlText;
		let done = false;
		let typed = 0;
		const typing = (async () => {
			while (!done && typed < 200) {
				text.insert(text.length, 'x');
				typed++;
				try {
					await store();
				} catch {
					return; // the restoring came in between, and this desk does not know its number
				}
				await wait(1);
			}
		})();
		await bringBack(db, teacherIs, id, { number: then, seen, sure: true });
		done = true;
		await typing;
		expect(lines(await shown(pair))).toMatch(/^One line\.x*$/);
	});

	test.for<[PairState['status'], PairState['endedAs']]>([
		['paused', null],
		['ended', 'completed']
	])('and naming are not for a pair that is %s', async ([status, endedAs]) => {
		const { id, editor, store, teacherIs, pair } = await pairAtWork();
		editor.type('One.');
		const last = await store();
		await db.asOwner((tx) =>
			tx.execute(
				sql`update pairs set status = ${status}, ended_as = ${endedAs}, ended_at = ${status === 'ended' ? sql`now()` : null} where id = ${pair.pairId}::uuid`
			)
		);
		await expect(bringBack(db, teacherIs, id, { number: 0, seen: last, sure: true })).rejects.toThrow(/only be read/);
		await expect(nameVersion(db, teacherIs.person, id, { name: 'x', number: null })).rejects.toThrow(/only be read/);
		expect((await readVersion(db, teacherIs.person, id, last)).html).toBe('<p>One.</p>');
	});

	test('needs a session that stands', async () => {
		const { id, editor, store, teacherIs } = await pairAtWork();
		editor.type('One.');
		const last = await store();
		const by = { ...teacherIs, sessionId: 'gone' };
		await expect(bringBack(db, by, id, { number: 0, seen: last, sure: true })).rejects.toThrow(/only be read/);
	});
});

describe('Since somebody last looked', () => {
	test('is since they said so or left, and never goes back', async () => {
		const { id, editor, mentor, store, teacherIs, mentorIs } = await pairAtWork();
		editor.type('I waited.');
		const first = await store();
		const since = async () => {
			const { since, from, summary } = await readDifference(db, mentorIs.person, id, { from: 'last', to: null });
			return [since, from.number, summary];
		};
		expect(await since()).toEqual(['start', 0, `2 words added by ${teacherIs.person.name}.`]);
		await haveRead(db, mentorIs.person, id, first);
		expect(await since()).toEqual(['looked', first, 'Nothing is different.']);
		editor.type(' They spoke.');
		const second = await store();
		expect(await since()).toEqual(['looked', first, `2 words added by ${teacherIs.person.name}.`]);
		await noteLook(db, mentorIs.person.id, id, second);
		await noteLook(db, mentorIs.person.id, id, first);
		expect(await since()).toEqual(['looked', second, 'Nothing is different.']);
		void mentor;
	});

	test('is since they last wrote, for whoever has never left', async () => {
		const { id, editor, mentor, store, mentorIs, teacherIs } = await pairAtWork();
		editor.type('I waited.');
		await store();
		const text = (mentor.getXmlFragment(rootName).get(0) as Y.XmlElement).get(0) as Y.XmlText;
		text.insert(text.length, ' Why?');
		const wrote = await store();
		await age(id, wrote, 2 * pauseMs);
		editor.type('Because. ');
		await store();
		const read = await readDifference(db, mentorIs.person, id, { from: 'last', to: null });
		expect([read.since, read.from.number, read.summary]).toEqual([
			'wrote',
			wrote,
			`1 word added by ${teacherIs.person.name}.`
		]);
	});
});

describe('Who wrote what', () => {
	test('is said line by line, in shares, and in a note without names', async () => {
		const { pair, id, editor, mentor, store, teacherIs, mentorIs } = await pairAtWork();
		editor.type('I waited for three seconds.');
		await store();
		const text = (mentor.getXmlFragment(rootName).get(0) as Y.XmlElement).get(0) as Y.XmlText;
		text.insert(8, ' and waited');
		await store();
		const { blocks, shares, notice, note } = await readWhoWrote(db, teacherIs.person, id);
		expect(blocks!.map(({ pieces }) => pieces.map(({ text, author }) => [author, text]))).toEqual([
			[
				[pair.teacher, 'I waited'],
				[pair.mentor, ' and waited'],
				[pair.teacher, ' for three seconds.']
			]
		]);
		expect(shares.map(({ author, ofWords }) => [author, ofWords])).toEqual([
			[pair.teacher, '71 %'],
			[pair.mentor, '29 %']
		]);
		expect(notice).toBe(null);
		expect(note).toContain('a teacher wrote 71 % and a mentor 29 %');
		for (const { name } of [teacherIs.person, mentorIs.person]) expect(note).not.toContain(name);
	});

	test('says in the note how many of the mentor’s words the teacher accepted, before and after folding, and of nothing else', async () => {
		const { id, mentor, store, teacherIs, mentorIs, editor } = await pairAtWork();
		editor.type('I waited for three seconds.');
		await store();
		const text = (mentor.getXmlFragment(rootName).get(0) as Y.XmlElement).get(0) as Y.XmlText;
		text.insert(8, ' very patiently', { insertion: { id: '7.1' } });
		await store();
		const noteFor = async (person: Person) => (await readWhoWrote(db, person, id)).note;
		expect(await noteFor(teacherIs.person)).not.toContain('suggestion');
		decide(editor as never, 'accept');
		text.insert(0, 'Well: ', { insertion: null });
		await store();
		const said = 'At least 2 of the mentor’s words came in as suggestions that the teacher accepted.';
		expect(await noteFor(teacherIs.person)).toContain(said);
		await foldNow(db, id);
		expect(await noteFor(mentorIs.person)).toContain(said);
	});

	test('says whose rule it is when the teacher’s own words are fewer than the issuer asks for', async () => {
		const { id, mentor, store, teacherIs, editor } = await pairAtWork();
		editor.type('Mine.');
		await store();
		const text = (mentor.getXmlFragment(rootName).get(0) as Y.XmlElement).get(0) as Y.XmlText;
		text.insert(text.length, ' And yours.');
		await store();
		const [bound] = await db.asOwner((tx) =>
			tx.select({ to: reflections.microcredentialVersionId }).from(reflections).where(eq(reflections.id, id))
		);
		const asking = await publishNewer(db, bound!.to, (offer) => ({ ...offer, ownWordsPercent: 80 }));
		await db.asOwner((tx) =>
			tx.update(reflections).set({ microcredentialVersionId: asking }).where(eq(reflections.id, id))
		);
		const { notice } = await readWhoWrote(db, teacherIs.person, id);
		expect(notice).toMatch(/asks that at least 80 % of the words are the teacher’s own\. Here 33 % are\./);
	});
});

test('a recording of two is by those who typed it, letter for letter: folded on the way, and with its middle brought back', async () => {
	const trace = readTrace('friendsforever');
	const [half, all] = [600, 1200];
	// The same edits with the author's number for each letter: what stands in the end says who typed what.
	const typists = (edits: number) =>
		rehearse(
			{
				...trace,
				edits: trace.edits.map((edit) => ({
					...edit,
					patches: edit.patches.map(([place, deleted, inserted]): [number, number, string] => [
						place,
						deleted,
						String(edit.author).repeat([...inserted].length)
					])
				}))
			},
			edits
		).text;
	const { pair, id, of } = await pairAtWork();
	const people = [of(pair.teacher), of(pair.mentor)];
	const real = rehearse(trace, all);
	const session = db.serviceSession();
	let [after, middle] = [0, 0];
	for (let i = 0; i < real.steps.length;) {
		const { author } = real.steps[i]!;
		const updates: Uint8Array[] = [];
		for (; i < real.steps.length && real.steps[i]!.author === author && (i !== half || updates.length === 0); i++)
			if (real.steps[i]!.update) updates.push(real.steps[i]!.update!);
		if (updates.length === 0) continue;
		const { person, sessionId } = people[author]!;
		const clients = [real.clients[author]!];
		await appendRows(session, [{ reflectionId: id, after, personId: person.id, sessionId, updates, clients }]);
		after++;
		if (i <= half) middle = after;
		if (after % 100 === 0) await foldNow(db, id);
	}
	await session.close();
	await foldNow(db, id);
	const authors = async () =>
		(await db.asPerson(pair.teacher, (tx) => authorsOf(tx, id)))
			.map(({ author, text }) => String(people.findIndex(({ person }) => person.id === author)).repeat(text.length))
			.join('');
	expect(await authors()).toBe(typists(all));

	const restored = await bringBack(db, people[1]!, id, { number: middle, seen: after, sure: false });
	await foldNow(db, id);
	expect(await shown(pair)).toBe((await readVersion(db, people[0]!.person, id, middle)).html);
	expect(await authors()).toBe(typists(half - 1));
	await bringBack(db, people[0]!, id, { number: after, seen: restored!, sure: false });
	expect(await authors()).toBe(typists(all));
}, 90_000);

test('nobody else finds any of it', async () => {
	const { pair, id, editor, store, of } = await pairAtWork();
	editor.type('Ours.');
	const last = await store();
	for (const who of [pair.coach, pair.manager, pair.stranger]) {
		const by = of(who);
		for (const asked of [
			readHistory(db, by.person, id),
			readVersion(db, by.person, id, last),
			readDifference(db, by.person, id, { from: 0, to: last }),
			readWhoWrote(db, by.person, id),
			nameVersion(db, by.person, id, { name: 'x', number: null }),
			haveRead(db, by.person, id, last),
			bringBack(db, by, id, { number: 0, seen: last, sure: true })
		])
			await expect(asked).rejects.toMatchObject({ reason: 'not-found' });
		await noteLook(db, who, id, last);
	}
	const { rows } = (await db.asOwner((tx) =>
		tx.execute(sql`select 1 from reflection_looks where reflection_id = ${id}::uuid`)
	)) as unknown as { rows: unknown[] };
	expect(rows).toEqual([]);
	expect(lines(await shown(pair))).toBe('Ours.');
});

test('what a teacher wrote and took out again while it was theirs alone, the mentor can’t look up later', async () => {
	const { id, editor, store, teacherIs, mentorIs } = await pairAtWork();
	editor.type('I was so angry that I left.');
	const alone = await store();
	editor.dispatch(editor.state.tr.delete(1, editor.state.doc.content.size - 1));
	editor.type('I waited.');
	const shared = await store();
	await age(id, shared, 2 * 60 * 60 * 1000);
	await db.asOwner((tx) =>
		tx.execute(sql`update reflection_sharings set shared_at = now() where reflection_id = ${id}::uuid`)
	);
	editor.type(' Then I asked.');
	const last = await store();

	expect((await readVersion(db, teacherIs.person, id, alone)).html).toBe('<p>I was so angry that I left.</p>');
	for (const look of [
		() => readVersion(db, mentorIs.person, id, alone),
		() => readVersion(db, mentorIs.person, id, 0),
		() => readDifference(db, mentorIs.person, id, { from: alone, to: last }),
		() => nameVersion(db, mentorIs.person, id, { name: 'Before', number: alone }),
		() => bringBack(db, mentorIs, id, { number: alone, seen: last, sure: true })
	])
		await expect(look()).rejects.toMatchObject({ reason: 'not-found' });
	const { sittings, early } = await readHistory(db, mentorIs.person, id);
	expect([sittings.map(({ before, number }) => [before, number]), early]).toEqual([[[shared, last]], []]);
	expect((await readDifference(db, mentorIs.person, id, { from: 'last', to: null })).from.number).toBe(shared);
	expect((await readVersion(db, mentorIs.person, id, shared)).html).toBe('<p>I waited.</p>');

	// And after folding.
	await foldNow(db, id);
	await expect(readVersion(db, mentorIs.person, id, alone)).rejects.toMatchObject({ reason: 'not-found' });
	expect((await readVersion(db, teacherIs.person, id, alone)).html).toBe('<p>I was so angry that I left.</p>');
});
