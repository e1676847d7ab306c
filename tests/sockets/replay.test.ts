/** The recording of two people, replayed against the production build, in a shorter form of `npm run replay`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rehearse } from '../../scripts/replay/rehearsal.ts';
import { replay } from '../../scripts/replay/run.ts';
import { parseTrace, readTrace } from '../../scripts/replay/trace.ts';
import { cast } from '../../src/seed/cast.ts';
import { freshDatabase } from '../postgres-server.ts';
import { startProduct, type Product } from '../product.ts';

const people: [string, string] = [cast.people.rosa.email, cast.people.idris.email];
let product: Product;

beforeAll(async () => {
	product = await startProduct();
});
afterAll(() => product?.stop());

test('the recording arrives, in order, as fast as it goes', async () => {
	const outcome = await replay(rehearse(readTrace('friendsforever'), 8_000), { base: product.base, people });
	console.log(outcome.edits, 'edits', outcome.seconds.toFixed(1), 's', outcome.propagation);
	expect(outcome).toMatchObject({ edits: 8_000, otherLosses: 0 });
});

test('with connections lost at random, nothing is missing', async () => {
	const outcome = await replay(rehearse(readTrace('friendsforever'), 4_000), {
		base: product.base,
		people,
		disconnects: 10
	});
	expect(outcome.disconnects).toBe(10);
});

test('killed at random moments and restarted, the server has everything it acknowledged', async () => {
	const outcome = await replay(rehearse(readTrace('friendsforever'), 3_000), {
		base: product.base,
		people,
		kills: 4,
		disconnects: 2,
		server: product
	});
	expect(outcome.kills).toBe(4);
});

test('restarted by somebody else, it is found again', async () => {
	let restarted: Promise<void> | undefined;
	const outcome = await replay(rehearse(readTrace('friendsforever'), 3_000), {
		base: product.base,
		people,
		progress: (made) => {
			if (made > 1_000) restarted ??= product.kill().then(() => product.start());
		}
	});
	await restarted;
	expect(outcome.otherLosses).toBeGreaterThan(0);
});

test('at the pace of a person it takes a person’s time', async () => {
	const outcome = await replay(rehearse(readTrace('friendsforever'), 12), {
		base: product.base,
		people,
		realtime: true
	});
	expect(outcome.edits).toBe(12);
	expect(outcome.seconds).toBeGreaterThan(0.5);
});

test('a third author is a second device of the first person', async () => {
	const trace = parseTrace('three devices', {
		kind: 'concurrent',
		numAgents: 3,
		endContent: 'Three hands went up, and the fourth 🙋 waited.',
		txns: [
			{ agent: 0, parents: [], patches: [[0, 0, 'Three hands went up']] },
			{ agent: 1, parents: [0], patches: [[19, 0, ', and 🙋']] },
			{ agent: 2, parents: [1], patches: [[25, 0, 'the fourth ']] },
			{ agent: 2, parents: [2], patches: [[37, 0, ' waited']] },
			{ agent: 0, parents: [3], patches: [[44, 0, '.']] }
		]
	});
	expect(await replay(rehearse(trace), { base: product.base, people })).toMatchObject({ text: trace.endContent });
});

// The product is started eleven times.
test('on a Postgres server, killed ten times, the same holds', { timeout: 240_000 }, async () => {
	const { url, drop } = await freshDatabase();
	const onPostgres = await startProduct({ DATABASE_URL: url });
	try {
		const outcome = await replay(rehearse(readTrace('friendsforever'), 6_000), {
			base: onPostgres.base,
			people,
			kills: 10,
			disconnects: 5,
			server: onPostgres
		});
		expect(outcome).toMatchObject({ kills: 10, disconnects: 5 });
	} finally {
		await onPostgres.stop();
		await drop();
	}
});
