import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newsLimits } from './news-limits.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/limits.md'), 'utf8');
const rows = page
	.split('\n## ')
	.find((section) => section.startsWith('Live threads'))!
	.split('\n')
	.flatMap((line) => {
		const [, name, figure, , why] = /^\| (\w+) \| ([^|]*?) \| ([^|]*?) \| ([^|]*?) \|$/.exec(line) ?? [];
		return name && name !== 'name' ? [{ name, figure: figure!, why: why! }] : [];
	});

const valueOf = (figure: string) => Number.parseFloat(figure.replaceAll(',', '')) * (/ s$/.test(figure) ? 1_000 : 1);

test('the page about limits names every one of live threads, with its figure and a reason', () => {
	expect(Object.fromEntries(rows.map(({ name, figure }) => [name, valueOf(figure)]))).toEqual(newsLimits);
	for (const { why } of rows) expect(why.length).toBeGreaterThan(10);
});

test('whoever is there is told more often than proxies and we lose patience', () => {
	expect(newsLimits.slowMs).toBeGreaterThanOrEqual(2 * newsLimits.heartbeatMs);
	expect(newsLimits.hereLastsMs).toBeGreaterThan(3 * newsLimits.pollMs);
	expect(newsLimits.retryMs * 2 + newsLimits.comeBackWithinMs).toBeLessThan(newsLimits.leftAfterMs);
});
