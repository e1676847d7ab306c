import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import {
	addComment,
	commentLimits,
	commentsIn,
	edit,
	full,
	putBack,
	reply,
	resolveComment,
	takeBack,
	unfit
} from './comments.ts';
import { commentClientsIn } from './comments.server.ts';
import { commentsName } from './document.ts';
import { plainText, renderDocument } from './render.ts';

const people = new Map([
	[1, 'rosa'],
	[2, 'idris'],
	[3, 'rosa']
]);
const ownerOf = (client: number) => people.get(client) ?? null;

/** Documents of these clients that hear of everything when told to. */
function table(...clients: number[]) {
	const docs = clients.map((client) => Object.assign(new Y.Doc(), { clientID: client }));
	const meet = () => {
		for (const from of docs)
			for (const to of docs) Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)));
	};
	return { docs, meet };
}
const only = (doc: Y.Doc) => {
	const [comment, ...more] = commentsIn(doc, ownerOf);
	expect(more).toEqual([]);
	return comment!;
};
const postsOf = (doc: Y.Doc, id: string) =>
	(doc.getMap(commentsName).get(id) as Y.Map<unknown>).get('posts') as Y.Array<Y.Map<unknown>>;

test('a comment, an answer and who resolved it are there for both', () => {
	const { docs, meet } = table(1, 2);
	addComment(docs[1]!, { id: 'a', quote: 'three hands', words: ' Who were the three? ' });
	meet();
	reply(docs[0]!, 'a', 'Ana, Bo and Cy.');
	meet();
	resolveComment(docs[1]!, 'a', true);
	meet();
	for (const doc of docs) {
		const { by, quote, posts, resolved } = only(doc);
		expect([by, quote, resolved?.by]).toEqual(['idris', 'three hands', 'idris']);
		expect(posts.map(({ by, words }) => [by, words])).toEqual([
			['idris', 'Who were the three?'],
			['rosa', 'Ana, Bo and Cy.']
		]);
	}
	resolveComment(docs[0]!, 'a', false);
	expect(only(docs[0]!).resolved).toBeNull();
});

test('two who were two days without a network find both comments, all answers, and the same text', () => {
	const { docs, meet } = table(1, 2);
	addComment(docs[0]!, { id: 'shared', quote: 'q', words: 'Before.' });
	meet();
	addComment(docs[0]!, { id: 'hers', quote: 'q', words: 'Hers.' });
	addComment(docs[1]!, { id: 'his', quote: 'q', words: 'His.' });
	reply(docs[0]!, 'shared', 'From her.');
	resolveComment(docs[1]!, 'shared', true);
	reply(docs[1]!, 'shared', 'From him.');
	meet();
	const [one, other] = docs.map((doc) => commentsIn(doc, ownerOf).sort((a, b) => a.id.localeCompare(b.id)));
	expect(one).toEqual(other);
	expect(one!.map(({ id, by }) => [id, by])).toEqual([
		['hers', 'rosa'],
		['his', 'idris'],
		['shared', 'rosa']
	]);
	const shared = one!.find(({ id }) => id === 'shared')!;
	expect(shared.posts.map(({ words }) => words).sort()).toEqual(['Before.', 'From her.', 'From him.']);
	expect(shared.resolved?.by, 'an answer that did not know of it opens nothing again').toBe('idris');
});

