import { expect, test } from 'vitest';
import { behindMended } from './postgres-version.ts';

test.for<[number: number, needed: string | null]>([
	[150013, '15.14'],
	[150014, null],
	[150018, null],
	[160009, '16.10'],
	[160010, null],
	[170005, '17.6'],
	[170000, '17.6'],
	[170006, null],
	[180000, null],
	[190001, null],
	[NaN, null]
])('release %i is warned of: %s', ([number, needed]) => {
	const sentence = behindMended(number);
	if (needed === null) expect(sentence).toBeNull();
	else expect(sentence).toContain(`security fixes that ${needed} has`);
});

test('the warning begins with the release, and says what to do', () => {
	expect(behindMended(170004)).toMatch(/^17\.4, .* please upgrade it to the newest 17 soon\.$/);
});
