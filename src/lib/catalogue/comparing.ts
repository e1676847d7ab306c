/** Two offers for one competency side by side: what differs first. Pure. */
import { dayInWords } from '#lib/ui/day-in-words.ts';
import { wordRange } from './asked.ts';
import { gradesInWords } from './grades.ts';
import { type Measured, measuredInWords, statedInWords } from './measured.ts';
import type { Microcredential, Part } from './microcredential.ts';

export type Side = Omit<Microcredential, 'key' | 'alignments' | 'parts' | 'passingLevel'> & {
	microcredentialId: string;
	issuer: string;
	version: number;
	retired: boolean;
	/** As people cite it. */
	proves: string[];
	measured: Measured;
	passingLevel: number | null;
	parts: (Omit<Part, 'section'> & { section: number })[];
};

export type Compared = {
	what: string;
	/** Lines; empty: the issuer has not said. */
	a: string[];
	b: string[];
	differs: boolean;
};

/** "5 years", "18 months", "for good". */
export function monthsInWords(months: number | null): string {
	if (months === null) return 'for good';
	if (months % 12 !== 0) return months === 1 ? '1 month' : `${months} months`;
	return months === 12 ? '1 year' : `${months / 12} years`;
}

/** "Video or audio", "Words". */
export function kindsInWords(kinds: readonly string[]): string {
	const all = kinds.length > 1 ? `${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}` : (kinds[0] ?? 'words');
	return all[0]!.toUpperCase() + all.slice(1);
}

const lines = (text: string | null) => (text ? [text] : []);
const inWords = ({ prompt, minWords, maxWords }: Side['parts'][number]) => {
	const range = wordRange(minWords, maxWords);
	return range ? `${prompt} (${range})` : prompt;
};

const rows: [what: string, of: (side: Side) => string[]][] = [
	['Time, as the issuer says', ({ hours }) => [statedInWords(hours)]],
	['Time, measured', ({ measured }) => [measuredInWords(measured)]],
	['The competency', ({ competency }) => [competency]],
	['Proves', ({ proves }) => proves],
	['Key method', ({ keyMethod }) => lines(keyMethod)],
	['Steps of the method', ({ methodComponents }) => methodComponents],
	[
		'Evidence to hand in',
		({ parts }) =>
			parts
				.filter(({ artifactKinds }) => artifactKinds.length > 0)
				.map(({ prompt, artifactKinds }) => `${prompt}: ${kindsInWords(artifactKinds).toLowerCase()}`)
	],
	['To write', ({ parts }) => parts.filter(({ artifactKinds }) => artifactKinds.length === 0).map(inWords)],
	['What assessors look for', ({ parts }) => parts.flatMap(({ rubric }) => rubric.map(({ criterion }) => criterion))],
	[
		'A row passes at',
		({ levels, passingLevel }) =>
			passingLevel === null || !levels[passingLevel]
				? []
				: [`“${levels[passingLevel]}”, level ${passingLevel + 1} of ${levels.length}`]
	],
	['An award counts', ({ awardMonths }) => [monthsInWords(awardMonths)]],
	['Grades', ({ grades }) => [gradesInWords(grades)]],
	['Subjects', ({ subjects }) => (subjects.length ? subjects : ['any subject'])],
	['Issuer', ({ issuer }) => [issuer]],
	['Licence', ({ licence }) => lines(licence)],
	['Looked at again by', ({ reviewBy }) => lines(reviewBy && dayInWords(reviewBy))]
];

/** What is different, in an order in which people choose; then what is the same. */
export function compared(a: Side, b: Side): Compared[] {
	const all = rows.map(([what, of]) => {
		const [left, right] = [of(a), of(b)];
		return { what, a: left, b: right, differs: left.join('\n') !== right.join('\n') };
	});
	return [...all.filter(({ differs }) => differs), ...all.filter(({ differs }) => !differs)];
}
