import { expect, test } from 'vitest';
import { newsWords } from './news-words.ts';

test.for<[unread: number, since: string | null, words: string]>([
	[0, null, 'nothing new'],
	[0, 'Friday', 'nothing new'],
	[3, 'Friday', '3 new since Friday'],
	[1, 'yesterday', '1 new since yesterday'],
	[9, null, '9 to read']
])('%i new since %s: %s', ([unread, since, words]) => expect(newsWords({ unread, since })).toBe(words));
