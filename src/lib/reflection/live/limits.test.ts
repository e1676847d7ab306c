import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { busLimits } from '#lib/server/bus/limits.ts';
import { commentLimits } from '../comments.ts';
import { limits } from './limits.ts';
import { mostClients, mostRoots } from './verdict.ts';

const figures: Record<string, number> = { ...limits, mostClients, mostRoots, ...commentLimits, ...busLimits };

/** The rows of the tables: name, figure and why. */
const rows = readFileSync(join(import.meta.dirname, '../../../../docs/limits.md'), 'utf8')
	.split('\n')
	.flatMap((line) => {
		const [, name, figure, , why] = /^\| `(\w+)` *\| ([^|]*?) *\| ([^|]*?) *\| ([^|]*?) *\|$/.exec(line) ?? [];
		return name ? [{ name, figure: figure!, why: why! }] : [];
	});

const units: Record<string, number> = { '': 1, characters: 1, ms: 1, s: 1000, KiB: 1024, MiB: 1024 ** 2 };

/** "4 MiB", "2.5 s", "10,000": bytes, milliseconds, or what is counted. */
function valueOf(figure: string): number {
	const [, number, unit] = /^([\d.,]+)(?: (\w+))?$/.exec(figure) ?? [];
	return Number(number?.replaceAll(',', '')) * (units[unit ?? ''] ?? NaN);
}

const unitOf = (name: string) =>
	/Bytes/.test(name) ? /^\S+ (KiB|MiB)$/ : /Ms$|Seconds$/.test(name) ? /^\S+ m?s$/ : /^\S+( characters)?$/;

test('the page about limits names every one, once', () => {
	expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(figures).sort());
});

test.for(rows)('$name is what the page says, with a reason', ({ name, figure, why }) => {
	const value = /Seconds$/.test(name) ? figures[name]! * 1000 : figures[name];
	expect(valueOf(figure)).toBe(value);
	expect(figure).toMatch(unitOf(name));
	expect(why.length).toBeGreaterThan(10);
});

test('people are told of a long document before it is full', () => {
	expect(limits.documentWarnBytes).toBeLessThan(limits.documentBytes);
});

test('one person alone never uses a document up, and two do', () => {
	for (const [one, all] of [
		[limits.personFramesPerSecond, limits.documentFramesPerSecond],
		[limits.personBytesPerSecond, limits.documentBytesPerSecond]
	] as const) {
		expect(all).toBeGreaterThan(one);
		expect(all).toBeLessThan(2 * one);
	}
});
