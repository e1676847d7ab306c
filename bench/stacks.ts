/**
 * What it costs to judge a stack: `npm run bench:stacks`. Forty slots over 400 microcredentials, each fitting several,
 * with a history of awards that expire and of submissions. The target is 5 ms of CPU: for the answer with the shortest way
 * at the 95th percentile, and for the verdict with its sentences and its past at the median. Ends with 1 when it is missed.
 */
import type { Every } from '../src/lib/catalogue/stack.ts';
import { type Ground, type ProgressEvent, factsOf } from '../src/lib/progress/events.ts';
import { countingOf } from '../src/lib/progress/counting.ts';
import { judge } from '../src/lib/progress/judge.ts';
import { stonesOf } from '../src/lib/progress/stones.ts';
import { stackOf, verdictOf } from '../src/lib/progress/verdict.ts';
import { randomOf } from '../tests/stacks/random.ts';

const target = 5;
const rounds = 400;
const day = 24 * 3600_000;
const now = new Date('2026-11-25T18:00:00Z');
const iso = (at: number) => new Date(at).toISOString().slice(0, 10);

/** Forty slots; each list takes about a tenth of the 400, so most microcredentials fit four slots. */
function someCase(seed: number): { ground: Ground; events: ProgressEvent[] } {
	const random = randomOf(seed);
	const ids = Array.from({ length: 400 }, (_, i) => `m${i}`);
	const items = ids.map((id) => ({
		microcredentialId: id,
		title: `Microcredential ${id}`,
		hours: random.chance(0.1) ? null : 3 + random.below(20),
		artifacts: 3,
		open: !random.chance(0.05)
	}));
	const rule: Every = {
		kind: 'every',
		counts: 'earned',
		needs: Array.from({ length: 40 }, () => ({
			kind: 'slots' as const,
			count: 1,
			of: ids.filter(() => random.chance(0.1))
		}))
	};
	const events: ProgressEvent[] = [];
	// From nobody to somebody who has nearly everything.
	const share = (seed % 10) / 20;
	for (const [i, id] of ids.entries()) {
		if (!random.chance(share)) continue;
		const at = now.getTime() - random.below(700) * day;
		if (random.chance(0.6)) {
			const expiresOn = random.chance(0.2) ? iso(at + (100 + random.below(900)) * day) : null;
			events.push({ kind: 'awarded', awardId: `${i}`, microcredentialId: id, at: new Date(at), expiresOn });
		} else events.push({ kind: 'submitted', submissionId: `${i}`, microcredentialId: id, at: new Date(at) });
	}
	return { ground: { now, timeZone: 'America/Chicago', rule, items, lastDay: '2027-06-30' }, events };
}

/** The mean of several, because reading the clock of a process takes a moment of its own. */
function milliseconds(work: () => unknown): number {
	const times = 5;
	const before = process.cpuUsage();
	for (let i = 0; i < times; i++) work();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000 / times;
}

const answers: number[] = [];
const verdicts: number[] = [];
for (let seed = 0; seed < rounds + 40; seed++) {
	const { ground, events } = someCase(seed);
	const facts = factsOf(ground, events);
	const stones = stonesOf(facts);
	const answer = milliseconds(() => {
		const counting = countingOf(facts, { zone: facts.timeZone, lastDay: facts.lastDay, now });
		judge({
			stack: stackOf(facts),
			counts: (item, verb, by) => counting.counts(now.getTime(), item, verb, by),
			cost: (id) => {
				const item = facts.items[Number(id.slice(1))]!;
				return item.open ? { hours: item.hours, waits: false } : null;
			},
			open: () => true
		});
	});
	const verdict = milliseconds(() => verdictOf(facts, stones));
	// The first ones teach the engine.
	if (seed < 40) continue;
	answers.push(answer);
	verdicts.push(verdict);
}

const at = (figures: number[], share: number) =>
	figures.toSorted((a, b) => a - b)[Math.min(figures.length - 1, Math.floor(figures.length * share))]!;
const said = (figures: number[]) =>
	`median ${at(figures, 0.5).toFixed(2)} ms, 95 % ${at(figures, 0.95).toFixed(2)} ms, longest ${at(figures, 1).toFixed(2)} ms`;
console.log(`40 slots over 400 microcredentials, ${rounds} teachers, CPU of one thread`);
console.log(`met, by what, and the shortest way:       ${said(answers)}`);
console.log(`the verdict in sentences, with its past:  ${said(verdicts)}`);
if (at(answers, 0.95) > target || at(verdicts, 0.5) > target) {
	console.error(`More than ${target} ms.`);
	process.exitCode = 1;
}
