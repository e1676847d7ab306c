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

test('the whole recording arrives, in order, as fast as it goes', async () => {
	const outcome = await replay(rehearse(readTrace('friendsforever')), { base: product.base, people });
	console.log(outcome.edits, 'edits', outcome.seconds.toFixed(1), 's', outcome.propagation);
	expect(outcome).toMatchObject({ edits: 26_078, otherLosses: 0 });
	expect(outcome.text).toBe(readTrace('friendsforever').endContent);
});

test('with connections lost at random, nothing is missing', async () => {
	const outcome = await replay(rehearse(readTrace('friendsforever'), 6_000), {
		base: product.base,
		people,
		disconnects: 12
	});
	expect(outcome.disconnects).toBe(12);
});

test('killed ten times and restarted, the server has everything it acknowledged', async () => {
	const outcome = await replay(rehearse(readTrace('friendsforever'), 6_000), {
		base: product.base,
		people,
		kills: 10,
		disconnects: 3,
		server: product
	});
	expect(outcome.kills).toBe(10);
});

test('restarted by somebody else, it is found again', async () => {
	let restarts = 0;
	const restarting = (async () => {
		for (; restarts < 2; restarts++) {
			await new Promise((resolve) => setTimeout(resolve, 700));
			await product.kill();
			await product.start();
		}
	})();
	const [outcome] = await Promise.all([
		replay(rehearse(readTrace('friendsforever'), 6_000), { base: product.base, people }),
		restarting
	]);
	expect(outcome.edits).toBe(6_000);
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

test('on a Postgres server the same holds', async () => {
	const { url, drop } = await freshDatabase();
	const onPostgres = await startProduct({ DATABASE_URL: url });
	try {
		const outcome = await replay(rehearse(readTrace('friendsforever'), 6_000), {
			base: onPostgres.base,
			people,
			kills: 3,
			disconnects: 3,
			server: onPostgres
		});
		expect(outcome).toMatchObject({ kills: 3, disconnects: 3 });
	} finally {
		await onPostgres.stop();
		await drop();
	}
});
