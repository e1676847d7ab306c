/**
 * npm run test:session [-- --acts N] [--seed S]: a long session of one pair on three devices in a real browser, with cuts,
 * reloads and kills (400 acts by default). A fault names its seed, and --seed repeats it.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { acts: { type: 'string' }, seed: { type: 'string' } } });
const acts = values.acts ?? '400';
const seed = values.seed ?? String(randomInt(2 ** 31));
if (![acts, seed].every((value) => /^\d{1,10}$/.test(value)) || Number(acts) < 1) {
	console.error('--acts and --seed take whole numbers, such as --acts 400 --seed 7.');
	process.exit(2);
}
const root = join(import.meta.dirname, '..');
const vitest = spawn(
	process.execPath,
	[join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'journeys', 'tests/journeys/session.test.ts'],
	{
		cwd: root,
		env: { ...process.env, SESSION_ACTS: acts, SESSION_SEED: seed },
		stdio: 'inherit'
	}
);
const [code] = (await once(vitest, 'exit')) as [number | null];
process.exitCode = code ?? 1;
