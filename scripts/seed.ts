/**
 * `npm run seed`: plants the cast of people into the configured database. With `-- --teachers N` it fills the database
 * with plausible load for measuring instead: `npm run seed -- --teachers 5000 [--seed 1]`.
 */
import { parseArgs } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';
import { openDatabase } from '../src/lib/server/open-database.ts';
import { migrate } from '../src/lib/server/migrate.ts';
import { readSettings } from '../src/lib/server/settings.ts';
import { checkLoad, mostTeachers, plantLoad } from '../src/seed/load.server.ts';
import { plantCast } from '../src/seed/plant.server.ts';
import { saying } from './saying.ts';

const usage = `Usage: npm run seed                                      (the cast)
       npm run seed -- --teachers N [--seed S]           (load: N from 1 to ${mostTeachers.toLocaleString('en')}, S from 0 to 65535)`;

function readArguments(): { teachers?: number; seed?: number } {
	try {
		const { values } = parseArgs({ options: { teachers: { type: 'string' }, seed: { type: 'string' } } });
		if (values.seed !== undefined && values.teachers === undefined) throw new Error('--seed goes with --teachers.');
		return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, text === '' ? NaN : Number(text)]));
	} catch (error) {
		throw new Error(`${(error as Error).message}\n${usage}`, { cause: error });
	}
}

await saying(async () => {
	const { teachers, seed } = readArguments();
	if (teachers !== undefined) checkLoad({ teachers, seed });
	const settings = readSettings();
	const db = await openDatabase(settings);
	try {
		await migrate(db, { recipient: settings.BACKUP_RECIPIENT });
		if (teachers === undefined) {
			await plantCast(db);
			console.log('The cast is planted. `npm run dev` says who you can sign in as.');
			return;
		}
		const began = performance.now();
		const bar = new SingleBar(
			{
				format: '{bar} {percentage} % | {value} of {total} teachers | {rate} a second | {eta_formatted} left',
				hideCursor: true,
				noTTYOutput: true,
				notTTYSchedule: 5000
			},
			Presets.shades_classic
		);
		let counts;
		try {
			counts = await plantLoad(db, {
				teachers,
				...(seed === undefined ? {} : { seed }),
				progress: (done) => {
					const rate = Math.round((done / (performance.now() - began)) * 1000);
					if (!bar.isActive) bar.start(teachers, 0, { rate });
					bar.update(done, { rate });
				}
			});
		} finally {
			bar.stop();
		}
		for (const [table, count] of Object.entries(counts))
			console.log(`${count.toLocaleString('en').padStart(10)}  ${table}`);
		console.log(`Planted in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
	} finally {
		await db.close();
	}
});
