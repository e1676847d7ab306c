/** Copies of a reflection, made and read on the thread as the product does it, and held against the database. */
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cast, type PersonKey } from '../../seed/cast.ts';
import { auditEvents } from '#lib/audit/schema.server.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { signIn } from '../../../tests/live-room.ts';
import { unzipped } from '../../../tests/unzipped.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { Desk } from '../../../tests/writers.ts';
import { addComment, reply, resolveComment } from './comments.ts';
import { closeCopies, copyReflection, readForPrint, readForReflection } from './copies.server.ts';
import { rootName } from './document.ts';
import { freezeReflection, readFrozen } from './freeze.server.ts';
import { readDocx } from './in/docx.server.ts';
import { readMarkdown } from './in/markdown.ts';
import type { Format } from './out/copy.ts';
import { appendRows, readState } from './log.server.ts';
import { startReflection } from './reflection.server.ts';
import { type SettledBlock, settledFrom } from './settled.ts';
import { tidy } from './tidy.ts';

const { people, reflections } = cast;
const { rosa, idris } = people;
const waitTime = reflections.rosaSecond;

let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(async () => {
	await closeCopies();
	await db?.close();
});

const copied = (format: Format, authors = false, who: PersonKey = 'rosa', id: string = waitTime.id, comments = false) =>
	copyReflection(db, people[who], id, { format, authors, comments, paper: 'a4' }, null);
const text = (file: Uint8Array) => new TextDecoder().decode(file);
const stored = async () =>
	tidy(settledFrom((await db.asPerson(rosa.id, (tx) => readState(tx, waitTime.id))).update).content);

