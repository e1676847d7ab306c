import { expect, test } from 'vitest';
import { addressFromTyping } from './address.ts';

test.for<[typed: string, address: string | null]>([
	['https://example.org/a?b=c', 'https://example.org/a?b=c'],
	['  example.org ', 'https://example.org/'],
	['example.org:8080/x', 'https://example.org:8080/x'],
	['rosa@example.org', 'mailto:rosa@example.org'],
	['mailto:rosa@example.org', 'mailto:rosa@example.org'],
	['javascript:alert(1)', null],
	['data:text/html,x', null],
	['two words.org', null],
	['word', null],
	['', null]
])('"%s" leads to %s', ([typed, address]) => expect(addressFromTyping(typed)).toBe(address));
