import { expect, test } from 'vitest';
import { isBearer } from './bearer.ts';

const token = 'a-token-of-some-length';

test.for<[header: string | null, is: boolean]>([
	[`Bearer ${token}`, true],
	[`bearer  ${token}`, true],
	[null, false],
	['', false],
	['Bearer', false],
	['Bearer ', false],
	[token, false],
	[`Basic ${token}`, false],
	[`Bearer ${token}x`, false],
	[`Bearer ${token.slice(0, -1)}`, false],
	[`Bearer ${token} ${token}`, false]
])('%s → %s', ([header, is]) => expect(isBearer(header, token)).toBe(is));