describe('a reflection taken out', () => {
	test('as Markdown and for Word reads back as the same text', async () => {
		const blocks = await stored();
		const markdown = text((await copied('md')).file);
		const read = readMarkdown(markdown).blocks;
		// Title and the lines about it come first.
		expect(read.slice(2)).toEqual(blocks);
		expect((await readDocx((await copied('docx')).file)).blocks).toEqual(blocks);
	});

	test.for(['md', 'html', 'docx'] as const)(
		'as %s says who wrote which words, when that is asked for',
		async (format) => {
			const [without, withAuthors] = [await copied(format), await copied(format, true)];
			const said = async (file: Uint8Array) =>
				format === 'docx' ? [...(await unzipped(file)).values()].join('\n') : text(file);
			expect(await said(without.file)).not.toContain('Who wrote which words');
			const full = await said(withAuthors.file);
			expect(full).toContain('Who wrote which words');
			expect(full).toContain(rosa.name);
			expect(full).toContain(idris.name);
			if (format === 'docx') expect(full).toContain(`Written by ${idris.name}`);
		}
	);

	test('as a PDF is tagged, says its language and title, and carries our letters', async () => {
		const { file, name, type } = await copied('pdf', true);
		expect(name).toMatch(/\.pdf$/);
		expect(type).toBe('application/pdf');
		const raw = new TextDecoder('latin1').decode(file);
		expect(raw).toMatch(/^%PDF-1\.7/);
		for (const part of [
			'/MarkInfo',
			'/StructTreeRoot',
			'/Lang (en-US)',
			'/DisplayDocTitle true',
			'/S /H1',
			'/FontFile2'
		])
			expect(raw, part).toContain(part);
		expect(raw).toContain('Literata');
	});

	test('as a web page needs nothing else and runs nothing', async () => {
		const html = text((await copied('html', true)).file);
		expect(html).not.toMatch(/<script|<link|<img|url\(|@import|\son\w+=/i);
		expect(html).toContain("default-src 'none'");
	});

	test('is written down for both of the pair, with what and by whom, and not one word of it', async () => {
		await copied('html', true, 'idris');
		for (const { id } of [rosa, idris]) {
			const events = await db.asPerson(id, (tx) =>
				tx
					.select()
					.from(auditEvents)
					.where(and(eq(auditEvents.kind, 'reflection-copied'), eq(auditEvents.personId, id)))
			);
			expect(events.at(-1)).toMatchObject({
				byPersonId: idris.id,
				about: { reflection: waitTime.id, format: 'html', authors: true }
			});
		}
	});

	test.for(['claire', 'pat', 'noor', 'grace', 'wei'] as const)('is not there for %s', async (who) => {
		const before = await db.asOwner((tx) => tx.$count(auditEvents));
		await expect(copied('md', false, who)).rejects.toMatchObject({ reason: 'not-found' });
		await expect(readForReflection(db, people[who], waitTime.id, new Blob(['x']))).rejects.toMatchObject({
			reason: 'not-found'
		});
		expect(await db.asOwner((tx) => tx.$count(auditEvents))).toBe(before);
	});

	test('that was never written in says so, in every format', async () => {
		const id = await startReflection(db, people.noor, {
			pairId: cast.pairs.noorIdris.id,
			microcredentialVersionId: cast.microcredentials.waitTime.versionId,
			title: 'Empty'
		});
		for (const format of ['md', 'html', 'docx', 'pdf'] as const) {
			const { file } = await copied(format, true, 'noor', id);
			expect(file.length).toBeGreaterThan(100);
			if (format !== 'pdf' && format !== 'docx') expect(text(file)).toContain('Nothing is written yet.');
		}
	});
});

describe('comments in a copy', () => {
	/** Noor's text, and what Idris and she said about it, each under a client id of their own. */
	async function talkedOf() {
		const id = await startReflection(db, people.noor, {
			pairId: cast.pairs.noorIdris.id,
			microcredentialVersionId: cast.microcredentials.waitTime.versionId,
			title: 'Talked of'
		});
		const desk = new Desk();
		const seats = { noor: desk.sit(people.noor.id, 71), idris: desk.sit(people.idris.id, 72) };
		seats.noor.transact(() => {
			const made = new Y.XmlElement('paragraph');
			seats.noor.getXmlFragment(rootName).push([made]);
			made.push([new Y.XmlText('I waited and three hands went up.')]);
		});
		desk.hear();
		addComment(seats.idris, { id: 'a', quote: 'three hands', words: 'Whose were they?' });
		const text = (seats.idris.getXmlFragment(rootName).get(0) as Y.XmlElement).get(0) as Y.XmlText;
		text.format(13, 11, { 'comment--aaaaaaaa': { id: 'a' } });
		desk.hear();
		reply(seats.noor, 'a', 'Children of the back row.');
		desk.hear();
		resolveComment(seats.idris, 'a', true);
		let number = 0;
		for (const { personId, updates } of desk.log) {
			const row = {
				reflectionId: id,
				after: number,
				personId,
				sessionId: (await signIn(db, personId)).sessionId,
				updates: [...updates],
				clients: [...desk.owners].flatMap(([client, owner]) => (owner === personId ? [client] : []))
			};
			expect(await appendRows(db.serviceSession(), [row])).toEqual([{ kind: 'written', number: ++number }]);
		}
		return id;
	}

	test('are there for both of the pair when asked for, in every format, and else nowhere', async () => {
		const id = await talkedOf();
		for (const who of ['noor', 'idris'] as const)
			for (const format of ['md', 'html', 'docx'] as const) {
				const said = async (comments: boolean) => {
					const { file } = await copied(format, true, who, id, comments);
					return format === 'docx' ? [...(await unzipped(file)).values()].join('\n') : text(file);
				};
				const full = await said(true);
				for (const words of ['Whose were they?', 'Children of the back row.', 'Resolved by Idris Okafor'])
					expect(full, `${who}, ${format}`).toContain(words);
				expect(await said(false)).not.toMatch(/Whose were they|back row/);
			}
		expect((await copied('pdf', false, 'noor', id, true)).file.length).toBeGreaterThan(1_000);
		const { shown } = await readForPrint(db, people.noor, id, { authors: false, comments: true });
		expect(shown.talk).toContain('Children of the back row.');
		expect((await readForPrint(db, people.noor, id, { authors: true, comments: false })).shown.talk).toBeNull();
		const told = await db.asOwner((tx) => tx.select({ about: auditEvents.about }).from(auditEvents));
		const kinds = new Set(told.filter(({ about }) => about.reflection === id).map(({ about }) => about.comments));
		expect(kinds).toEqual(new Set([true, false]));
	});

	test('are not for whoever may not read the text, and never in a frozen version', async () => {
		const id = await talkedOf();
		for (const who of ['claire', 'pat', 'rosa', 'wei'] as const)
			await expect(copied('html', false, who, id, true), who).rejects.toMatchObject({ reason: 'not-found' });
		const version = await freezeReflection(db, people.noor, id, 'To hand in');
		const { html } = await readFrozen(db, people.noor, id, version);
		expect(html).toBe('<p>I waited and three hands went up.</p>');
	});
});

describe('a file that is to go in', () => {
	const read = (...parts: BlobPart[]) => readForReflection(db, rosa, waitTime.id, new Blob(parts));
	const sentence = async (...parts: BlobPart[]) =>
		read(...parts).then(
			() => null,
			(refused: Error) => refused.message
		);

	test('is read, and changes nothing', async () => {
		const before = await stored();
		const { blocks, unkept } = await read('# A\n\n## B\n\n- one\n- two\n\n| a | b |\n|---|---|\n| c | d |\n');
		expect(blocks.map(({ type }: SettledBlock) => type)).toEqual([
			'heading',
			'heading',
			'bullet_list',
			'paragraph',
			'paragraph'
		]);
		expect(unkept).toEqual(['1 table became lines of text.', '1 heading is of another level now.']);
		expect(await stored()).toEqual(before);
	});

	test('of our own for Word comes back without the lines that we had put there', async () => {
		const { file } = await copied('docx', true);
		const { blocks, unkept } = await read(file);
		expect(blocks).toEqual(await stored());
		expect(unkept).toEqual([
			'The title and the lines about who wrote it, which Wayfellow had put there, are left out.'
		]);
	});

	test.for<[what: string, bytes: BlobPart, sentence: RegExp]>([
		['nothing', '', /choose a file first/],
		['white space', ' \n\t\n', /no words/],
		['a PDF', '%PDF-1.7\n%', /a PDF/],
		['a web page', '<!DOCTYPE html><p>x', /a web page/],
		['rich text', '{\\rtf1 x}', /Rich Text/],
		['an old Word file', new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]), /older kind/],
		['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]), /no text/],
		['half a zip', new Uint8Array([0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0, 1, 2, 3]), /can not be opened/],
		['far too much text', 'word '.repeat(200_000), /more text than can be put in at once/],
		['a file of 11 MB', new Uint8Array(11 * 1024 * 1024), /larger than 10 MB/]
	])('%s is answered with a sentence', async ([, bytes, expected]) => {
		expect(await sentence(bytes)).toMatch(expected);
	});

	test('is not read where nobody may write any more', async () => {
		const { lena } = people;
		await expect(readForReflection(db, lena, reflections.lenaOld.id, new Blob(['x']))).rejects.toMatchObject({
			reason: 'rule',
			message: expect.stringContaining('only be read') as string
		});
	});
});

test('what a teacher keeps alone is not there for the mentor, who is not told of a copy of it either', async () => {
	const id = await startReflection(db, people.noor, {
		pairId: cast.pairs.noorIdris.id,
		microcredentialVersionId: cast.microcredentials.waitTime.versionId,
		title: 'Mine alone',
		alone: true
	});
	await expect(copied('md', false, 'idris', id)).rejects.toMatchObject({ reason: 'not-found' });
	const markdown = text((await copied('md', true, 'noor', id)).file);
	expect(markdown).toContain(people.noor.name);
	expect(markdown).not.toContain(idris.name);
	const told = await db.asOwner((tx) =>
		tx.select({ personId: auditEvents.personId, about: auditEvents.about }).from(auditEvents)
	);
	expect(told.filter(({ about }) => about.reflection === id).map(({ personId }) => personId)).toEqual([people.noor.id]);
});
