import { expect, test } from 'vitest';
import { troubleWith } from './passkey-trouble.ts';

test.for([
	['NotAllowedError', 'cancelled'],
	['AbortError', 'cancelled'],
	['InvalidStateError', 'already has a passkey'],
	['SecurityError', 'https'],
	['NotSupportedError', 'another device'],
	['ConstraintError', 'screen lock'],
	['OddError', 'no answer that we understand'],
	['constructor', 'no answer that we understand']
])('%s is said as: …%s…', ([name, said]) => {
	expect(troubleWith(Object.assign(new Error('internals'), { name }))).toContain(said);
});

test('whatever else is thrown has a sentence too', () => {
	for (const thrown of [null, undefined, 'text', {}]) expect(troubleWith(thrown)).toContain('Nothing has changed');
});
