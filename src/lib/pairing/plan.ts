/** A plan of pairs: what is kept of it, and what managers type for it. Pure. */
import { Refusal } from '#lib/errors.ts';
import { heaviest, type Lock, usualWeights, type Weights, weightWords } from './matching.ts';

export type Draft = {
	pairs: { teacherId: string; mentorId: string | null }[];
	locks: Lock[];
	/** Two whom a manager keeps apart in this plan. */
	apart: { teacherId: string; mentorId: string }[];
	worth: number;
	bound: number;
	/** Which rules collide, in sentences. */
	collisions: string[];
	solvedAt: string;
};

/** Reads weights from a form: whole numbers from 0 to 100. @throws Refusal rule */
export function readWeights(typed: (name: keyof Weights) => unknown): Weights {
	const weights = { ...usualWeights };
	for (const name of Object.keys(usualWeights) as (keyof Weights)[]) {
		const text = typed(name);
		const value = typeof text === 'string' && /^\d{1,3}$/.test(text.trim()) ? Number(text) : NaN;
		if (!(value <= heaviest))
			throw new Refusal(
				'rule',
				`“${weightWords[name]}” can weigh a whole number from 0 to ${heaviest}. Nothing has changed.`
			);
		weights[name] = value;
	}
	return weights;
}

export type FactsLine = {
	name: string;
	subjects: string[];
	grades: string[];
	languages: string[];
	begins: string | null;
};
export const longestFacts = 100_000;

/**
 * Reads a pasted table: a person in each line with name, subjects, grades, languages and what they begin with, separated by
 * tabs or semicolons; several of one kind by commas.
 * @throws Refusal rule
 */
export function readFacts(text: unknown): FactsLine[] {
	const no = (why: string) => new Refusal('rule', `${why} Nothing was entered.`);
	if (typeof text !== 'string' || !text.trim()) throw no('Please paste at least one line.');
	if (text.length > longestFacts) throw no('That is longer than a program’s list. Please paste it in parts.');
	const list = (cell: string | undefined, most: number) => {
		const found = [...new Set((cell ?? '').split(',').map((one) => one.trim().toLowerCase().slice(0, 60)))].filter(
			Boolean
		);
		if (found.length > most) throw no(`“${found.slice(0, 3).join(', ')} …” are more than ${most} of one kind.`);
		return found;
	};
	return text
		.split(/\r?\n/)
		.filter((line) => line.trim())
		.flatMap((line, i) => {
			const [name = '', subjects, grades, languages, begins] = line.split(/[\t;]/).map((cell) => cell.trim());
			if (i === 0 && name.toLowerCase() === 'name') return [];
			return [
				{
					name,
					subjects: list(subjects, 10),
					grades: list(grades, 20),
					languages: list(languages, 10),
					begins: begins || null
				}
			];
		});
}
