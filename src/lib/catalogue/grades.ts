/** The grades that a microcredential can be for. Pure. */

/** In the order of school years, as they are kept. */
export const grades = ['PK', 'K', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'] as const;

const named: Record<string, string> = { PK: 'Pre-K', K: 'Kindergarten' };

/** "Grade 3", "Kindergarten". */
export const gradeName = (grade: string): string => named[grade] ?? `Grade ${grade}`;

/** One grade as people write it ("3", "Grade 3", "kindergarten"), as it is kept; null when it is none. */
export function readGrade(text: string): string | null {
	const short = text
		.trim()
		.toUpperCase()
		.replace(/^GRADE\s+/, '')
		.replace(/^PRE-?K(INDERGARTEN)?$/, 'PK')
		.replace(/^KINDERGARTEN$/, 'K');
	return (grades as readonly string[]).includes(short) ? short : null;
}

/** A grade or a span of grades ("K-2"), as kept, in order; null when it is neither. */
export function readGrades(text: string): string[] | null {
	const whole = readGrade(text);
	if (whole) return [whole];
	const [from, to, ...more] = text.split(/\s*(?:[-–—]|\bto\b)\s*/);
	const [first, last] = [readGrade(from ?? ''), readGrade(to ?? '')];
	if (!first || !last || more.length) return null;
	const [start, end] = [first, last].map((one) => (grades as readonly string[]).indexOf(one)) as [number, number];
	return start <= end ? grades.slice(start, end + 1) : null;
}

/** In school order, each once. */
export const inOrder = (some: readonly string[]): string[] => grades.filter((grade) => some.includes(grade));

/** "K to 2, 5", "any grade". */
export function gradesInWords(some: readonly string[]): string {
	const kept = inOrder(some).map((grade) => (grades as readonly string[]).indexOf(grade));
	if (kept.length === 0 || kept.length === grades.length) return 'any grade';
	const short = (at: number) => (grades[at] === 'PK' ? 'Pre-K' : grades[at]!);
	const spans: string[] = [];
	for (let i = 0; i < kept.length;) {
		let end = i;
		while (kept[end + 1] === kept[end]! + 1) end++;
		const [from, to] = [short(kept[i]!), short(kept[end]!)];
		spans.push(end === i ? from : end === i + 1 ? `${from}, ${to}` : `${from} to ${to}`);
		i = end + 1;
	}
	return `${kept.length === 1 ? 'grade' : 'grades'} ${spans.join(', ')}`;
}
