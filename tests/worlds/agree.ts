/** Plants a random world, compares it with the model, and finds the fewest facts that still show what differs. */
import type { Database } from '#lib/server/database.ts';
import { type Facts, smaller, worldOf } from './facts.ts';
import { type Disagreement, disagreements } from './compare.ts';
import { plant } from './plant.ts';

/** Asks one world. @returns null when all agree, else the seed, what differs, and the fewest facts that show it */
export async function ask(db: Database, seed: number): Promise<string | null> {
	const facts = worldOf(seed);
	await plant(db, facts);
	const [first, ...others] = await disagreements(db, facts);
	if (!first) return null;
	const { facts: few, sentence } = await shrunk(db, facts, first);
	return [
		`Seed ${seed}: ${sentence}`,
		...others.slice(0, 5).map((other) => `  also: ${other.sentence}`),
		'The fewest facts that show it:',
		...Object.values(few).flatMap((rows) => rows.map((row) => `  ${JSON.stringify(row)}`))
	].join('\n');
}

/** Takes facts away while the same thing stays wrong. */
async function shrunk(db: Database, facts: Facts, wrong: Disagreement): Promise<{ facts: Facts; sentence: string }> {
	for (const fewer of smaller(facts)) {
		if (!fewer.people.some(({ name }) => name === wrong.person)) continue;
		await plant(db, fewer);
		const still = await disagreements(db, fewer, [wrong.person])
			.then((all) => all.find(({ about }) => about === wrong.about))
			.catch(() => undefined);
		if (still) return shrunk(db, fewer, still);
	}
	return { facts, sentence: wrong.sentence };
}
