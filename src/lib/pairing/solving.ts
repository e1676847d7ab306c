/**
 * The best assignment, with a proof of how good it is. HiGHS solves it as a linear program over few pairs of each teacher:
 * an assignment with capacities is totally unimodular, so its corners are whole numbers. The prices that come with it say
 * which of all the other pairs could make it better; those are added, until none is left or the proven bound is near enough.
 */
import loadHighs from 'highs';
import { type Costs, never } from './matching.ts';

export type Solved = {
	/** Of each teacher, the index of the mentor, or -1. */
	mentorOf: Int32Array;
	/** What the pairs are worth together, and the most that any assignment with as many pairs could be. */
	worth: number;
	bound: number;
	matched: number;
	rounds: number;
};

type Highs = Awaited<ReturnType<typeof loadHighs>>;
let highs: Promise<Highs> | null = null;

/** Pairs that each teacher begins with, and that are added for one in a round. */
const begin = 8;
const more = 6;

/**
 * As many teachers as can be are matched, and those as well as can be.
 * @param near how far from the proven bound is near enough, as a part of what the pairs are worth; 0: only the best
 */
export async function solve(
	costs: Costs,
	{ near = 0.01, rounds = 40 }: { near?: number; rounds?: number } = {}
): Promise<Solved> {
	const { cost, mentors: n, worst, places } = costs;
	const teachers = n === 0 ? 0 : cost.length / n;
	const mentorOf = new Int32Array(teachers).fill(-1);
	if (teachers === 0) return { mentorOf, worth: 0, bound: 0, matched: 0, rounds: 0 };
	// One teacher more is worth any number of wishes: moving along the whole length of a chain costs less than this.
	const alone =
		(worst + 1) *
		(Math.min(
			teachers,
			places.reduce((sum, one) => sum + one, 0)
		) +
			1);
	const has: Set<number>[] = Array.from({ length: teachers }, () => new Set());
	const prices = new Float64Array(n);
	/** Of each mentor with a place, the reduced cost; the cheapest of a teacher that it does not have yet. */
	const cheapest = (t: number, most: number, below: number): number[] => {
		const best: { m: number; value: number }[] = [];
		for (let m = 0; m < n; m++) {
			const c = cost[t * n + m]!;
			if (c === never || has[t]!.has(m)) continue;
			const value = c - prices[m]!;
			if (value >= below || (best.length === most && value >= best[most - 1]!.value)) continue;
			let at = best.length;
			while (at > 0 && best[at - 1]!.value > value) at--;
			best.splice(at, 0, { m, value });
			if (best.length > most) best.pop();
		}
		return best.map(({ m }) => m);
	};
	// Equal costs are common. Each teacher looks from another mentor on, so that not all ask for the same few.
	for (let m = 0; m < n; m++) prices[m] = 0;
	for (let t = 0; t < teachers; t++) {
		const list: { m: number; value: number }[] = [];
		for (let i = 0; i < n; i++) {
			const m = (i + t * 7) % n;
			const c = cost[t * n + m]!;
			if (c === never) continue;
			if (list.length === begin && c >= list[begin - 1]!.value) continue;
			let at = list.length;
			while (at > 0 && list[at - 1]!.value > c) at--;
			list.splice(at, 0, { m, value: c });
			if (list.length > begin) list.pop();
		}
		for (const { m } of list) has[t]!.add(m);
	}
	highs ??= loadHighs();
	const solver = await highs;
	let round = 0;
	for (;;) {
		round++;
		const solution = solver.solve(programOf(), { output_flag: false, presolve: 'on' });
		if (solution.Status !== 'Optimal') throw new Error(`The solver says ${solution.Status}.`);
		mentorOf.fill(-1);
		for (const [name, column] of Object.entries(solution.Columns)) {
			if (!name.startsWith('x') || !('Primal' in column) || column.Primal < 0.5) continue;
			const [t, m] = name.slice(1).split('_').map(Number) as [number, number];
			mentorOf[t] = m;
		}
		const value = solution.ObjectiveValue;
		prices.fill(0);
		for (const row of solution.Rows)
			if ('Name' in row && 'Dual' in row && String(row.Name).startsWith('m'))
				prices[Number(String(row.Name).slice(1))] = Math.min(0, row.Dual);
		// Any prices that are not above nothing prove a bound over all pairs: each teacher pays at least their cheapest.
		let proven = 0;
		for (let m = 0; m < n; m++) proven += places[m]! * prices[m]!;
		let added = 0;
		for (let t = 0; t < teachers; t++) {
			let least = alone;
			for (let m = 0; m < n; m++) {
				const c = cost[t * n + m]!;
				if (c !== never && c - prices[m]! < least) least = c - prices[m]!;
			}
			proven += least;
			let paid = alone;
			for (const m of has[t]!) paid = Math.min(paid, cost[t * n + m]! - prices[m]!);
			if (least < paid - 1e-6)
				for (const m of cheapest(t, more, paid - 1e-6)) {
					has[t]!.add(m);
					added++;
				}
		}
		const matched = mentorOf.reduce((sum, m) => sum + Number(m >= 0), 0);
		const worth = matched * worst - (value - (teachers - matched) * alone);
		// Costs are whole numbers, so no assignment costs less than the bound, rounded up.
		const bound = worth + (value - Math.ceil(proven - 1e-4));
		const enough = bound - worth <= near * worth;
		if (added === 0 || enough || round >= rounds)
			return {
				mentorOf,
				worth: Math.round(worth),
				bound: Math.max(Math.round(bound), Math.round(worth)),
				matched,
				rounds: round
			};
	}

	/** In the format that the solver reads. */
	function programOf(): string {
		const goal: string[] = [];
		const taking: string[][] = Array.from({ length: n }, () => []);
		const rows: string[] = [];
		for (let t = 0; t < teachers; t++) {
			const row = [`u${t}`];
			goal.push(`${alone} u${t}`);
			for (const m of has[t]!) {
				const name = `x${t}_${m}`;
				goal.push(`${cost[t * n + m]} ${name}`);
				row.push(name);
				taking[m]!.push(name);
			}
			rows.push(` t${t}: ${row.join('\n + ')} = 1`);
		}
		taking.forEach((names, m) => {
			if (names.length > 0) rows.push(` m${m}: ${names.join('\n + ')} <= ${places[m]}`);
		});
		return `Minimize\n obj: ${goal.join('\n + ')}\nSubject To\n${rows.join('\n')}\nEnd\n`;
	}
}
