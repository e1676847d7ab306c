/**
 * npm run replay -- --trace friendsforever --base http://localhost:5173
 *
 * Signs two people in, starts a fresh reflection and replays a recording of real writing through stock y-websocket
 * clients while a third reader watches. Ends with 0 only when every text is the one that must stand there and nothing
 * the server acknowledged is missing.
 */
import { parseArgs } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';
import { startProduct, type Product } from '../tests/product.ts';
import { rehearse } from './replay/rehearsal.ts';
import { Missing, replay } from './replay/run.ts';
import { readTrace } from './replay/trace.ts';

const usage = `npm run replay -- [options]
  --trace NAME|PATH    a name in tests/data/editing-traces, or a .json or .json.gz of that format (friendsforever)
  --base URL           a running server; without it the script builds and starts its own on a temporary folder
  --serve              the same as leaving --base out
  --person EMAIL       twice: who writes as author 0, 2, 4 … and who as 1, 3, 5 …
                       (rosa@wayfellow.example and idris@wayfellow.example)
  --realtime           at the pace of the recording, or of a typing person where it has no times
  --disconnects N      one of the authors loses the connection so often
  --kills N            the server is killed (SIGKILL) and started again so often; not with --base
  --limit N            only the first N edits`;

try {
	process.exitCode = await main();
} catch (error) {
	console.error(`\n${error instanceof Error ? error.message : String(error)}`);
	process.exitCode = 1;
}

async function main(): Promise<number> {
	const { values } = parseArgs({
		options: {
			trace: { type: 'string', default: 'friendsforever' },
			base: { type: 'string' },
			serve: { type: 'boolean', default: false },
			person: { type: 'string', multiple: true, default: [] },
			realtime: { type: 'boolean', default: false },
			disconnects: { type: 'string', default: '0' },
			kills: { type: 'string', default: '0' },
			limit: { type: 'string' },
			help: { type: 'boolean', default: false }
		}
	});
	if (values.help) {
		console.log(usage);
		return 0;
	}
	const disconnects = count('--disconnects', values.disconnects);
	const kills = count('--kills', values.kills);
	const limit = values.limit === undefined ? Infinity : count('--limit', values.limit);
	if (values.base && (values.serve || kills > 0)) {
		throw new Error('--serve and --kills need a server of their own: leave --base out.');
	}
	if (values.base && !URL.canParse(values.base)) throw new Error(`--base ${values.base} is not an address.`);
	if (![0, 2].includes(values.person.length)) throw new Error('Give --person twice, or not at all.');
	const [one = 'rosa@wayfellow.example', other = 'idris@wayfellow.example'] = values.person;

	const trace = readTrace(values.trace);
	console.log(
		`Rehearsing ${trace.name}: ${trace.edits.length} edits by ${trace.authors} ${trace.authors === 1 ? 'author' : 'authors'}.`
	);
	const rehearsal = rehearse(trace, limit);
	if (!rehearsal.asPublished) {
		console.error(
			'Played locally, this trace does not give its own endContent in any order of its authors: it lets two insert at ' +
				'one place at once, which the format forbids. Comparing with the local text instead.'
		);
	}

	const product: Product | undefined = values.base ? undefined : await startProduct();
	const bar = new SingleBar(
		{
			format: '{bar} {value}/{total} edits, {durable} durable, {rate} edits/s, {duration_formatted}',
			etaBuffer: 1_000,
			noTTYOutput: true,
			notTTYSchedule: 2_000,
			hideCursor: true
		},
		Presets.shades_classic
	);
	const begin = performance.now();
	bar.start(rehearsal.steps.length, 0, { durable: 0, rate: 0 });
	try {
		const outcome = await replay(rehearsal, {
			base: (product?.base ?? values.base!).replace(/\/$/, ''),
			people: [one, other],
			realtime: values.realtime,
			disconnects,
			kills,
			server: product,
			progress: (made, durable) =>
				bar.update(made, { durable, rate: Math.round((made / (performance.now() - begin)) * 1_000) }),
			say: (sentence) => process.stdout.isTTY || console.log(sentence)
		});
		bar.stop();
		const { edits, seconds, propagation } = outcome;
		console.log(`Reflection ${outcome.reflectionId}`);
		console.log(
			`All texts are equal, ${outcome.text.length} characters: ${trace.authors} ${trace.authors === 1 ? 'author' : 'authors'}, ` +
				`the reader and a fresh client. Nothing acknowledged is missing.`
		);
		console.log(
			`edits ${edits}, seconds ${seconds.toFixed(1)}, edits/s ${Math.round(edits / seconds)}, ` +
				`propagation p50 ${propagation.p50.toFixed(1)} ms, p99 ${propagation.p99.toFixed(1)} ms (${propagation.measured} measured)`
		);
		if (disconnects + kills + outcome.otherLosses > 0) {
			console.log(
				`disconnects ${outcome.disconnects}, kills ${outcome.kills}, other losses of connection ${outcome.otherLosses}`
			);
		}
		return rehearsal.asPublished ? 0 : 1;
	} catch (error) {
		bar.stop();
		if (error instanceof Missing) console.error(`\nNot as it must be: ${error.message}`);
		else throw error;
		return 1;
	} finally {
		await product?.stop();
	}
}

function count(name: string, text: string): number {
	if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} takes a whole number, not "${text}".`);
	return Number(text);
}
