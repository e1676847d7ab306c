/** How what has changed in a thread joins what a page shows. Pure; the page's own window of posts stays whole. */
import type { PostShown, ThreadHead } from './threads.server.ts';

export type Joined = {
	posts: PostShown[];
	/** Posts of others that were not there before, by number. */
	fresh: number[];
	/** Others' posts that are new to the thread and stand on a later page of it, by number. */
	beyond: number[];
	/** Own posts that have to wait, and all behind them: what the page shows of them already has not settled. */
	waiting: PostShown[];
};

/**
 * @param shown in the order of their numbers, without gaps: a window of the thread
 * @param changed posts as they are now, in the same order; some the page does not show, some it has already
 * @param ownWait whether the page shows an own post that is still on its way: the true one must not stand beside it
 * @param known how many posts the page knew of before
 */
export function join(
	shown: PostShown[],
	changed: PostShown[],
	thread: ThreadHead,
	ownWait = false,
	known = Infinity
): Joined {
	const news = new Map(changed.map((post) => [post.number, post]));
	const posts = shown.map((post) => news.get(post.number) ?? post);
	const fresh: number[] = [];
	let next = (shown.at(-1)?.number ?? 0) + 1;
	for (;;) {
		const post = news.get(next);
		// Behind a gap begins another page of the thread.
		if (!post) break;
		if (ownWait && post.own) break;
		posts.push(post);
		if (!post.own) fresh.push(post.number);
		next++;
	}
	const waiting = ownWait ? changed.filter(({ number }) => number >= next && news.has(next)) : [];
	const helped = thread.helped?.id ?? null;
	return {
		posts: posts.map((post) => (post.helped === (post.id === helped) ? post : { ...post, helped: post.id === helped })),
		fresh,
		beyond: news.has(next)
			? []
			: changed.filter(({ number, own }) => number > Math.max(known, next) && !own).map(({ number }) => number),
		waiting
	};
}

/** What a status line says of new posts. */
export const newPosts = (count: number): string => (count === 1 ? '1 new post' : `${count} new posts`);

/** Who is here, oneself among them; of oneself alone nothing has to be said. */
export const hereNow = (count: number): string => (count > 1 ? `${count} here now` : '');
