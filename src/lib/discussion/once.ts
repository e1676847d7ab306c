/**
 * The words of posts stand in a page as HTML. What the page's script is given beside that would hold them a second time, and
 * a thread of fifty posts would weigh twice as much; so there the words are left out, and the script takes them from the page.
 */

type Post = { number: number; html: string | null };

/** For a whole page: the server sees the words when it draws it, and they are in nothing that is sent for the script. */
export const inPageOnly = <T extends Post>(posts: T[]): T[] =>
	posts.map((post) => Object.defineProperty({ ...post }, 'html', { value: post.html, enumerable: false }));

/** In the browser: gives the words back to the posts that came without. Ask before anything on the page has changed. */
export function withWords<T extends Post>(posts: T[]): T[] {
	if (typeof document === 'undefined') return posts;
	return posts.map((post) => ('html' in post ? post : { ...(post as T), html: wordsOf((post as T).number) }));
}

function wordsOf(number: number): string | null {
	const words = document.querySelector(`#post-${number} [data-words]`)?.innerHTML;
	// Between the framework's own marks.
	return words?.replace(/^<!--[^>]*-->|<!--[^>]*-->$/g, '') ?? null;
}
