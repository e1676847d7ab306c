/**
 * What people say about words of a reflection. Comments live in the same Yjs document as the text, in a map of their own:
 * they are kept offline, acknowledged and merged like every letter. The words that a comment is about carry a mark with
 * its id (`schema.ts`, `kept-marks.ts`).
 *
 * Who said something is never read from what it says: a script could write anything there. It is read from the Yjs client
 * id under which it was written, which the server lets nobody borrow.
 */
import * as Y from 'yjs';
import { commentsName } from './document.ts';

/** Whose a Yjs client id is; null where nobody can say. */
export type OwnerOf = (client: number) => string | null;

export type Post = {
	/** Stays the same for as long as it is there. */
	key: string;
	/** Who made it. */
	by: string | null;
	words: string;
	/** When, by the clock of whoever made it. */
	at: Date | null;
	edited: boolean;
	/** Somebody else than its maker put these words here: no screen of ours lets anybody. */
	changedBy: string | null | undefined;
	/** Its maker took it back: its words have left the document. */
	takenBack: boolean;
	/** Somebody took it out of the document: no screen of ours lets anybody. */
	removed: boolean;
};

export type Comment = {
	id: string;
	by: string | null;
	/** The words it was about when it was made. */
	quote: string;
	posts: Post[];
	resolved: { by: string | null; at: Date | null } | null;
	/** All of it was taken out of the document, by a script. */
	removed: boolean;
};

export const commentLimits = {
	/** UTF-16 units in one post: a page of a letter. More is a text of its own. */
	post: 2_000,
	/** Posts in one comment: a talk that goes on longer wants a meeting. */
	posts: 100,
	/** Comments in one reflection: ten on each page of a long one. Each costs some 300 bytes for good. */
	comments: 300,
	/** UTF-16 units of the quoted words: enough to know them again. */
	quote: 200
};

type Entries = { _map: Map<string, Y.Item> };
type Items = { _start: Y.Item | null };

const typeIn = (item: Y.Item | undefined): unknown =>
	item && !item.deleted && item.content instanceof Y.ContentType ? item.content.type : undefined;
const entry = (map: Y.Map<unknown>, key: string) => (map as unknown as Entries)._map.get(key);
const text = (value: unknown, longest: number) => (typeof value === 'string' ? value.slice(0, longest) : '');
const time = (value: unknown) => (typeof value === 'number' && Math.abs(value) < 8.64e15 ? new Date(value) : null);

const root = (doc: Y.Doc) => doc.getMap(commentsName);

/** All comments, in no order. Whatever a script has put there is answered, and at most what people may write is read. */
export function commentsIn(doc: Y.Doc, ownerOf: OwnerOf): Comment[] {
	const comments: Comment[] = [];
	for (const [id, item] of (root(doc) as unknown as Entries)._map) {
		if (comments.length >= commentLimits.comments * 2) break;
		const thread = typeIn(item);
		// What stood here before and was somebody else's is shown as what it is: taken away.
		for (let before = item.left; before; before = before.left)
			if (before.id.client !== item.id.client)
				comments.push(gone(`${id} ${before.id.clock}`, ownerOf(before.id.client)));
		if (!(thread instanceof Y.Map)) {
			comments.push(gone(id, ownerOf(item.id.client)));
			continue;
		}
		const resolved = thread.get('resolved');
		comments.push({
			id,
			by: ownerOf(item.id.client),
			quote: text(thread.get('quote'), commentLimits.quote),
			posts: postsIn(thread.get('posts'), ownerOf),
			resolved: resolved ? { by: ownerOf(entry(thread, 'resolved')!.id.client), at: time(resolved) } : null,
			removed: false
		});
	}
	return comments;
}

const gone = (id: string, by: string | null): Comment => ({
	id,
	by,
	quote: '',
	posts: [],
	resolved: null,
	removed: true
});

