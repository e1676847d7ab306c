import { expect, test } from 'vitest';
import { cases } from './policy.cases.ts';
import { mayEnd, sightOf } from './policy.ts';

test.for(cases)('of a pair that is %s (%s) a %s sees %s, and may end it: %s', ([status, endedAs, who, sees, ends]) => {
	expect(sightOf(who)).toBe(sees);
	expect(mayEnd({ status, endedAs }, who)).toBe(ends);
});