describe('what a script does to somebody else’s comment shows as what it is', () => {
	test('words put into their mouth', () => {
		const { docs, meet } = table(1, 2);
		addComment(docs[1]!, { id: 'a', quote: 'q', words: 'Well done.' });
		meet();
		edit(docs[0]!, 'a', only(docs[0]!).posts[0]!.key, 'Badly done.');
		expect(only(docs[0]!).posts[0]).toMatchObject({ by: 'idris', changedBy: 'rosa', edited: true });
	});

	test('a post taken out', () => {
		const { docs, meet } = table(1, 2);
		addComment(docs[1]!, { id: 'a', quote: 'q', words: 'Please prove it.' });
		meet();
		postsOf(docs[0]!, 'a').delete(0);
		meet();
		for (const doc of docs) expect(only(doc).posts).toMatchObject([{ by: 'idris', words: '', removed: true }]);
		const stored = new Y.Doc();
		Y.applyUpdate(stored, Y.encodeStateAsUpdate(docs[0]!));
		expect(only(stored).posts).toMatchObject([{ by: 'idris', removed: true }]);
	});

	test('a comment taken out, or another put in its place', () => {
		const { docs, meet } = table(1, 2);
		addComment(docs[1]!, { id: 'a', quote: 'q', words: 'One.' });
		addComment(docs[1]!, { id: 'b', quote: 'q', words: 'Two.' });
		meet();
		docs[0]!.getMap(commentsName).delete('a');
		addComment(docs[0]!, { id: 'b', quote: 'q', words: 'Mine now.' });
		meet();
		const all = commentsIn(docs[1]!, ownerOf);
		expect(all.filter(({ removed }) => removed).map(({ by }) => by)).toEqual(['idris', 'idris']);
		expect(all.find(({ id }) => id === 'b')).toMatchObject({ by: 'rosa', removed: false });
	});

	test('a name in the content is no author', () => {
		const { docs } = table(1);
		const [doc] = docs;
		addComment(doc!, { id: 'a', quote: 'q', words: 'I am Idris.' });
		postsOf(doc!, 'a').get(0).set('by', 'idris');
		expect(only(doc!).posts[0]!.by).toBe('rosa');
	});
});

test('one’s own words may be changed, also from another device', () => {
	const { docs, meet } = table(1, 3);
	addComment(docs[0]!, { id: 'a', quote: 'q', words: 'Wel done.' });
	meet();
	edit(docs[1]!, 'a', only(docs[1]!).posts[0]!.key, 'Well done.');
	expect(only(docs[1]!).posts[0]).toMatchObject({
		by: 'rosa',
		words: 'Well done.',
		edited: true,
		changedBy: undefined
	});
});

describe('what one has said, taken back', () => {
	const said = 'Only this sentence, zebra.';
	const bytes = (doc: Y.Doc) => Buffer.from(Y.encodeStateAsUpdate(doc)).toString('latin1');

	test('has left the document, for both, and stays said of whom', () => {
		const { docs, meet } = table(1, 2);
		addComment(docs[1]!, { id: 'a', quote: 'q', words: said });
		reply(docs[1]!, 'a', 'And this stays.');
		meet();
		const { key } = only(docs[1]!).posts[0]!;
		expect(takeBack(docs[1]!, 'a', key)).toBe(said);
		meet();
		for (const doc of docs) {
			expect(only(doc).posts).toMatchObject([
				{ by: 'idris', words: '', takenBack: true, removed: false, edited: false, changedBy: undefined },
				{ by: 'idris', words: 'And this stays.', takenBack: false }
			]);
			expect(bytes(doc)).not.toContain('zebra');
			expect(JSON.stringify(doc.getMap(commentsName))).not.toContain('zebra');
		}
	});

	test('and put back, is there as it was, and not called changed', () => {
		const { docs, meet } = table(1, 2);
		addComment(docs[1]!, { id: 'a', quote: 'q', words: said });
		meet();
		const { key } = only(docs[1]!).posts[0]!;
		for (let i = 0; i < 3; i++) putBack(docs[1]!, 'a', key, takeBack(docs[1]!, 'a', key));
		meet();
		const plain = { key, by: 'idris', words: said, takenBack: false, removed: false, changedBy: undefined };
		for (const doc of docs) expect(only(doc).posts).toMatchObject([{ ...plain, edited: false }]);
		edit(docs[1]!, 'a', key, 'Changed.');
		putBack(docs[1]!, 'a', key, takeBack(docs[1]!, 'a', key));
		meet();
		const fresh = new Y.Doc();
		Y.applyUpdate(fresh, Y.encodeStateAsUpdate(docs[0]!));
		for (const doc of [...docs, fresh])
			expect(only(doc).posts).toMatchObject([{ ...plain, words: 'Changed.', edited: true }]);
	});

	test('on one device is taken back also where another had changed it meanwhile', () => {
		const { docs, meet } = table(1, 3);
		addComment(docs[0]!, { id: 'a', quote: 'q', words: said });
		meet();
		const { key } = only(docs[0]!).posts[0]!;
		edit(docs[1]!, 'a', key, 'Better words.');
		takeBack(docs[0]!, 'a', key);
		meet();
		for (const doc of docs) expect(only(doc).posts).toMatchObject([{ by: 'rosa', words: '', takenBack: true }]);
	});

	test('by somebody else is not taken back: it says that it was taken out', () => {
		const { docs, meet } = table(1, 2);
		addComment(docs[1]!, { id: 'a', quote: 'q', words: said });
		meet();
		takeBack(docs[0]!, 'a', only(docs[0]!).posts[0]!.key);
		meet();
		for (const doc of docs)
			expect(only(doc).posts).toMatchObject([{ by: 'idris', words: '', takenBack: false, removed: true }]);
	});

	test('a mark alone by somebody else hides nothing', () => {
		const { docs, meet } = table(1, 2);
		addComment(docs[1]!, { id: 'a', quote: 'q', words: said });
		meet();
		postsOf(docs[0]!, 'a').get(0).set('back', 1);
		meet();
		expect(only(docs[1]!).posts).toMatchObject([{ words: said, takenBack: false, removed: false }]);
	});
});

