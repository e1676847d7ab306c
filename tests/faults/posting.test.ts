/** The whole product killed while a cohort posts through its doors, each post tried again under its form until it is answered. */
import { randomInt } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { asc, eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openThread } from '#lib/discussion/posting.server.ts';
import { posts, postWords } from '#lib/discussion/schema.server.ts';
import { plantCohort, type CohortWorld } from '../cohort-world.ts';
import { signIn } from '../live-room.ts';
import type { ServerDatabase } from '../postgres-server.ts';
import { startProduct, type Product } from '../product.ts';
import { serverDatabase } from '../with-database.ts';
import { amount, minutes, tell } from './form.ts';

const token = 'a-token-for-figures-of-some-length';
let db: ServerDatabase;
let product: Product;
let world: CohortWorld;
let threadId: string;
beforeAll(async () => {
	db = await serverDatabase();
	world = await plantCohort(db);
	({ threadId } = await openThread(db, world.people.ana, {
		cohortId: world.cohortId,
		microcredentialId: world.waiting,
		kind: 'question',
		title: 'Five seconds feels like for ever',
		text: 'How do you stand the silence?',
		form: uuidv7()
	}));
	product = await startProduct({ DATABASE_URL: db.url, DEMO: undefined, METRICS_TOKEN: token });
});
afterAll(async () => {
	await product?.stop();
	await db?.close();
});

type Promised = { form: string; text: string; number: number };

/** Somebody who posts one thing after the other, and believes only what the server has answered. */
async function poster(name: string, personId: string, stopped: () => boolean, promised: Promised[]): Promise<number> {
	const { cookie } = await signIn(db, personId);
	let tries = 0;
	const send = async (form: string, text: string): Promise<number | null> => {
		tries++;
		try {
			const response = await fetch(`${product.base}/threads/${threadId}?/reply`, {
				method: 'POST',
				headers: { cookie, origin: product.base, accept: 'text/html' },
				body: new URLSearchParams({ form, text }),
				redirect: 'manual',
				signal: AbortSignal.timeout(10_000)
			});
			const number = /#post-(\d+)$/.exec(response.headers.get('location') ?? '');
			// What is refused will be refused again: then the test, and not the product, is wrong.
			if (response.status === 422 || response.status === 404) throw new Error(`refused: ${await response.text()}`);
			return response.status === 303 && number ? Number(number[1]) : null;
		} catch (error) {
			if (error instanceof Error && error.message.startsWith('refused')) throw error;
			return null;
		}
	};
	for (let i = 1; !stopped(); i++) {
		const [form, text] = [uuidv7(), `${name} says number ${i}`];
		for (;;) {
			// A network that stutters sends the same twice at once.
			const answers = await Promise.all(randomInt(4) === 0 ? [send(form, text), send(form, text)] : [send(form, text)]);
			const number = answers.find((answer) => answer !== null);
			if (number) {
				promised.push({ form, text, number });
				expect(new Set(answers.filter((answer) => answer !== null)).size).toBe(1);
				break;
			}
			await wait(50 + randomInt(200));
		}
		// No faster than a person may, also in the long form.
		await wait(250 + randomInt(100));
	}
	return tries;
}

test(
	'killed at any moment, it has every post that it acknowledged, once, under the number that it said',
	{ timeout: minutes(4, 60) },
	async () => {
		const kills = amount(3, 40);
		const promised: Promised[] = [];
		let stop = false;
		const people = (['ana', 'ben', 'cleo', 'mentor', 'coach', 'moderator'] as const).map((key) =>
			poster(key, world.people[key].id, () => stop, promised)
		);
		try {
			for (let kill = 0; kill < kills; kill++) {
				const before = promised.length;
				for (const end = Date.now() + 60_000; promised.length < before + 10; await wait(20))
					expect(Date.now(), 'people post on after a kill').toBeLessThan(end);
				await wait(randomInt(300));
				await product.kill();
				// Another day: nobody is held back here for how much they say.
				await db.asOwner((tx) => tx.update(posts).set({ createdAt: sql`created_at - interval '2 days'` }));
				await product.start();
			}
		} finally {
			stop = true;
		}
		const tries = (await Promise.all(people)).reduce((sum, one) => sum + one, 0);
		const rows = await db.asOwner((tx) =>
			tx
				.select({ form: posts.formId, number: posts.number, words: postWords.words })
				.from(posts)
				.innerJoin(postWords, eq(postWords.postId, posts.id))
				.where(eq(posts.threadId, threadId))
				.orderBy(asc(posts.number))
		);
		// Without gaps, and nothing twice.
		expect(rows.map(({ number }) => number)).toEqual(rows.map((_, i) => i + 1));
		expect(new Set(rows.map(({ words }) => words)).size).toBe(rows.length);
		const stored = new Map(rows.map((row) => [row.form, row]));
		const lost = promised.filter(({ form, text, number }) => {
			const row = stored.get(form);
			return row?.words !== text || row.number !== number;
		});
		expect(lost).toEqual([]);
		// Everybody waited for their last answer, so there is nothing that nobody was told of.
		expect(rows.length).toBe(promised.length + 1);
		tell(
			`SIGKILL: ${kills} kills while six people post through the product; ${promised.length} posts acknowledged in ${tries} tries, 0 missing, 0 doubled.`
		);
	}
);

test('told to stop, it ends within ten seconds, with pages that listen and one that takes nothing', async () => {
	const { cookie } = await signIn(db, world.people.ben.id);
	const listen = () =>
		new Promise<IncomingMessage>((done, failed) =>
			get(
				`${product.base}/threads/${threadId}/live`,
				{ headers: { cookie, 'accept-encoding': 'gzip, br' }, agent: false },
				done
			).on('error', failed)
		);
	const pages = await Promise.all(Array.from({ length: 5 }, listen));
	for (const { statusCode, headers } of pages) {
		expect(statusCode).toBe(200);
		expect(headers).toMatchObject({
			'content-type': 'text/event-stream; charset=utf-8',
			'cache-control': 'no-store',
			'x-accel-buffering': 'no'
		});
		// What is packed waits for more to pack.
		expect(headers['content-encoding']).toBeUndefined();
	}
	const stuck = pages.pop()!;
	stuck.on('error', () => {});
	stuck.pause();
	const heard = pages.map(async (page) => {
		let text = '';
		for await (const bytes of page) text += String(bytes as Buffer);
		return text;
	});
	const figures = await fetch(`${product.base}/metrics`, { headers: { authorization: `Bearer ${token}` } });
	expect(await figures.text()).toMatch(/^wayfellow_threads_streams 5$/m);
	const began = performance.now();
	expect(await product.terminate()).toBe(0);
	expect(performance.now() - began).toBeLessThan(10_000);
	for (const text of await Promise.all(heard)) {
		expect(text).toMatch(/^retry: \d+\n\nid: \d+\nevent: version\n/);
		expect(text).toMatch(/retry: \d+\n\n$/);
	}
	await product.start();
});
