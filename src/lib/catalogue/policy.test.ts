import { expect, test } from 'vitest';
import { cases } from './policy.cases.ts';
import { mayImportFrameworks } from './policy.ts';

test.for(cases)('%s, to the catalogue %s: may import frameworks: %s', ([, standing, imports]) =>
	expect(mayImportFrameworks(standing)).toBe(imports)
);
