/**
 * npm run test:worlds [-- --worlds N] [--seed S]: random worlds of people, roles and pairs in a real database, each held
 * against the model in tests/worlds (200 of them by default). A disagreement names its seed and the fewest facts that show
 * it, and --worlds 1 --seed S repeats that world.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { withDatabase } from '../tests/with-database.ts';
import { ask } from '../tests/worlds/agree.ts';

const { values } = parseArgs({ options: { worlds: { type: 'string' }, seed: { type: 'string' } } });
const worlds = Number(values.worlds ?? 200);
const first = Number(values.seed ?? randomInt(2 ** 31));
if (!Number.isSafeInteger(worlds) || worlds < 1 || !Number.isSafeInteger(first)) {
	console.error('--worlds and --seed take whole numbers, such as --worlds 200 --seed 7.');
	process.exit(2);
}
const db = await withDatabase({ cast: false });
let disagreed = 0;
try {
	for (let i = 0; i < worlds; i++) {
		const sentence = await ask(db, first + i);
		if (!sentence) continue;
		disagreed++;
		console.log(sentence);
	}
} finally {
	await db.close();
}
console.log(`${worlds - disagreed} worlds agreed, ${disagreed} did not, from seed ${first} on.`);
process.exitCode = disagreed > 0 ? 1 : 0;
