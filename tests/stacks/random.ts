/** Chance for stacks and histories, that a seed repeats. */
import { Random } from '../fuzz/random.ts';

export function randomOf(seed: number) {
	const random = new Random(seed);
	const below = (n: number) => random.int(n);
	const chance = (of: number) => random.int(1000) < of * 1000;
	const some = <T>(all: T[], least = 1): T[] => {
		const chosen = all.filter(() => chance(0.5));
		return chosen.length >= least ? chosen : all.slice(0, least);
	};
	return { below, chance, some };
}

export type Chance = ReturnType<typeof randomOf>;
