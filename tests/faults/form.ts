/** The short form, which every test run takes, and the long one of `npm run test:faults`; and what a run has to tell. */
import { appendFileSync } from 'node:fs';

export const full = process.env.FAULTS === 'full';

/** How much of something: in the short form, and in the long one. */
export const amount = (short: number, long: number): number => (full ? long : short);

/** A test takes as long as it needs, within reason. */
export const minutes = (short: number, long: number): number => amount(short, long) * 60_000;

/** One line for whoever reads the run: a figure, or what could not be tried here. */
export function tell(line: string): void {
	console.log(line);
	if (process.env.FAULTS_FIGURES) appendFileSync(process.env.FAULTS_FIGURES, `${line}\n`);
}

/**
 * This machine lacks what a case needs. The suite goes on and says so; the long form, which is run to see everything,
 * counts it as failed.
 */
export function cannotTry(what: string, because: string): void {
	tell(`${what}: NOT TRIED, because ${because}.`);
	if (full) throw new Error(`${what} could not be tried: ${because}.`);
}
