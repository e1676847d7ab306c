/**
 * npm run test:faults [-- FILTER]: the fault tests in their long form (two hundred kills and more), and in the end what
 * they found, in figures. What could not be tried on this machine is said, and counts as failed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'wayfellow-faults-'));
const figures = join(folder, 'figures');
try {
	const vitest = spawn(
		process.execPath,
		[join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'faults', ...process.argv.slice(2)],
		{
			cwd: root,
			env: { ...process.env, FAULTS: 'full', FAULTS_FIGURES: figures },
			stdio: ['ignore', 'inherit', 'inherit']
		}
	);
	const [code] = (await once(vitest, 'exit')) as [number | null];
	console.log(existsSync(figures) ? readFileSync(figures, 'utf8').trimEnd() : 'No test came as far as a figure.');
	process.exitCode = code ?? 1;
} finally {
	rmSync(folder, { recursive: true });
}
