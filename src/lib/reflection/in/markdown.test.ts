import { expect, test } from 'vitest';
import { Random } from '../../../../tests/fuzz/random.ts';
import { someBlocks } from '../../../../tests/some-text.ts';
import { markdownOf } from '../markdown.ts';
import { tidy } from '../tidy.ts';
import { readMarkdown } from './markdown.ts';

test('whatever is written as Markdown reads back as the same text', () => {
	for (let seed = 1; seed <= 500; seed++) {
		const blocks = tidy(someBlocks(new Random(seed)));
		const written = markdownOf(blocks);
		expect(JSON.stringify(readMarkdown(written).blocks), `seed ${seed}`).toBe(JSON.stringify(blocks));
	}
});
