import { describe, expect, test } from 'vitest';
import { hereNow, join, newPosts } from './merging.ts';
import type { PostShown, ThreadHead } from './threads.server.ts';

const post = (number: number, more: Partial<PostShown> = {}) =>
	({ id: `p${number}`, number, own: false, html: `<p>${number}</p>`, helped: false, ...more }) as PostShown;
const head = (helped: string | null = null) =>
	({ helped: helped ? { id: helped, number: Number(helped.slice(1)) } : null }) as ThreadHead;
const shown = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => post(from + i));
const numbers = (posts: PostShown[]) => posts.map(({ number }) => number);

describe('joining', () => {
	test('new posts come behind, and are told of', () => {
		const { posts, fresh } = join(shown(1, 3), [post(4), post(5)], head());
		expect(numbers(posts)).toEqual([1, 2, 3, 4, 5]);
		expect(fresh).toEqual([4, 5]);
	});

	test('the same once more changes nothing', () => {
		const { posts, fresh } = join(shown(1, 3), [post(2), post(3)], head());
		expect(numbers(posts)).toEqual([1, 2, 3]);
		expect(fresh).toEqual([]);
	});

	test('what was edited stands in its place', () => {
		const { posts } = join(shown(1, 3), [post(2, { html: '<p>better</p>' })], head());
		expect(posts.map(({ html }) => html)).toEqual(['<p>1</p>', '<p>better</p>', '<p>3</p>']);
	});

	test('what stands before or behind the window stays outside', () => {
		const { posts, fresh } = join(shown(51, 53), [post(7), post(99)], head());
		expect(numbers(posts)).toEqual([51, 52, 53]);
		expect(fresh).toEqual([]);
	});

	test('what others say on a later page is told of, and what changed there is not', () => {
		const later = [post(97), post(99), post(100, { own: true }), post(101)];
		expect(join(shown(51, 53), later, head(), false, 98).beyond).toEqual([99, 101]);
		expect(join(shown(1, 3), [post(4)], head(), false, 3).beyond).toEqual([]);
	});

	test('the first posts of a page that showed none', () => {
		expect(numbers(join([], [post(1), post(2)], head()).posts)).toEqual([1, 2]);
	});

	test('an own post waits while the page shows it as on its way, with all behind it', () => {
		const { posts, fresh, waiting } = join(shown(1, 2), [post(3), post(4, { own: true }), post(5)], head(), true);
		expect(numbers(posts)).toEqual([1, 2, 3]);
		expect(fresh).toEqual([3]);
		expect(numbers(waiting)).toEqual([4, 5]);
		expect(numbers(join(posts, waiting, head()).posts)).toEqual([1, 2, 3, 4, 5]);
	});

	test('an own post from another device is no news', () => {
		expect(join(shown(1, 2), [post(3, { own: true })], head()).fresh).toEqual([]);
	});

	test('an own edit does not wait', () => {
		const { posts, waiting } = join([post(1, { own: true })], [post(1, { own: true, html: 'new' })], head(), true);
		expect(posts[0]!.html).toBe('new');
		expect(waiting).toEqual([]);
	});

	test('what helped is marked on one post, also when no post has changed', () => {
		const marked = join(shown(1, 3), [], head('p2')).posts;
		expect(marked.map(({ helped }) => helped)).toEqual([false, true, false]);
		expect(join(marked, [], head('p3')).posts.map(({ helped }) => helped)).toEqual([false, false, true]);
		expect(join(marked, [], head()).posts.some(({ helped }) => helped)).toBe(false);
	});
});

test('sentences', () => {
	expect([newPosts(1), newPosts(2)]).toEqual(['1 new post', '2 new posts']);
	expect([hereNow(0), hereNow(1), hereNow(3)]).toEqual(['', '', '3 here now']);
});
