import { expect, test } from 'vitest';
import { whoSees, whyReadOnly } from './ended.ts';
import { cases } from './policy.cases.ts';
import { accessTo } from './policy.ts';

const readByTeacher = cases.filter(
	([status, endedAs, who]) => who === 'teacher' && accessTo({ status, endedAs }, who) !== 'none'
);

test.for(readByTeacher)('in a pair that is %s (%s) the page names exactly who can see it', ([status, endedAs]) => {
	const mentorSees = accessTo({ status, endedAs }, 'mentor') !== 'none';
	expect(whoSees({ status, endedAs }, 'Idris Okafor').startsWith('You and Idris Okafor')).toBe(mentorSees);
	if (status !== 'active') expect(whyReadOnly({ status, endedAs }, 'Idris Okafor')).toContain('Idris Okafor');
});
