import { afterAll, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { Apart } from '#lib/server/apart.ts';
import { closeFiles, makeFiles, type Piece, script } from './files-thread.server.ts';
import { bytesOf, endToEnd, filesOf, takenApart, type Files } from './reflection-files.ts';

afterAll(() => closeFiles());

const [teacher, mentor] = [
	{ id: '0192f000-0002-7000-8000-000000000001', name: 'Rosa Medina' },
	{ id: '0192f000-0002-7000-8000-000000000002', name: 'Idris Okafor' }
];
const about = {
	id: '0192f000-0009-7000-8000-000000000001',
	title: 'Waiting',
	microcredential: 'Wait time',
	teacher,
	mentor,
	startedAt: new Date('2026-11-01T12:00:00Z')
};

/** So many letters, typed one by one in the middle; every tenth is the mentor's. */
function typed(letters: number): Piece {
	const docs = [teacher, mentor].map((_, i) => {
		const doc = new Y.Doc({ gc: false });
		doc.clientID = i + 1;
		return doc;
	});
	const updates: Uint8Array[] = [];
	const people: string[] = [];
	const write = (who: 0 | 1, work: (root: Y.XmlFragment) => void) => {
		const doc = docs[who]!;
		const before = Y.encodeStateVector(doc);
		doc.transact(() => work(doc.getXmlFragment('prosemirror')));
		const update = Y.encodeStateAsUpdate(doc, before);
		Y.applyUpdate(docs[1 - who]!, update);
		updates.push(update);
		people.push([teacher, mentor][who]!.id);
	};
	write(0, (root) => {
		const paragraph = new Y.XmlElement('paragraph');
		root.insert(0, [paragraph]);
		paragraph.insert(0, [new Y.XmlText()]);
	});
	for (let i = 0; i < letters; i++)
		write(i % 10 === 9 ? 1 : 0, (root) =>
			((root.get(0) as Y.XmlElement).get(0) as Y.XmlText).insert(i >> 1, i % 10 === 9 ? 'm' : 't')
		);
	return {
		about,
		written: {
			text: endToEnd([Y.encodeStateAsUpdate(docs[0]!)]),
			log: { people, counts: new Uint32Array(people.length).fill(1), updates: endToEnd(updates), folded: undefined },
			owners: [
				[1, teacher.id],
				[2, mentor.id]
			]
		}
	};
}
const [long, short] = [typed(3_000), typed(20)];

test('bytes that were laid end to end come apart again', () => {
	const all = [new Uint8Array([1, 2]), new Uint8Array(), new Uint8Array([3])];
	expect(takenApart(endToEnd(all))).toEqual(all);
	expect(takenApart(endToEnd([]))).toEqual([]);
});

test('a long reflection gets the same files as a short one, and nobody waits for them', async () => {
	expect(bytesOf(long.written)).toBeGreaterThan(48 * 1024);
	expect(bytesOf(short.written)).toBeLessThan(48 * 1024);
	let turns = 0;
	const turning = setInterval(() => turns++, 1);
	const files = await makeFiles(long);
	clearInterval(turning);
	expect(turns).toBeGreaterThan(0);
	expect(files).toEqual(filesOf(long.about, long.written));
	const { authors } = JSON.parse(files.json) as { authors: { author: { name: string }; text: string }[] };
	const by = (name: string) =>
		authors
			.filter(({ author }) => author.name === name)
			.map(({ text }) => text)
			.join('');
	expect(by(mentor!.name)).toBe('m'.repeat(300));
	expect(by(teacher!.name)).toBe('t'.repeat(2_700));
	expect((await makeFiles(short)).markdown).toContain('- **Rosa Medina:** ');
});

test('a thread that takes too long leaves the text, and the files say that its authors are missing', async () => {
	const lines: string[] = [];
	const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
	const impatient = new Apart<Piece, Files>({ script, ms: 0, megabytes: 64, waiting: 1, failed: 'Too long.' });
	const files = await makeFiles(long, impatient);
	await impatient.close();
	log.mockRestore();
	expect(lines.join()).toContain('authors-not-read');
	expect(files.markdown).toContain('m');
	expect(files.markdown).toContain('could not be read when this copy was made');
	expect(JSON.parse(files.json)).toMatchObject({ authors: null });
});

test('a damaged row takes the names and not the text', () => {
	const damaged = { ...short.written, log: { ...short.written.log!, updates: endToEnd([new Uint8Array([9, 9, 9])]) } };
	damaged.log.people = [teacher!.id];
	damaged.log.counts = new Uint32Array([1]);
	const { html, json } = filesOf(about, damaged);
	expect(html).toContain('tttt');
	expect(JSON.parse(json)).toMatchObject({ authors: null });
});