test('whose nobody can say is nobody’s', () => {
	const { docs } = table(9);
	addComment(docs[0]!, { id: 'a', quote: 'q', words: 'Hello.' });
	expect(only(docs[0]!).by).toBeNull();
	expect(commentClientsIn(Y.encodeStateAsUpdate(docs[0]!))).toEqual([9]);
	expect(commentClientsIn(Y.encodeStateAsUpdate(new Y.Doc()))).toEqual([]);
});

test('whatever stands in the map is answered', () => {
	const doc = new Y.Doc();
	const map = doc.getMap(commentsName);
	map.set('number', 1);
	map.set('text', new Y.Text('x'));
	map.set('empty', new Y.Map());
	const odd = new Y.Map<unknown>();
	odd.set(
		'posts',
		Y.Array.from<never>([
			1,
			'two',
			new Y.Text('x'),
			new Y.Map([
				['words', { a: 1 }],
				['at', 1e300]
			] as [string, unknown][])
		] as never[])
	);
	odd.set('quote', 5);
	odd.set('resolved', 'yes');
	map.set('odd', odd);
	const all = commentsIn(doc, ownerOf);
	expect(all.map(({ id, removed }) => [id, removed])).toEqual([
		['number', true],
		['text', true],
		['empty', false],
		['odd', false]
	]);
	expect(all.at(-1)!.posts.map(({ words, at }) => [words, at])).toEqual(Array(4).fill(['', null]));
});

test('what people say is no part of the text', () => {
	const doc = new Y.Doc();
	addComment(doc, { id: 'a', quote: 'q', words: 'Not in it.' });
	expect(plainText(doc)).toBe('');
	expect(renderDocument(doc)).toBe('<p><br></p>');
});

test('there is an end to everything, and it is said', () => {
	expect(unfit('  ')).toContain('no words');
	expect(unfit('x'.repeat(commentLimits.post))).toBeNull();
	expect(unfit('x'.repeat(commentLimits.post + 1))).toContain('2000 characters');
	expect(unfit('x', { posts: Array(commentLimits.posts).fill(null) })).toContain('hundred answers');
	const doc = new Y.Doc();
	doc.transact(() => {
		for (let i = 0; i < commentLimits.comments; i++) addComment(doc, { id: String(i), quote: '', words: 'x' });
	});
	expect(full(doc)).toContain('300 comments');
	expect(full(new Y.Doc())).toBeNull();
});
