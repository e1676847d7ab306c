import { expect, test } from 'vitest';
import { newsWords } from './news-words.ts';

test.for<[unread: number, fresh: number, since: string | null, words: string]>([
	[0, 0, null, 'nothing new'],
	[0, 0, 'Friday', 'nothing new'],
	[3, 3, 'Friday', '3 new since Friday'],
	[1, 1, 'yesterday', '1 new since yesterday'],
	// What was there on Friday and was left then has not come since.
	[5, 2, 'Friday', '5 to read, 2 of them new since Friday'],
	[5, 0, 'Friday', '5 to read'],
	[9, 0, null, '9 to read']
])('%i to read, %i of them since %s: %s', ([unread, fresh, since, words]) =>
	expect(newsWords({ unread, fresh, since })).toBe(words)
);
