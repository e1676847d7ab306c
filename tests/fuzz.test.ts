/** A short run of `npm run test:fuzz`. FUZZ_SEED repeats one round. */
import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { nothingYet, round } from './fuzz/fuzz.ts';

const given = process.env.FUZZ_SEED;

test('what Yjs makes of an update is what we store and relay, for honest and for forged ones', () => {
	const figures = nothingYet();
	const seed = Number(given ?? randomInt(2 ** 31));
	const rounds = given ? 1 : 14;
	for (let i = 0; i < rounds; i++) round(seed + i, figures);
	expect(figures.rounds).toBe(rounds);
	if (given) return;
	// A run that never gets somewhere proves nothing about it.
	for (const outcome of ['new', 'trimmed', 'known', 'gap', 'foreign', 'unreadable'] as const)
		expect(figures[outcome], outcome).toBeGreaterThan(0);
	for (const kind of ['GC', 'Deleted', 'JSON', 'Binary', 'String', 'Embed', 'Format', 'Type', 'Any'])
		expect(figures.structs[kind], kind).toBeGreaterThan(0);
});

test('a seed makes the same round, whatever ran before it', () => {
	const alone = round(12, nothingYet());
	round(13, nothingYet());
	expect(round(12, nothingYet())).toBe(alone);
});
