import { expect, test } from 'vitest';
import { Budget, Budgets, waitingFor, type Rate } from './budget.ts';

const rate: Rate = { framesPerSecond: 10, bytesPerSecond: 1000, burstSeconds: 4 };
const larger: Rate = { framesPerSecond: 15, bytesPerSecond: 1500, burstSeconds: 4 };

type Spent = [atMs: number, frames: number, bytes: number];

test.for<[what: string, spent: Spent[], at: number, debtMs: number]>([
	['nothing spent is no debt', [], 0, 0],
	['a burst is free', [[0, 40, 4000]], 0, 0],
	['one frame more has to wait for one frame', [[0, 41, 0]], 0, 100],
	['bytes count as well', [[0, 1, 5000]], 0, 1000],
	['the larger debt counts', [[0, 50, 6000]], 0, 2000],
	['time pays', [[0, 50, 6000]], 1500, 500],
	['and then it is even', [[0, 50, 6000]], 2000, 0],
	['what arrives while we wait is debt too', [[0, 50, 0], [500, 10, 0]], 500, 1500], // prettier-ignore
	['a long silence is worth no more than a burst', [[0, 1, 0], [3_600_000, 41, 0]], 3_600_000, 100], // prettier-ignore
	['at its rate it goes on for ever', Array.from({ length: 1000 }, (_, i): Spent => [i * 100, 1, 100]), 99_900, 0]
])('%s', ([, spent, at, debtMs]) => {
	const budget = new Budget(() => rate, 0);
	for (const [now, frames, bytes] of spent) budget.spend(frames, bytes, now);
	expect(budget.debtMs(at)).toBeCloseTo(debtMs, 6);
});

const one = (frames: number, of = rate) => {
	const budget = new Budget(() => of, 0);
	budget.spend(frames, 0, 0);
	return budget;
};

test.for<[what: string, person: number, document: number, ms: number, because: string]>([
	['nobody waits while both are even', 40, 60, 0, 'person'],
	['who floods waits for themselves', 60, 60, 2000, 'person'],
	['who helped to bring the document into debt waits for it', 30, 75, 1000, 'document'],
	['whichever debt is longer', 60, 75, 2000, 'person'],
	['whichever debt is longer, also the other', 45, 75, 1000, 'document'],
	['the partner who only types does not wait for what others sent', 15, 7500, 0, 'person']
])('%s', ([, person, document, ms, because]) => {
	const waiting = waitingFor(one(person), one(document, larger), 0);
	expect(waiting.ms).toBeCloseTo(ms, 6);
	expect(waiting.because).toBe(because);
});

test('what one person may send never brings a document into debt that may take more', () => {
	const [person, document] = [new Budget(() => rate, 0), new Budget(() => larger, 0)];
	let now = 0;
	for (let frame = 0; frame < 5000; frame++) {
		person.spend(1, 0, now);
		document.spend(1, 0, now);
		expect(document.debtMs(now)).toBe(0);
		now += waitingFor(person, document, now).ms; // as fast as they are read
	}
	expect(now).toBeGreaterThan(0);
});

test('everybody has a budget of their own, and it is forgotten once it is as good as new', () => {
	const budgets = new Budgets(() => rate);
	budgets.of('rosa', 0).spend(50, 0, 0);
	budgets.of('idris', 0).spend(1, 0, 0);
	expect(budgets.of('rosa', 0).debtMs(0)).toBeCloseTo(1000, 6);
	expect(budgets.of('idris', 0).debtMs(0)).toBe(0);
	budgets.forgetFull(100);
	expect(budgets.size).toBe(1); // who left in debt finds it again
	expect(budgets.of('rosa', 100).debtMs(100)).toBeCloseTo(900, 6);
	budgets.forgetFull(5000);
	expect(budgets.size).toBe(0);
});

test('a rate that changes counts from then on', () => {
	const changing = { ...rate };
	const budget = new Budget(() => changing, 0);
	changing.framesPerSecond = 1;
	budget.spend(5, 0, 0);
	expect(budget.debtMs(0)).toBeCloseTo(1000, 6);
});
