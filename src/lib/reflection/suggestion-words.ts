/** A suggestion in words, as the margin says it. */
import type { Suggestion } from './settling.ts';
import type { Place } from './suggestions.ts';

/** So long may a quotation be; whoever wants to read more has the text beside it. */
const longest = 80;

function quoted(words: string): string {
	const text = words.replace(/\s+/g, ' ').trim();
	if (text === '') return words.includes('\n') ? 'a line break' : 'a space';
	const letters = [...text];
	return `“${letters.length > longest ? `${letters.slice(0, longest).join('').trimEnd()} …` : text}”`;
}

function become({ type, path }: Place): string {
	if (type === 'heading') return 'Make this a heading';
	switch (path.findLast((container) => container !== 'list_item')) {
		case 'bullet_list':
			return 'Make this a list';
		case 'ordered_list':
			return 'Make this a numbered list';
		case 'blockquote':
			return 'Make this a quotation';
		default:
			return 'Make this plain text';
	}
}

/** What would happen if it were accepted; the weightiest first. */
export function whatIsSuggested({ inserts, deletes, breaks, joins, restyled, places }: Suggestion): string {
	const what: string[] = [];
	if (inserts && deletes) what.push(`Put ${quoted(inserts)} in place of ${quoted(deletes)}`);
	else if (inserts) what.push(`Add ${quoted(inserts)}`);
	else if (deletes) what.push(`Take out ${quoted(deletes)}`);
	if (breaks) what.push(breaks === 1 ? 'Begin a new paragraph' : `Begin ${breaks} new paragraphs`);
	if (joins) what.push(joins === 1 ? 'Join two paragraphs' : `Join ${joins + 1} paragraphs`);
	if (places.length) what.push(become(places[0]!));
	if (restyled) what.push(`Change how ${quoted(restyled)} looks`);
	return what.map((one, i) => (i ? one[0]!.toLowerCase() + one.slice(1) : one)).join(', ');
}
