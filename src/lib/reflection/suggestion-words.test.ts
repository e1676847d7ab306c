import { expect, test } from 'vitest';
import { whatIsSuggested } from './suggestion-words.ts';
import type { Suggestion } from './settling.ts';

const nothing: Suggestion = { id: 'a', inserts: '', deletes: '', breaks: 0, joins: 0, restyled: '', places: [] };
const place = (type: string, ...path: string[]) => ({ type, path, shared: 0 });

test.for<[Partial<Suggestion>, string]>([
	[{ inserts: 'five' }, 'Add “five”'],
	[{ deletes: 'really ' }, 'Take out “really”'],
	[{ inserts: 'five', deletes: 'three' }, 'Put “five” in place of “three”'],
	[{ inserts: ' ' }, 'Add a space'],
	[{ deletes: '\n' }, 'Take out a line break'],
	[{ breaks: 1 }, 'Begin a new paragraph'],
	[{ inserts: 'And then', breaks: 1 }, 'Add “And then”, begin a new paragraph'],
	[{ joins: 1 }, 'Join two paragraphs'],
	[{ joins: 2, deletes: 'x' }, 'Take out “x”, join 3 paragraphs'],
	[{ restyled: 'wait' }, 'Change how “wait” looks'],
	[{ places: [place('heading')] }, 'Make this a heading'],
	[{ places: [place('paragraph', 'bullet_list', 'list_item')] }, 'Make this a list'],
	[{ places: [place('paragraph', 'blockquote', 'ordered_list', 'list_item')] }, 'Make this a numbered list'],
	[{ places: [place('paragraph', 'blockquote')] }, 'Make this a quotation'],
	[{ places: [place('paragraph')] }, 'Make this plain text'],
	[{ inserts: 'ab '.repeat(60) }, `Add “${'ab '.repeat(27).trim().slice(0, 80)} …”`]
])('%j → %s', ([some, words]) => expect(whatIsSuggested({ ...nothing, ...some })).toBe(words));
