import { expect, test } from 'vitest';
import { cases } from './policy.cases.ts';
import { accessTo } from './policy.ts';

test.for(cases)('in a pair that is %s (%s) a %s may %s', ([status, endedAs, who, may]) => {
	expect(accessTo({ status, endedAs }, who)).toBe(may);
});
