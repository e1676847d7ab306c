import { expect, test } from 'vitest';
import { finds, longestFind } from './finding.ts';

test.for([
	['', true],
	['   ', true],
	['rosa', true],
	['ROSA', true],
	['med ros', true],
	['okafor', true],
	['osa', false],
	['rosa park', false],
	['fall 2027', true],
	['jose', true],
	['josé', true],
	['- , .', true],
	['x'.repeat(longestFind + 50), false]
] as const)('“%s” is found: %s', ([asked, found]) => {
	expect(finds(asked, 'Rosa Medina José Idris Okafor Cohort Fall 2027')).toBe(found);
});
