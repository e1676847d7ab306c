import { expect, test } from 'vitest';
import { cases } from './policy.cases.ts';
import { mayMeet, seesMeetings, wordsOf } from './policy.ts';

test.for(cases)(
	'of a pair that is %s (%s) a %s sees meetings: %s, and their words: %s',
	([status, endedAs, who, meetings, words]) => {
		expect(seesMeetings(who)).toBe(meetings);
		expect(wordsOf({ status, endedAs }, who)).toBe(words);
		expect(mayMeet({ status, endedAs }, who)).toBe(words === 'write');
	}
);
