/**
 * npm run bench:live [-- --only typing,carets --seconds 20 --paper automerge-paper.json.gz]: the live engine beside
 * its peers and the floor, one after the other in one run. Writes bench/results/<date>.md and .json.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { saying } from '../scripts/saying.ts';
import { rows, type Figures } from './rows.ts';
import { installPeers, killAll, kinds, titles, type Contender, type ServerName } from './servers.ts';
import { tableOf } from './targets.ts';

await saying(async () => {
	const { values } = parseArgs({
		options: {
			only: { type: 'string' },
			servers: { type: 'string' },
			seconds: { type: 'string', default: '20' },
			paper: { type: 'string' }
		}
	});
	const seconds = Number(values.seconds);
	if (!(seconds >= 1)) throw new Error('--seconds wants a number of seconds.');
	const wanted = values.only?.split(',') ?? Object.keys(rows);
	const unknown = wanted.find((name) => !(name in rows));
	if (unknown) throw new Error(`There is no row "${unknown}". Rows: ${Object.keys(rows).join(', ')}.`);

	const servers = values.servers?.split(',') ?? Object.keys(kinds);
	const stranger = servers.find((name) => !(name in kinds));
	if (stranger) throw new Error(`There is no server "${stranger}". Servers: ${Object.keys(kinds).join(', ')}.`);

	if (servers.includes('level') || servers.includes('hocuspocus')) installPeers();
	const measured: Record<string, Partial<Record<ServerName, number | null>>> = {};
	const notes: string[] = [];
	const contenders: Contender[] = [];
	try {
		for (const name of servers) contenders.push(await kinds[name as ServerName]());
		for (const name of wanted) {
			const row = rows[name]!;
			const lacks = row.lacks?.({ seconds, paper: values.paper });
			if (lacks) {
				notes.push(`${name}: not measured, ${lacks}`);
				continue;
			}
			for (const contender of contenders) {
				if (row.without?.includes(contender.name)) continue;
				process.stderr.write(`${name}: ${titles[contender.name]} … `);
				let figures: Figures = {};
				try {
					figures = await row.measure(contender, { seconds, paper: values.paper });
					process.stderr.write('done\n');
				} catch (error) {
					const why = error instanceof Error ? error.message : String(error);
					process.stderr.write(`failed: ${why}\n`);
					notes.push(`${name}, ${titles[contender.name]}: failed. ${why.trim().split('\n').slice(0, 3).join(' ')}`);
					process.exitCode = 1;
				} finally {
					killAll();
				}
				for (const [figure, value] of Object.entries(figures)) (measured[figure] ??= {})[contender.name] = value;
			}
		}
	} finally {
		for (const contender of contenders) await contender.close();
	}

	const at = new Date().toISOString();
	const machine = `${cpus().length} cores (${cpus()[0]!.model.trim()}), Node ${process.versions.node}`;
	const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' });
	const { text, results } = tableOf(measured);
	const report = [
		`# The live engine beside its peers, ${at.slice(0, 16).replace('T', ' ')} UTC`,
		`Commit ${commit.trim()}. ${machine}. ${seconds} s for each figure under load that goes on.`,
		...wanted.map((name) => `- ${name}: ${rows[name]!.title}`),
		'',
		text,
		...(notes.length ? ['', ...notes.map((note) => `- ${note}`)] : [])
	].join('\n');
	console.log(report);
	const folder = join(import.meta.dirname, 'results');
	mkdirSync(folder, { recursive: true });
	const file = join(folder, at.slice(0, 16).replace(':', ''));
	writeFileSync(`${file}.md`, `${report}\n`);
	writeFileSync(
		`${file}.json`,
		`${JSON.stringify({ at, commit: commit.trim(), machine, seconds, rows: wanted, results, notes }, null, '\t')}\n`
	);
	console.log(`\nWritten to ${file}.md and .json`);
});
process.exit();
