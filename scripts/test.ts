/**
 * npm test: everything that must hold, in the order in which it is cheapest to hear about. Each step says what it does
 * and how long it took; a failing step does not hide the next one. Counts come from the tools' own reports. The end says
 * once more what failed, because an hour of output stands above it; the last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { redisInstalled } from '../tests/redis-server.ts';

type Count = { passed: number; failed: number };
type Result = { code: number | null; output: string };

const root = join(import.meta.dirname, '..');
const reports = join(root, 'test-results');
/** The journeys take some thirty minutes on two cores; a tool that hangs is ended and counts as failed. */
const longestStepMs = 3_600_000;

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const total: Count = { passed: 0, failed: 0 };
const failures: string[] = [];
/** A message's first lines say what was wrong; a whole comparison of two documents stays where it was printed first. */
const longestMessage = 600;
const begin = performance.now();

await step('Types (svelte-check)', async () => {
	await run(['@sveltejs/kit/svelte-kit.js', 'sync'], { quiet: true });
	const { code, output } = await run(
		[
			'svelte-check/bin/svelte-check',
			'--tsconfig',
			'./tsconfig.json',
			'--tsgo',
			'--fail-on-warnings',
			'--output',
			'machine'
		],
		{ quiet: true }
	);
	// The last line of its machine output: <time> COMPLETED <n> FILES <n> ERRORS <n> WARNINGS <n> FILES_WITH_PROBLEMS
	const summary = /COMPLETED (\d+) FILES (\d+) ERRORS (\d+) WARNINGS (\d+) FILES_WITH_PROBLEMS/.exec(output);
	const failed = Number(summary?.[4] ?? 0);
	if (failed > 0 || code !== 0) print(output.replace(/^\d+ /gm, ''));
	// It counts the files it looked at one by one, and not those that the type checker alone saw: one check in all.
	return { passed: code === 0 ? 1 : 0, failed: Math.max(failed, code === 0 ? 0 : 1) };
});

await step('Lint (eslint)', async () => {
	const report = join(reports, 'eslint.json');
	const { code, output } = await run(['eslint/bin/eslint.js', '.', '--max-warnings', '0', '-f', 'json', '-o', report], {
		quiet: true
	});
	const files =
		read<{ filePath: string; messages: { line: number; message: string; ruleId: string | null }[] }[]>(report) ?? [];
	for (const { filePath, messages } of files) {
		for (const { line, message, ruleId } of messages) print(`${filePath}:${line} ${message} (${ruleId ?? 'parser'})`);
	}
	const failed = files.filter(({ messages }) => messages.length > 0).length;
	if (failed === 0 && code !== 0) print(output);
	return { passed: files.length - failed, failed: Math.max(failed, code === 0 ? 0 : 1) };
});

await step('Format (prettier)', async () => {
	const { code, output } = await run(['prettier/bin/prettier.cjs', '--check', '.'], { quiet: true });
	if (code !== 0) print(output);
	const wrong = output.split('\n').filter((line) => /^\[(warn|error)\] \S+$/.test(line)).length;
	return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : Math.max(1, wrong) };
});

await step('Build (vite)', async () => {
	const { code, output } = await run(['vite/bin/vite.js', 'build', '--logLevel', 'warn'], {
		quiet: true,
		environment: { NODE_ENV: 'production' }
	});
	if (code !== 0) print(output);
	return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
});

await step('List of parts (npm sbom)', async () => {
	const { code, output } = await run(['../scripts/parts.ts'], { quiet: true });
	print(output);
	return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
});

