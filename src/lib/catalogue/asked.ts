/** How people say what a microcredential asks for. */
import { dayInWords } from '#lib/ui/day-in-words.ts';

/** What the three sections of a microcredential are about. */
export const sectionNames: Record<number, string> = { 1: 'overview', 2: 'evidence', 3: 'reflection' };

/** A word range as people say it: "up to 150 words". Null when nothing is asked. */
export function wordRange(min: number | null, max: number | null): string | null {
	if (min && max) return `${min} to ${max} words`;
	if (max) return `up to ${max} words`;
	if (min) return `at least ${min} words`;
	return null;
}

/** Whether a word range binds, as people say it. */
export const rangeKind = (binding: boolean): string => (binding ? 'a limit' : 'a guide');

/** The day of publication is the issuer's, and the same for everybody. */
export const publicationDay = (at: Date): string => dayInWords(at.toISOString().slice(0, 10));
