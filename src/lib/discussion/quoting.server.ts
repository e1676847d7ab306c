/** What an answer is going to quote: a post, and its beginning. */
import { and, eq, isNull } from 'drizzle-orm';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import type { Quoted } from './kept-posts.ts';
import { posts, postWords } from './schema.server.ts';
import { threadIn } from './threads.server.ts';

/** Characters that are quoted where nobody has chosen any. */
export const quotedByItself = 300;

/** Null where it can't be quoted, or not any more. @throws Refusal not-found for whoever does not read the thread */
export const readQuoted = (db: Database, person: Person, threadId: string, postId: string): Promise<Quoted | null> =>
	db.asPerson(person.id, async (tx) => {
		const { thread } = await threadIn(tx, person, threadId);
		if (!isId(postId)) return null;
		const [found] = await tx
			.select({
				id: posts.id,
				number: posts.number,
				nameless: posts.nameless,
				name: people.name,
				words: postWords.words
			})
			.from(posts)
			.innerJoin(postWords, and(eq(postWords.postId, posts.id), eq(postWords.revision, posts.revision)))
			.leftJoin(people, eq(people.id, posts.authorId))
			.where(and(eq(posts.id, postId), eq(posts.threadId, thread.id), isNull(posts.removedAt)));
		if (!found) return null;
		const { id, number, nameless, name } = found;
		const text = found.words.replace(/\s+/g, ' ').trim().slice(0, quotedByItself).toWellFormed().trim();
		return { id, number, by: nameless ? 'Without a name' : (name ?? 'Somebody who left'), text };
	});
