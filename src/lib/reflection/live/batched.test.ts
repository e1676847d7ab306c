import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Batched, type Bounds } from './batched.ts';

const bounds: Bounds = { most: 100, atOnce: 2, everyMs: 5 };

/** Answers when told to; knows what it was asked. */
function oracle(some: Partial<Bounds> = {}) {
	const batches: { questions: number[]; answer(): void; fail(error: Error): void }[] = [];
	const batched = new Batched<number, string>(
		(questions) =>
			new Promise((resolve, reject) =>
				batches.push({ questions, answer: () => resolve(questions.map(String)), fail: reject })
			),
		{ ...bounds, ...some },
		(error) => (error as Error).message === 'one is bad'
	);
	const began = async (count: number) => {
		for (let turn = 0; batches.length < count && turn < 1000; turn++) await wait(2);
		expect(batches.length).toBe(count);
	};
	return { batched, batches, began };
}

test('what is asked in one turn is answered by one batch, each with its own answer', async () => {
	const { batched, batches, began } = oracle();
	const answers = Promise.all([3, 1, 3].map((question) => batched.ask(question)));
	await began(1);
	batches[0]!.answer();
	expect(await answers).toEqual(['3', '1', '3']);
	expect(batches[0]!.questions).toEqual([3, 1, 3]);
});

test('what is asked while a batch is under way is never answered by it', async () => {
	const { batched, batches, began } = oracle();
	const first = batched.ask(1);
	await began(1);
	const again = batched.ask(1);
	batches[0]!.answer();
	expect(await first).toBe('1');
	await began(2);
	batches[1]!.answer();
	expect(await again).toBe('1');
});

test('no more are under way than allowed, and none is larger; what waits meanwhile goes together', async () => {
	const { batched, batches, began } = oracle({ most: 3, everyMs: 0 });
	const all = [];
	for (let question = 1; question <= 2; question++) {
		all.push(batched.ask(question));
		await began(question);
	}
	for (let question = 3; question <= 9; question++) all.push(batched.ask(question));
	await wait(30);
	expect(batches.length).toBe(2);
	for (let next = 0; next < 5; next++) {
		await began(Math.min(5, next + 2));
		batches[next]!.answer();
	}
	expect(await Promise.all(all)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
	expect(batches.map(({ questions }) => questions)).toEqual([[1], [2], [3, 4, 5], [6, 7, 8], [9]]);
});

test('when only the first few are answered, the others are asked again before those who came later', async () => {
	const asked: number[][] = [];
	const batched = new Batched<number, number>(
		async (questions) => {
			asked.push(questions);
			await wait(5);
			return questions.slice(0, 2).map((question) => question * 10);
		},
		{ ...bounds, atOnce: 1 }
	);
	const first = Promise.all([1, 2, 3].map((question) => batched.ask(question)));
	await wait(1);
	const later = batched.ask(4);
	expect(await first).toEqual([10, 20, 30]);
	expect(await later).toBe(40);
	expect(asked.flat().filter((question) => question === 3)).toHaveLength(2);
	expect(asked.flat().lastIndexOf(3)).toBeLessThan(asked.flat().lastIndexOf(4));
});

test('a failure reaches all who asked, and the next batch is asked all the same', async () => {
	const { batched, batches, began } = oracle();
	const failed = Promise.allSettled([batched.ask(1), batched.ask(2)]);
	await began(1);
	batches[0]!.fail(new Error('away'));
	expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
	const next = batched.ask(3);
	await began(2);
	batches[1]!.answer();
	expect(await next).toBe('3');
});

test('when one may be the reason each is asked alone, and the others are answered', async () => {
	const { batched, batches, began } = oracle();
	const all = Promise.allSettled([1, 2, 3].map((question) => batched.ask(question)));
	await began(1);
	batches[0]!.fail(new Error('one is bad'));
	for (let next = 2; next <= 4; next++) {
		await began(next);
		if (next === 3) batches[2]!.fail(new Error('one is bad'));
		else batches[next - 1]!.answer();
	}
	expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('an answer to nothing is a failure and no endless question', async () => {
	const batched = new Batched<number, number>(async () => [], bounds);
	await expect(batched.ask(1)).rejects.toThrow('Nothing was answered');
});
