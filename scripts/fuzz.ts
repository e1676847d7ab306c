/**
 * npm run test:fuzz [-- --updates N] [--seed S]: generated updates, honest and forged, held against Yjs itself, until N
 * have been judged (a million by default). A fault names its seed, and --updates 1 --seed S repeats that round.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { nothingYet, round } from '../tests/fuzz/fuzz.ts';

const { values } = parseArgs({ options: { updates: { type: 'string' }, seed: { type: 'string' } } });
const wanted = Number(values.updates ?? 1_000_000);
const first = Number(values.seed ?? randomInt(2 ** 31));
if (!Number.isSafeInteger(wanted) || wanted < 1 || !Number.isSafeInteger(first)) {
	console.error('--updates and --seed take whole numbers, such as --updates 1000000 --seed 7.');
	process.exit(2);
}
const figures = nothingYet();
const began = performance.now();
let said = began;
for (let seed = first; figures.updates < wanted; seed++) {
	round(seed, figures);
	if (performance.now() - said < 10_000) continue;
	said = performance.now();
	console.log(`${figures.updates} of ${wanted} updates, ${Math.round((said - began) / 1000)} s`);
}
console.log(
	JSON.stringify({ seed: first, seconds: Math.round((performance.now() - began) / 1000), ...figures }, null, '\t')
);
