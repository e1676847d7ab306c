import { expect, test } from 'vitest';
import { inPageOnly } from './once.ts';

const posts = [{ number: 1, html: '<p>I count.</p>', by: 'Luis' }];

test('the words of posts are there for drawing the page, and in nothing that is sent for its script', () => {
	const [post] = inPageOnly(posts);
	expect(post!.html).toBe('<p>I count.</p>');
	expect(Object.entries(post!)).toEqual([
		['number', 1],
		['by', 'Luis']
	]);
});
