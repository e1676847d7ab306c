/** How the register is said. Pure. */
import { dayInWords } from '#lib/ui/day-in-words.ts';
import { type Conversion, unitWords } from './register.ts';

/** Since when and until when we count by a rule; a source that was seen in a year may have said so before. */
export function daysInWords({
	validFrom,
	validUntil
}: {
	validFrom: string | null;
	validUntil: string | null;
}): string {
	const from = validFrom ? `Counted from ${dayInWords(validFrom)}` : 'Not known since when';
	return validUntil ? `${from} until ${dayInWords(validUntil)}` : from;
}

/** "10 contact hours are 1 CEU". */
export const conversionInWords = ({ fromPerTo, fromUnit, toUnit }: Conversion): string =>
	`${fromPerTo.toLocaleString('en-US')} ${fromPerTo === 1 ? unitWords[fromUnit].one : unitWords[fromUnit].many} ${fromPerTo === 1 ? 'is' : 'are'} 1 ${unitWords[toUnit].one}`;
