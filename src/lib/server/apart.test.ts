import { afterEach, expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import { Apart } from './apart.ts';

/** A thread that does as it is told. */
const script = new URL(
	`data:text/javascript,${encodeURIComponent(`
		import { parentPort } from 'node:worker_threads';
		parentPort.on('message', (told) => {
			if (told === 'for ever') for (;;) {}
			if (told === 'no') parentPort.postMessage({ refused: 'No.' });
			else if (told === 'break') throw new Error('broken');
			else if (told === 'fail') parentPort.postMessage({ error: 'failed' });
			else parentPort.postMessage({ done: 'did ' + told });
		});
	`)}`
);
let apart: Apart<string, string>;
const made = (ms = 20_000) =>
	(apart = new Apart<string, string>({ script, ms, megabytes: 64, waiting: 3, failed: 'Given up.' }));
afterEach(() => apart.close());

test('does one piece after the other, and answers each', async () => {
	made();
	expect(await Promise.all(['one', 'two', 'three'].map((told) => apart.run(told)))).toEqual([
		'did one',
		'did two',
		'did three'
	]);
});

test('a refusal comes over as one, and what fails unforeseen as an error', async () => {
	made();
	await expect(apart.run('no')).rejects.toEqual(new Refusal('rule', 'No.'));
	await expect(apart.run('fail')).rejects.toThrow('failed');
	expect(await apart.run('on')).toBe('did on');
});

test('what takes too long, or breaks its thread, is given up, and the next piece is done', async () => {
	made(1_500);
	for (const told of ['for ever', 'break']) {
		const [given, next] = await Promise.allSettled([apart.run(told), apart.run('next')]);
		expect(given).toMatchObject({ status: 'rejected', reason: { reason: 'rule', message: 'Given up.' } });
		expect(next).toMatchObject({ status: 'fulfilled', value: 'did next' });
	}
});

test('too many who wait are told so', async () => {
	made();
	const first = ['one', 'two', 'three'].map((told) => apart.run(told));
	await expect(apart.run('four')).rejects.toMatchObject({ reason: 'too-many' });
	await Promise.all(first);
	expect(await apart.run('five')).toBe('did five');
});