for (const [project, what] of [
	['unit', 'Tests of rules, verbs and rows (embedded database)'],
	['postgres', 'Tests on a Postgres server'],
	['sockets', 'Tests of live connections'],
	['faults', 'Faults: kills, full disks, lost networks, jumping clocks, hostile and slow clients (short form)'],
	['journeys', 'Journeys in a browser']
] as const) {
	await step(what, async () => {
		const report = join(reports, `${project}.json`);
		const { code } = await run([
			'vitest/vitest.mjs',
			'run',
			'--project',
			project,
			'--reporter=default',
			'--reporter=json',
			`--outputFile.json=${report}`
		]);
		const counts = read<{
			numPassedTests: number;
			numFailedTests: number;
			numPendingTests: number;
			numTodoTests: number;
			testResults: {
				name: string;
				status: string;
				message: string;
				assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
			}[];
		}>(report);
		if (!counts) return { passed: 0, failed: 1 };
		for (const { name, status, message, assertionResults } of counts.testResults) {
			const file = relative(root, name);
			for (const { status, fullName, failureMessages } of assertionResults)
				if (status === 'failed') failures.push(`${file}: ${fullName}\n${shortened(failureMessages[0] ?? '')}`);
			if (status === 'failed' && assertionResults.length === 0) failures.push(`${file}\n${shortened(message)}`);
		}
		// A file that fails before its first test has none to count. A skipped test is no proof of anything.
		const silent = counts.testResults.filter(
			({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0
		);
		const skipped = counts.numPendingTests + counts.numTodoTests;
		if (skipped > 0) print(`${skipped} tests were skipped, which counts as failed.`);
		const failed = counts.numFailedTests + silent.length + skipped;
		if (counts.numPassedTests + failed === 0) print(`The project ${project} ran no test, which counts as failed.`);
		const unexplained = failed === 0 && (code !== 0 || counts.numPassedTests === 0);
		return { passed: counts.numPassedTests, failed: unexplained ? 1 : failed };
	});
}

if (!redisInstalled())
	print(
		process.env.REDIS_URL
			? '\nRedis was tested at REDIS_URL, but not that it goes away: redis-server is not installed.'
			: '\nRedis was NOT tested: redis-server is not installed, and REDIS_URL is not set.'
	);
if (failures.length > 0) print(`\n── What failed\n${failures.join('\n')}`);
print(`\nAll of it took ${seconds(begin)} s.`);
print(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

async function step(what: string, work: () => Promise<Count>): Promise<void> {
	const since = performance.now();
	print(`\n── ${what}`);
	let count: Count;
	try {
		count = await work();
	} catch (error) {
		print(error instanceof Error ? (error.stack ?? error.message) : String(error));
		count = { passed: 0, failed: 1 };
	}
	total.passed += count.passed;
	total.failed += count.failed;
	const words = `${what}: ${count.passed} passed, ${count.failed} failed, ${seconds(since)} s`;
	if (count.failed > 0) failures.push(words);
	print(words);
}

/** Runs a tool of node_modules under this same Node, with nobody to answer questions. */
function run(
	[tool, ...words]: string[],
	{ quiet = false, environment = {} }: { quiet?: boolean; environment?: Record<string, string> } = {}
): Promise<Result> {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [join(root, 'node_modules', tool!), ...words], {
			cwd: root,
			env: { ...process.env, ...environment },
			stdio: ['ignore', 'pipe', 'pipe'],
			timeout: longestStepMs,
			killSignal: 'SIGKILL'
		});
		let output = '';
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding('utf8').on('data', (text: string) => {
				output += text;
				if (!quiet) process.stdout.write(text);
			});
		}
		child.once('error', reject);
		child.once('close', (code) => resolve({ code, output }));
	});
}

function read<T>(file: string): T | undefined {
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as T;
	} catch {
		return undefined; // the tool ended before it wrote its report
	}
}

function shortened(message: string): string {
	const lines = message.slice(0, longestMessage).trimEnd().split('\n');
	return lines.map((line) => `    ${line}`).join('\n');
}

function print(text: string): void {
	process.stdout.write(`${text.trimEnd()}\n`);
}

function seconds(since: number): string {
	return ((performance.now() - since) / 1_000).toFixed(0);
}
