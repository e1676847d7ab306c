import { expect, test } from 'vitest';
import { mayRecordRules } from './policy.ts';

test.for([
	['manager', true],
	['somebody', false]
] as const)('a %s of the catalogue may add a rule: %s', ([standing, may]) =>
	expect(mayRecordRules(standing)).toBe(may)
);