function postsIn(list: unknown, ownerOf: OwnerOf): Post[] {
	const posts: Post[] = [];
	if (!(list instanceof Y.Array)) return posts;
	for (
		let item = (list as unknown as Items)._start;
		item && posts.length < commentLimits.posts * 2;
		item = item.right
	) {
		const { client, clock } = item.id;
		const by = ownerOf(client);
		const post = typeIn(item);
		if (!(post instanceof Y.Map)) {
			for (let i = 0; i < item.length && posts.length < commentLimits.posts * 2; i++)
				posts.push({
					key: `${client} ${clock + i}`,
					by,
					words: '',
					at: null,
					edited: false,
					changedBy: undefined,
					takenBack: false,
					removed: true
				});
			continue;
		}
		const said = entry(post, 'words');
		const isTheirs = (item: Y.Item) => item.id.client === client || (by !== null && ownerOf(item.id.client) === by);
		// Whoever wants another's words away can only take them out, and that is said.
		const takenBack = !!post.get('back') && isTheirs(entry(post, 'back')!);
		const isGone = takenBack || !said || said.deleted;
		posts.push({
			key: `${client} ${clock}`,
			by,
			words: isGone ? '' : text(post.get('words'), commentLimits.post * 2),
			at: time(post.get('at')),
			// Each time that they were put back they were written anew, and the same.
			edited: !isGone && timesSet(post, 'words') - Math.floor(timesSet(post, 'back') / 2) > 1,
			changedBy: isGone || isTheirs(said) ? undefined : ownerOf(said.id.client),
			takenBack,
			removed: isGone && !takenBack
		});
	}
	return posts;
}

/** What has been deleted counts, and one after the other may be one item. */
function timesSet(map: Y.Map<unknown>, key: string): number {
	let times = 0;
	for (let item: Y.Item | null | undefined = entry(map, key); item; item = item.left) times += item.length;
	return times;
}

/** The client ids under which anything about comments was written: whose they are is asked for the page. */
export function commentClients(doc: Y.Doc): number[] {
	const clients = new Set<number>();
	commentsIn(doc, (client) => {
		clients.add(client);
		return null;
	});
	return [...clients];
}

const newPost = (words: string, at: number) =>
	new Y.Map<unknown>([
		['words', words.trim()],
		['at', at]
	]);

/** Why these words can't be said here, or null. */
export function unfit(words: string, comment?: Pick<Comment, 'posts'>): string | null {
	if (words.trim() === '') return 'There are no words in it yet.';
	if (words.trim().length > commentLimits.post)
		return `This is longer than ${commentLimits.post} characters. What is so long may go into the text itself.`;
	if (comment && comment.posts.length >= commentLimits.posts)
		return 'This comment has a hundred answers. Please begin another one, or meet.';
	return null;
}

/** Why there can be no more comments, or null. */
export const full = (doc: Y.Doc): string | null =>
	root(doc).size >= commentLimits.comments
		? `There are ${commentLimits.comments} comments here, as many as one reflection holds. Nothing was added.`
		: null;

export function addComment(
	doc: Y.Doc,
	{ id, quote, words }: { id: string; quote: string; words: string },
	at = Date.now()
): void {
	doc.transact(() => {
		const thread = new Y.Map<unknown>();
		thread.set('quote', quote.slice(0, commentLimits.quote));
		thread.set('posts', Y.Array.from([newPost(words, at)]));
		root(doc).set(id, thread);
	}, commentsName);
}

const threadOf = (doc: Y.Doc, id: string) => {
	const thread = root(doc).get(id);
	return thread instanceof Y.Map ? (thread as Y.Map<unknown>) : null;
};

export function reply(doc: Y.Doc, id: string, words: string, at = Date.now()): void {
	const posts = threadOf(doc, id)?.get('posts');
	if (posts instanceof Y.Array) doc.transact(() => posts.push([newPost(words, at)]), commentsName);
}

/** Other words in one's own post. */
export function edit(doc: Y.Doc, id: string, key: string, words: string): void {
	change(doc, id, key, (post) => post.set('words', words.trim()));
}

/**
 * Takes back one's own post: its words leave the document at once, and everybody sees who took it back.
 * @returns the words, for `putBack`
 */
export function takeBack(doc: Y.Doc, id: string, key: string): string {
	let words = '';
	change(doc, id, key, (post) => {
		words = text(post.get('words'), commentLimits.post);
		post.delete('words');
		post.set('back', Date.now());
	});
	return words;
}

/** Brings back what was taken back just now. */
export function putBack(doc: Y.Doc, id: string, key: string, words: string): void {
	change(doc, id, key, (post) => {
		post.set('back', 0);
		post.set('words', words);
	});
}

function change(doc: Y.Doc, id: string, key: string, how: (post: Y.Map<unknown>) => void): void {
	const posts = threadOf(doc, id)?.get('posts');
	if (!(posts instanceof Y.Array)) return;
	for (let item = (posts as unknown as Items)._start; item; item = item.right) {
		const post = typeIn(item);
		if (`${item.id.client} ${item.id.clock}` === key && post instanceof Y.Map)
			doc.transact(() => how(post), commentsName);
	}
}

export function resolveComment(doc: Y.Doc, id: string, resolved: boolean, at = Date.now()): void {
	doc.transact(() => threadOf(doc, id)?.set('resolved', resolved ? at : 0), commentsName);
}
