import { expect, test } from 'vitest';
import { whoSees, whyReadOnly } from './ended.ts';
import { cases } from './policy.cases.ts';
import { accessTo } from './policy.ts';

const readByTeacher = cases.filter(([, , who, , may]) => who === 'teacher' && may !== 'none');

test.for(readByTeacher)(
	'in a pair that is %s (%s) the page names to a %s exactly who can see what is %s',
	([status, endedAs, , is]) => {
		const shared = is === 'shared';
		const mentorSees = accessTo({ status, endedAs }, 'mentor', shared) !== 'none';
		expect(whoSees({ status, endedAs }, 'Idris Okafor', shared).startsWith('You and Idris Okafor')).toBe(mentorSees);
		if (status !== 'active') expect(whyReadOnly({ status, endedAs }, 'Idris Okafor')).toContain('Idris Okafor');
	}
);
